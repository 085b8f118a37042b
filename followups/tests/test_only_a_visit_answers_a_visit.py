"""A visit that is over waits for its entry whatever else is logged, and an appointment outlives the call before it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.urls import reverse

from core import clock
from customers.models import CustomerFacts, Interaction
from customers.services import interaction_undo
from followups.models import Appointment, FollowUp
from followups.services import (
    check_in,
    follow_up_cancel,
    follow_up_change,
    follow_up_create,
    follow_up_reschedule,
    follow_up_skip,
    follow_ups_put_back,
    follow_ups_reschedule,
)
from followups.tests.conftest import TUESDAY
from followups.visits import never_written_up

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)
NOVEMBER = TODAY.replace(day=1)


def plan(customer, days=0, **more):
    values = {"assignee": customer.owner, "by": customer.owner, "due_on": TODAY + timedelta(days=days), **more}
    return follow_up_create(customer=customer, **values)


def visit(customer, days=-3, **more):
    return plan(customer, days, method="visit", **more)


def state(follow_up):
    follow_up.refresh_from_db()
    return follow_up.state


def missed():
    return set(FollowUp.objects.filter(never_written_up(NOVEMBER)).values_list("pk", flat=True))


@pytest.mark.parametrize("source", ["manual", "cadence", "warning", "revisit"])
@pytest.mark.parametrize("step", [None, "plan", "3", "none"])
def test_a_call_leaves_a_visit_that_is_over_to_be_written_up(make, log_contact, source, step):
    customer = make()
    over = visit(customer, source=source)
    log_contact(customer, result="no_answer", next_step=step)
    assert state(over) == "open"
    assert missed() == {over.pk}
    [following] = FollowUp.objects.filter(customer=customer, state="open", due_on__gte=TODAY)
    assert following.source == ("manual" if step == "3" else "cadence"), "the plan goes on beside it"


@pytest.mark.parametrize("kind", ["visit", "meeting"])
def test_a_visit_or_a_meeting_answers_it(make, log_contact, kind):
    over = visit(make())
    entry = log_contact(over.customer, kind=kind, occurred_at=clock.now() - timedelta(days=3))
    assert (state(over), over.closed_by_interaction_id, missed()) == ("done", entry.pk, set())


def test_taken_back_the_visit_of_the_plan_is_the_plans_again(make, log_contact, cast):
    customer = make()
    over = visit(customer, source="cadence", reason={"phase": "long_term"})
    entry = log_contact(customer, next_step="plan")
    assert (state(over), over.source) == ("open", "manual")
    interaction_undo(interaction=entry, by=cast.wang)
    assert (state(over), over.source, over.reason) == ("open", "cadence", {"phase": "long_term"})
    assert FollowUp.objects.filter(state="open").count() == 1


def test_a_visit_with_a_check_in_is_not_done_by_a_call(make, log_contact, cast):
    customer = make()
    check_in(customer=customer, by=cast.wang, position=None, reason="地下室没有信号")
    with time_machine.travel(TUESDAY + timedelta(hours=1), tick=False):
        log_contact(customer)
    began = FollowUp.objects.get(check_in__isnull=False)
    assert began.state == "open"
    with time_machine.travel(TUESDAY + timedelta(days=2), tick=False):
        follow_up_cancel(follow_up=began, by=cast.wang, why="没去成")
        assert missed() == {began.pk}, "who signed in was there"


def test_skipped_or_called_off_without_a_word_after_its_day_it_stays_counted(make, cast):
    skipped, silent, told = visit(make()), visit(make()), visit(make())
    ahead = visit(make(), days=1)
    follow_up_skip(follow_up=skipped, by=cast.wang)
    follow_up_cancel(follow_up=silent, by=cast.wang)
    follow_up_cancel(follow_up=told, by=cast.wang, why="客户改期")
    follow_up_skip(follow_up=ahead, by=cast.wang)
    with time_machine.travel(TUESDAY + timedelta(days=5), tick=False):
        assert missed() == {skipped.pk, silent.pk}, "nobody owes anything for what was skipped before its day"


def test_moved_on_after_its_day_it_stays_counted_in_its_month(make, cast):
    one, two, call, later_today = visit(make()), visit(make()), visit(make()), visit(make(), 0, due_time=time(9))
    follow_up_reschedule(follow_up=one, due_on=date(2026, 12, 3), by=cast.wang)
    follow_ups_reschedule(versions={two.pk: two.version}, to=date(2026, 12, 4), by=cast.wang)
    follow_up_change(follow_up=call, changes={"method": "call"}, version=call.version, by=cast.wang)
    follow_up_reschedule(follow_up=later_today, due_on=TODAY, due_time=time(16), by=cast.wang)
    assert missed() == {one.pk, two.pk, call.pk}
    assert FollowUp.objects.get(pk=one.pk).missed_on == TODAY - timedelta(days=3)


def test_put_back_it_waits_where_it_stood(make, cast):
    over = visit(make())
    moved = follow_ups_reschedule(versions={over.pk: over.version}, to=TODAY, by=cast.wang)
    follow_ups_put_back(record=moved.record, by=cast.wang)
    over.refresh_from_db()
    assert (over.due_on, over.missed_on) == (TODAY - timedelta(days=3), None)


def test_the_team_board_counts_what_was_moved_on(make, cast, sign_in):
    over = visit(make())
    follow_up_reschedule(follow_up=over, due_on=date(2026, 12, 3), by=cast.wang)
    client = sign_in(cast.lead)
    [wang] = [row for row in client.get(reverse("team")).context["rows"] if row.person.user == cast.wang]
    assert (wang.person.unwritten, wang.person.on_time) == (1, 0.0)
    assert over.customer.name in client.get(wang.unwritten_url).content.decode()


# --- an appointment that is still to come ----------------------------------------------------------------------------
AGREED = [{"due_time": time(10)}, {"method": "visit"}, {"due_time": time(10), "method": "meeting"}]


@pytest.mark.parametrize("agreed", AGREED)
@pytest.mark.parametrize("days", [0, 3])
def test_a_confirming_call_leaves_the_appointment(make, log_contact, agreed, days):
    customer = make()
    ahead = plan(customer, days, **{"method": "wechat", **agreed} | ({"due_time": time(15)} if days == 0 else {}))
    log_contact(customer, result="no_answer")
    assert state(ahead) == "open"
    assert CustomerFacts.objects.get(pk=customer.pk).next_follow_up_on == ahead.due_on


def test_the_same_kind_of_contact_closes_it_and_the_plan_needs_no_appointment(make, log_contact):
    timed, untimed, automatic = plan(make(), 3, due_time=time(10)), plan(make(), 3), visit(make(), 3, source="cadence")
    for row in (timed, untimed, automatic):
        log_contact(row.customer)
        assert state(row) in ("done", "cancelled")


def test_one_with_guests_is_closed_only_by_a_meeting_of_its_day(make, log_contact):
    ahead = visit(make(), 1, due_time=time(10))
    Appointment.objects.create(
        follow_up=ahead, customer=ahead.customer, begins_at=ahead.due_at, minutes=60, method="visit", language="en"
    )
    log_contact(ahead.customer, kind="visit")
    assert state(ahead) == "open"
    with time_machine.travel(datetime(2026, 11, 25, 1, 0, tzinfo=UTC), tick=False):
        log_contact(ahead.customer, kind="visit")
    assert state(ahead) == "done"


def test_the_form_and_the_message_afterwards_name_what_is_closed_and_what_stays(make, cast, sign_in):
    customer = make("禾达")
    plan(customer, 2)
    plan(customer, 3, method="visit", due_time=time(10))
    client = sign_in(cast.wang)
    page = client.get("/interactions/new/", {"customer": customer.pk}).content.decode()
    assert "Saving closes: call, Thu 26 Nov." in page
    assert "A call or a message leaves open: visit, Fri 27 Nov 10:00." in page
    data = {"kind": "call", "result": "reached", "occurred_at": "2026-11-24T09:00", "next_step": "none"}
    said = client.post(f"/interactions/new/?customer={customer.pk}", data, follow=True).content.decode()
    assert "禾达: logged. Closed with it: call, Thu 26 Nov. Next follow-up: Fri 27 Nov 10:00." in said


def test_the_message_afterwards_says_which_visit_still_waits(make, cast, sign_in):
    customer = make("禾达")
    visit(customer, -1)
    data = {"kind": "call", "result": "no_answer", "occurred_at": "2026-11-24T09:00", "next_step": "3"}
    said = sign_in(cast.wang).post(f"/interactions/new/?customer={customer.pk}", data, follow=True).content.decode()
    assert "Still to be written up: visit, Mon 23 Nov. Next follow-up: Fri 27 Nov." in said


# --- when a call was -------------------------------------------------------------------------------------------------
def times(client, customer):
    page = client.get("/interactions/new/", {"customer": customer.pk}).content.decode()
    fields = {name: re.search(rf'<input[^>]*name="{name}"[^>]*>', page).group() for name in ("occurred_at", "visit_at")}
    return {name: re.search(r'value="([^"]*)"', field).group(1) for name, field in fields.items()}


@pytest.mark.parametrize(
    ("kind", "said", "counted"),
    [
        ("call", {}, TUESDAY),
        ("wechat", {}, TUESDAY),
        ("visit", {}, datetime(2026, 11, 23, 7, 0, tzinfo=UTC)),
        ("call", {"occurred_at": "2026-11-24T08:30"}, datetime(2026, 11, 24, 0, 30, tzinfo=UTC)),
    ],
)
def test_a_call_is_one_of_now_although_a_visit_stood_in_the_form(make, cast, sign_in, kind, said, counted):
    customer, client = make(), sign_in(cast.wang)
    visit(customer, -1, due_time=time(15))
    stood = times(client, customer)
    assert stood == {"occurred_at": "2026-11-23T15:00", "visit_at": "2026-11-23T15:00"}
    data = {"kind": kind, "result": "reached", "next_step": "3", **stood, **said}
    client.post(f"/interactions/new/?customer={customer.pk}", data)
    assert Interaction.objects.get().occurred_at == counted


def test_a_visit_without_a_time_passes_with_its_day_in_the_form_too(make, cast, sign_in):
    customer, client = make(), sign_in(cast.wang)
    visit(customer, -1)
    standing = client.get("/interactions/new/", {"customer": customer.pk}).context["standing"]
    assert standing.left == timedelta(hours=13, minutes=59)
    with time_machine.travel(datetime(2026, 11, 24, 15, 58, tzinfo=UTC), tick=False):
        assert missed() == set()
    with time_machine.travel(datetime(2026, 11, 24, 16, 0, tzinfo=UTC), tick=False):
        assert len(missed()) == 1
