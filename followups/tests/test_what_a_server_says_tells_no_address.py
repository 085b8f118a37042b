"""Servers repeat the address in their answer; who reads it masked in a message reads it masked there too."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import override_settings
from django.urls import reverse

from core import clock, dispatcher
from core.models import MailChannel, OutboxMail
from core.scrub import without_address
from core.tests.http_sink import http_sink
from core.tests.smtp_sink import smtp_sink
from crm.dispatching import dispatch_round
from customers.models import Customer
from followups.models import Message
from followups.services import message_send

pytestmark = pytest.mark.django_db
ADDRESS, PHONE = "anna.wang@example.com", "13812345678"


@pytest.fixture
def customer(make):
    made = make("王小明", kind="person")
    Customer.objects.filter(pk=made.pk).update(email=ADDRESS, phone=PHONE)
    return Customer.objects.get(pk=made.pk)


def sent(customer, cast, **more):
    values = {"channel": "email", "subject": "您好", "text": "方案已发", "by": cast.wang, "customer": customer}
    return message_send(**{**values, **more})


def round_later():
    with time_machine.travel(clock.now() + timedelta(seconds=11), tick=False):
        dispatch_round()


def told(sign_in, user, message):
    """Everything that this person is shown of the message."""
    client = sign_in(user)
    pages = (reverse("message", args=[message.pk]), reverse("message_list"), f"/api/v1/messages/{message.pk}/")
    return " ".join(client.get(page).content.decode() for page in pages)


@pytest.mark.parametrize(
    "answer",
    [
        f"550 5.1.1 <{ADDRESS}>: user unknown",
        f"550 5.1.1 {ADDRESS.upper()} user unknown",
        "550 5.1.1 anna.wang: mailbox not found",
    ],
)
def test_a_mailbox_that_is_unknown(customer, cast, sign_in, answer):
    with smtp_sink() as sink:
        sink.on_rcpt = answer
        message = sent(customer, cast)
        round_later()
    message.refresh_from_db()
    assert message.state == Message.State.FAILED
    for reader in (cast.auditor, cast.admin, cast.agent):
        shown = told(sign_in, reader, message)
        assert "5.1.1" in shown
        assert "anna.wang" not in shown.lower()
    assert ADDRESS in told(sign_in, cast.wang, message)  # in its own field
    assert "anna" not in OutboxMail.objects.get().last_error.lower()


@pytest.mark.parametrize("number", ["+8613812345678", "138 1234 5678", "138-1234-5678", "13812345678"])
def test_a_number_that_the_gateway_repeats(customer, cast, sign_in, number):
    with http_sink() as sink, override_settings(SMS_URL=f"{sink.url}/sms"):
        sink.answer = lambda asked: (422, {"error": f"no such number: {number}"})
        message = sent(customer, cast, channel="sms", subject="")
        round_later()
    message.refresh_from_db()
    assert message.state == Message.State.FAILED
    assert "no such number" in message.error
    shown = told(sign_in, cast.auditor, message)
    assert number not in shown
    assert "12345678" not in shown


def test_a_channel_that_refuses_us_repeats_none_to_administrators(cast, customer):
    with smtp_sink() as sink:
        sink.on_rcpt = f"451 relaying to <{ADDRESS}> denied"
        sent(customer, cast)
        round_later()
    rows = [*OutboxMail.objects.values_list("last_error", flat=True)]
    rows += MailChannel.objects.values_list("last_error", flat=True)
    assert any("denied" in one for one in rows)
    assert not any("anna" in one for one in rows)


def test_an_error_of_our_own_repeats_none(cast, customer, monkeypatch):
    def broken(mail):
        raise ValueError(f"can't write to {ADDRESS}")

    monkeypatch.setattr(dispatcher.outbox, "text_to_send", broken)
    sent(customer, cast)
    round_later()
    assert "anna" not in OutboxMail.objects.get().last_error


def test_only_the_name_itself_is_taken_out():
    assert without_address("550 info not found, information at host", "info@example.com") == (
        "550 <e-mail> not found, information at host"
    )
    assert without_address("device 12 is gone", "12") == "device 12 is gone"
