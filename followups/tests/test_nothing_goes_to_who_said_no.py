"""Do-not-contact and a withdrawn consent stop whatever is sent to a customer, by every way that sends: what is written,
what waits, what is held, what is prepared by itself, what people are invited to."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
import time_machine
from django.core import mail as outgoing
from django.core.exceptions import ValidationError

from core import clock
from core.contributions import registry
from core.models import OutboxMail
from crm.dispatching import dispatch_round
from customers.models import Contact, Customer, Topic
from customers.services import consent_record, customer_update
from followups.cadence_table.table import read_table
from followups.models import CadenceRule, FollowUp, Message, MessageSetting, MessageTemplate
from followups.planning import plans_make
from followups.services import (
    appointment_invite,
    automatic_prepare,
    automatic_release,
    follow_up_create,
    message_again,
    message_send,
)

pytestmark = pytest.mark.django_db
State = Message.State
# What goes to colleagues alone: to one's own notices, reminders and sign-in.
TO_COLLEAGUES = {"reminder", "day", "notice", "digest", "password_reset", "invitation"}


@pytest.fixture(autouse=True)
def _sends(settings, defaults):
    """By mail, and with a line of the plan that writes by itself."""
    settings.EMAIL_CONFIGURED = True
    CadenceRule.objects.filter(phase="long_term", scheme="b2c", tier="C").update(policy="auto", method="email")
    MessageTemplate.objects.filter(code="greeting").update(automatic=True)
    MessageSetting.objects.update_or_create(pk=1, defaults={"automatic": MessageSetting.Automatic.PREVIEW})
    read_table.forget()


@pytest.fixture
def customer(make, cast):
    """Has agreed to everything, and is planned for."""
    made = make("王小明", kind="person", tier="C", tier_rank=3, last_contact=200)
    Customer.objects.filter(pk=made.pk).update(email="wang@example.com", phone="13812345678")
    consent_record(customer=made, by=cast.wang, allowed=True, at=clock.now() - timedelta(days=30))
    plans_make()
    FollowUp.objects.filter(customer=made, state="open").update(due_on=clock.business_date())
    return Customer.objects.select_related("facts", "owner").get(pk=made.pk)


def do_not_contact(customer, cast):
    fresh = Customer.objects.get(pk=customer.pk)
    customer_update(customer=fresh, changes={"do_not_contact": True}, version=fresh.version, by=cast.wang)


def withdraw(customer, cast):
    consent_record(customer=customer, by=cast.wang, allowed=False)


def send(customer, cast, channel="email", topic=Topic.SERVICE):
    subject = "您好" if channel == "email" else ""
    return message_send(customer=customer, channel=channel, subject=subject, text="方案", topic=topic, by=cast.wang)


def write(customer, cast):
    """Every channel and topic by which somebody may write."""
    for channel in ("email", "sms", "wechat"):
        for topic in Topic.values:
            with pytest.raises(ValidationError):
                send(customer, cast, channel, topic)


def again(customer, cast):
    """Once more what has failed."""
    message = Message.objects.filter(customer=customer).first()
    Message.objects.filter(pk=message.pk).update(state=State.FAILED)
    with pytest.raises(ValidationError):
        message_again(message=message, by=cast.wang)


def invite(customer, cast):
    planned = follow_up_create(
        customer=customer,
        assignee=cast.wang,
        due_on=clock.business_date() + timedelta(days=3),
        due_time=time(15),
        method="visit",
        by=cast.wang,
    )
    zhao = Contact.objects.create(customer=customer, name="赵", email="zhao@example.net")
    with pytest.raises(ValidationError):
        appointment_invite(follow_up=planned, people=[zhao], place="", by=cast.wang)


def by_itself(customer, cast):
    """What the night prepares."""
    before = Message.objects.filter(customer=customer, automatic=True).count()
    list(automatic_prepare(clock.business_date()))
    assert Message.objects.filter(customer=customer, automatic=True).count() == before


def later() -> None:
    with time_machine.travel(clock.now() + timedelta(minutes=1), tick=False):
        dispatch_round()


@pytest.mark.parametrize("stop", [do_not_contact, withdraw])
def test_nothing_can_be_sent_any_more(customer, cast, stop):
    send(customer, cast)
    stop(customer, cast)
    for way in (write, again, invite, by_itself):
        way(customer, cast)
    later()
    assert outgoing.outbox == []
    assert not OutboxMail.objects.filter(state="sent").exists()


@pytest.mark.parametrize("stop", [do_not_contact, withdraw])
def test_what_waits_or_is_held_does_not_go(customer, cast, stop):
    """Written and prepared while it was right."""
    waiting = send(customer, cast)
    list(automatic_prepare(clock.business_date()))
    held = Message.objects.get(customer=customer, automatic=True)
    assert (waiting.state, held.state) == (State.WAITING, State.HELD)
    stop(customer, cast)
    automatic_release(messages=Message.objects.filter(pk=held.pk), by=cast.manager)
    later()
    assert outgoing.outbox == []
    assert set(Message.objects.values_list("state", flat=True)) == {State.CANCELLED}


def test_each_kind_of_mail_to_customers_asks_in_the_moment_it_goes():
    """A further kind is either for colleagues, or says with `still` what the outbox asks."""
    mails = registry().mails
    assert {kind for kind, mail in mails.items() if mail.still is None} == TO_COLLEAGUES
    assert {kind for kind, mail in mails.items() if mail.still is not None} == {"message", "appointment"}


def test_without_a_word_they_would_have_gone(customer, cast):
    """The control: with nothing said against it, mail, held messages and invitations do go."""
    send(customer, cast)
    list(automatic_prepare(clock.business_date()))
    held = Message.objects.filter(customer=customer, automatic=True)
    automatic_release(messages=held, by=cast.manager)
    later()
    assert outgoing.outbox
