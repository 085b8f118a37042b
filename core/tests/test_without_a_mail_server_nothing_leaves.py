"""Without EMAIL_URL no mail is queued and none is sent, whatever listens on this machine."""

from datetime import timedelta

import pytest
from django.core.mail import send_mail
from django.test import override_settings

from core import clock, dispatcher, health, outbox
from core.mailoff import MailIsOffError
from core.models import OutboxMail

OFF = override_settings(EMAIL_CONFIGURED=False, EMAIL_BACKEND="core.mailoff.RefusingBackend")


@pytest.fixture
def without_server(db):
    with OFF:
        yield


def queue(**more):
    values = {"kind": "day", "dedupe_key": "k", "address": "a@example.com", "subject": "s", "body": "b"}
    return outbox.mail_queue(**values, **more)


def test_no_row_is_written_that_would_go_out_when_a_server_is_named(without_server):
    assert queue() is None
    assert not OutboxMail.objects.exists()


def test_djangos_own_ways_are_shut_too(without_server):
    with pytest.raises(MailIsOffError):
        send_mail("s", "b", None, ["a@example.com"])


def test_what_waited_when_the_server_was_taken_away_is_called_back(db):
    due, later = (
        queue(),
        outbox.mail_queue(
            kind="day",
            dedupe_key="l",
            address="a@example.com",
            subject="s",
            body="b",
            due_at=clock.now() + timedelta(hours=1),
        ),
    )
    with OFF:
        assert dispatcher.dispatch() == {"cancelled": 1}
        assert dispatcher.dispatch() == {}
    for row in (due, later):
        row.refresh_from_db()
    assert (due.state, later.state) == ("cancelled", "due")


def test_what_was_for_customers_waits_for_a_person_then(db):
    mail = queue(policy=OutboxMail.Policy.HOLD)
    with OFF:
        assert dispatcher.dispatch() == {"failed": 1}
    mail.refresh_from_db()
    assert (mail.state, mail.last_error) == ("failed", outbox.MAIL_GONE)
    assert outbox.mail_retry(mail=mail)
    mail.refresh_from_db()
    assert mail.state == "due"


def test_health_says_so_and_calls_for_nobody(without_server):
    light = next(light for light in health.lights([]) if light.code == "mail")
    assert light.level == health.OFF
    assert light not in health.problems([])
