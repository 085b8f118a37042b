"""Fixtures of all tests: the defaults of every installation and the same small cast."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone, translation
from pytest_django.plugin import blocking_manager_key

from accounts.models import Role, Team, User, _rights
from accounts.names import sorted_by
from core import clock, clockguard, composed, memo
from customers.models import Customer
from tests import smoke
from workbench.defaults import ensure_defaults

PASSWORD = "a-long-test-password"


def pytest_configure(config: pytest.Config) -> None:
    """The smoke run proves that it executes every statement of the product."""
    if config.getoption("markexpr").startswith("smoke"):
        config.pluginmanager.register(smoke.Executed())


@pytest.hookimpl(tryfirst=True)  # before -m chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What runs on a system PostgreSQL too (tests/smoke.py)."""
    for item in items:
        if item.path in smoke.FILES:
            item.add_marker("smoke")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: Any, django_db_blocker: Any) -> None:
    """The tests' database stands as after the first start; making its defaults for each test took minutes.

    Transaction tests empty all tables; the audit log's guard against that is tested on its own.
    """
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("SELECT tgname FROM pg_trigger WHERE tgname LIKE 'pgtrigger_no_truncate_%'")
        for (name,) in cursor.fetchall():
            cursor.execute(f'ALTER TABLE accounts_auditentry DISABLE TRIGGER "{name}"')
        ensure_defaults()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """A transaction test leaves empty tables behind: the next test begins with the defaults again."""
    yield
    if nextitem is None:  # the database of the session has gone by now
        return
    marker = item.get_closest_marker("django_db")
    asked = {"transactional_db", "live_server"} & set(item.fixturenames)
    if asked or (marker and marker.kwargs.get("transaction")):
        with item.config.stash[blocking_manager_key].unblock():
            ensure_defaults()


@pytest.fixture(autouse=True)
def _forget_process_memory() -> Iterator[None]:
    """What an earlier test left in the process; sentences are compared in English."""
    memo.forget_all()
    _rights.clear()  # by the stamp of a role, which is the same in all tests
    memo.ages = False
    cache.clear()
    clock.correct(timedelta(0))
    composed.checking = True
    with translation.override("en"):
        yield
    memo.forget_all()


@pytest.fixture(autouse=True)
def _one_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The database's clock travels with the test's; what compares the two sets it itself."""
    monkeypatch.setattr(clockguard, "database_now", timezone.now)
    monkeypatch.setattr(clockguard, "_measured", math.inf)


@pytest.fixture
def defaults(db: None) -> None:
    """Roles, channels, tiers and plans, as after the first start."""


@dataclass(frozen=True)
class Cast:
    """小王 owns; the lead and 小李 are in that team; 外组 is a stranger; the rest have company-wide roles."""

    east: Team
    shanghai: Team
    north: Team
    wang: User  # rep in East/Shanghai
    li: User  # rep in East/Shanghai, team mate of 小王
    lead: User  # team lead of East/Shanghai
    outsider: User  # rep in North
    manager: User  # manager of East and below
    agent: User
    auditor: User
    admin: User


@pytest.fixture
def cast(defaults: None) -> Cast:
    return cast_made()


def cast_made() -> Cast:
    """For fixtures of a whole module, which make what all its tests only read; two statements a table."""
    east, shanghai, north = Team.objects.bulk_create([Team(name="East"), Team(name="Shanghai"), Team(name="North")])
    east.path, shanghai.path, north.path = f"/{east.pk}/", f"/{east.pk}/{shanghai.pk}/", f"/{north.pk}/"
    shanghai.parent = east
    Team.objects.bulk_update([east, shanghai, north], ["parent", "path"])
    roles = {role.code: role for role in Role.objects.all()}

    def person(name: str, role: str, team: Team | None, email: str) -> User:
        user = User(name=name, name_sort=sorted_by(name), role=roles[role], team=team, email=email, language="en")
        user.set_password(PASSWORD)
        return user

    people = Cast(
        east,
        shanghai,
        north,
        wang=person("小王", "rep", shanghai, "wang@example.com"),
        li=person("小李", "rep", shanghai, "li@example.com"),
        lead=person("组长", "team_lead", shanghai, "lead@example.com"),
        outsider=person("外组", "rep", north, "outsider@example.com"),
        manager=person("经理", "manager", east, "manager@example.com"),
        agent=person("客服", "service_agent", None, "agent@example.com"),
        auditor=person("审计员", "auditor", None, "auditor@example.com"),
        admin=person("管理员", "administrator", None, "admin@example.com"),
    )
    User.objects.bulk_create([member for member in vars(people).values() if isinstance(member, User)])
    return people


@pytest.fixture
def customer(cast: Cast) -> Customer:
    """A company of 小王's with a phone number."""
    return Customer.objects.create(
        number="K0000001",
        kind="company",
        name="恒远机械",
        phone="13812345678",
        email="office@hengyuan.example.com",
        address="苏州市工业园区 1 号",
        owner=cast.wang,
        team=cast.shanghai,
    )


@pytest.fixture
def sign_in(client: Client) -> Any:
    """`sign_in(user)` returns a client signed in as that person."""

    def enter(user: User) -> Client:
        fresh = Client()
        fresh.force_login(user, backend="accounts.backends.EmailOrMobileBackend")
        return fresh

    return enter
