"""What a person sets for themselves, and that nothing else can be set through it."""

import cProfile
from datetime import UTC, datetime
from typing import Any

import pytest

from accounts.models import User
from accounts.tests.helpers import text_of
from core import composed

pytestmark = pytest.mark.django_db
GOOD = {"name": "王小明", "language": "en", "theme": "dark", "time_zone": "America/Los_Angeles", "single_keys": "on"}


def test_it_is_saved(sign_in: Any, cast: Any) -> None:
    assert sign_in(cast.wang).post("/profile/", GOOD).status_code == 302
    wang = User.objects.get(pk=cast.wang.pk)
    assert (wang.name, wang.theme, wang.time_zone, wang.single_keys) == ("王小明", "dark", "America/Los_Angeles", True)


def test_role_team_and_sign_in_names_are_not_taken(sign_in: Any, cast: Any) -> None:
    """A7: mass assignment."""
    evil = {
        "role": cast.admin.role_id, "role_id": cast.admin.role_id, "team": "", "email": "evil@example.com",
        "is_active": "", "is_superuser": "on", "session_epoch": "9", "password": "x", "id": cast.admin.pk,
        "must_change_password": "on",
    }  # fmt: skip
    before = User.objects.get(pk=cast.wang.pk)
    sign_in(cast.wang).post("/profile/", GOOD | evil)
    after = User.objects.get(pk=cast.wang.pk)
    for name in ("role_id", "team_id", "email", "is_active", "is_superuser", "session_epoch", "password"):
        assert getattr(after, name) == getattr(before, name), name
    assert not after.must_change_password


@pytest.mark.parametrize(
    ("name", "value"), [("time_zone", "Mars/Base"), ("language", "xx"), ("theme", "neon"), ("name", "")]
)
def test_wrong_values_are_said(sign_in: Any, cast: Any, name: str, value: str) -> None:
    assert sign_in(cast.wang).post("/profile/", GOOD | {name: value}).status_code == 422


def test_language_by_profile_then_cookie_then_browser(sign_in: Any, cast: Any) -> None:
    for profile, cookie, browser, right in (
        ("en", "zh-hans", "zh-CN", "en"),
        ("", "en", "zh-CN", "en"),
        ("", "", "en-GB", "en"),
        ("", "", "zh-CN", "zh-Hans"),
        ("zh-hans", "en", "en", "zh-Hans"),
    ):
        User.objects.filter(pk=cast.wang.pk).update(language=profile)
        client = sign_in(User.objects.get(pk=cast.wang.pk))
        if cookie:
            client.cookies["django_language"] = cookie
        page = text_of(client.get("/profile/", headers={"Accept-Language": browser}))
        assert f'<html lang="{right}"' in page, (profile, cookie, browser)


def test_times_are_in_ones_own_zone(sign_in: Any, cast: Any) -> None:
    moment = datetime(2026, 11, 20, 6, 30, tzinfo=UTC)
    for zone, shown in (("America/Los_Angeles", "19 Nov 22:30"), ("", "20 Nov 14:30")):
        client = sign_in(User.objects.get(pk=cast.wang.pk))
        User.objects.filter(pk=cast.wang.pk).update(time_zone=zone, last_login=moment)
        assert shown in text_of(client.get("/profile/"))


def test_hundreds_of_zones_are_drawn_once_and_ones_own_is_chosen(
    sign_in: Any, cast: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Django's own way took 265,000 function calls for them."""
    monkeypatch.setattr(composed, "checking", False)  # as in production: that tests compose anew is no part of the page
    User.objects.filter(pk=cast.wang.pk).update(time_zone="Europe/Berlin")
    client = sign_in(User.objects.get(pk=cast.wang.pk))
    page = text_of(client.get("/profile/"))
    assert page.count("<option value=") > 300
    assert '<option value="Europe/Berlin" selected>' in page
    calls = cProfile.Profile()
    calls.enable()
    client.get("/profile/")
    calls.disable()
    assert sum(entry.callcount for entry in calls.getstats()) < 60_000
    User.objects.filter(pk=cast.wang.pk).update(language="zh-hans", time_zone="")
    assert '<option value="" selected>公司时区' in text_of(client.get("/profile/"))
