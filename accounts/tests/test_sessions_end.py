"""S2 and the limits: a new session at each sign-in, and every way it ends, at once and on the server."""

from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client

from accounts import services
from accounts.models import User
from accounts.tests.helpers import is_signed_in, sign_in_by_form
from conftest import PASSWORD

pytestmark = pytest.mark.django_db
DAY = 86400


@pytest.fixture
def rep(cast: Any) -> Client:
    client = Client()
    sign_in_by_form(client, "wang@example.com")
    return client


def _key(client: Client) -> str:
    return client.cookies["session"].value


def _copy(client: Client) -> Client:
    other = Client()
    other.cookies["session"] = _key(client)
    return other


def test_a_planted_session_id_is_replaced_at_sign_in(cast: Any) -> None:
    planted = SessionStore()
    planted["bait"] = 1
    planted.create()
    victim, thief = Client(), Client()
    victim.cookies["session"] = thief.cookies["session"] = planted.session_key
    sign_in_by_form(victim, "wang@example.com")
    assert _key(victim) != planted.session_key
    assert is_signed_in(victim)
    assert not is_signed_in(thief)


def test_sign_out_ends_a_copied_cookie_too(rep: Client) -> None:
    copy = _copy(rep)
    rep.post("/logout/")
    assert not is_signed_in(copy)


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(rep: Client, cast: Any) -> None:
    other = Client()
    sign_in_by_form(other, "wang@example.com")
    copy = _copy(rep)
    fresh = "eleven geese over the lake"
    rep.post("/password/change/", {"old_password": PASSWORD, "new_password1": fresh, "new_password2": fresh})
    assert is_signed_in(rep)
    assert not is_signed_in(other)
    assert not is_signed_in(copy)  # the key changed as well


def test_deactivation_ends_it_at_once(rep: Client, cast: Any) -> None:
    services.user_deactivate(user=cast.wang, by=cast.admin)
    assert not is_signed_in(rep)


def test_sign_out_everywhere_ends_all(rep: Client, cast: Any) -> None:
    other = Client()
    sign_in_by_form(other, "wang@example.com")
    rep.post("/profile/sign-out-everywhere/")
    assert not is_signed_in(rep)
    assert not is_signed_in(other)


def test_a_new_role_ends_it(rep: Client, cast: Any) -> None:
    services.user_change(user=cast.wang, changes={"role": cast.manager.role}, by=cast.admin)
    assert not is_signed_in(rep)


@pytest.mark.parametrize(
    ("who", "remember", "idle", "absolute"),
    [
        ("wang@example.com", "on", 7 * DAY, 30 * DAY),
        ("wang@example.com", "", 30 * 60, 12 * 3600),
        ("manager@example.com", "on", 30 * 60, 12 * 3600),
        ("admin@example.com", "on", 30 * 60, 12 * 3600),
    ],
)
def test_how_long_a_session_lives(cast: Any, who: str, remember: str, idle: int, absolute: int) -> None:
    for name, limit in (("seen", idle), ("begun", absolute)):
        for late, alive in ((-60, True), (60, False)):
            client = Client()
            sign_in_by_form(client, who, remember=remember)
            session = SessionStore(_key(client))
            session[name] = session[name] - limit - late
            session.save()
            assert is_signed_in(client) is alive, (who, name, late)


def test_only_a_remembered_device_keeps_its_cookie(cast: Any) -> None:
    for remember, kept in (("on", True), ("", False)):
        client = Client()
        sign_in_by_form(client, "wang@example.com", remember=remember)
        assert bool(client.cookies["session"]["max-age"]) is kept


def test_cookies_are_closed_to_scripts_and_other_sites(rep: Client) -> None:
    for name in ("session", "person"):
        assert rep.cookies[name]["httponly"]
        assert rep.cookies[name]["samesite"] == "Lax"


def test_the_person_cookie_opens_nothing(rep: Client, cast: Any) -> None:
    other = Client()
    other.cookies["person"] = rep.cookies["person"].value
    assert not is_signed_in(other)
    assert User.objects.filter(pk=cast.wang.pk).exists()
