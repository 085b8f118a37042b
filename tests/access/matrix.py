"""Routes of the access matrix: what an entry says, which routes exist, and what the policy table expects."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from tests.access.policy_table import GRANTS

OPEN = "open"  # everybody, without sign-in
SIGNED_IN = "signed in"  # every signed-in person, for themselves
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

# Statuses of a request that was let in: done, redirected, or refused for its content and not for its sender.
LET_IN = frozenset({200, 201, 202, 204, 302, 303, 304, 400, 409, 412, 415, 422, 428})
LOGIN = "login"  # stands for "a redirect to the sign-in page, or 401"

Maker = Callable[[Any, Any], Mapping[str, Any]]


@dataclass(frozen=True)
class Route:
    """One entry: a url name and who may use it by which method.

    methods: {"GET": "customer.view", "POST": "customer.change"}; OPEN and SIGNED_IN are no permissions of a role.
    kind: whose row the address (or the query) names, e.g. "customer"; "" for a page without one row.
    kwargs, query, data: (row, world) -> dict; kwargs defaults to the only parameter of the address = row.pk.
    ok: statuses besides LET_IN that mean "let in" (e.g. 404 for an undo that has run out).
    expect: (role, owner, method) -> set of statuses or None: a special rule; say in a comment which one.
    shows: world -> texts that this page may show although the rows are hidden elsewhere (the recycle bin).
    json: the body is sent as JSON. htmx: the request carries HX-Request.
    key: the address itself is the key, and no cookie takes part: so there is nothing to forge a request with.
    """

    name: str
    methods: Mapping[str, str]
    kind: str = ""
    kwargs: Maker | None = None
    query: Maker | None = None
    data: Maker | None = None
    ok: frozenset[int] = frozenset()
    expect: Callable[[str | None, str, str], set[int | str] | None] | None = None
    json: bool = False
    htmx: bool = False
    shows: Callable[[Any], set[str]] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    key: bool = False


def rest(name: str, kind: str, resource: str = "", *, write: bool = True, data: Maker | None = None) -> list[Route]:
    """The list and detail routes of an API collection: url names `<name>-list` and `<name>-detail`."""
    resource = resource or kind
    view = f"{resource}.view"
    listed = {"GET": view} | ({"POST": f"{resource}.add"} if write else {})
    change = f"{resource}.change"
    detail = {"GET": view} | ({"PUT": change, "PATCH": change, "DELETE": f"{resource}.delete"} if write else {})
    return [
        Route(f"{name}-list", listed, json=True, data=data),
        Route(f"{name}-detail", detail, kind=kind, json=True, data=data),
    ]


def exported(name: str, permission: str) -> Route:
    """The page behind the export button of a list: what goes out, and the file for a reason."""
    asked = {"reason": "for the year's talk", "file": "csv"}
    return Route(name, {"GET": permission, "POST": permission}, data=lambda row, world: asked)


# --- which routes exist ----------------------------------------------------------------------------------------------
@cache  # it is asked for the address of every request
def all_routes() -> dict[str, list[str]]:
    """{full url name: [parameters]} of every address of the product; an unnamed one is listed by its pattern."""
    return dict(_walk(get_resolver().url_patterns, "", ()))


def _walk(patterns: list[Any], space: str, outer: tuple[str, ...]) -> Iterator[tuple[str, list[str]]]:
    for pattern in patterns:
        params = (*outer, *pattern.pattern.converters) if hasattr(pattern.pattern, "converters") else outer
        regex_params = tuple(getattr(pattern.pattern, "regex", None).groupindex) if hasattr(pattern, "pattern") else ()
        params = tuple(dict.fromkeys((*params, *regex_params)))
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _walk(pattern.url_patterns, inner, params)
        elif isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name or str(pattern.pattern)}", [p for p in params if p != "format"]


# --- what the policy table expects -----------------------------------------------------------------------------------
def scope_of(role: str, permission: str) -> str | None:
    """own, team, all or None, by the policy table."""
    return GRANTS[role].get(permission)


def covers(scope: str | None, owner: str) -> bool:
    """Whether a scope reaches a row with this kind of owner: own, mate, other, none, any."""
    reached = {None: (), "own": ("own",), "team": ("own", "mate"), "all": ("own", "mate", "other", "none")}
    return owner in reached[scope] or (owner == "any" and scope is not None)


SEEN_BY = {
    "hand_over": "customer.assign",
    "allocation_rule": "setting.view",
}  # kinds that aren't a resource of their own: what shows their rows


def is_seen(role: str, kind: str, owner: str) -> bool:
    """Whether this role may know of a row of `kind` with this owner."""
    if owner == "deleted":
        return False
    scope = scope_of(role, SEEN_BY.get(kind, f"{kind}.view"))
    return covers(scope, owner) or (kind == "customer" and owner == "none" and scope is not None)


def may(role: str, permission: str, kind: str, owner: str) -> bool:
    """Whether this role may do it on that row."""
    if permission == SIGNED_IN:
        return is_seen(role, kind, owner)
    scope = scope_of(role, permission)
    if kind == "customer" and owner == "none" and scope and permission in ("customer.claim", "customer.assign"):
        return True  # the unassigned pool
    if permission == "complaint.delete" and owner == "own":
        return False  # nobody puts a complaint about their own work away
    if permission == "customer.claim":
        return False  # nothing to claim on a customer that has an owner
    if kind == "customer" and owner == "none" and permission == "customer.view":
        return scope is not None
    return owner != "deleted" and covers(scope, owner)


def expected(route: Route, method: str, role: str | None, owner: str) -> frozenset[int | str]:
    """The statuses that are right for this request."""
    if route.expect and (special := route.expect(role, owner, method)) is not None:
        return frozenset(special)
    permission = route.methods[method]
    let_in = LET_IN | route.ok
    if permission == OPEN:
        return let_in
    if role is None:
        return frozenset({LOGIN})
    if not route.kind:
        return let_in if permission == SIGNED_IN or scope_of(role, permission) else frozenset({403})
    if may(role, permission, route.kind, owner):
        return let_in
    if is_seen(role, route.kind, owner):
        return frozenset({403})
    return frozenset({404}) if scope_of(role, permission) or permission == SIGNED_IN else frozenset({403, 404})
