"""Fixtures of all tests: the defaults of every installation and the same small cast."""

from __future__ import annotations

import gc
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import update_last_login
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone, translation
from django.utils.crypto import get_random_string
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from pytest_django.plugin import blocking_manager_key

from accounts.models import Role, Team, User, _rights
from accounts.names import sorted_by
from core import clock, clockguard, composed, memo
from core.models import NumberChange
from core.numbers import numbers_set
from customers.models import Customer
from tests import smoke
from tests.databases import migrated
from workbench.defaults import ensure_defaults

PASSWORD = "a-long-test-password"


def pytest_configure(config: pytest.Config) -> None:
    """The smoke run proves that it executes every statement of the product.

    How long an example takes says nothing on a machine that is busy.
    """
    hypothesis_settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    hypothesis_settings.load_profile("suite")
    if _is_smoke(config):
        config.pluginmanager.register(smoke.Executed())


def _is_smoke(config: pytest.Config) -> bool:
    return str(config.getoption("markexpr")).startswith("smoke")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """The smoke run imports only its own files: reading all the others takes longer than running these."""
    if _is_smoke(config) and collection_path.name.startswith("test_"):
        return collection_path not in smoke.CHOSEN or None
    return None


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes are named by their parameter: what a file holds may differ by the second in which a worker made it."""
    return argname if isinstance(val, bytes) else None


@pytest.hookimpl(tryfirst=True)  # before -m chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What runs on a system PostgreSQL too (tests/smoke.py; the first case of each test: a version of PostgreSQL that
    differs does so for all of them), and what one process makes for a whole module: shared out test by test it would be
    made in each."""
    repeated: set[str] = set()
    for item in items:
        test = item.nodeid.partition("[")[0]
        if smoke.is_chosen(item.path, test.rpartition("::")[2]) and test not in repeated:
            item.add_marker("smoke")
            repeated.add(test)
        made = getattr(item, "_fixtureinfo", None)
        scopes = {of[-1].scope for of in made.name2fixturedefs.values()} if made else set()
        if "module" in scopes and not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


def pytest_collection_finish() -> None:
    """What ten thousand collected tests hold stays until the end: to look through it again and again for garbage took
    a twentieth of the time of a run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """The tests' database begins as a copy: what remains of migrating it is to find nothing to do."""
    connection.settings_dict["TEST"]["TEMPLATE"] = migrated()


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


def set_number(key: str, value: int) -> None:
    """As if the company had set one of its own numbers."""
    NumberChange.objects.create(key=key, value=value, before=value)
    numbers_set.forget()


@pytest.fixture
def cast(defaults: None) -> Cast:
    return cast_made()


def cast_made() -> Cast:
    """For fixtures of a whole module, which make what all its tests only read; two statements a table."""
    east, shanghai, north = Team.objects.bulk_create([Team(name="East"), Team(name="Shanghai"), Team(name="North")])
    east.path, shanghai.path, north.path = f"/{east.pk}/", f"/{east.pk}/{shanghai.pk}/", f"/{north.pk}/"
    shanghai.parent = east
    with connection.cursor() as cursor:  # the ORM's statement for three rows takes longer than the rest of the cast
        cursor.execute(
            "UPDATE accounts_team SET path = of.path, parent_id = of.parent_id"
            " FROM (VALUES (%s, %s, NULL), (%s, %s, %s), (%s, %s, NULL)) AS of (id, path, parent_id)"
            " WHERE accounts_team.id = of.id",
            [east.pk, east.path, shanghai.pk, shanghai.path, east.pk, north.pk, north.path],
        )
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
def sign_in() -> Any:
    """`sign_in(user)` returns a client signed in as that person."""
    return signed_in


def signed_in(user: User, **kept: Any) -> Client:
    """As `Client.force_login` leaves it, in two statements instead of fifteen; `kept` lies in the session too."""
    kept |= {SESSION_KEY: str(user.pk), BACKEND_SESSION_KEY: "accounts.backends.EmailOrMobileBackend"}
    kept[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session = Session.objects.create(
        session_key=get_random_string(32),
        session_data=SessionStore().encode(kept),
        expire_date=timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE),
    )
    update_last_login(None, user)
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return client
