"""The small company of the access tests, built once per module and taken back at its end."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.template.base import Template
from django.test import Client
from django.test.utils import _TestState

from conftest import signed_in
from core import company, composed
from tests.access.policy_table import ROLES
from tests.access.world import World, build

PEOPLE = (None, *ROLES)
NEVER_OVER = 2**40  # a moment in Unix seconds that no test reaches


@pytest.fixture(scope="module")
def fast() -> Iterator[None]:
    """Without the copies of contexts and the log lines that ten thousand requests would make."""
    instrumented = Template._render
    Template._render = _TestState.saved_data.template_render
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)
    Template._render = instrumented


@pytest.fixture(autouse=True)
def _as_in_production(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kept statements answer these requests as they are: whatever a wrong one shows is what they look for, and to
    compose each anew took a quarter of their time. `bin/test --heavy access_matrix` does, for every role and route."""
    if "fast" in request.fixturenames:
        monkeypatch.setattr(composed, "checking", False)


@pytest.fixture(scope="module")
def world(django_db_setup: Any, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        company.forget()
        yield build()
        transaction.set_rollback(True)
    company.forget()


@pytest.fixture(scope="module")
def clients(world: World) -> dict[str | None, Client]:
    """A client per role, whose session notes its last use at none of the requests: each is taken back."""
    noted = {"begun": NEVER_OVER, "seen": NEVER_OVER}
    made: dict[str | None, Client] = {None: Client()}
    for role in ROLES:
        made[role] = signed_in(world.people[role], **noted)
        made[role].raise_request_exception = False
    return made


@pytest.fixture(scope="module")
def forbidden(world: World) -> dict[str | None, set[str]]:
    return {role: world.forbidden(role) for role in PEOPLE}
