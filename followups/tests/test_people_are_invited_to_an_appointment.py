"""People are invited to a follow-up by mail with a calendar file; they answer on a page of theirs, or are told anew."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from core import clock, dispatcher
from core.models import OutboxMail
from customers.models import Contact
from customers.services import consent_record, contact_delete
from followups import services
from followups.models import Appointment, Guest, Notice
from followups.services import appointments, follow_up_create

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _mail(settings):
    settings.EMAIL_CONFIGURED = True


@pytest.fixture
def visit(make, cast):
    """At 恒远机械 on Thursday at 15:00, with a contact who has an address."""
    customer = make("恒远机械")
    customer.zhao = Contact.objects.create(customer=customer, name="赵经理", email="zhao@example.net")
    planned = follow_up_create(
        customer=customer,
        assignee=cast.wang,
        due_on=date(2026, 11, 26),
        due_time=time(15),
        method="visit",
        purpose="内部：价格底线",
        by=cast.wang,
    )
    planned.customer = customer
    return planned


@pytest.fixture
def invited(visit, cast):
    """The contact and 小李 are invited, and the mails have gone."""
    services.appointment_invite(follow_up=visit, people=[visit.customer.zhao, cast.li], place="苏州园区", by=cast.wang)
    round_of_mail()
    return visit


def round_of_mail() -> list:
    """What goes in one round of the dispatcher."""
    before = len(mail.outbox)
    services.appointments_follow()
    dispatcher.dispatch()
    return mail.outbox[before:]


def event_of(message) -> tuple[str, dict]:
    (calendar,) = [part for part in message.alternatives if "text/calendar" in part[1]]
    read = Calendar.from_ical(calendar[0])
    return str(read["method"]), read.walk("VEVENT")[0]


def link_of(message) -> str:
    return re.search(r"/appointment/\S+", message.body)[0]


def test_a_guest_gets_an_invitation_that_calendars_read(invited, cast):
    ours, theirs = sorted(mail.outbox, key=lambda one: one.to[0])
    assert (ours.to, theirs.to) == (["li@example.com"], ["zhao@example.net"])
    method, event = event_of(theirs)
    assert method == "REQUEST"
    assert event["dtstart"].dt == datetime(2026, 11, 26, 7, tzinfo=UTC)
    assert event["sequence"] == 0
    assert "wang@example.com" in str(event["organizer"])
    assert "zhao@example.net" in str(event["attendee"])
    assert 'method="REQUEST"' in theirs.message().as_string()
    assert "价格底线" not in theirs.message().as_string() + theirs.body  # what it is for stays here
    assert "15:00–16:00 (Asia/Shanghai)" in theirs.body
    assert theirs.extra_headers["Reply-To"] == "wang@example.com"
    assert "/appointment/" not in ours.body
    assert OutboxMail.objects.get(address="zhao@example.net").policy == "hold"


def test_to_look_at_the_page_changes_nothing_and_an_answer_is_told(invited, cast):
    link, client = link_of(mail.outbox[0] if "zhao" in mail.outbox[0].to[0] else mail.outbox[1]), Client()
    page = client.get(link)
    assert page.status_code == 200
    assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "恒远机械" not in page.content.decode()
    guest = Guest.objects.get(contact=invited.customer.zhao)
    assert guest.answer == ""
    for _twice in range(2):
        client.post(link, {"answer": "yes", "note": "带图纸来"})
    guest.refresh_from_db()
    assert (guest.answer, guest.note) == ("yes", "带图纸来")
    notice = Notice.objects.get(kind="appointment", user=cast.wang)
    assert (notice.text, notice.numbers["guest"]) == ("带图纸来", "赵经理")
    client.post(link, {"answer": "other", "on": "2026-11-27", "at": "10:00"})
    guest.refresh_from_db()
    assert guest.proposed_at == datetime(2026, 11, 27, 2, tzinfo=UTC)
    assert client.post(link, {"answer": "other", "on": "2026-11-01", "at": "10:00"}).status_code == 422
    assert Client().get("/appointment/nonsense/").status_code == 404


def test_the_answer_stands_on_the_calendar_and_in_the_history(invited, cast, sign_in):
    services.guest_answer(guest=Guest.objects.get(contact=invited.customer.zhao), answer="yes")
    client = sign_in(cast.wang)
    assert "Invited 2, 1 come" in client.get(reverse("follow_up_calendar")).content.decode()
    history = client.get(reverse("customer", args=[invited.customer_id])).content.decode()
    assert "Appointment · comes" in history
    assert "赵经理" in client.get(reverse("appointment", args=[invited.pk])).content.decode()


def test_who_moves_it_by_any_way_has_guests_told_anew(invited, cast):
    services.guest_answer(guest=Guest.objects.get(contact=invited.customer.zhao), answer="yes")
    invited.refresh_from_db()
    services.follow_ups_reschedule(versions={invited.pk: invited.version}, to=date(2026, 11, 30), by=cast.wang)
    again = round_of_mail()
    assert len(again) == 2
    method, event = event_of(again[0])
    assert (method, event["sequence"]) == ("REQUEST", 1)
    assert event["dtstart"].dt == datetime(2026, 11, 30, 7, tzinfo=UTC)
    assert set(Guest.objects.values_list("answer", flat=True)) == {""}
    assert round_of_mail() == []


def test_what_is_taken_back_at_once_is_told_to_nobody(invited, cast):
    invited.refresh_from_db()
    record = services.follow_up_reschedule(follow_up=invited, due_on=date(2026, 11, 30), by=cast.wang)
    services.follow_ups_put_back(record=record, by=cast.wang)
    assert round_of_mail() == []


def test_to_an_address_that_is_gone_no_mail_is_written(invited, cast):
    Contact.objects.update(email="")
    services.follow_up_reschedule(follow_up=invited, due_on=date(2026, 11, 30), by=cast.wang)
    (only,) = round_of_mail()
    assert only.to == ["li@example.com"]
    assert not OutboxMail.objects.filter(address="").exists()
    zhao = Guest.objects.get(name="赵经理")
    written = OutboxMail(kind="appointment", source_id=zhao.pk, dedupe_key=f"appointment:{zhao.pk}:1", address="")
    assert not appointments.mail_wanted(written)


def test_nobody_in_the_recycle_bin_is_written_to(invited, cast):
    contact_delete(contact=Contact.objects.get(name="赵经理"), by=cast.wang)
    services.follow_up_reschedule(follow_up=invited, due_on=date(2026, 11, 30), by=cast.wang)
    (only,) = round_of_mail()
    assert only.to == ["li@example.com"]


def test_a_guest_goes_with_the_contact_and_never_becomes_the_customer(invited):
    Contact.objects.filter(name="赵经理").delete()
    assert list(Guest.objects.values_list("name", flat=True)) == ["小李"]


def test_who_arrives_early_tells_guests_nothing_and_their_answers_stay(invited, cast):
    services.guest_answer(guest=Guest.objects.get(contact=invited.customer.zhao), answer="yes")
    with time_machine.travel(datetime(2026, 11, 26, 6, 40, tzinfo=UTC), tick=False):  # 14:40, for 15:00
        services.check_in(customer=invited.customer, by=cast.wang, position=None, reason="地下车库")
        invited.refresh_from_db()
        assert invited.due_time == time(14, 40)
        assert round_of_mail() == []
    assert Guest.objects.get(name="赵经理").answer == "yes"


def test_what_is_called_off_or_cancelled_is_told_and_what_was_done_is_not(invited, cast):
    services.follow_up_cancel(follow_up=invited, by=cast.wang)
    off = round_of_mail()
    assert {event_of(one)[0] for one in off} == {"CANCEL"}
    assert len(off) == 2
    assert {str(event_of(one)[1]["status"]) for one in off} == {"CANCELLED"}
    assert round_of_mail() == []


def test_who_is_invited_again_after_it_was_called_off_is_told(invited, cast):
    services.appointment_call_off(appointment=Appointment.objects.get(), by=cast.wang)
    assert len(round_of_mail()) == 2
    services.appointment_invite(follow_up=invited, people=[invited.customer.zhao], place="苏州园区", by=cast.wang)
    (only,) = round_of_mail()
    method, event = event_of(only)
    assert (only.to, method, event["sequence"]) == (["zhao@example.net"], "REQUEST", 2)
    assert Guest.objects.get().name == "赵经理"  # 小李 was not chosen again
    assert round_of_mail() == []


def test_who_is_invited_already_gets_no_second_mail(invited, cast):
    services.appointment_invite(follow_up=invited, people=[invited.customer.zhao], place="苏州园区", by=cast.wang)
    assert round_of_mail() == []
    assert Guest.objects.count() == 2


def test_what_took_place_is_not_called_off(invited, cast):
    services.follow_up_complete(follow_up=invited, by=cast.wang)
    assert round_of_mail() == []


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"minutes": 120}, {"dtend": datetime(2026, 11, 26, 9, tzinfo=UTC)}),
        ({"method": "video"}, {"dtend": datetime(2026, 11, 26, 7, 45, tzinfo=UTC)}),
        ({"due_time": time(16), "minutes": 30}, {"dtstart": datetime(2026, 11, 26, 8, tzinfo=UTC)}),
    ],
)
def test_another_length_or_method_is_told_once(invited, cast, changes, what):
    invited.refresh_from_db()
    services.follow_up_change(follow_up=invited, changes=changes, version=invited.version, by=cast.wang)
    told = round_of_mail()
    assert len(told) == 2
    method, event = event_of(told[0])
    assert (method, event["sequence"]) == ("REQUEST", 1)
    assert {name: event[name].dt for name in what} == what
    assert all(one.subject.startswith("Changed: ") for one in told)
    if "method" in changes:
        assert "Video call" in str(event["summary"])
    assert round_of_mail() == []


def test_what_it_is_for_is_nothing_that_guests_are_told_of(invited, cast):
    invited.refresh_from_db()
    changes = {"purpose": "别的底线"}
    services.follow_up_change(follow_up=invited, changes=changes, version=invited.version, by=cast.wang)
    assert round_of_mail() == []


def test_another_place_is_told_to_everybody_with_all_that_changed(invited, cast, sign_in):
    invited.refresh_from_db()
    services.follow_up_change(follow_up=invited, changes={"minutes": 90}, version=invited.version, by=cast.wang)
    client, address = sign_in(cast.wang), reverse("appointment", args=[invited.pk])
    same = client.post(address, {"place": "苏州园区"})
    assert same.status_code == 422
    assert "write another place" in same.content.decode()
    assert client.post(address, {"place": "上海总部"}).status_code == 302
    told = round_of_mail()
    assert len(told) == 2
    assert {(event_of(one)[1]["sequence"], str(event_of(one)[1]["location"])) for one in told} == {(1, "上海总部")}
    assert event_of(told[0])[1]["dtend"].dt == datetime(2026, 11, 26, 8, 30, tzinfo=UTC)
    assert round_of_mail() == []


def test_who_is_told_for_the_first_time_is_invited_whatever_happened_before(visit, cast):
    services.appointment_invite(follow_up=visit, people=[visit.customer.zhao], place="", by=cast.wang)
    services.follow_up_reschedule(follow_up=visit, due_on=date(2026, 11, 30), by=cast.wang)
    (first,) = round_of_mail()
    assert first.subject.startswith("Invitation: ")
    assert "would like to meet you" in first.body
    services.appointment_invite(follow_up=visit, people=[cast.li], place="", by=cast.wang)
    (ours,) = round_of_mail()
    assert ours.subject.startswith("Invitation: ")
    services.follow_up_reschedule(follow_up=visit, due_on=date(2026, 12, 1), by=cast.wang)
    assert {one.subject.partition(":")[0] for one in round_of_mail()} == {"Changed"}
    services.appointment_call_off(appointment=Appointment.objects.get(), by=cast.wang)
    assert {one.subject.partition(":")[0] for one in round_of_mail()} == {"Called off"}
    services.appointment_invite(follow_up=visit, people=[cast.li], place="", by=cast.wang)
    (anew,) = round_of_mail()
    assert anew.subject.startswith("Invitation: ")


def test_an_end_is_told_only_to_who_knows_what_ends(invited, cast):
    services.appointment_call_off(appointment=Appointment.objects.get(), by=cast.wang)
    assert len(round_of_mail()) == 2
    services.appointment_invite(follow_up=invited, people=[cast.li], place="", by=cast.wang)
    services.appointment_call_off(appointment=Appointment.objects.get(), by=cast.wang)
    assert round_of_mail() == []  # planned anew and called off before anybody heard of it


@pytest.mark.parametrize("whose", ["contact", "customer"])
@pytest.mark.parametrize("channel", ["email", ""])
def test_who_has_refused_mail_is_not_invited_and_the_page_says_why(visit, cast, sign_in, whose, channel):
    zhao = visit.customer.zhao
    contact = zhao if whose == "contact" else None
    consent_record(customer=visit.customer, contact=contact, channel=channel, allowed=False, by=cast.wang)
    with pytest.raises(ValidationError, match=r"赵经理: They have refused such messages\."):
        services.appointment_invite(follow_up=visit, people=[zhao, cast.li], place="", by=cast.wang)
    assert not OutboxMail.objects.exists()
    client, address = sign_in(cast.wang), reverse("appointment", args=[visit.pk])
    page = client.get(address).content.decode()
    assert "They have refused such messages." in page
    assert f'value="{zhao.pk}"' not in page
    assert client.post(address, {"outside": [str(zhao.pk)], "place": ""}).status_code == 422


def test_who_refuses_after_the_invitation_is_told_nothing_more_and_the_page_says_so(invited, cast, sign_in):
    zhao = invited.customer.zhao
    consent_record(customer=invited.customer, contact=zhao, channel="email", allowed=False, by=cast.wang)
    services.follow_up_reschedule(follow_up=invited, due_on=date(2026, 11, 30), by=cast.wang)
    (only,) = round_of_mail()
    assert only.to == ["li@example.com"]
    page = sign_in(cast.wang).get(reverse("appointment", args=[invited.pk])).content.decode()
    assert page.count("They have refused such messages.") == 2  # beside the guest, and among who can't be invited
    assert "Is not told of changes." in page


def test_a_refusal_in_the_last_moment_stops_the_mail(visit, cast):
    zhao = visit.customer.zhao
    services.appointment_invite(follow_up=visit, people=[zhao], place="", by=cast.wang)
    written = OutboxMail.objects.get()
    assert appointments.mail_wanted(written)
    assert OutboxMail.objects.filter(appointments.mail_still()).exists()
    consent_record(customer=visit.customer, contact=zhao, channel="email", allowed=False, by=cast.wang)
    assert not OutboxMail.objects.filter(appointments.mail_still()).exists()
    assert not appointments.mail_wanted(written)


def test_a_refusal_of_offers_or_of_text_messages_is_none_of_invitations(visit, cast):
    zhao = visit.customer.zhao
    consent_record(customer=visit.customer, contact=zhao, channel="sms", allowed=False, by=cast.wang)
    consent_record(customer=visit.customer, contact=zhao, topic="marketing", allowed=False, by=cast.wang)
    services.appointment_invite(follow_up=visit, people=[zhao], place="", by=cast.wang)
    assert len(round_of_mail()) == 1


def test_nobody_is_written_to_who_is_not_to_be_contacted(visit, cast):
    services.appointment_invite(follow_up=visit, people=[visit.customer.zhao], place="", by=cast.wang)
    visit.customer.do_not_contact = True
    visit.customer.save()
    assert round_of_mail() == []  # asked again when it goes
    with pytest.raises(Exception, match="not to be contacted"):
        services.appointment_invite(follow_up=visit, people=[visit.customer.zhao], place="", by=cast.wang)


def test_an_invitation_that_moved_before_it_went_goes_once(visit, cast):
    services.appointment_invite(follow_up=visit, people=[visit.customer.zhao], place="", by=cast.wang)
    services.follow_up_reschedule(follow_up=visit, due_on=date(2026, 11, 30), by=cast.wang)
    (only,) = round_of_mail()
    assert event_of(only)[1]["sequence"] == 1


def test_after_it_has_begun_nobody_answers(invited):
    guest = Guest.objects.get(contact=invited.customer.zhao)
    Appointment.objects.update(begins_at=clock.now() - timedelta(minutes=1))
    with pytest.raises(appointments.TooLateToAnswerError):
        services.guest_answer(guest=guest, answer="yes")
    link = reverse("appointment_answer", args=[appointments.token_of(guest.nonce)])
    assert "nothing can be answered" in Client().get(link, headers={"accept-language": "en"}).content.decode()


def test_the_page_invites_only_whom_one_may_write_to(visit, cast, sign_in):
    address = reverse("appointment", args=[visit.pk])
    assert sign_in(cast.outsider).get(address).status_code == 404
    client = sign_in(cast.wang)
    assert "赵经理" in client.get(address).content.decode()
    assert client.post(address, {"place": ""}).status_code == 422
    client.post(address, {"outside": [str(visit.customer.zhao.pk)], "colleagues": [], "place": "园区"})
    assert Guest.objects.get().name == "赵经理"
    client.post(reverse("appointment_call_off", args=[visit.pk]))
    assert Appointment.objects.get().called_off_at is not None
    assert round_of_mail() == []  # it had not gone yet
