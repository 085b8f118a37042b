"""Every list takes the recorded number of queries, however many rows there are.

Lists are all pages and API collections whose address names no row, found by the access matrix: a new one joins by
itself. The figures stand in tests/query_counts.json, per page and role; KEBEN_RECORD_QUERIES=1 writes them anew.
"""

from __future__ import annotations

import datetime as dt
import json
import math
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core import clockguard, composed
from sales.models import Product
from tests.access.matrix import OPEN, SIGNED_IN, Route, all_routes, scope_of
from tests.access.policy_table import ROLES
from tests.access.routes import ALL
from tests.access.world import NOON, World, add_rows

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fast")]
RECORD = Path(__file__).parents[1] / "query_counts.json"
# Addresses without a row that list nothing.
OTHER = {
    "api:docs",
    "api:schema",
    "api:user-me",
    "api:user-ways",
    "customers_merge",
    "escalation_settings",
    "plan_numbers",
    "help",
    "open_on_phone",
    "password_change",
    "password_first",
    "profile",
    "styleguide",
    "way_settings",
    "ways",
}
QUERY = {"customer_list": {"view": "all"}, "follow_up_list": {"whose": "team"}}


def _lists() -> list[Route]:
    parameters = all_routes()
    return [
        route
        for route in ALL
        if route.methods.get("GET", OPEN) != OPEN
        and not (route.kind or parameters[route.name] or route.name in OTHER or route.name.endswith("_new"))
    ]


def _count(client: Client, url: str, query: Mapping[str, str]) -> int:
    connection.queries_log.clear()  # it keeps 9,000 statements, fewer than all pages together take
    with CaptureQueriesContext(connection) as found:
        answer = client.get(url, query)
    if answer.streaming:
        b"".join(answer.streaming_content)
    assert answer.status_code in (200, 302), f"{url}: {answer.status_code}"
    return len(found)


class Counter:
    """Counts what each list takes for each role that may see it, and for its page of a customer."""

    def __init__(self, world: World, clients: dict[str | None, Client]) -> None:
        self.clients = clients
        self.pages = [
            (
                route.name,
                role,
                reverse(route.name),
                route.query(None, world) if route.query else QUERY.get(route.name, {}),
            )
            for route in _lists()
            for role in ROLES
            if (permission := route.methods["GET"]) == SIGNED_IN or scope_of(role, permission)
        ]
        for role in ROLES:
            seen = "other" if scope_of(role, "customer.view") == "all" else "own"
            self.pages.append(("customer", role, reverse("customer", args=[world.row("customer", role, seen).pk]), {}))

    def warm_up(self) -> None:
        """Catalogues and the rights of each role are read once a minute; a person's key is made once."""
        for name, role, url, query in self.pages:
            if role == "administrator" or name in ("today", "offline_key"):
                _count(self.clients[role], url, query)

    def all(self) -> dict[str, dict[str, int]]:
        """{page: {role: queries}}."""
        found: dict[str, dict[str, int]] = {}
        for name, role, url, query in self.pages:
            found.setdefault(name, {})[role] = _count(self.clients[role], url, query)
        return found


@pytest.fixture(scope="module")
def counted(world: World, clients: dict[str | None, Client]) -> Any:
    """The figures with the rows of the matrix, and with half as many more; time stands still, as what is read once a
    minute would come in between."""
    with pytest.MonkeyPatch.context() as patch, time_machine.travel(NOON + dt.timedelta(hours=2), tick=False):
        patch.setattr(clockguard, "database_now", timezone.now)
        patch.setattr(clockguard, "_measured", math.inf)
        patch.setattr(time, "monotonic", lambda: 0.0)
        patch.setattr(composed, "checking", False)  # composing each statement anew takes minutes here, and no query
        counter = Counter(world, clients)
        with transaction.atomic():
            add_rows(world, 2027)  # nobody's list is empty
            counter.warm_up()
            few = counter.all()
            add_rows(world, 2028)  # still one page: whether there is a next one may take a query
            many = counter.all()
            transaction.set_rollback(True)
    return few, many


def test_more_rows_take_no_more_queries(counted: Any) -> None:
    few, many = counted
    grown = {
        f"{page} as {role}": (count, many[page][role])
        for page, roles in few.items()
        for role, count in roles.items()
        if count != many[page][role]
    }
    assert not grown, grown


def test_the_number_is_the_recorded_one(counted: Any) -> None:
    _few, found = counted
    if os.environ.get("KEBEN_RECORD_QUERIES"):
        lines = [f"  {json.dumps(page)}: {json.dumps(roles, sort_keys=True)}" for page, roles in sorted(found.items())]
        RECORD.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    assert found == json.loads(RECORD.read_text())


def test_negative_control_one_query_a_row_is_found(world: World, clients: dict[str | None, Client]) -> None:
    def per_row() -> int:
        with CaptureQueriesContext(connection) as found:
            for product in Product.objects.all():
                Product.objects.get(pk=product.pk)
        return len(found)

    before = per_row()
    with transaction.atomic():
        add_rows(world, 2027)
        assert per_row() > before
        transaction.set_rollback(True)
