"""The log form: who does the next step, and the day beside "As planned" after each result and for each day."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from core import clock
from customers.models import InteractionResult
from followups.models import FollowUp
from ui import formatting

pytestmark = pytest.mark.django_db


def form_of(client, customer, **more):
    return client.get("/interactions/new/", {"customer": customer.pk, **more}).context["form"]


def sent(client, customer, **more):
    data = {"kind": "call", "result": "reached", "occurred_at": "2026-11-24T09:00", **more}
    return client.post(f"/interactions/new/?customer={customer.pk}", data, follow=True)


def following(customer):
    return FollowUp.objects.get(customer=customer, state="open")


@pytest.mark.parametrize("result", InteractionResult.values)
@pytest.mark.parametrize("days_ago", [0, 4, 20])
@pytest.mark.parametrize("before", [{}, {"last_contact": 9, "unanswered": 2}])
def test_the_day_named_is_the_day_that_comes(make, log_contact, cast, sign_in, result, days_ago, before):
    customer = make(tier="B", **before)  # 30-60 days
    at = clock.now() - timedelta(days=days_ago)
    words = json.loads(form_of(sign_in(cast.wang), customer, on=f"{at:%Y-%m-%dT10:00}").plans_as_text)
    log_contact(customer, next_step="plan", result=result, occurred_at=at)
    assert words[result][0] == formatting.day_short(following(customer).due_on)


def test_the_results_differ_and_without_one_they_are_supposed_to_be_there(make, cast, sign_in):
    form = form_of(sign_in(cast.wang), make(tier="B"))
    words = json.loads(form.plans_as_text)
    assert words["reached"] == ["8 Jan 2027", "by the plan after 45 days"]
    assert words["no_answer"] == ["Tue 1 Dec", "by the plan after 7 days"]
    assert (form.plan.day, form.plan.why) == ("8 Jan 2027", "by the plan after 45 days")


def test_a_form_that_comes_back_counts_from_what_was_typed(make, cast, sign_in):
    typed = {"result": "no_answer", "occurred_at": "2026-11-21T09:00", "next_step": "day"}
    answer = sent(sign_in(cast.wang), make(tier="B"), **typed)
    assert answer.status_code == 422
    plan = answer.context["form"].plan
    assert plan.day == "Mon 30 Nov"
    assert plan.why == "by the plan after 7 days; Sat 28 Nov is a day off", "the 9th day says why it isn't the 7th"


@pytest.mark.parametrize("on", ["", "gestern", "9999-12-31", "0001-01-01", "2026-11-24' OR 1"])
def test_a_day_that_is_none_is_no_hindrance(make, cast, sign_in, on):
    assert form_of(sign_in(cast.wang), make(tier="A"), on=on).plan.day == "Thu 24 Dec"


def test_tomorrow_is_offered_and_on_a_friday_it_is_the_next_working_day_once(make, cast, sign_in):
    client, customer = sign_in(cast.wang), make()
    words = [(step.words, step.day) for step in form_of(client, customer).steps]
    assert words[1] == ("Tomorrow", date(2026, 11, 25))
    days = [step.day for step in form_of(client, customer).steps if step.day]
    assert len(days) == len(set(days))


def test_the_owner_does_it_unless_somebody_else_is_chosen(make, cast, sign_in):
    customer = make()
    client = sign_in(cast.lead)
    form = form_of(client, customer)
    assert form["next_assignee"].value() == cast.wang.pk
    assert form.others_may_do_it
    sent(client, customer, next_step="plan", next_assignee=cast.wang.pk)
    assert (following(customer).assignee, following(customer).source) == (cast.wang, "cadence")

    sent(client, customer, next_step="7", next_assignee=cast.lead.pk)
    assert (following(customer).assignee, following(customer).source) == (cast.lead, "manual")


def test_somebody_else_on_the_day_of_the_plan_is_a_persons_choice(make, cast, sign_in):
    customer = make(tier="A")
    sent(sign_in(cast.lead), customer, next_step="plan", next_assignee=cast.lead.pk)
    planned = following(customer)
    assert (planned.due_on, planned.assignee, planned.source) == (date(2026, 12, 24), cast.lead, "manual")


def test_nobody_outside_ones_reach_can_be_chosen(make, cast, sign_in):
    customer = make()
    answer = sent(sign_in(cast.wang), customer, next_step="7", next_assignee=cast.admin.pk)
    assert answer.status_code == 422
    assert "Choose one of the people in the list." in answer.content.decode()
    assert not FollowUp.objects.exists()


def test_a_note_among_colleagues_leaves_the_plan_as_it_is(make, cast, sign_in, log_contact):
    customer = make(tier="A")
    log_contact(customer)
    before = following(customer)
    sent(sign_in(cast.wang), customer, kind="note", next_step="plan")
    assert following(customer).pk == before.pk


@pytest.mark.parametrize("stage", ["needs", "proposal", "long_term"])
def test_a_stage_that_is_chosen_moves_the_customer_and_its_day_is_named(make, cast, sign_in, stage):
    customer, client = make(tier="B", stage="first_contact", stage_since=date(2026, 11, 1)), sign_in(cast.wang)
    words = json.loads(form_of(client, customer, on="2026-11-24", stage=stage).plans_as_text)
    sent(client, customer, next_step="plan", stage=stage)
    customer.refresh_from_db()
    assert customer.stage == stage
    assert words["reached"][0] == formatting.day_short(following(customer).due_on)


@pytest.mark.parametrize("stage", ["paused", "nowhere"])
def test_a_pause_is_no_chip_and_nonsense_is_refused(make, cast, sign_in, stage):
    customer, client = make(tier="B"), sign_in(cast.wang)
    assert form_of(client, customer, stage=stage).plan.day
    assert sent(client, customer, stage=stage).status_code == 422
    assert not FollowUp.objects.exists()


def test_without_a_choice_the_result_says_the_stage(make, cast, sign_in):
    customer = make(tier="B", stage="first_contact")
    sent(sign_in(cast.wang), customer, result="interested", next_step="plan", stage="")
    customer.refresh_from_db()
    assert customer.stage == "needs"
