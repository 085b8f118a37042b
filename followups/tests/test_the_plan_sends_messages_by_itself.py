"""Lines of the cadence table that send a message by itself: one in its interval, with consent, in working hours."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.core import mail as outgoing
from django.test import override_settings
from django.urls import reverse

from core import clock
from core.models import OutboxMail
from crm.dispatching import dispatch_round
from customers.models import Customer, Interaction
from customers.services import consent_record
from followups.cadence_table.table import read_table
from followups.models import CadenceRule, FollowUp, Message, MessageSetting, MessageTemplate
from followups.planning import plans_make
from followups.services import automatic_prepare, automatic_release

pytestmark = pytest.mark.django_db
State = Message.State


@pytest.fixture(autouse=True)
def _line(defaults):
    """Ordinary persons get a mail by itself; the greeting may be sent so."""
    CadenceRule.objects.filter(phase="long_term", scheme="b2c", tier="C").update(policy="auto", method="email")
    MessageTemplate.objects.filter(code="greeting").update(automatic=True)
    read_table.forget()


def mode(value):
    MessageSetting.objects.update_or_create(pk=1, defaults={"automatic": value})


def due(make, name="王", email="wang@example.com", **more):
    """An ordinary customer whose follow-up of the default plan is due today."""
    made = make(name, kind="person", tier="C", tier_rank=3, last_contact=200, **more)
    Customer.objects.filter(pk=made.pk).update(email=email)
    plans_make()
    rows = FollowUp.objects.filter(customer=made, state="open")
    assert rows.update(due_on=clock.business_date()) == 1
    return made


def night():
    return list(automatic_prepare(clock.business_date()))[-1]


def hours_later(hours):
    with time_machine.travel(clock.now() + timedelta(hours=hours), tick=False):
        return dispatch_round()


def test_it_is_prepared_once_and_the_follow_up_is_done_with_it(make):
    customer = due(make)
    assert night()["prepared"] == 1
    assert night()["prepared"] == 0
    message = Message.objects.get()
    assert (message.customer, message.state, message.automatic) == (customer, State.HELD, True)
    assert message.template.code == "greeting"
    done, following = FollowUp.objects.filter(customer=customer).order_by("pk")
    assert done.state == "done"
    assert following.state == "open"
    assert following.due_on >= clock.business_date() + timedelta(days=60)
    customer.facts.refresh_from_db()
    assert customer.facts.next_follow_up_on == following.due_on
    hours_later(1)
    assert outgoing.outbox == []


def test_a_manager_looks_and_lets_it_go(make, cast, sign_in):
    due(make)
    night()
    client = sign_in(cast.manager)
    shown = client.get(reverse("automatic_messages")).content.decode()
    assert "Let them go" in shown
    listed = client.get(reverse("message_list") + "?tab=all&batch=2026-11-24").content.decode()
    assert "Best wishes" in listed
    client.post(reverse("automatic_release"), {"day": "2026-11-24"})
    hours_later(1)
    assert [letter.to for letter in outgoing.outbox] == [["wang@example.com"]]
    (batch,) = client.get(reverse("automatic_messages")).context["batches"]
    assert (batch.messages, batch.sent, batch.held) == (1, 1, 0)


def test_it_is_logged_as_automatic_and_is_no_contact(make):
    customer = due(make)
    mode("direct")
    night()
    before = customer.facts.last_contact_at
    hours_later(1)
    assert Interaction.objects.get(customer=customer).automatic
    customer.facts.refresh_from_db()
    assert customer.facts.last_contact_at == before


def test_stop_calls_off_what_is_held_and_what_waits(make, cast, sign_in):
    due(make)
    mode("direct")
    night()
    sign_in(cast.manager).post(reverse("automatic_stop"), {"day": "2026-11-24"})
    hours_later(1)
    assert outgoing.outbox == []
    assert Message.objects.get().state == State.CANCELLED


def test_a_manager_stops_only_those_of_their_own_teams(make, cast, sign_in):
    due(make, owner=cast.outsider)
    mode("direct")
    night()
    sign_in(cast.manager).post(reverse("automatic_stop"), {"day": "2026-11-24"})
    assert Message.objects.get().state == State.WAITING


def test_what_is_held_stays_held_while_nothing_goes_by_its_channel(make, cast, sign_in):
    """It would wait for ever: no row of the outbox is written for a channel that was switched off."""
    due(make)
    night()
    client = sign_in(cast.manager)
    with override_settings(EMAIL_CONFIGURED=False):
        answer = client.post(reverse("automatic_release"), {"day": "2026-11-24"}, follow=True)
    assert "1 stays held: this installation doesn&#x27;t send by its channel now." in answer.content.decode()
    assert Message.objects.get().state == State.HELD
    assert not OutboxMail.objects.exists()
    client.post(reverse("automatic_release"), {"day": "2026-11-24"})
    hours_later(1)
    assert Message.objects.get().state == State.SENT


def test_a_channel_that_went_off_while_it_was_prepared_leaves_it_to_a_person(make, monkeypatch):
    due(make)
    mode("direct")
    monkeypatch.setattr("followups.services.messages.outbox.mail_queue", lambda **values: None)
    counts = night()
    assert (counts["prepared"], counts["no_address"]) == (0, 1)
    assert not Message.objects.exists()


# --- with which words ------------------------------------------------------------------------------------------------
def named(**more):
    """The line names a template of its own."""
    words = {"subject_en": "News", "body_en": "Hello {{name}}", "automatic": True} | more
    template = MessageTemplate.objects.create(name_en="Mine", name_zh="我的", **words)
    CadenceRule.objects.filter(policy="auto").update(template=template)
    read_table.forget()
    return template


def test_a_line_writes_with_the_template_that_it_names_for_whomever_that_is_meant(make):
    """The line says for whom it is; of the template's own customers nobody is asked."""
    due(make)
    template = named(tiers=["A"])
    assert night()["prepared"] == 1
    message = Message.objects.get()
    assert (message.template, message.subject) == (template, "News")


@pytest.mark.parametrize("off", [{"is_active": False}, {"automatic": False}, {"channel": "sms"}])
def test_no_other_takes_the_place_of_one_that_cant_go(make, off):
    due(make)
    named(**off)
    counts = night()
    assert (counts["prepared"], counts["no_template"]) == (0, 1)
    assert not Message.objects.exists()


def by_text(monkeypatch):
    """This installation sends text messages, and the line of the plan asks for them."""
    monkeypatch.setattr("core.outbox.sms_gateway", object)
    CadenceRule.objects.filter(policy="auto").update(method="sms")
    read_table.forget()


def test_a_landline_is_left_out_and_the_others_are_written_to(make, monkeypatch):
    by_text(monkeypatch)
    mode("direct")
    landline, mobile = due(make, email=""), due(make, name="李", email="")
    Customer.objects.filter(pk=landline.pk).update(phone="0512 6578 1234")
    Customer.objects.filter(pk=mobile.pk).update(phone="13812345678")
    counts = night()
    assert (counts["prepared"], counts["no_address"]) == (1, 1)
    assert Message.objects.get().customer == mobile


def test_an_address_that_is_refused_at_the_last_moment_stops_nobody_else(make, cast, monkeypatch):
    """In the night as on a manager's word: the one is left out, the rest goes."""
    by_text(monkeypatch)
    mode("direct")
    landline, mobile = due(make, email=""), due(make, name="李", email="")
    Customer.objects.filter(pk=landline.pk).update(phone="0512 6578 1234")
    Customer.objects.filter(pk=mobile.pk).update(phone="13812345678")
    monkeypatch.setattr("followups.messages.choosing.leads_to", lambda channel, address: bool(address))
    counts = night()
    assert (counts["prepared"], counts["no_address"]) == (1, 1)
    assert not Message.objects.exclude(customer=mobile).exists()
    OutboxMail.objects.all().delete()
    Message.objects.update(state=State.HELD)
    spoilt = Message.objects.create(
        customer=landline,
        channel="sms",
        language="en",
        to_name="王",
        phone="0512 6578 1234",
        text="Hello",
        user=cast.wang,
        state=State.HELD,
        automatic=True,
        token="t",
    )
    automatic_release(messages=Message.objects.all(), by=cast.manager)
    assert Message.objects.get(customer=mobile).state == State.WAITING
    spoilt.refresh_from_db()
    assert spoilt.state == State.CANCELLED


def test_the_company_may_send_nothing_by_itself(make):
    customer = due(make)
    mode("off")
    night()
    assert not Message.objects.exists()
    assert FollowUp.objects.filter(customer=customer, state="open", due_on=clock.business_date()).exists()


def test_who_has_refused_or_no_address_or_no_words_is_left_out_and_planned_anew(make, cast):
    refused, nowhere, wordless = due(make), due(make, name="李", email=""), due(make, name="赵")
    consent_record(customer=refused, by=cast.wang, allowed=False, source="spoken")
    MessageTemplate.objects.filter(code="greeting").update(body_en="{{product}}", body_zh="{{product}}")
    counts = night()
    assert (counts["prepared"], counts["refused"], counts["no_address"], counts["no_words"]) == (0, 1, 1, 1)
    for customer in (refused, nowhere, wordless):
        assert FollowUp.objects.get(customer=customer, state="open").due_on > clock.business_date()


def test_offers_go_only_to_those_who_agreed(make, cast):
    MessageTemplate.objects.filter(code="greeting").update(topic="marketing")
    agreed, silent = due(make), due(make, name="李", email="li@example.com")
    consent_record(customer=agreed, by=cast.wang, allowed=True, source="spoken", topic="marketing")
    counts = night()
    assert (counts["prepared"], counts["refused"]) == (1, 1)
    assert Message.objects.get().customer == agreed
    assert not Message.objects.filter(customer=silent).exists()


def test_who_refuses_before_it_is_let_go_gets_nothing(make, cast, sign_in):
    customer = due(make)
    night()
    consent_record(customer=customer, by=cast.wang, allowed=False, source="spoken")
    sign_in(cast.manager).post(reverse("automatic_release"), {"day": "2026-11-24"})
    hours_later(1)
    assert outgoing.outbox == []


@pytest.mark.parametrize(
    ("moment", "goes"),
    [
        ("2026-11-24T11:00:00+08:00", "2026-11-24T11:01:00+08:00"),  # Tuesday, within the hours
        ("2026-11-24T22:00:00+08:00", "2026-11-25T09:01:00+08:00"),  # at night
        ("2026-11-24T05:00:00+08:00", "2026-11-24T09:01:00+08:00"),  # before the hours
        ("2026-11-28T11:00:00+08:00", "2026-11-30T09:01:00+08:00"),  # Saturday
    ],
)
def test_it_goes_in_working_hours_only(make, moment, goes):
    mode("direct")
    with time_machine.travel(moment, tick=False):
        due(make)
        night()
        hours_later(1 / 60)
    sent_at_once = len(outgoing.outbox)
    with time_machine.travel(goes, tick=False):
        dispatch_round()
    assert len(outgoing.outbox) == 1
    assert sent_at_once == (goes[:13] == moment[:13])


def test_what_a_person_has_moved_or_planned_stays_with_the_person(make, cast):
    customer = due(make)
    FollowUp.objects.filter(customer=customer).update(updated_by=cast.wang)
    assert night()["prepared"] == 0
    assert FollowUp.objects.filter(customer=customer, state="open").count() == 1


def test_the_rules_are_changed_on_a_page(cast, sign_in):
    client, url = sign_in(cast.manager), reverse("message_settings")
    form = client.get(url).context["form"]
    sent = {name: form[name].value() for name in form.fields if form[name].value() not in (None, "", False)}
    assert client.post(url, sent | {"automatic": "direct", "send_until": "08:00"}).status_code == 422
    assert client.post(url, sent | {"automatic": "direct", "send_until": "17:00"}).status_code == 302
    assert MessageSetting.objects.get().automatic == "direct"
