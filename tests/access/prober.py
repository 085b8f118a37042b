"""Requests of the access matrix: sent, taken back, and held against the policy table."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.access.matrix import LET_IN, LOGIN, METHODS, OPEN, Route, all_routes, expected
from tests.access.policy_table import ROLES
from tests.access.world import World

PEOPLE = (None, *ROLES)
OUTER = ("deleted", "any", "none", "other", "mate", "own", "")  # whose row: the farthest first
# Tables that may be written by a request that is refused.
BESIDE = ("accounts_auditentry", "django_session", "accounts_attemptbucket", "accounts_auditfold", "core_heldpost")
CANARY = re.compile(r"(?:CANARY|Firm|ORD|CASE|Person|box)\d{4,}Z|1390\d{7}|canary\d{4,}z@example\.com")


class UndoError(Exception):
    """Takes a request's writes back."""


def borders(route: Route, role: str | None, owners: Iterable[str]) -> list[str]:
    """Of the owners whose rows the policy table treats alike for this role, the one where a mistake would show first:
    of those let in the farthest, of those refused the nearest."""
    alike: dict[tuple[frozenset[int | str], ...], str] = {}
    for owner in sorted(owners, key=OUTER.index):
        answers = tuple(expected(route, method, role, owner) for method in route.methods)
        if any(answer >= LET_IN for answer in answers):
            alike.setdefault(answers, owner)
        else:
            alike[answers] = owner
    return list(alike.values())


class Prober:
    """Sends the requests of one route and notes what is wrong; `everything`: with the rows of every owner."""

    def __init__(
        self,
        world: World,
        clients: dict[str | None, Client],
        forbidden: dict[str | None, set[str]],
        *,
        everything: bool = False,
    ) -> None:
        self.world, self.clients, self.forbidden, self.everything = world, clients, forbidden, everything
        self.wrong: list[str] = []
        self.handler = Client().handler
        self.written = written()  # rows that were taken back stay in the count: the next request begins with it

    def probe(self, route: Route) -> None:
        owners = self.world.owners(route.kind) if route.kind else [""]
        assert owners, f"no row of kind {route.kind!r}: add a maker to tests/access/world.py"
        for role in PEOPLE:
            cases = {owner: self.world.row(route.kind, role, owner) if route.kind else None for owner in owners}
            cases = {owner: row for owner, row in cases.items() if row is not None or not route.kind}
            if role is None:  # who isn't signed in stands to all rows alike
                tried = list(cases)[-1:]
            else:
                tried = list(cases) if self.everything else borders(route, role, cases)
            for owner in tried:
                for method in route.methods:
                    self._ask(route, method, role, owner, cases[owner], expected(route, method, role, owner))
            if tried and (role == "administrator" or (role is None and self.everything)):
                for method in set(METHODS) - set(route.methods):
                    right = frozenset({LOGIN, 401, 403, 404, 405})
                    self._ask(route, method, role, tried[-1], cases[tried[-1]], right)

    def _ask(self, route: Route, method: str, role: str | None, owner: str, row: Any, right: frozenset) -> None:
        before = self.written
        try:
            with transaction.atomic():
                response = self._send(route, method, role, row)
                self.written = after = written()
                raise UndoError
        except UndoError:
            pass
        status = LOGIN if is_login(response) and OPEN not in route.methods.values() else response.status_code
        who = f"{method} {route.name} as {role or 'nobody'}, {owner or 'no'} row"
        if status not in right:
            self.wrong.append(f"{who}: {status}, right is {sorted(map(str, right))}")
        elif status in (401, 403, 404, 405) or (status == LOGIN and role is None):
            self._refused(who, role, status, before, after)
        elif route.methods.get(method) == "customer.claim":
            return  # let in: the row is the reader's own now
        leaked = set(CANARY.findall(body_of(response))) & self.forbidden[role]
        leaked -= route.shows(self.world) if route.shows else set()
        if leaked:
            self.wrong.append(f"{who}: shows {sorted(leaked)[:5]}")

    def _refused(self, who: str, role: str | None, status: int | str, before: dict, after: dict) -> None:
        touched = {table for table in after if after[table] != before.get(table) and not table.startswith(BESIDE)}
        if touched:
            self.wrong.append(f"{who}: refused, but wrote {sorted(touched)}")
        noted = after.get("accounts_auditentry", 0) - before.get("accounts_auditentry", 0)
        if role and status in (403, 404) and noted != 1:
            self.wrong.append(f"{who}: refused with {noted} audit lines instead of one")

    def _send(self, route: Route, method: str, role: str | None, row: Any) -> HttpResponse:
        client = Client(raise_request_exception=False)  # a fresh one: answers set and delete cookies
        client.handler = self.handler  # its own would build the chain of middleware for this one request
        client.cookies.update(self.clients[role].cookies)
        query = dict(route.query(row, self.world)) if route.query else {}
        data = dict(route.data(row, self.world)) if route.data else {}
        headers = dict(route.headers) | ({"HX-Request": "true"} if route.htmx else {})
        url = address(route, row, self.world)
        cache.clear()
        if method == "GET":
            return client.get(url, query, headers=headers)
        send = getattr(client, method.lower())
        if route.json or method != "POST":
            return send(url, data, content_type="application/json", query_params=query, headers=headers)
        return send(url, data, query_params=query, headers=headers)


def address(route: Route, row: Any, world: World) -> str:
    params = all_routes().get(route.name, [])
    if route.kwargs:
        return reverse(route.name, kwargs=dict(route.kwargs(row, world)))
    return reverse(route.name, kwargs={params[0]: row.pk} if params and row is not None else {})


def written() -> dict[str, int]:
    """Rows written per table in this transaction, by PostgreSQL's own count."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables"
            " WHERE n_tup_ins + n_tup_upd + n_tup_del > 0"
        )
        return dict(cursor.fetchall())


def is_login(response: HttpResponse) -> bool:
    location = response.headers.get("Location", "") or response.headers.get("HX-Redirect", "")
    return response.status_code == 401 or location.startswith("/login/")


def body_of(response: HttpResponse) -> str:
    raw = b"".join(response.streaming_content) if response.streaming else response.content
    headers = " ".join(f"{name}: {value}" for name, value in response.items())
    return f"{headers}\n{raw.decode(errors='replace')}"
