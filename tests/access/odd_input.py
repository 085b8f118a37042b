"""Odd values for every field of every form, body, filter and address of the product; each request is taken back.

A page is fetched first and sent back as a browser would send it, with one field odd, then with all of them odd: the
first reaches the service behind the form, the second what the form itself makes of it. A row of the API is changed one
field at a time, and made anew from its own representation.
"""

from __future__ import annotations

import json
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from html.parser import HTMLParser
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import resolve

from tests.access.matrix import Route
from tests.access.prober import address
from tests.access.world import World

TEXTS = (
    "",
    " ",
    "\u0000",
    "\u202e\u200b",
    "x" * 3000,
    "9" * 500,
    "9" * 4400,
    "-1",
    "1e999",
    "NaN",
    "9223372036854775808",
    "²",
    "0001-01-01",
    "9999-12-31",
    "9999-12-31T23:59:59+14:00",
    "0001-01-01T00:00:00-14:00",
    "2026-02-30",
    "24:00",
    "[[[",
    "%%s{}{0}",
    "'; DROP",
)
JSONS: tuple[Any, ...] = (
    *TEXTS,
    None,
    True,
    -1,
    0,
    2**63,
    10**400,
    1.5,
    1e308,
    [],
    [[1, 2]],
    ["x", None],
    {},
    {"a": {"b": [1]}},
    "2026-01-01T00:00:00",
)
RAW = (
    "",
    "[",
    "null",
    "[]",
    '"x"',
    "12",
    r'{"a": "\ud800"}',
    "[" * 50_000,
    '{"a":' * 900 + "1" + "}" * 900,
    "\ufeff{}",
)
QUERY = (
    "q",
    "cursor",
    "page_size",
    "sort",
    "view",
    "tab",
    "month",
    "day",
    "week",
    "team",
    "user",
    "show",
    "list",
    "next",
)
QUERY += ("customer", "severity", "kind", "level", "period", "from", "to", "as_of", "ordering", "search", "total", "by")
KEPT = ("csrfmiddlewaretoken", "act", "step")  # what chooses the form rather than fills it

Choose = Callable[[str, tuple[Any, ...]], Iterable[Any]]


class _TakenBackError(Exception):
    """Ends a request's transaction without writing."""


class _Fields(HTMLParser):
    """The fields of all forms of a page as a browser would send them, form by form."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, str]]] = []
        self._area = self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append((given.get("action", ""), {}))
        name = given.get("name", "")
        fields = self.forms[-1][1] if self.forms else {}
        if tag == "input" and name and (given.get("type") not in ("radio", "checkbox") or "checked" in given):
            fields[name] = given.get("value", "")
        elif tag == "input" and name:
            fields.setdefault(name, given.get("value", ""))
        elif tag == "textarea" and name:
            self._area, fields[name] = name, ""
        elif tag == "select" and name:
            self._select, fields[name] = name, ""
        elif tag == "option" and self._select and (not fields[self._select] or "selected" in given):
            fields[self._select] = given.get("value", "") or fields[self._select]

    def handle_endtag(self, tag: str) -> None:
        self._area = "" if tag == "textarea" else self._area
        self._select = "" if tag == "select" else self._select

    def handle_data(self, data: str) -> None:
        if self._area:
            self.forms[-1][1][self._area] += data


class Thrower:
    """Throws odd input at routes as one person and notes what was answered with a failure."""

    def __init__(self, world: World, client: Client, role: str, choose: Choose) -> None:
        self.world, self.client, self.role, self.choose = world, client, role, choose
        self.wrong: list[str] = []
        self.sent = 0

    def throw_at(self, route: Route) -> None:
        """All of it, at the route's row that this person owns, or at the first there is."""
        row = self._row(route.kind)
        if route.kind and row is None:
            return
        url = address(route, row, self.world)
        query = dict(route.query(row, self.world)) if route.query else {}
        self._queries(url, query, route)
        if route.name.startswith("api:"):
            self._bodies(url, route)
        elif "POST" in route.methods:
            self._forms(url, query, dict(route.data(row, self.world)) if route.data else {})

    def _row(self, kind: str) -> Any:
        owners = ("own", "mate", "other", "any", "none")
        rows = (self.world.row(kind, self.role, owner) for owner in owners) if kind else ()
        return next((row for row in rows if row is not None), None)

    def _queries(self, url: str, query: dict[str, Any], route: Route) -> None:
        if "GET" not in route.methods:
            return
        view = getattr(resolve(url).func, "cls", None)
        filters = tuple(getattr(getattr(view, "filterset_class", None), "base_filters", ()))
        for name in (
            (*QUERY, *query) if view is None else (*filters, "cursor", "page_size", "ordering", "search", "total")
        ):
            for value in self.choose(f"{url}?{name}", TEXTS):
                self._send("get", url, query | {name: value})

    def _forms(self, url: str, query: dict[str, Any], data: dict[str, Any]) -> None:
        page = self._send("get", url, query)
        parser = _Fields()
        if page.status_code == 200:
            parser.feed(page.content.decode())
        own = [fields for action, fields in parser.forms if action in ("", url) and "csrfmiddlewaretoken" in fields]
        for fields in own or [{}]:
            sound = fields | data
            names = [name for name in sound if name not in KEPT]
            for value in self.choose(f"{url} all", TEXTS):
                self._send("post", url, sound | dict.fromkeys(names, value), query)
            for name in names:
                for value in self.choose(f"{url} {name}", TEXTS):
                    self._send("post", url, sound | {name: value}, query)
            self._send("post", url, sound, query)
            self._send("post", url, sound, query)

    def _bodies(self, url: str, route: Route) -> None:
        writes = [method.lower() for method in route.methods if method in ("POST", "PATCH", "PUT")]
        for method in writes:
            for raw in self.choose(f"{url} raw", RAW):
                self._send(method, url, raw=raw)
            sound = self._sound(url)
            serializer = getattr(getattr(resolve(url).func, "cls", None), "serializer_class", None)
            names = serializer().fields if serializer is not None else ("owner", "reason", "mapping")
            for name in names:
                for value in self.choose(f"{method} {url} {name}", JSONS):
                    body = {name: value} if method == "patch" else sound | {name: value}
                    self._send(method, url, raw=json.dumps(body))

    def _sound(self, url: str) -> dict[str, Any]:
        """A body that is all right: a row as it is shown."""
        shown = self._send("get", url)
        found = shown.json() if shown.status_code == 200 else {}
        return dict(next(iter(found["results"]), {})) if "results" in found else found

    def _send(
        self, method: str, url: str, data: Any = None, query: dict[str, Any] | None = None, *, raw: str | None = None
    ) -> HttpResponse:
        client = Client(raise_request_exception=False)
        client.cookies.update(self.client.cookies)
        cache.clear()
        self.sent += 1
        given: dict[str, Any] = {"query_params": query} if query else {}
        if raw is not None:
            given |= {"data": raw, "content_type": "application/json", "headers": {"If-Match": "*"}}
        elif data is not None:
            given["data"] = data
        try:
            with transaction.atomic():
                response = getattr(client, method)(url, **given)
                if response.streaming:
                    deque(response.streaming_content, maxlen=0)  # read to its end, which closes its file
                raise _TakenBackError
        except _TakenBackError:
            pass
        if response.status_code >= 500:
            told = raw if raw is not None else {name: str(value)[:40] for name, value in (data or query or {}).items()}
            self.wrong.append(f"{response.status_code} {method} {url} as {self.role}: {str(told)[:300]}")
        return response


def some(seed: int, one_in: int) -> Choose:
    """One value at one place in `one_in`; another seed takes other places and values."""

    def choose(place: str, values: tuple[Any, ...]) -> Iterator[Any]:
        drawn = zlib.crc32(f"{seed} {place}".encode())
        if drawn % one_in == 0:
            yield values[drawn // one_in % len(values)]

    return choose


def every(place: str, values: tuple[Any, ...]) -> Iterable[Any]:
    """All values at each place."""
    return values
