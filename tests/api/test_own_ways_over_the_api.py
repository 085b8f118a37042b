"""`users/me/ways/` says and changes by which ways the sender is told of things, as their page does; no one else's."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest
from django.test import override_settings

from accounts.models import AuditEntry, User
from accounts.serializers import WaysSerializer

pytestmark = pytest.mark.django_db
WAYS = "users/me/ways/"


@pytest.fixture
def gateways():
    with override_settings(SMS_URL="http://127.0.0.1:9/sms", WECOM_URL="http://corp:secret@127.0.0.1:9/?agent=1"):
        yield


def me(cast: Any) -> User:
    return User.objects.get(pk=cast.wang.pk)


def change(api: Any, cast: Any, body: dict[str, Any]) -> Any:
    client = api(cast.wang)
    return client.patch(WAYS, body, If_Match=client.get(WAYS)["ETag"])


def test_they_are_told_with_what_there_is_to_choose(api: Any, cast: Any, gateways: None) -> None:
    User.objects.filter(pk=cast.wang.pk).update(notice_ways={"assigned": ["im"]}, quiet="none")
    told = api(cast.wang).get(WAYS).json()
    assert (told["notice_ways"], told["quiet"], told["digest"]) == ({"assigned": ["im"]}, "none", False)
    assert set(told["ways_on"]) >= {"im", "sms"}
    assert "assigned" in told["kinds"]
    assert set(told) == set(WaysSerializer.Meta.fields)


def test_what_is_named_changes_and_nothing_else(api: Any, cast: Any, gateways: None) -> None:
    User.objects.filter(pk=cast.wang.pk).update(notice_ways={"follow_up": ["sms"]})
    body = {"notice_ways": {"assigned": ["im", "sms"]}, "digest": True, "wecom_id": "wang"}
    body |= {"quiet": "own", "quiet_from": "22:00", "quiet_until": "07:30"}
    answer = change(api, cast, body)
    assert answer.status_code == 200
    wang = me(cast)
    assert wang.notice_ways == {"follow_up": ["sms"], "assigned": ["im", "sms"]}
    assert (wang.digest, wang.wecom_id, wang.quiet_from, wang.quiet_until) == (True, "wang", time(22), time(7, 30))
    assert AuditEntry.objects.filter(act="profile.change", by=wang).count() == 1
    assert change(api, cast, {"notice_ways": {"follow_up": []}}).json()["notice_ways"] == {"assigned": ["im", "sms"]}
    assert not User.objects.exclude(pk=wang.pk).filter(digest=True).exists()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"notice_ways": {"gossip": ["im"]}}, "notice_ways"),
        ({"notice_ways": {"assigned": ["pigeon"]}}, "notice_ways"),
        ({"notice_ways": {"assigned": ["im"]}}, "notice_ways"),  # not set up here
        ({"dingtalk_id": "wang"}, "dingtalk_id"),
        ({"quiet": "own"}, "quiet_from"),
        ({"quiet": "own", "quiet_from": "08:00", "quiet_until": "08:00"}, "quiet_until"),
        ({"quiet": "never"}, "quiet"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(api: Any, cast: Any, body: dict[str, Any], field: str) -> None:
    answer = change(api, cast, body)
    assert answer.status_code == 400
    assert field in answer.json()["errors"]
    assert me(cast).notice_ways == {}


def test_an_account_of_a_colleague_is_not_taken(api: Any, cast: Any, gateways: None) -> None:
    User.objects.filter(pk=cast.li.pk).update(wecom_id="li")
    assert change(api, cast, {"wecom_id": "li"}).status_code in (400, 409)
    assert me(cast).wecom_id == ""


def test_an_old_version_is_not_written_over(api: Any, cast: Any) -> None:
    client = api(cast.wang)
    seen = client.get(WAYS)["ETag"]
    assert client.patch(WAYS, {"digest": True}).status_code == 428
    assert client.patch(WAYS, {"digest": True}, If_Match=seen).status_code == 200
    assert client.patch(WAYS, {"digest": False}, If_Match=seen).status_code == 412
    assert me(cast).digest is True


def test_only_ones_own_can_be_written(api: Any, cast: Any) -> None:
    assert api(None).get(WAYS).status_code == 401
    assert api(cast.admin).patch(f"users/{cast.wang.pk}/", {"digest": True}, If_Match="*").status_code == 405
