"""Mail goes out once, from leased rows, whatever the mail server and the dispatchers do."""

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
from core.tests.smtp_sink import smtp_sink

pytestmark = pytest.mark.django_db
State = OutboxMail.State


@pytest.fixture
def sink():
    with smtp_sink() as running:
        yield running


def queue(n=1, **more):
    values = {
        "kind": "test",
        "dedupe_key": f"test:{n}",
        "address": f"p{n}@example.com",
        "subject": "Hi",
        "body": "你好",
    }
    return outbox.mail_queue(**{**values, **more})


def later(minutes: float):
    return time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=True)


def state_of(mail):
    mail.refresh_from_db()
    return mail.state


def test_a_due_mail_arrives_once_with_the_id_it_got_when_it_was_written(sink):
    mail = queue(subject="One\nline", body="第一行\nsecond")
    assert dispatcher.dispatch() == {"sent": 1}
    assert dispatcher.dispatch() == {}
    assert [m["Message-ID"] for m in sink.taken] == [mail.message_id]
    assert sink.taken[0]["Subject"] == "One line"
    assert "第一行" in sink.taken[0].get_content()
    assert state_of(mail) == State.SENT


def test_the_same_key_queues_one_mail():
    assert queue().pk == queue(subject="again").pk
    assert OutboxMail.objects.count() == 1


def test_a_mail_disappears_with_the_transaction_of_its_cause():
    with pytest.raises(RuntimeError), transaction.atomic():  # noqa: PT012 — the cause fails after queueing
        queue()
        raise RuntimeError
    assert not OutboxMail.objects.exists()


def test_a_mail_of_tomorrow_waits(sink):
    queue(due_at=timezone.now() + timedelta(days=1))
    assert dispatcher.dispatch() == {}
    with later(24 * 60 + 1):
        assert dispatcher.dispatch() == {"sent": 1}


def test_claimed_rows_are_nobody_elses_until_the_lease_ends():
    queue()
    (mine,) = dispatcher.claim("a")
    assert dispatcher.claim("b") == []
    with later(1.1):
        (theirs,) = dispatcher.claim("b")
    assert theirs.pk == mine.pk
    assert theirs.attempt == 2


def test_who_lost_the_lease_may_not_send():
    queue()
    (mine,) = dispatcher.claim("a")
    with later(1.1):
        (theirs,) = dispatcher.claim("b")
        assert not dispatcher.begin_data(mine)
        assert dispatcher.begin_data(theirs)


def test_without_the_fence_both_would_send():
    """The twin: a lease alone, not asked again before the data, lets the first dispatcher send as well."""
    queue()
    (mine,) = dispatcher.claim("a")
    with later(1.1):
        dispatcher.claim("b")
        unfenced = OutboxMail.objects.filter(pk=mine.pk, state=State.SENDING)
        assert unfenced.update(phase="data") == 1


def test_a_sender_killed_before_the_data_costs_a_minute_only(sink):
    queue(policy="hold")
    dispatcher.claim("killed")
    assert dispatcher.dispatch() == {}
    with later(1.1):
        assert dispatcher.dispatch() == {"sent": 1}


def test_a_sender_killed_during_the_data_sends_again_under_the_same_id(sink):
    mail = queue()
    dispatcher.begin_data(dispatcher.claim("killed")[0])
    with later(1.1):
        assert dispatcher.dispatch() == {"sent": 1}
    assert list(sink.ids) == [mail.message_id]


def test_with_the_policy_hold_a_person_decides(sink):
    mail = queue(policy="hold")
    dispatcher.begin_data(dispatcher.claim("killed")[0])
    with later(1.1):
        assert dispatcher.dispatch() == {"unknown": 1}
        assert not sink.taken
        assert state_of(mail) == State.UNKNOWN
        assert outbox.mail_retry(mail=mail)
        assert not outbox.mail_retry(mail=mail)
        assert dispatcher.dispatch() == {"sent": 1}


def test_a_row_that_kills_its_sender_is_given_up_after_five_times(sink):
    poison, innocent = queue(1), queue(2)
    with later(0):
        dispatcher.claim("killed 1")
    for round_ in range(1, 5):
        with later(round_ * 1.1):
            (row,) = dispatcher.claim(f"killed {round_ + 1}")  # left-behind rows come one at a time
            if row.pk == innocent.pk:
                OutboxMail.objects.filter(pk=innocent.pk).update(state=State.SENT)
                (row,) = dispatcher.claim(f"killed {round_ + 1}")
    with later(7):
        dispatcher.dispatch()
    assert state_of(poison) == State.FAILED
    assert "again and again" in poison.last_error


@pytest.mark.parametrize(("attempt", "minutes"), [(1, 1), (2, 5), (3, 15), (4, 60), (5, 240), (9, 240)])
def test_back_off_steps(attempt, minutes):
    assert timedelta(minutes=minutes) <= dispatcher.back_off(attempt) <= timedelta(minutes=minutes * 1.1)


def test_not_now_backs_off_and_gives_up_after_a_day(sink):
    mail = queue()
    sink.on_rcpt = "451 greylisted"
    tries = []
    clock = timezone.now()
    for _ in range(20):
        with time_machine.travel(clock, tick=True):
            if "failed" in dispatcher.dispatch():
                break
            mail.refresh_from_db()
            tries.append(round((mail.next_try_at - clock).total_seconds() / 60))
            clock = mail.next_try_at + timedelta(seconds=1)
    assert [low <= t <= high for t, (low, high) in zip(tries, [(1, 1), (5, 6), (15, 17), (60, 66)], strict=False)]
    assert tries[4] >= 240
    assert state_of(mail) == State.FAILED
    assert clock - mail.due_at <= timedelta(hours=24)
    assert "451 greylisted" in mail.last_error


def test_a_refused_mail_fails_for_good_and_others_go_out(sink):
    sink.on_rcpt = "550 no such user"
    refused = queue(1)
    assert dispatcher.dispatch() == {"failed": 1}
    assert "550 no such user" in (state_of(refused) and refused.last_error)
    sink.on_rcpt = ""
    queue(2)
    assert dispatcher.dispatch() == {"sent": 1}
    assert outbox.mail_retry(mail=refused)
    assert dispatcher.dispatch() == {"sent": 1}


def test_an_old_mail_sent_again_by_hand_has_all_its_attempts(sink):
    refused = queue()
    OutboxMail.objects.update(state=State.FAILED, attempt=9, due_at=timezone.now() - timedelta(days=3))
    assert outbox.mail_retry(mail=refused)
    sink.on_rcpt = "451 greylisted"
    assert dispatcher.dispatch() == {"later": 1}
    assert state_of(refused) == State.DUE
    assert refused.next_try_at - timezone.now() < timedelta(minutes=2)  # the first step of the back-off
    sink.on_rcpt = ""
    with later(1.2):
        assert dispatcher.dispatch() == {"sent": 1}
    assert list(sink.ids) == [refused.message_id]


def test_later_at_the_data_is_no_loss(sink):
    queue()
    sink.on_data = "451 disk full"
    assert dispatcher.dispatch() == {"later": 1}
    sink.on_data = ""
    with later(1.2):
        assert dispatcher.dispatch() == {"sent": 1}


def test_no_answer_after_the_data_sends_again_or_holds(sink):
    internal, outward = queue(1), queue(2, policy="hold")
    sink.hang = 5
    done = dispatcher.dispatch()
    assert done["later"] == 1
    assert done["unknown"] == 1
    sink.hang = 0
    with later(1.2):
        dispatcher.dispatch()
    assert state_of(internal) == State.SENT
    assert state_of(outward) == State.UNKNOWN
    assert sink.ids[internal.message_id] == 2
    assert sink.ids[outward.message_id] == 1


def test_a_connection_that_breaks_after_the_data_is_opened_again(sink):
    sink.close_after_data = True
    queue(1)
    assert dispatcher.dispatch() == {"later": 1}
    sink.close_after_data = False
    queue(2)
    with later(1.2):
        assert dispatcher.dispatch() == {"sent": 2}


@override_settings(
    EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend", EMAIL_HOST="127.0.0.1", EMAIL_PORT=1, EMAIL_TIMEOUT=1
)
def test_five_connection_errors_pause_the_channel_not_the_rows():
    mails = [queue(n) for n in range(30)]
    assert dispatcher.dispatch()["channel"] == dispatcher.BREAKER_ERRORS
    assert dispatcher.dispatch() == {}
    assert {state_of(mail) for mail in mails} == {State.DUE}
    assert {mail.attempt for mail in mails} == {0}
    with later(0.6):
        assert dispatcher.dispatch() == {"channel": 1}  # one probe
        assert dispatcher.dispatch() == {}
    with smtp_sink() as sink, later(1.2):
        assert dispatcher.dispatch() == {"sent": 30}
        assert sink.connections == 1
    assert MailChannel.objects.get().errors == 0


def test_service_closing_is_the_channels_fault(sink):
    queue()
    sink.on_rcpt = "421 shutting down"
    assert dispatcher.dispatch()["channel"] == 5
    sink.on_rcpt = ""
    with later(1):
        assert dispatcher.dispatch() == {"sent": 1}


def test_the_gate_is_asked_when_the_mail_is_due(sink, monkeypatch):
    wanted = queue(1, kind="gated", source_id=1)
    unwanted = queue(2, kind="gated", source_id=2)
    monkeypatch.setitem(registry().mails, "gated", Mail("gated", wanted=lambda mail: mail.source_id == 1))
    assert dispatcher.dispatch() == {"sent": 1, "cancelled": 1}
    assert state_of(wanted) == State.SENT
    assert state_of(unwanted) == State.CANCELLED


def test_a_failing_gate_stops_only_its_own_mail(sink, monkeypatch):
    def broken(mail):
        raise ValueError("broken")

    monkeypatch.setitem(registry().mails, "broken", Mail("broken", wanted=broken))
    mail = queue(1, kind="broken")
    queue(2)
    assert dispatcher.dispatch() == {"later": 1, "sent": 1}
    assert "broken" in (state_of(mail) and mail.last_error)


def test_deactivated_people_get_no_mail(sink, cast):
    queue(user=cast.wang)
    cast.wang.is_active = False
    cast.wang.save(update_fields=["is_active"])
    assert dispatcher.dispatch() == {"cancelled": 1}


def test_a_cancelled_mail_is_never_sent_even_when_it_was_claimed(sink):
    queue(source_id=7)
    (mine,) = dispatcher.claim("a")
    assert outbox.mail_cancel(kind="test", source_id=7) == 1
    assert not dispatcher.begin_data(mine)
    assert dispatcher.dispatch() == {}


def test_a_mail_on_its_way_can_neither_be_cancelled_nor_changed():
    queue(source_id=7)
    dispatcher.begin_data(dispatcher.claim("a")[0])
    with pytest.raises(outbox.TooLateError):
        outbox.mail_cancel(kind="test", source_id=7)
    with pytest.raises(outbox.TooLateError):
        outbox.mail_change(kind="test", source_id=7, subject="New")


def test_a_changed_mail_goes_out_in_its_new_form_only(sink):
    queue(source_id=7)
    (mine,) = dispatcher.claim("a")
    outbox.mail_change(kind="test", source_id=7, subject="New", due_at=timezone.now())
    assert not dispatcher.begin_data(mine)
    dispatcher.dispatch()
    assert [mail["Subject"] for mail in sink.taken] == ["New"]


def test_figures_for_the_health_page(sink):
    queue(1, due_at=timezone.now() - timedelta(seconds=90))
    assert outbox.figures()["lag_seconds"] >= 90
    assert outbox.figures()["waiting"] == 1
    dispatcher.dispatch()
    assert outbox.figures() | {"dwell_p95": 0} == {
        "waiting": 0, "failed": 0, "unknown": 0, "sent_24h": 1, "lag_seconds": 0, "dwell_p95": 0,
    }  # fmt: skip
