"""S4: no state change without this site's token: missing, wrong, from a foreign origin, by GET, by method override."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client

from tests.access.matrix import OPEN, Route
from tests.access.prober import BESIDE, UndoError, address, written
from tests.access.routes import ALL
from tests.access.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fast")]
WRITES = [route for route in ALL if set(route.methods) - {"GET"} and not route.key]
REFUSED = (302, 401, 403, 415)  # the API reads no form: it says so where it looked for a token in one
# The link in a message, a public form, and what programs of others sign: nobody is signed in there, so there is nothing
# to forge.
WITHOUT_COOKIE = ["capture", "incoming_webhook", "incoming_wecom", "reader"]
TOKEN = "b" * 32
WRONG = {"X-CSRFToken": "a" * 64}
FOREIGN = {"X-CSRFToken": TOKEN, "Origin": "https://evil.example"}  # who has stolen the token, too
# One of each kind: whom it asks for, and whether the middleware of pages or the sign-in of the API guards it.
KINDS = {(route.json, route.htmx, OPEN in route.methods.values()): route for route in reversed(WRITES)}


@pytest.fixture(scope="module")
def admin(world: World, clients: dict[str | None, Client]) -> Client:
    """The administrator with a token; its chain of middleware is built once."""
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.cookies.update(clients["administrator"].cookies)
    client.cookies[settings.CSRF_COOKIE_NAME] = TOKEN
    return client


@pytest.mark.parametrize("route", WRITES, ids=lambda route: f"{route.name}-{route.kind}")
def test_a_write_without_our_token_is_refused(route: Route, world: World, admin: Client) -> None:
    for method in set(route.methods) - {"GET"}:
        status, touched = _send(route, method, world, admin, {})
        assert status in REFUSED, (method, status)
        assert not touched, (method, touched)


@pytest.mark.parametrize("route", KINDS.values(), ids=lambda route: f"{route.name}-{route.kind}")
def test_so_is_one_with_a_wrong_token_or_from_elsewhere(route: Route, world: World, admin: Client) -> None:
    method = next(method for method in route.methods if method != "GET")
    for headers in (WRONG, FOREIGN):
        status, touched = _send(route, method, world, admin, headers)
        assert (status in REFUSED, touched) == (True, set()), (headers, status, touched)
    assert _send(route, method, world, admin, {"X-CSRFToken": TOKEN})[0] not in (401, 403), "our own token is taken"


def _send(route: Route, method: str, world: World, client: Client, headers: dict[str, str]) -> tuple[int, set[str]]:
    """The status of the request, and the tables that it wrote to; its writes are taken back."""
    owners = world.owners(route.kind) if route.kind else [""]
    row = world.row(route.kind, "administrator", owners[-1]) if route.kind else None
    before, data = written(), dict(route.data(row, world)) if route.data else {}
    query = dict(route.query(row, world)) if route.query else {}
    cookies = client.cookies.copy()
    try:
        with transaction.atomic():
            url = address(route, row, world)
            kind = {"content_type": "application/json"} if route.json or method != "POST" else {}
            response = getattr(client, method.lower())(url, data, query_params=query, headers=headers, **kind)
            after = written()
            raise UndoError
    except UndoError:
        pass
    client.cookies = cookies  # an answer sets and deletes them
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
