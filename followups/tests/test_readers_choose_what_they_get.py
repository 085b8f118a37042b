"""Consents, refusals and the page of a reader: the last word counts, up to the moment in which a mail goes out."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core import mail as outgoing
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.test import Client
from django.urls import reverse

from core import clock
from core.mailer import Mailer
from crm.dispatching import dispatch_round
from customers.models import Consent, Contact, Customer
from customers.services import consent_record
from followups.models import Message, MessageSetting
from followups.services import message_again, message_send

pytestmark = pytest.mark.django_db
State = Message.State


@pytest.fixture
def customer(make):
    made = make("王小明", kind="person")
    Customer.objects.filter(pk=made.pk).update(email="wang@example.com", phone="13812345678")
    return Customer.objects.select_related("facts", "owner").get(pk=made.pk)


def send(customer, cast, **more):
    values = {"channel": "email", "subject": "您好", "text": "方案已发", "by": cast.wang, "customer": customer}
    return message_send(**{**values, **more})


def say(customer, cast, allowed, **more):
    return consent_record(customer=customer, by=cast.wang, allowed=allowed, source="spoken", **more)


def round_later():
    with time_machine.travel(clock.now() + timedelta(seconds=11), tick=False):
        return dispatch_round()


def state_of(message):
    message.refresh_from_db()
    return message.state


def stranger():
    """Somebody without a session, and without a token of any form."""
    return Client(enforce_csrf_checks=True, headers={"Accept-Language": "en"})


def page(message):
    return reverse("reader", args=[message.token])


# --- what counts -----------------------------------------------------------------------------------------------------
def test_service_goes_until_it_is_refused_and_offers_only_with_consent(customer, cast):
    send(customer, cast)
    with pytest.raises(ValidationError, match="need a consent"):
        send(customer, cast, topic="marketing")
    say(customer, cast, True, topic="marketing")
    send(customer, cast, topic="marketing")
    say(customer, cast, False, channel="email")
    for topic in ("service", "marketing"):
        with pytest.raises(ValidationError, match="refused"):
            send(customer, cast, topic=topic)
    send(customer, cast, channel="wechat", subject="")


def test_a_company_may_decide_that_offers_need_no_consent(customer, cast):
    MessageSetting.objects.create(pk=1, consent_for_marketing=False)
    send(customer, cast, topic="marketing")
    say(customer, cast, False, topic="marketing")
    with pytest.raises(ValidationError, match="refused"):
        send(customer, cast, topic="marketing")


def test_the_last_word_counts_whatever_it_covers(customer, cast):
    day = clock.now() - timedelta(days=9)
    say(customer, cast, False, at=day)
    say(customer, cast, True, topic="service", at=day + timedelta(days=1))
    send(customer, cast)
    say(customer, cast, False, at=day + timedelta(days=2))
    with pytest.raises(ValidationError, match="refused"):
        send(customer, cast)


def test_what_the_customer_refuses_is_refused_for_its_contacts(customer, cast):
    contact = Contact.objects.create(customer=customer, name="李四", email="li@example.com")
    say(customer, cast, True, contact=contact)
    send(customer, cast, contact=contact)
    say(customer, cast, False)
    with pytest.raises(ValidationError, match="refused"):
        send(customer, cast, contact=contact)


def test_a_contact_who_refuses_leaves_the_others_alone(customer, cast):
    one, other = (Contact.objects.create(customer=customer, name=n, email=f"{n}@example.com") for n in ("a", "b"))
    say(customer, cast, False, contact=one)
    with pytest.raises(ValidationError, match="refused"):
        send(customer, cast, contact=one)
    send(customer, cast, contact=other)


def test_a_consent_in_writing_names_its_proof(customer, cast):
    with pytest.raises(ValidationError, match="Say where"):
        consent_record(customer=customer, by=cast.wang, allowed=True, source="written")
    with pytest.raises(ValidationError, match="future"):
        say(customer, cast, True, at=clock.now() + timedelta(days=1))


# --- at the moment of sending ----------------------------------------------------------------------------------------
def test_a_refusal_calls_off_what_waits(customer, cast):
    message, other = send(customer, cast), send(customer, cast, channel="wechat", subject="")
    say(customer, cast, False, channel="email")
    assert state_of(message) == State.CANCELLED
    assert state_of(other) == State.DRAFT
    round_later()
    assert outgoing.outbox == []


def refuse_after_the_lease(customer, monkeypatch):
    """The reader refuses when the row is claimed and everything was asked; nobody calls it off."""
    prepare = Mailer.prepare

    def refused(mailer, mail):
        prepare(mailer, mail)
        Consent.objects.create(customer=customer, channel="email", allowed=False, source="link", at=clock.now())

    monkeypatch.setattr(Mailer, "prepare", refused)


def test_a_refusal_between_the_lease_and_the_data_stops_it(customer, cast, monkeypatch):
    message = send(customer, cast)
    refuse_after_the_lease(customer, monkeypatch)
    round_later()
    assert outgoing.outbox == []
    assert state_of(message) == State.CANCELLED


def test_without_that_question_it_would_have_gone(customer, cast, monkeypatch):
    send(customer, cast)
    refuse_after_the_lease(customer, monkeypatch)
    monkeypatch.setattr("core.outbox.still_allowed", lambda mail: Q())
    round_later()
    assert len(outgoing.outbox) == 1


def test_sending_again_asks_too(customer, cast):
    message = send(customer, cast)
    Message.objects.filter(pk=message.pk).update(state="failed")
    say(customer, cast, False)
    with pytest.raises(ValidationError, match="refused"):
        message_again(message=message, by=cast.wang)


# --- the reader's page -----------------------------------------------------------------------------------------------
def test_a_mail_says_where_to_unsubscribe_and_lets_programs_do_it(customer, cast):
    message = send(customer, cast, language="en")
    round_later()
    (letter,) = outgoing.outbox
    assert letter.extra_headers["List-Unsubscribe"].endswith(f"{page(message)}>")
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert page(message) in letter.body
    assert "Which messages you get from" in letter.body


def test_looking_at_the_page_changes_nothing(customer, cast):
    message, client = send(customer, cast), stranger()
    for _ in range(3):
        shown = client.get(page(message))
    assert shown.status_code == 200
    assert client.head(page(message)).status_code == 200
    assert not Consent.objects.exists()
    text = shown.content.decode()
    assert "w****@example.com" in text
    assert "wang@example.com" not in text
    assert customer.name not in text
    assert "noindex" in text
    assert shown["X-Robots-Tag"] == "noindex, nofollow"
    assert shown["Referrer-Policy"] == "no-referrer"
    assert "no-store" in shown["Cache-Control"]
    assert "/login/" not in text
    assert "<script" not in text


def test_one_tap_unsubscribes_and_another_takes_it_back(customer, cast):
    message, client = send(customer, cast), stranger()
    say(customer, cast, True, topic="marketing", at=clock.now() - timedelta(days=1))
    assert client.post(page(message), {"act": "none"}).status_code == 302
    assert state_of(message) == State.CANCELLED
    shown = client.get(page(message)).content.decode()
    assert "You get no more messages" in shown
    client.post(page(message), {"act": "none"})
    assert Consent.objects.filter(source="link").count() == 1
    client.post(page(message), {"act": "undo"})
    assert "You get no more messages" not in client.get(page(message)).content.decode()
    send(customer, cast, topic="marketing")
    assert Consent.objects.filter(source="link", undone_at=None).count() == 0


def test_topics_can_be_chosen(customer, cast):
    message, client = send(customer, cast), stranger()
    client.post(page(message), {"act": "topics", "topics": ["service"]})
    send(customer, cast)
    with pytest.raises(ValidationError, match="refused"):
        send(customer, cast, topic="marketing")
    client.post(page(message), {"act": "topics", "topics": ["service", "marketing"]})
    send(customer, cast, topic="marketing")


def test_the_button_of_a_mail_program_needs_no_cookie(customer, cast):
    say(customer, cast, True, topic="marketing")
    message, client = send(customer, cast, topic="marketing"), stranger()
    answer = client.post(page(message), {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert answer.content == b""
    send(customer, cast)
    with pytest.raises(ValidationError, match="refused"):
        send(customer, cast, topic="marketing")


def test_a_wrong_token_says_nothing(customer, cast):
    client = stranger()
    gone = send(customer, cast)
    Customer.objects.filter(pk=customer.pk).update(deleted_at=clock.now())
    answers = [client.get(url) for url in ("/u/x", "/u/" + "a" * 300, page(gone))]
    assert {answer.status_code for answer in answers} == {404}
    for answer in answers:
        assert "This page is not available" in answer.content.decode()
        assert "@" not in answer.content.decode()
    assert client.post("/u/x", {"act": "none"}).status_code == 404
    assert client.post("/u/x", {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not Consent.objects.exists()


def test_the_token_stands_in_no_log(customer, cast, caplog):
    message = send(customer, cast)
    stranger().post(page(message), {"act": "none"})
    assert message.token not in caplog.text


def test_the_page_speaks_both_languages(customer, cast):
    message = send(customer, cast)
    chinese = Client().get(page(message), headers={"Accept-Language": "zh-CN"}).content.decode()
    assert 'lang="zh-Hans"' in chinese
    assert "退订" in chinese


# --- in the product --------------------------------------------------------------------------------------------------
def test_a_refusal_hides_the_templates_and_says_why(customer, cast, sign_in):
    say(customer, cast, False, channel="email")
    shown = sign_in(cast.wang).get(f"{reverse('message_new')}?customer={customer.pk}&channel=email").content.decode()
    assert "They have refused such messages" in shown
    assert "Choose a template" not in shown


def test_it_is_recorded_on_a_page_and_shown_in_the_file(customer, cast, sign_in):
    client = sign_in(cast.wang)
    url = reverse("consent_new", args=[customer.pk])
    form = client.get(url).context["form"]
    sent = {name: form[name].value() for name in form.fields if form[name].value() not in (None, "")}
    assert set(sent) == {"idempotency_key", "at"}  # what they said is for the person to choose
    assert {"allowed", "channel", "topic", "source"} <= set(client.post(url, sent).context["form"].errors)
    assert not Consent.objects.exists()
    sent |= {
        "allowed": "yes",
        "channel": "all",
        "topic": "marketing",
        "source": "form",
        "proof": "展会登记表 12",
        "at": "2026-11-20T10:00",
    }
    assert client.post(url, sent).status_code == 302
    assert (Consent.objects.get().channel, Consent.objects.get().topic) == ("", "marketing")
    assert "展会登记表 12" in client.get(reverse("consent_list", args=[customer.pk])).content.decode()
    assert "Record a consent" in client.get(reverse("customer", args=[customer.pk])).content.decode()
    send(customer, cast, topic="marketing")
