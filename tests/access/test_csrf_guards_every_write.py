"""S4: no state change without this site's token: missing, wrong, from a foreign origin, by GET, by method override."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from tests.access.matrix import Route
from tests.access.routes import ALL
from tests.access.test_matrix import BESIDE, _UndoError, address, written
from tests.access.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fast")]
WRITES = [route for route in ALL if set(route.methods) - {"GET"} and not route.key]
WITHOUT_COOKIE = ["reader"]  # the link in a message: nobody is signed in there, so there is nothing to forge
WRONG = {"X-CSRFToken": "a" * 64}
FOREIGN = {"Origin": "https://evil.example"}


@pytest.fixture(scope="module")
def admin(world: World, clients: dict[str | None, Client]) -> dict[str, Any]:
    return dict(clients["administrator"].cookies)


@pytest.mark.parametrize("route", WRITES, ids=lambda route: f"{route.name}-{route.kind}")
def test_a_write_without_our_token_is_refused(route: Route, world: World, admin: dict[str, Any]) -> None:
    owners = world.owners(route.kind) if route.kind else [""]
    row = world.row(route.kind, "administrator", owners[-1]) if route.kind else None
    for method in set(route.methods) - {"GET"}:
        for headers in ({}, WRONG, FOREIGN):
            status, touched = _send(route, method, row, world, admin, headers)
            assert status in (302, 401, 403), (method, headers, status)
            assert not touched, (method, headers, touched)


def _send(
    route: Route, method: str, row: Any, world: World, cookies: dict[str, Any], headers: dict[str, str]
) -> tuple[int, set[str]]:
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.cookies.update(cookies)
    before, data = written(), dict(route.data(row, world)) if route.data else {}
    query = dict(route.query(row, world)) if route.query else {}
    try:
        with transaction.atomic():
            url = address(route, row, world)
            kind = {"content_type": "application/json"} if route.json or method != "POST" else {}
            response = getattr(client, method.lower())(url, data, query_params=query, headers=headers, **kind)
            after = written()
            raise _UndoError
    except _UndoError:
        pass
    return response.status_code, {
        table for table in after if after[table] != before.get(table) and not table.startswith(BESIDE)
    }


def test_only_these_writes_need_no_token() -> None:
    assert [route.name for route in ALL if route.key] == WITHOUT_COOKIE


@pytest.mark.parametrize("override", ["DELETE", "PATCH", "POST"])
def test_no_method_override(world: World, clients: dict[str | None, Client], override: str) -> None:
    customer = world.row("customer", "administrator", "own")
    client = clients["administrator"]
    before = written()
    client.get(f"/customers/{customer.pk}/?_method={override}", headers={"X-HTTP-Method-Override": override})
    assert not {t for t in written() if written()[t] != before.get(t) and not t.startswith(BESIDE)}
