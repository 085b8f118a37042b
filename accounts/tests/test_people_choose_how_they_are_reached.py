"""The page of one's own ways, the administrator's page of all ways, and the accounts that stand behind them."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest
from django.test import override_settings

from accounts.models import AuditEntry, Team, User
from accounts.tests.helpers import text_of
from core import dispatcher
from core.gateways.wecom import _read as wecom_at
from core.models import MailChannel, PushDevice
from core.tests.http_sink import http_sink

pytestmark = pytest.mark.django_db
PUBLIC = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
DEVICE = {"endpoint": "https://push.example.com/abc", "public_key": PUBLIC, "auth": "BTBZMqHH6r4Tts7J_aSIgg"}
FORM = {"quiet": "company"}


@pytest.fixture
def sink():
    wecom_at.cache_clear()
    with http_sink() as running:
        running.answer = lambda asked: (200, {"errcode": 0, "access_token": "T", "expires_in": 7200})
        with override_settings(
            SMS_URL=f"{running.url}/sms",
            WECOM_URL=f"http://corp:secret@127.0.0.1:{running.port}/?agent=1",
            WEBHOOK_URLS={"sales": f"{running.url}/cgi-bin/webhook/send?key=K"},
        ):
            yield running


def me(cast: Any) -> User:
    return User.objects.get(pk=cast.wang.pk)


def test_ways_quiet_hours_and_the_one_message_are_kept(sign_in: Any, cast: Any, sink: Any) -> None:
    client = sign_in(cast.wang)
    sent = {"by_im": ["assigned", "follow_up"], "by_push": ["assigned"], "wecom_id": "wang", "digest": "on"}
    sent |= {"quiet": "own", "quiet_from": "22:00", "quiet_until": "07:30"}
    assert client.post("/profile/ways/", sent).status_code == 302
    wang = me(cast)
    assert wang.notice_ways == {"assigned": ["im", "push"], "follow_up": ["im"]}
    assert (wang.quiet, wang.quiet_from, wang.quiet_until) == ("own", time(22), time(7, 30))
    assert (wang.digest, wang.wecom_id) == (True, "wang")
    page = text_of(client.get("/profile/ways/"))
    assert '<input type="checkbox" name="by_im" value="assigned" checked>' in page
    assert '<input type="checkbox" name="by_sms" value="assigned">' in page
    client.post("/profile/ways/", FORM | {"wecom_id": "wang"})
    assert me(cast).notice_ways == {}


def test_ways_that_arent_set_up_arent_offered_and_stay_as_they_were(sign_in: Any, cast: Any) -> None:
    User.objects.filter(pk=cast.wang.pk).update(notice_ways={"assigned": ["sms", "push"]})
    client = sign_in(me(cast))
    page = text_of(client.get("/profile/ways/"))
    assert "by_push" in page
    assert "by_sms" not in page
    assert "wecom_id" not in page
    client.post("/profile/ways/", FORM)
    assert me(cast).notice_ways == {"assigned": ["sms"]}


def test_own_quiet_hours_need_both_ends(sign_in: Any, cast: Any) -> None:
    client = sign_in(cast.wang)
    for sent in ({"quiet_from": "22:00"}, {"quiet_until": "07:00"}, {}, {"quiet_from": "x", "quiet_until": "07:00"}):
        assert client.post("/profile/ways/", {"quiet": "own", **sent}).status_code == 422


def test_two_people_never_share_an_account(sign_in: Any, cast: Any, sink: Any) -> None:
    User.objects.filter(pk=cast.li.pk).update(wecom_id="li")
    answer = sign_in(cast.wang).post("/profile/ways/", FORM | {"wecom_id": "li"})
    assert answer.status_code == 422
    assert "has this account already" in text_of(answer)


def test_a_device_is_taken_and_given_up(sign_in: Any, cast: Any) -> None:
    client = sign_in(cast.wang)
    for _n in range(2):
        assert client.post("/profile/devices/new/", DEVICE).status_code == 302
    device = PushDevice.objects.get()
    assert device.user == cast.wang
    # Whoever signs in there next gets the notices there, nobody else any more.
    sign_in(cast.li).post("/profile/devices/new/", DEVICE)
    assert PushDevice.objects.get().user == cast.li
    assert sign_in(cast.wang).post(f"/profile/devices/{device.pk}/remove/").status_code == 404
    sign_in(cast.li).post(f"/profile/devices/{device.pk}/remove/")
    assert not PushDevice.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"endpoint": "https://169.254.169.254/latest/"},
        {"endpoint": "https://127.0.0.1/x"},
        {"endpoint": "http://push.example.com/"},
        {"endpoint": "https://2130706433/"},
        {"endpoint": ""},
        {"public_key": "AAAA"},
        {"auth": "x"},
    ],
)
def test_a_device_that_is_none_is_refused_with_a_sentence(sign_in: Any, cast: Any, wrong: dict[str, str]) -> None:
    client = sign_in(cast.wang)
    page = text_of(client.post("/profile/devices/new/", DEVICE | wrong, follow=True))
    assert not PushDevice.objects.exists()
    assert "This device shows notices" not in page


def test_what_the_operator_allows_for_gateways_is_no_push_service(sign_in: Any, cast: Any, sink: Any) -> None:
    sign_in(cast.wang).post("/profile/devices/new/", DEVICE | {"endpoint": f"{sink.url}/x"})
    assert not PushDevice.objects.exists()


def test_only_the_ten_newest_devices_stay_and_none_after_signing_out_everywhere(sign_in: Any, cast: Any) -> None:
    client = sign_in(cast.wang)
    for n in range(12):
        client.post("/profile/devices/new/", DEVICE | {"endpoint": f"https://push.example.com/{n}"})
    assert PushDevice.objects.count() == 10
    client.post("/profile/sign-out-everywhere/")
    assert not PushDevice.objects.exists()


# --- the administrator's page ----------------------------------------------------------------------------------------
def test_administrators_see_which_ways_there_are_and_what_one_stumbles_over(sign_in: Any, cast: Any, sink: Any) -> None:
    MailChannel.objects.create(name="wecom", errors=3, last_error="60020 not allow to access from your ip")
    page = text_of(sign_in(cast.admin).get("/settings/ways/"))
    assert "60020 not allow to access from your ip" in page
    assert "DINGTALK_URL" in page
    assert "secret" not in page.replace("no secret stands", "")


def test_a_test_message_goes_to_oneself_alone(sign_in: Any, cast: Any, sink: Any) -> None:
    client = sign_in(cast.admin)
    client.post("/settings/ways/wecom/test/")
    assert sink.asked == []  # no account yet
    User.objects.filter(pk=cast.admin.pk).update(wecom_id="boss")
    client = sign_in(User.objects.get(pk=cast.admin.pk))
    client.post("/settings/ways/wecom/test/")
    assert [asked.json()["touser"] for asked in sink.asked if asked.method == "POST"] == ["boss"]
    client.post("/settings/ways/group/test/", {"group": "sales"})
    assert sink.asked[-1].path == "/cgi-bin/webhook/send"
    assert AuditEntry.objects.filter(act="way.test").count() == 2


def test_what_the_other_side_said_is_shown(sign_in: Any, cast: Any, sink: Any) -> None:
    User.objects.filter(pk=cast.admin.pk).update(mobile="+8613800000009")
    sink.answer = lambda asked: (422, {"error": "signature missing"})
    client = sign_in(User.objects.get(pk=cast.admin.pk))
    assert "signature missing" in text_of(client.post("/settings/ways/sms/test/", follow=True))


def test_a_way_that_doesnt_exist_is_no_page(sign_in: Any, cast: Any) -> None:
    assert sign_in(cast.admin).post("/settings/ways/fax/test/").status_code == 404


# --- users and teams -------------------------------------------------------------------------------------------------
def test_an_administrator_enters_the_account_of_a_colleague(sign_in: Any, cast: Any, sink: Any) -> None:
    client = sign_in(cast.admin)
    path = f"/settings/users/{cast.wang.pk}/"
    form = client.get(path).context["form"]
    sent = {name: form[name].value() or "" for name in form.fields}
    assert client.post(path, sent | {"wecom_id": "wang"}).status_code == 302
    assert me(cast).wecom_id == "wang"
    User.objects.filter(pk=cast.li.pk).update(wecom_id="li")
    answer = client.post(path, sent | {"wecom_id": "li", "version": sent.get("version", "")})
    assert answer.status_code in (409, 422)
    assert me(cast).wecom_id == "wang"


def test_a_team_has_a_lead_and_a_group(sign_in: Any, cast: Any, sink: Any) -> None:
    client = sign_in(cast.admin)
    path = f"/settings/teams/{cast.wang.team_id}/"
    form = client.get(path).context["form"]
    sent = {name: form[name].value() or "" for name in form.fields}
    assert client.post(path, sent | {"lead": cast.lead.pk, "group": "sales"}).status_code == 302
    team = Team.objects.get(pk=cast.wang.team_id)
    assert (team.lead, team.group) == (cast.lead, "sales")
    assert set(AuditEntry.objects.filter(act__startswith="team.").values_list("act", flat=True)) == {
        "team.lead",
        "team.group",
    }
    assert client.post(path, sent | {"group": "unknown"}).status_code == 422
    # Nobody leads who can't give the team's work to others.
    assert client.post(path, sent | {"lead": cast.wang.pk}).status_code == 422
    assert dispatcher.dispatch() == {}
