"""Messages of every channel go from leased rows: once, by their policy, and none waits for another channel."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from core import dispatcher, outbox
from core.contributions import Mail, registry
from core.models import MailChannel, OutboxMail
from core.tests.http_sink import http_sink
from core.tests.smtp_sink import smtp_sink

pytestmark = pytest.mark.django_db
State = OutboxMail.State


@pytest.fixture
def sink():
    with http_sink() as running, override_settings(SMS_URL=f"{running.url}/sms"):
        yield running


def queue(n=1, **more):
    values = {
        "kind": "test",
        "dedupe_key": f"sms:{n}",
        "address": f"+861380000{n:04d}",
        "subject": "Hi",
        "body": "你好",
    }
    return outbox.mail_queue(**{"channel": "sms", **values, **more})


def later(minutes: float):
    return time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=True)


def state_of(row):
    row.refresh_from_db()
    return row.state


def test_a_message_goes_once_with_the_key_it_got_when_it_was_written(sink):
    row = queue()
    assert dispatcher.dispatch() == {"sent": 1}
    assert dispatcher.dispatch() == {}
    assert [asked.json()["key"] for asked in sink.asked] == [row.message_id.strip("<>")]
    assert sink.asked[0].json()["text"] == "Hi\n你好"
    assert state_of(row) == State.SENT


def test_a_channel_that_isnt_set_up_writes_nothing_and_calls_back_what_is_due(sink):
    row = queue()
    with override_settings(SMS_URL=""):
        assert queue(2) is None
        assert dispatcher.dispatch() == {"cancelled": 1}
    assert state_of(row) == State.CANCELLED
    assert sink.asked == []


def test_without_an_answer_the_policy_decides(sink):
    sink.answer = lambda asked: (200, None)
    again, held = queue(1), queue(2, policy=OutboxMail.Policy.HOLD)
    assert dispatcher.dispatch() == {"later": 1, "unknown": 1}
    sink.answer = lambda asked: (200, {})
    with later(2):
        assert dispatcher.dispatch() == {"sent": 1}
    assert (state_of(again), state_of(held)) == (State.SENT, State.UNKNOWN)
    keys = [asked.json()["key"] for asked in sink.asked]
    assert sorted(keys.count(row.message_id.strip("<>")) for row in (again, held)) == [1, 2]


def test_who_was_killed_in_the_data_phase_leaves_the_row_to_its_policy(sink):
    again, held = queue(1), queue(2, policy=OutboxMail.Policy.HOLD)
    for row in dispatcher.claim("killed", channel="sms"):
        assert dispatcher.begin_data(row)
    assert dispatcher.dispatch() == {}
    with later(2):
        assert dispatcher.dispatch() == {"sent": 1, "unknown": 1}
    assert (state_of(again), state_of(held)) == (State.SENT, State.UNKNOWN)


def test_a_row_that_was_called_back_while_its_token_was_asked_for_is_dropped(sink):
    """The lease is held once more after all that surely sends nothing."""
    queue(source_id=7)
    (mine,) = dispatcher.claim("a", channel="sms")
    assert outbox.mail_cancel(kind="test", source_id=7) == 1
    done = dispatcher._send_one(mine, dispatcher.GatewaySender(outbox.gateway_of("sms")))
    assert done == "lost"
    assert sink.asked == []


def test_when_the_guard_is_off_the_called_back_row_goes_out(sink, monkeypatch):
    """The twin of the test before: without the lease it would be sent."""
    monkeypatch.setattr(dispatcher, "begin_data", lambda mail: True)
    queue(source_id=7)
    (mine,) = dispatcher.claim("a", channel="sms")
    outbox.mail_cancel(kind="test", source_id=7)
    dispatcher._send_one(mine, dispatcher.GatewaySender(outbox.gateway_of("sms")))
    assert len(sink.asked) == 1


def test_a_broken_channel_pauses_alone_and_is_tried_with_one_row():
    with http_sink() as sink:
        dead = f"{sink.url}/sms"
    with smtp_sink() as mails, override_settings(SMS_URL=dead, OUTBOUND_ALLOW=frozenset({("127.0.0.1", sink.port)})):
        for n in range(7):
            queue(n)
            queue(n, channel="mail", dedupe_key=f"mail:{n}", address=f"p{n}@example.com")
        for _n in range(6):
            dispatcher.dispatch()
        assert len(mails.taken) == 7
        breaker = MailChannel.objects.get()
        assert (breaker.name, breaker.errors) == ("sms", 5)
        assert OutboxMail.objects.filter(channel="sms", state=State.DUE).count() == 7
        with later(1):
            dispatcher.dispatch()
        breaker.refresh_from_db()
        assert breaker.errors == 6


def test_push_services_that_hang_keep_mail_waiting_for_one_of_them_at_a_time(monkeypatch):
    """Between two of them each channel has its turn."""
    sent = []
    monkeypatch.setattr(dispatcher.GatewaySender, "deliver", lambda self, mail, begin: sent.append(mail.channel))
    monkeypatch.setattr(dispatcher.Mailer, "deliver", lambda self, mail, begin: sent.append(mail.channel))
    for n in range(3):
        queue(n, channel="push", dedupe_key=f"push:{n}", address="1")
        queue(n, channel="mail", dedupe_key=f"mail:{n}", address=f"p{n}@example.com")
    monkeypatch.setitem(dispatcher.BATCHES, OutboxMail.Channel.MAIL, 1)
    dispatcher.dispatch()
    assert sent == ["mail", "push"] * 3


def test_one_channel_on_its_way_keeps_the_whole_message_from_being_changed(sink):
    """Two channels of one reminder: its reader gets the old or the new, never one by each."""
    queue(1, source_id=7)
    queue(2, source_id=7, channel="mail", address="p@example.com", due_at=timezone.now() + timedelta(hours=1))
    dispatcher.dispatch()
    with pytest.raises(outbox.TooLateError), transaction.atomic():
        outbox.mail_change(kind="test", source_id=7, subject="New")
    assert set(OutboxMail.objects.values_list("subject", flat=True)) == {"Hi"}
    with pytest.raises(outbox.TooLateError), transaction.atomic():
        outbox.mail_cancel(kind="test", source_id=7)
    assert not OutboxMail.objects.filter(state=State.CANCELLED).exists()


def test_what_has_to_wait_is_due_later_as_if_it_had_been_queued_for_then(sink, monkeypatch):
    end = timezone.now() + timedelta(hours=30)
    kinds = registry().mails | {"test": Mail("test", waits=lambda row: end)}
    monkeypatch.setitem(registry().__dict__, "mails", kinds)
    row = queue()
    assert dispatcher.dispatch() == {"waits": 1}
    row.refresh_from_db()
    assert (row.state, row.due_at, row.attempt) == (State.DUE, end, 0)
    with time_machine.travel(end + timedelta(seconds=1)):
        assert dispatcher.dispatch() == {"sent": 1}
    assert len(sink.asked) == 1
