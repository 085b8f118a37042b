"""A log entry closes what it answers and sets the next step; undo takes both back."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine

from core import clock
from customers.models import CustomerFacts
from customers.services import interaction_undo
from followups import selectors
from followups.cadence_table.table import read_table
from followups.models import CadenceRule, FollowUp
from followups.services import follow_up_create, interaction_answer, interaction_take_back

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)


def plan(customer, days=0, **more):
    values = {"assignee": customer.owner, "by": customer.owner, "due_on": TODAY + timedelta(days=days), **more}
    return follow_up_create(customer=customer, **values)


def state(follow_up):
    follow_up.refresh_from_db()
    return follow_up.state


def open_days(customer):
    rows = FollowUp.objects.filter(customer=customer, state="open").order_by("due_on")
    return [(row.due_on, row.source) for row in rows]


def next_fact(customer):
    return CustomerFacts.objects.get(pk=customer.pk).next_follow_up_on


def test_without_a_choice_the_plan_of_the_tier_sets_the_next_date(make, log_contact):
    customer = make(tier="A")  # every 30 days
    log_contact(customer)
    assert open_days(customer) == [(date(2026, 12, 24), "cadence")]
    assert next_fact(customer) == date(2026, 12, 24)


def test_a_planned_day_off_moves_to_the_next_working_day(make, log_contact):
    customer = make(tier="A")
    CadenceRule.objects.filter(scheme="b2c", tier="A").update(shortest=4)  # Saturday
    read_table.forget()
    log_contact(customer)
    assert open_days(customer) == [(date(2026, 11, 30), "cadence")]


def test_a_chosen_step_is_the_persons_own(make, log_contact):
    customer = make()
    log_contact(customer, next_step="7")
    assert open_days(customer) == [(date(2026, 12, 1), "manual")]


def test_nothing_agreed_leaves_the_plan(make, log_contact):
    customer = make()
    due = plan(customer, source="cadence")
    log_contact(customer, next_step="none")
    assert open_days(customer) == [(date(2026, 12, 24), "cadence")]
    assert state(due) == "done"
    assert next_fact(customer) == date(2026, 12, 24)


@pytest.mark.parametrize(("days", "closed"), [(-20, True), (0, True), (7, True), (8, False)])
def test_what_is_due_or_due_within_seven_days_is_closed(make, log_contact, days, closed):
    customer = make()
    follow_up = plan(customer, days)
    entry = log_contact(customer, next_step="none")
    assert (state(follow_up) == "done") is closed
    assert (follow_up.closed_by_interaction_id == entry.pk) is closed


def test_everything_due_is_closed_but_only_the_nearest_of_the_coming_week(make, log_contact):
    customer = make()
    coming, later = plan(customer, 2), plan(customer, 4)
    log_contact(customer, next_step="none")
    assert (state(coming), state(later)) == ("done", "open")
    overdue, today = plan(customer, -3), plan(customer, 0)
    log_contact(customer, next_step="none")
    assert (state(overdue), state(today), state(later)) == ("done", "done", "open")


def test_the_plan_never_replaces_what_a_person_made(make, log_contact):
    customer = make()
    plan(customer, 20)
    log_contact(customer)
    assert open_days(customer) == [(date(2026, 12, 14), "manual")]


def test_an_open_automatic_one_is_replaced(make, log_contact):
    customer = make()
    plan(customer, 20, source="cadence")
    log_contact(customer)
    assert open_days(customer) == [(date(2026, 12, 24), "cadence")]


def test_an_older_contact_written_down_afterwards_doesnt_bring_the_plan_nearer(make, log_contact):
    customer = make(tier="A")  # every 30 days
    log_contact(customer)
    log_contact(customer, occurred_at=clock.now() - timedelta(days=6))
    assert open_days(customer) == [(date(2026, 12, 24), "cadence")]
    assert FollowUp.objects.get(customer=customer, state="open").reason["since"] == "2026-11-24"


def test_undo_reopens_what_was_closed_and_removes_what_was_set(make, log_contact, cast):
    customer = make()
    due, automatic = plan(customer, -1), plan(customer, 20, source="cadence")
    entry = log_contact(customer, next_step="3")
    assert (state(due), state(automatic)) == ("done", "cancelled")
    interaction_undo(interaction=entry, by=cast.wang)
    assert (state(due), state(automatic)) == ("open", "open")
    assert open_days(customer) == [(date(2026, 11, 23), "manual"), (date(2026, 12, 14), "cadence")]
    assert next_fact(customer) == date(2026, 11, 23)


def test_undo_is_right_even_when_a_new_automatic_one_came_meanwhile(make, log_contact, cast):
    customer = make()
    automatic = plan(customer, 0, source="cadence")
    entry = log_contact(customer, next_step="none")
    newer = plan(customer, 14, source="cadence")
    interaction_undo(interaction=entry, by=cast.wang)
    assert (state(automatic), state(newer)) == ("open", "cancelled")


def test_the_handlers_may_run_twice(make, log_contact, cast):
    customer = make()
    plan(customer, -1)
    entry = log_contact(customer)
    before = open_days(customer)
    interaction_answer(interaction=entry, by=cast.wang, next_step=None)
    assert open_days(customer) == before
    interaction_undo(interaction=entry, by=cast.wang)
    before = open_days(customer)
    interaction_take_back(interaction=entry, by=cast.wang)
    assert open_days(customer) == before


def test_notes_among_colleagues_and_automatic_entries_close_nothing(make, log_contact):
    customer = make()
    due = plan(customer, -1)
    log_contact(customer, kind="note")
    log_contact(customer, automatic=True)
    assert state(due) == "open"


@pytest.mark.parametrize("kind", ["note", "other"])
def test_what_cannot_be_planned_leads_to_a_call(make, log_contact, kind):
    customer = make()
    log_contact(customer, kind=kind, next_step="3")
    assert FollowUp.objects.get(customer=customer, state="open").method == "call"


@pytest.mark.parametrize("quiet", [{"stage": "paused"}, {"do_not_contact": True}, {"owner": None}])
def test_nobody_is_planned_who_is_to_be_left_alone(make, log_contact, quiet):
    customer = make(**quiet)
    log_contact(customer)
    assert open_days(customer) == []
    assert [step.value for step in selectors.next_step_choices(customer)] == ["1", "3", "7", "30", "none"]


def test_the_choices_offer_the_plan_first_and_only_working_days(make):
    assert [(step.value, step.day) for step in selectors.next_step_choices(make(tier="A"))] == [
        ("plan", None),
        ("1", date(2026, 11, 25)),
        ("3", date(2026, 11, 27)),
        ("7", date(2026, 12, 1)),
        ("none", None),
    ]


def test_a_service_agents_entry_plans_for_the_owner(make, log_contact, cast):
    customer = make()
    log_contact(customer, by=cast.agent, next_step="3")
    assert FollowUp.objects.get(customer=customer, state="open").assignee == cast.wang


def test_higher_precedence_stays(make):
    customer = make()
    warning = plan(customer, 1, source="warning")
    assert plan(customer, 2, source="cadence") == warning
    repair = plan(customer, 3, source="complaint")
    assert (state(warning), state(repair)) == ("cancelled", "open")


def test_times_of_day_are_the_assignees_own_also_on_the_day_of_a_clock_change(make, cast):
    cast.wang.time_zone = "America/New_York"
    cast.wang.save()
    customer = make()
    skipped = plan(customer, due_on=date(2027, 3, 14), due_time=time(2, 30))
    assert skipped.due_at.strftime("%d %H:%M") == "14 07:00"  # 03:00 summer time
    summer = plan(customer, due_on=date(2027, 3, 15), due_time=time(9, 0))
    winter = plan(customer, due_on=date(2026, 12, 1), due_time=time(9, 0))
    assert (summer.due_at.hour, winter.due_at.hour) == (13, 14)


def sent(client, customer, **more):
    data = {"kind": "call", "result": "reached", "occurred_at": "2026-11-24T09:00", **more}
    return client.post(f"/interactions/new/?customer={customer.pk}", data, follow=True)


def named(client, customer, value, **more):
    """The words of a next step in the form, and the day beside them."""
    page = client.get("/interactions/new/", {"customer": customer.pk, **more}).content.decode()
    chip = re.search(rf'<input[^>]*name="next_step" value="{value}"[^>]*>.*?</label>', page, re.DOTALL).group()
    words, day = re.findall(r"<(?:span|small)[^>]*>([^<]*)<", chip)[:2]
    return words, day


def test_the_form_sets_a_day_with_time_and_purpose_and_the_toast_says_all(make, cast, sign_in):
    customer = make("禾达")
    more = {"next_step": "day", "next_on": "2026-12-01", "next_time": "15:00", "next_purpose": "带样品谈价"}
    answer = sent(sign_in(cast.wang), customer, **more).content.decode()
    planned = FollowUp.objects.get(customer=customer, state="open")
    assert (planned.due_on, planned.due_time, planned.purpose) == (date(2026, 12, 1), time(15), "带样品谈价")
    assert planned.source == "manual"
    assert "禾达: logged. Next follow-up: Tue 1 Dec 15:00." in answer


def test_the_day_named_beside_a_next_step_is_the_day_that_is_planned(make, cast, sign_in):
    customer = make()
    client = sign_in(cast.wang)
    assert named(client, customer, "3") == ("In 3 days", "Fri 27 Nov")
    sent(client, customer, next_step="3", occurred_at="2026-11-23T09:00")
    assert open_days(customer) == [(date(2026, 11, 27), "manual")]


def test_the_plan_named_for_a_visit_to_write_up_counts_from_its_day(make, cast, sign_in):
    customer = make(tier="A")  # every 30 days
    plan(customer, -3, method="visit")
    # 30 days after Saturday the 21st
    assert named(sign_in(cast.wang), customer, "plan") == ("As planned", "Mon 21 Dec")


def test_a_time_on_the_day_of_the_plan_makes_it_a_persons_own(make, cast, sign_in):
    customer = make(tier="A")
    sent(sign_in(cast.wang), customer, next_step="plan", next_time="09:30")
    planned = FollowUp.objects.get(customer=customer, state="open")
    assert (planned.due_on, planned.due_time, planned.source) == (date(2026, 12, 24), time(9, 30), "manual")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"next_step": "day"}, "Choose the day of the next follow-up."),
        ({"next_step": "day", "next_on": "2026-11-01"}, "The day lies in the past."),
        ({"next_step": "day", "next_on": "2126-11-01"}, "Check the year."),
        ({"next_step": "none", "next_purpose": "带样品"}, "Choose a day for what is to be done next"),
    ],
)
def test_a_next_step_that_says_too_little_is_asked_about(make, cast, sign_in, typed, sentence):
    answer = sent(sign_in(cast.wang), make(), **typed)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert typed.get("next_purpose", "") in answer.content.decode()
    assert not FollowUp.objects.exists()


def test_who_sits_west_of_the_company_may_choose_their_own_today(make, cast, sign_in):
    cast.wang.time_zone = "America/Los_Angeles"
    cast.wang.save()
    customer = make()
    with time_machine.travel(datetime(2026, 11, 25, 1, 0, tzinfo=UTC), tick=False):  # the 24th there, the 25th here
        answer = sent(
            sign_in(cast.wang), customer, next_step="day", next_on="2026-11-24", occurred_at="2026-11-24T16:59"
        )
    assert answer.status_code == 200
    assert open_days(customer) == [(date(2026, 11, 24), "manual")]


@pytest.mark.parametrize("when", ["0001-01-01T09:00", "9999-12-31T23:00", "1969-12-31T09:00"])
def test_a_year_that_some_zones_do_not_have_is_refused(make, cast, sign_in, when):
    answer = sent(sign_in(cast.wang), make(), occurred_at=when)
    assert answer.status_code == 422
    assert "Check the year: it goes from 1970 to 2199." in answer.content.decode()


def test_the_customers_page_shows_all_that_is_planned(make, cast, sign_in):
    customer = make()
    plan(customer, 3, purpose="带样品")
    plan(customer, 5, purpose="谈合同")
    page = sign_in(cast.wang).get(f"/customers/{customer.pk}/").content.decode()
    assert page.index("带样品") < page.index("谈合同")
