"""Each right in the table of roles does something, and says in a sentence what.

A right that has routes is taken away from somebody who holds everything: one of its routes must close. The special ones
change how the person is treated and close no address: the code asks for each of them by name.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from accounts import policy
from accounts.models import Role, RoleGrant
from core.contributions import registry
from tests.access.matrix import LET_IN, Route
from tests.access.prober import address
from tests.access.routes import ALL
from tests.access.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fast")]

PRODUCT = (
    "accounts",
    "core",
    "crm",
    "customers",
    "feedback",
    "followups",
    "intake",
    "responsibility",
    "sales",
    "segmentation",
    "workbench",
)
QUESTIONS = {"allowed", "beyond_own", "can", "everywhere", "for_user", "holders", "holds", "needs", "people", "row_for"}
QUESTIONS |= {"scope", "whose"}
# Rights that close no address: what asks for them is looked for in the code.
TREATED = (
    *("appraisal.reward", "complaint.handle", "customer.receive", "dashboard.appear", "device.remember"),
    "role.govern",
)
# A page asks for this besides what its entry names: in Settings, and for a log entry of somebody else.
BESIDE = (
    Route("tag_list", {"GET": "tag.view"}),
    Route("channel_list", {"GET": "channel.view"}),
    Route("industry_list", {"GET": "catalogue.view"}),
    Route("interaction_correct", {"GET": "interaction.change"}, kind="interaction"),
)
ROUTED = sorted(registry().permissions - set(TREATED))


class _UndoError(Exception):
    """Takes a request's writes back."""


def status(client: Client, route: Route, method: str, row: Any, world: World) -> int:
    query = dict(route.query(row, world)) if route.query else {}
    data = dict(route.data(row, world)) if route.data else {}
    url = address(route, row, world)
    headers = dict(route.headers) | ({"HX-Request": "true"} if route.htmx else {})
    cache.clear()
    try:
        with transaction.atomic():
            if method == "GET":
                answer = client.get(url, query, headers=headers)
            else:
                kind = {"content_type": "application/json"} if route.json or method != "POST" else {}
                answer = getattr(client, method.lower())(url, data, query_params=query, headers=headers, **kind)
            raise _UndoError
    except _UndoError:
        return answer.status_code


def doors(permission: str, world: World) -> Iterator[tuple[Route, str, Any]]:
    """The routes that this permission is said to open to an owner, with a row of theirs; the cheap ones first."""
    found = [
        (route, method) for route in (*ALL, *BESIDE) for method, named in route.methods.items() if named == permission
    ]
    for route, method in sorted(found, key=lambda one: (one[1] != "GET", not one[0].json, bool(one[0].kind))):
        rows = [world.row(route.kind, "owner", owner) for owner in ("none", "own", "other", "any", "deleted")]
        for row in filter(None, rows) if route.kind else [None]:
            yield route, method, row


def closes(permission: str, world: World, client: Client) -> bool:
    """Whether some route lets the owner in with the permission and refuses them without it."""
    role = Role.objects.get(code="owner")
    for route, method, row in doors(permission, world):
        if status(client, route, method, row, world) not in LET_IN | route.ok:
            continue
        scope = RoleGrant.objects.get(role=role, permission=permission).scope
        RoleGrant.objects.filter(role=role, permission=permission).delete()
        refused = status(client, route, method, row, world)
        RoleGrant.objects.create(role=role, permission=permission, scope=scope)
        if refused in (403, 404) and refused not in route.ok:
            return True
    return False


@pytest.fixture
def owner(world: World) -> Client:
    """Signed in with every right that has a route."""
    role = world.people["owner"].role
    held = set(role.grants.values_list("permission", flat=True))
    RoleGrant.objects.bulk_create(
        RoleGrant(role=role, permission=name, scope="all") for name in sorted(set(ROUTED) - held)
    )
    client = Client(raise_request_exception=False)
    client.force_login(world.people["owner"], backend="accounts.backends.EmailOrMobileBackend")
    return client


def test_without_a_right_one_of_its_routes_closes(world: World, owner: Client) -> None:
    dead = [name for name in ROUTED if not closes(name, world, owner)]
    assert not dead, f"no page, call or command asks for: {', '.join(dead)}"


def test_negative_control_a_right_that_its_route_does_not_ask_for_is_found(
    world: World, owner: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert closes("tag.change", world, owner)
    monkeypatch.setattr("tests.access.test_every_right_opens_something.ALL", [Route("tag_list", {"GET": "tag.change"})])
    assert not closes("tag.change", world, owner)


def asked_for() -> dict[str, str]:
    """{permission: where}: what the code and the templates of the product ask for by its full name."""
    found: dict[str, str] = {}
    for path in (path for app in PRODUCT for path in (settings.BASE_DIR / app).rglob("*.py")):
        if {"tests", "migrations"} & set(path.parts):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in QUESTIONS:
                found |= dict.fromkeys(constants(node.args), f"{path}:{node.lineno}")
            elif isinstance(node, ast.keyword) and node.arg in ("permission", "right", "grant"):
                found |= dict.fromkeys(constants([node.value]), f"{path}:{node.value.lineno}")
            elif isinstance(node, ast.Assign):
                found |= dict.fromkeys(constants([node.value]) & {policy.GOVERN}, f"{path}:{node.lineno}")
    for path in (settings.BASE_DIR / "templates").rglob("*.html"):
        found |= {name: str(path) for name in re.findall(r'can:"([^"]+)"', path.read_text())}
    return found


def constants(values: list[ast.expr]) -> set[str]:
    """The texts among these that are spelled like a permission."""
    texts = {value.value for value in values if isinstance(value, ast.Constant) and isinstance(value.value, str)}
    return {text for text in texts if re.fullmatch(r"[a-z_]+\.[a-z_]+", text)}


def test_special_rights_are_asked_for() -> None:
    assert set(TREATED) <= set(asked_for())


def test_what_is_asked_for_is_in_the_table() -> None:
    found = asked_for()
    assert len(found) > 40, "the reading of the code is blind"
    assert {name: where for name, where in found.items() if name not in registry().permissions} == {}


def test_every_right_says_what_it_opens() -> None:
    """No right without a sentence, no sentence without a right."""
    said = {f"{one.code}.{action}" for one in registry().resources.values() for action in one.opens}
    assert said == registry().permissions
