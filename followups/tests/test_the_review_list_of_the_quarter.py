"""Customers of a line with a review list have no day of their own: they are looked through together, once a quarter."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from core import clock
from customers.models import Customer, CustomerFacts
from followups import selectors, services
from followups.cadence import reviews_around
from followups.cadence_table.table import read_table
from followups.models import CadenceRule, FollowUp, Rhythm
from followups.planning import plans_make
from followups.reckoning import reckon
from followups.services.reviews import LEFT_OUT, LOOKED_AT, TooLateToTakeBackError
from followups.services.together import PutBack

TODAY = date(2026, 11, 24)
THIS, NEXT = date(2026, 12, 31), date(2027, 3, 31)  # the last working days of the quarter and of the one after
JANUARY = datetime(2027, 1, 5, 2, 0, tzinfo=UTC)
db = pytest.mark.django_db
DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))


def weekdays(day: date) -> bool:
    return day.weekday() < 5


@pytest.fixture
def reviewed(make, cast):
    """`reviewed(...)`: a customer of tier C, whose line says so."""
    rules = CadenceRule.objects.filter(phase="long_term", tier="C")
    for rule in rules:
        services.cadence_rule_change(rule=rule, by=cast.manager, policy="review")
    read_table.forget()
    yield lambda *args, **more: make(*args, **{"tier": "C", "tier_rank": 4, "last_contact": 100, **more})
    read_table.forget()


def only(customer):
    return FollowUp.objects.get(customer=customer, state="open")


# --- the day ---------------------------------------------------------------------------------------------------------
@given(DAYS, st.integers(0, 900))
def test_the_day_is_never_past_and_at_most_two_quarters_away(today, ago):
    day = reviews_around(today, weekdays).day(today - timedelta(days=ago))
    assert today <= day <= today + timedelta(days=2 * 92 + 3)
    assert weekdays(day)


@given(DAYS, st.integers(0, 900), st.integers(0, 900))
def test_who_was_contacted_later_never_comes_earlier(today, one, other):
    around = reviews_around(today, weekdays)
    earlier, later = (today - timedelta(days=ago) for ago in (max(one, other), min(one, other)))
    assert around.day(earlier) <= around.day(later)


@given(DAYS)
def test_it_comes_once_in_each_quarter(today):
    """Looked at on its day it stands for the next one, on which its turn has come."""
    day = reviews_around(today, weekdays).coming
    following = reviews_around(day, weekdays).day(day)
    assert following == reviews_around(day + timedelta(days=1), weekdays).coming
    assert 80 < (following - day).days < 100


# --- what is planned -------------------------------------------------------------------------------------------------
@db
def test_the_night_plans_the_review_day_and_says_why(reviewed):
    customer = reviewed()
    plans_make()
    plan = only(customer)
    assert (plan.due_on, plan.reason_code, plan.source) == (THIS, "REVIEW", "cadence")
    assert CustomerFacts.objects.get(pk=customer.pk).next_follow_up_on == THIS
    assert selectors.why(plan) == "Long-term customer, to look through once a quarter; last contacted 100 days ago"
    wanted = reckon(customer)
    assert (wanted.on, wanted.due_on, wanted.code, wanted.numbers) == (THIS, THIS, "REVIEW", plan.reason)


@db
def test_who_was_contacted_this_quarter_stands_in_the_next(reviewed):
    customer = reviewed(last_contact=10)
    plans_make()
    assert only(customer).due_on == NEXT


@db
def test_an_own_plan_a_warning_and_the_first_contact_come_all_the_same(reviewed, make, cast):
    rhythmic = reviewed()
    Rhythm.objects.create(customer=rhythmic, every_days=20)
    for rule in CadenceRule.objects.filter(phase="new"):
        CadenceRule.objects.filter(pk=rule.pk).update(policy="review")
    newcomer = make(stage="first_contact", tier="unrated", on_file=0)
    plans_make()
    assert only(rhythmic).reason["pace"] == "own"
    assert only(newcomer).reason_code == "FIRST_CONTACT"


@db
def test_a_changed_line_moves_its_customers_onto_the_list_and_off_it(make, cast):
    customer = make(tier="C", tier_rank=4, last_contact=10)
    plans_make()
    standing = only(customer).due_on
    rule = CadenceRule.objects.get(phase="long_term", tier="C", scheme="b2c")
    services.cadence_rule_change(rule=rule, by=cast.manager, policy="review")
    plans_make()
    plan = only(customer)
    assert (plan.due_on, plan.reason["was"], plan.reason["because"]) == (NEXT, standing.isoformat(), "table")
    services.cadence_rule_change(rule=rule, by=cast.manager, policy="task")
    plans_make()
    assert (only(customer).due_on, only(customer).reason_code) == (standing, "CADENCE")


@db
def test_a_better_tier_takes_them_off_the_list(reviewed):
    customer = reviewed(last_contact=10)
    plans_make()
    CustomerFacts.objects.filter(pk=customer.pk).update(tier="A", tier_rank=2)
    plans_make()
    plan = only(customer)
    assert (plan.reason_code, plan.reason["because"]) == ("CADENCE", "tier")
    assert plan.due_on < NEXT


@db
def test_a_list_that_nobody_looked_through_goes_on_in_the_next_quarter(reviewed):
    customer = reviewed()
    plans_make()
    with time_machine.travel(JANUARY, tick=False):
        plans_make()
        plan = only(customer)
        assert (plan.due_on, plan.reason["because"]) == (NEXT, "quarter")
        assert "was 31 Dec 2026 until the quarter ended" in selectors.why(plan)


@db
def test_a_contact_is_the_look_and_counts_for_the_next_quarter(reviewed, log_contact):
    customer = reviewed()
    plans_make()
    log_contact(customer)
    assert only(customer).due_on == NEXT


# --- it is nobody's day ----------------------------------------------------------------------------------------------
@db
def test_on_its_day_it_is_one_card_of_today_and_no_row_anywhere_else(reviewed, client, cast, make):
    for n in range(3):
        reviewed(f"客户 {n}")
    plans_make()
    with time_machine.travel(datetime(2026, 12, 31, 2, 0, tzinfo=UTC), tick=False):
        client.force_login(cast.wang)
        today = client.get("/").content.decode()
        assert "3 customers to look through until" in today
        assert "客户 1" not in today
        assert not selectors.due_now(cast.wang).exists()
        follow_ups = client.get("/follow-ups/").content.decode()
        assert "客户 1" not in follow_ups
        assert "/follow-ups/review/" in follow_ups
        assert "客户 1" in client.get("/follow-ups/review/").content.decode()


@db
def test_it_fills_no_day_on_which_what_is_late_is_dealt_out(reviewed, make):
    for n in range(30):
        reviewed(f"客户 {n}")
    with time_machine.travel(datetime(2026, 12, 31, 2, 0, tzinfo=UTC), tick=False):
        plans_make()
        late = make(tier="A", last_contact=300)
        plans_make()
        assert only(late).due_on == THIS


# --- looking through -------------------------------------------------------------------------------------------------
@db
@pytest.mark.parametrize(("state", "basis"), [(LOOKED_AT, "done"), (LEFT_OUT, "skipped")])
def test_many_are_ended_in_a_few_statements_and_stand_in_the_next_quarter(reviewed, cast, state, basis):
    customers = [reviewed(f"客户 {n}") for n in range(12)]
    plans_make()
    wanted = [only(customer).pk for customer in customers]
    with CaptureQueriesContext(
        connection,
    ) as queries:
        closed = services.reviews_close(follow_ups=wanted, state=state, by=cast.wang)
    assert len(closed) == 12
    assert len(queries) < 25
    for customer in customers:
        plan = only(customer)
        assert (plan.due_on, plan.reason["basis"], plan.reason_code) == (NEXT, basis, "REVIEW")
        assert CustomerFacts.objects.get(pk=customer.pk).next_follow_up_on == NEXT
    assert CustomerFacts.objects.get(pk=customers[0].pk).last_contact_at < clock.now() - timedelta(days=99)
    plans_make()
    assert {only(customer).due_on for customer in customers} == {NEXT}
    with time_machine.travel(JANUARY, tick=False):
        plans_make()
        assert {only(customer).due_on for customer in customers} == {NEXT}


@db
def test_it_is_taken_back_together_within_ten_minutes(reviewed, cast):
    one, other = reviewed("一"), reviewed("二")
    plans_make()
    before = [only(one).pk, only(other).pk]
    closed = services.reviews_close(follow_ups=before, state=LOOKED_AT, by=cast.wang)
    assert services.reviews_reopen(follow_up=closed[0], by=cast.wang).back == 2
    assert [only(one).pk, only(other).pk] == before
    assert CustomerFacts.objects.get(pk=one.pk).next_follow_up_on == THIS
    with pytest.raises(TooLateToTakeBackError):
        services.reviews_reopen(follow_up=closed[0], by=cast.wang)
    again = services.reviews_close(follow_ups=before, state=LOOKED_AT, by=cast.wang)
    with time_machine.travel(clock.now() + timedelta(minutes=11), tick=False), pytest.raises(TooLateToTakeBackError):
        services.reviews_reopen(follow_up=again[0], by=cast.wang)


@db
def test_who_is_out_of_reach_by_now_stays_ended(reviewed, cast):
    customers = [reviewed(name) for name in ("一", "二", "三")]
    plans_make()
    closed = services.reviews_close(follow_ups=[only(one).pk for one in customers], state=LOOKED_AT, by=cast.lead)
    FollowUp.objects.filter(customer=customers[1]).update(assignee=cast.outsider)
    Customer.objects.filter(pk=customers[1].pk).update(owner=cast.outsider, team=cast.north)
    Customer.objects.filter(pk=customers[2].pk).update(deleted_at=clock.now())
    assert services.reviews_reopen(follow_up=closed[0], by=cast.lead) == PutBack(1, 0, 2)
    assert [only(one).due_on for one in customers] == [THIS, NEXT, NEXT]


@db
def test_who_was_planned_otherwise_since_stays_ended(reviewed, cast):
    one, other = reviewed("一"), reviewed("二")
    plans_make()
    closed = services.reviews_close(follow_ups=[only(one).pk, only(other).pk], state=LOOKED_AT, by=cast.wang)
    services.follow_up_reschedule(follow_up=only(one), due_on=TODAY, by=cast.wang)
    assert services.reviews_reopen(follow_up=closed[0], by=cast.wang).back == 1
    assert only(one).due_on == TODAY
    assert only(other).due_on == THIS


@db
def test_a_day_that_somebody_gives_makes_it_a_contact_like_others(reviewed, cast, client):
    customer = reviewed("甲公司")
    plans_make()
    plan = only(customer)
    client.force_login(cast.wang)
    client.post(f"/follow-ups/{plan.pk}/move/", {"on": TODAY.isoformat()})
    assert "甲公司" in client.get("/").content.decode()
    assert "甲公司" not in client.get("/follow-ups/review/").content.decode()
    plans_make()
    assert only(customer).due_on == TODAY


# --- the page --------------------------------------------------------------------------------------------------------
@db
def test_the_chosen_of_the_page_are_looked_at_and_come_back(reviewed, cast, client):
    one, other = reviewed("甲公司"), reviewed("乙公司")
    plans_make()
    client.force_login(cast.wang)
    client.post("/follow-ups/review/looked-at/", {"ids": [only(one).pk]})
    page = client.get("/follow-ups/review/").content.decode()
    assert "甲公司" not in page
    assert "乙公司" in page
    assert "1 customer looked at." in page
    assert "甲公司" in client.get("/follow-ups/review/?when=later").content.decode()
    closed = FollowUp.objects.get(customer=one, state="done")
    client.post(f"/follow-ups/review/{closed.pk}/back/")
    assert "甲公司" in client.get("/follow-ups/review/").content.decode()
    client.post("/follow-ups/review/next-quarter/", {"all": "1", "view": "?when=now"})
    assert {only(one).due_on, only(other).due_on} == {NEXT}


@db
def test_others_customers_are_neither_seen_nor_ended(reviewed, cast, client):
    mine, theirs = reviewed("甲公司"), reviewed("乙公司", owner=cast.outsider)
    plans_make()
    client.force_login(cast.wang)
    assert "乙公司" not in client.get("/follow-ups/review/?whose=team").content.decode()
    client.post("/follow-ups/review/looked-at/", {"ids": [only(mine).pk, only(theirs).pk]})
    assert only(mine).due_on == NEXT
    assert only(theirs).due_on == THIS
