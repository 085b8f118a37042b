"""Reminders and notices by WeCom, group chat, text message and browser: once, in their words, without numbers."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import override_settings

from accounts.models import Team, User
from core import clock, dispatcher, outbox
from core.gateways.wecom import _read as wecom_at
from core.models import OutboxMail, PushDevice
from core.notices import tell
from core.tests.http_sink import http_sink
from customers.services import customer_transfer
from followups.services import reminder_cancel, reminder_change, reminder_create

pytestmark = pytest.mark.django_db
SOON = timedelta(minutes=5)


@pytest.fixture
def sink():
    """All channels of one company, at one server."""
    wecom_at.cache_clear()
    with http_sink(push=True) as running:
        running.answer = lambda asked: (200, {"errcode": 0, "access_token": "T", "expires_in": 7200})
        urls = {
            "SMS_URL": f"{running.url}/sms",
            "WECOM_URL": f"http://corp:secret@127.0.0.1:{running.port}/?agent=1",
            "WEBHOOK_URLS": {"sales": f"{running.url}/cgi-bin/webhook/send?key=K"},
        }
        with override_settings(**urls):
            yield running


@pytest.fixture
def wang(cast):
    User.objects.filter(pk=cast.wang.pk).update(wecom_id="wang", mobile="+8613800000001")
    Team.objects.filter(pk=cast.wang.team_id).update(group="sales")
    return User.objects.get(pk=cast.wang.pk)


def remind(wang, customer=None, **more):
    values = {"user": wang, "by": wang, "due_at": clock.now() + SOON, "text": "回电 13912345678", "customer": customer}
    return reminder_create(**{**values, **more})


def send(moment):
    with time_machine.travel(moment, tick=False):
        return dispatcher.dispatch()


def posts(sink):
    return [asked for asked in sink.asked if asked.method == "POST"]


def test_by_wecom_it_names_the_customer_and_no_number(wang, make, sink):
    reminder = remind(wang, make(name="恒远机械"), channel="im")
    for _n in range(2):
        send(reminder.due_at)
    (asked,) = posts(sink)
    assert asked.json()["touser"] == "wang"
    title, text, link = asked.json()["text"]["content"].split("\n")
    assert (title, text) == ("Reminder", "回电 ••• · 恒远机械")
    assert link.endswith(f"/customers/{reminder.customer_id}/")


def test_a_group_reads_for_whom_and_what_but_not_about_whom(wang, make, sink):
    reminder = remind(wang, make(name="恒远机械"), channel="group")
    assert send(reminder.due_at) == {"sent": 1}
    content = posts(sink)[0].json()["text"]["content"]
    assert content.startswith(f"Reminder for {wang.name}\n回电 •••\n")
    assert "恒远" not in content


def test_a_text_message_goes_to_ones_own_number_and_names_nobody(wang, make, sink):
    reminder = remind(wang, make(name="恒远机械"), channel="sms")
    assert send(reminder.due_at) == {"sent": 1}
    asked = posts(sink)[0].json()
    assert asked["to"] == "+8613800000001"
    assert "恒远" not in asked["text"]


def test_who_is_no_longer_reached_there_gets_nothing_there(wang, make, sink):
    reminder = remind(wang, make(), channel="im")
    User.objects.filter(pk=wang.pk).update(wecom_id="somebody-else")
    assert send(reminder.due_at) == {"cancelled": 1}
    assert posts(sink) == []


def test_who_may_no_longer_see_the_customer_gets_nothing(wang, make, cast, sink):
    customer = make()
    reminder = remind(wang, customer, channel="im")
    customer_transfer(customer=customer, to=cast.outsider, by=cast.admin)
    assert send(reminder.due_at) == {"cancelled": 1}


def test_its_channel_can_change_and_what_was_queued_before_is_called_back(wang, make, sink):
    reminder = remind(wang, make(), channel="im")
    reminder_change(reminder=reminder, changes={"channel": "sms"}, version=1, by=wang)
    assert send(reminder.due_at) == {"sent": 1}
    assert [asked.path for asked in posts(sink)] == ["/sms"]


def test_sent_by_one_channel_it_can_no_longer_be_called_back(wang, make, sink):
    reminder = remind(wang, make(), channel="im")
    send(reminder.due_at)
    with pytest.raises(outbox.TooLateError):
        reminder_cancel(reminder=reminder, by=wang)


def test_a_channel_that_isnt_set_up_leaves_it_in_the_app(wang, make, sink):
    with override_settings(WECOM_URL=""):
        remind(wang, make(), channel="im")
    assert not OutboxMail.objects.exists()


# --- notices by the ways that a person has ticked ---------------------------------------------------------------------
def told(wang, make, kind="assigned", **more):
    customer = make(name="恒远机械")
    numbers = {"by_name": "Li", "customers": 1}
    tell(user=wang, kind=kind, key=f"t:{customer.pk}", customer=customer, numbers=numbers, url="/x/", **more)
    return customer


def test_a_notice_comes_by_each_way_that_is_ticked_for_its_kind(wang, make, sink):
    User.objects.filter(pk=wang.pk).update(notice_ways={"assigned": ["im", "sms"], "taken": ["im"]})
    wang.refresh_from_db()
    told(wang, make, text="打 13912345678")
    assert dispatcher.dispatch() == {"sent": 2}
    wecom, sms = sorted(posts(sink), key=lambda asked: asked.path)
    assert "恒远机械" in wecom.json()["text"]["content"]
    assert "13912345678" not in wecom.json()["text"]["content"]
    assert "恒远" not in sms.json()["text"]


def test_what_was_unticked_meanwhile_or_read_stays_at_home(wang, make, sink):
    User.objects.filter(pk=wang.pk).update(notice_ways={"assigned": ["im"]})
    wang.refresh_from_db()
    told(wang, make)
    User.objects.filter(pk=wang.pk).update(notice_ways={})
    assert dispatcher.dispatch() == {"cancelled": 1}


def test_every_device_shows_it(wang, make, sink):
    public = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
    for n in range(2):
        PushDevice.objects.create(
            user=wang, endpoint=f"{sink.url}/push/{n}", public_key=public, auth="BTBZMqHH6r4Tts7J_aSIgg"
        )
    User.objects.filter(pk=wang.pk).update(notice_ways={"assigned": ["push"]})
    wang.refresh_from_db()
    told(wang, make)
    assert dispatcher.dispatch() == {"sent": 2}
    assert sorted(asked.path for asked in posts(sink)) == ["/push/0", "/push/1"]
