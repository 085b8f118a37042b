"""The numbers of the cadence table as a calendar shows them: what is logged on which day, and what is planned then."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
import time_machine

from core import clock
from customers.models import Customer, CustomerFacts
from followups.cadence_table.table import read_table
from followups.models import CadenceRule, FollowUp, Rhythm
from followups.planning import plans_make
from followups.services import follow_up_create
from sales.services import Line, order_create

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)  # a Tuesday
PUMP = Line(Decimal(1), Decimal(428), description="泵")


@pytest.fixture
def days_later():
    """`days_later(3)` moves the clock on, to the morning of that day."""
    with time_machine.travel(datetime(2026, 11, 24, 2, 0, tzinfo=UTC), tick=False) as traveller:
        yield lambda days: traveller.shift(timedelta(days=days))


def planned(customer):
    return FollowUp.objects.get(customer=customer, state="open")


def in_days(customer):
    """Before days off are skipped."""
    return (planned(customer).reckoned_on - clock.business_date()).days


def test_first_contact_every_3_to_7_days(make, log_contact):
    customer = make(stage="first_contact", tier="unrated")
    log_contact(customer)
    assert (in_days(customer), planned(customer).due_on) == (5, date(2026, 11, 30)), "a Sunday moves to Monday"
    log_contact(customer, result="interested", stage="first_contact")
    assert in_days(customer) == 3


def test_need_confirmation_every_5_to_10_days(make, log_contact):
    customer = make(stage="needs", tier="unrated")
    log_contact(customer)
    assert in_days(customer) == 7
    log_contact(customer, result="needs_time")
    assert in_days(customer) == 10
    log_contact(customer, result="no_answer")
    assert in_days(customer) == 5


def test_a_proposal_is_asked_about_after_1_to_2_days_then_every_3_to_5(make, log_contact, days_later):
    customer = make(stage="needs", tier="unrated")
    log_contact(customer, result="proposal_sent")
    assert in_days(customer) in (1, 2)
    assert planned(customer).reason["phase"] == "proposal_sent"
    days_later(2)
    log_contact(customer)
    assert in_days(customer) == 4
    assert planned(customer).reason["phase"] == "proposal"


def test_after_the_deal_weekly_in_the_first_month_then_monthly(make, log_contact, days_later):
    customer = make(stage="after_sale", stage_since=TODAY, last_order_on=TODAY)
    log_contact(customer)
    assert in_days(customer) == 7
    days_later(28)
    log_contact(customer)
    assert in_days(customer) == 7
    days_later(7)
    log_contact(customer)
    assert in_days(customer) == 30
    assert planned(customer).reason["phase"] == "after_sale"


def test_who_orders_again_and_again_is_contacted_a_week_after_the_first_of_them(make, log_contact, days_later, cast):
    customer = make(tier="A", last_contact=20)
    order_create(customer=customer, by=cast.wang, ordered_at=clock.now() - timedelta(days=200), lines=[PUMP])
    for _order in range(4):
        days_later(2)
        order_create(customer=customer, by=cast.wang, ordered_at=clock.now(), lines=[PUMP])
        assert planned(customer).reckoned_on == TODAY + timedelta(days=2 + 7)
    log_contact(customer)
    days_later(3)
    order_create(customer=customer, by=cast.wang, ordered_at=clock.now(), lines=[PUMP])
    assert planned(customer).reckoned_on == TODAY + timedelta(days=8 + 3 + 7)


@pytest.mark.parametrize(("tier", "days"), [("A", 30), ("B", 45), ("C", 75), ("D", 90)])
def test_long_term_customers_every_one_to_three_months_by_tier(make, log_contact, tier, days):
    customer = make(tier=tier)
    log_contact(customer)
    assert in_days(customer) == days


def test_no_answer_shortens_and_changes_the_method_three_times_lengthen(make, log_contact):
    customer = make(tier="C")
    log_contact(customer, result="no_answer")
    assert (in_days(customer), planned(customer).method) == (7, "call")
    log_contact(customer, result="no_answer")
    log_contact(customer, result="no_answer")
    row = planned(customer)
    assert (row.reason["pace"], row.reason["unanswered"]) == ("no_response", 3)
    assert in_days(customer) == 90
    log_contact(customer)
    assert planned(customer).reason["pace"] == "regular"


def test_a_try_without_an_answer_is_no_contact_but_a_touch(make, log_contact):
    customer = make(last_contact=40)
    before = customer.facts.last_contact_at
    log_contact(customer, result="no_answer")
    facts = CustomerFacts.objects.get(pk=customer.pk)
    assert (facts.last_contact_at, facts.touches, facts.unanswered) == (before, 1, 1)
    assert facts.last_attempt_at == clock.now()


def test_the_customers_own_rhythm_overrides_the_table(make, log_contact):
    customer = make(tier="C")
    Rhythm.objects.create(customer=customer, every_days=10, method="visit", purpose="送新样品")
    log_contact(customer)
    row = planned(customer)
    assert (in_days(customer), row.method, row.purpose, row.reason["pace"]) == (10, "visit", "送新样品", "own")


@pytest.mark.parametrize(
    ("line", "facts", "days"),
    [
        ({"amount": "large"}, {"amount_class": "large"}, 20),
        ({"amount": "large"}, {"amount_class": "small"}, 75),
        ({"frequency": "high"}, {"frequency_class": "high"}, 20),
        ({"tier": "C", "amount": "mid"}, {"amount_class": "mid"}, 20),
    ],
)
def test_the_line_that_says_most_about_a_customer_applies(make, line, facts, days, log_contact):
    more = {"scheme": "b2c", "tier": "C"} | line
    CadenceRule.objects.create(
        phase="long_term", shortest=20, longest=20, method="visit", other_method="call", category="regular", **more
    )
    read_table.forget()
    customer = make(tier="C", **facts)
    log_contact(customer)
    assert in_days(customer) == days


def test_from_d_to_a_pulls_the_date_in_and_says_so(make):
    customer = make(tier="D", last_contact=20)
    plans_make()
    before = planned(customer)
    assert before.due_on == date(2027, 2, 2)
    CustomerFacts.objects.filter(pk=customer.pk).update(tier="A", tier_rank=2)
    plans_make()
    after = planned(customer)
    assert (after.pk, after.due_on, after.version) == (before.pk, date(2026, 12, 4), 2)
    assert (after.reason["was"], after.reason["because"]) == ("2027-02-02", "tier")
    assert CustomerFacts.objects.get(pk=customer.pk).next_follow_up_on == after.due_on


def test_whose_new_date_has_passed_already_is_dealt_out_from_today(make):
    customer = make(tier="D", last_contact=60)
    plans_make()
    CustomerFacts.objects.filter(pk=customer.pk).update(tier="A")
    plans_make()
    assert planned(customer).due_on == TODAY
    assert planned(customer).reason["because"] == "tier"


def test_a_changed_table_moves_open_dates_and_leaves_those_of_people(make, cast):
    mine, theirs = make(tier="C", last_contact=0), make(tier="C", last_contact=0)
    plans_make()
    follow_up_create(customer=theirs, assignee=cast.wang, due_on=date(2026, 12, 24), by=cast.wang)
    CadenceRule.objects.filter(scheme="b2c", tier="C").update(shortest=20, longest=20)
    plans_make()
    assert planned(mine).due_on == date(2026, 12, 14)
    assert planned(mine).reason["because"] == "table"
    assert FollowUp.objects.get(customer=theirs, source="manual").due_on == date(2026, 12, 24)


def test_a_line_switched_off_ends_what_it_planned(make):
    customer = make(tier="C", last_contact=0)
    plans_make()
    CadenceRule.objects.filter(scheme="b2c", tier="C").update(policy="none")
    plans_make()
    assert not FollowUp.objects.filter(state="open").exists()
    assert CustomerFacts.objects.get(pk=customer.pk).next_follow_up_on is None


@pytest.mark.parametrize("facts", [{"unanswered": 1}, {"unanswered": 4}, {"warning": "red"}])
def test_a_line_switched_off_plans_nothing_for_who_gave_no_answer_or_may_be_lost(make, facts):
    CadenceRule.objects.filter(scheme="b2c", tier="C").update(policy="none")
    customer = make(tier="C", last_contact=100, **facts)
    assert plans_make()["made"] == 0
    assert CustomerFacts.objects.get(pk=customer.pk).next_follow_up_on is None


def test_nothing_moves_twice(make):
    for tier in "ABCD":
        make(tier=tier, last_contact=10)
    assert plans_make()["made"] == 4
    assert {plans_make()["moved"] for _ in range(2)} == {0}


def test_a_date_far_off_made_by_a_person_doesnt_hide_an_overdue_customer(make, cast):
    customer, soon = make(tier="A", last_contact=60), make(tier="A", last_contact=60)
    far = follow_up_create(customer=customer, assignee=cast.wang, due_on=date(2027, 3, 1), by=cast.wang)
    follow_up_create(customer=soon, assignee=cast.wang, due_on=date(2026, 12, 1), by=cast.wang)
    plans_make()
    automatic = FollowUp.objects.get(customer=customer, state="open", source="cadence")
    assert (automatic.due_on, automatic.reason["beside"]) == (TODAY, "2027-03-01")
    far.refresh_from_db()
    assert far.state == "open"
    assert FollowUp.objects.filter(customer=soon, state="open").count() == 1
    plans_make()
    assert FollowUp.objects.filter(customer=customer, state="open").count() == 2


def test_a_paused_customer_comes_back_on_the_day_the_pause_ends(make):
    customer = make(stage="paused", paused_until=date(2026, 12, 5), pause_reason="装修")
    plans_make()
    row = planned(customer)
    assert (row.due_on, row.reason_code) == (date(2026, 12, 7), "REVIVAL")
    Customer.objects.filter(pk=customer.pk).update(paused_until=None)
    plans_make()
    assert not FollowUp.objects.filter(state="open").exists()


def test_7_30_90_again_after_an_order_that_came_more_than_twice_the_own_cycle_late(make, cast):
    customer = make(tier="C")

    def buys(days_ago):
        at = clock.now() - timedelta(days=days_ago)
        order_create(customer=customer, by=cast.wang, ordered_at=at, lines=[PUMP])

    for ago in (160, 150, 140, 130):  # every 10 days, then 124 days of silence
        buys(ago)
    assert CustomerFacts.objects.get(pk=customer.pk).revisits_from == TODAY - timedelta(days=160)
    buys(6)
    plans_make()
    row = planned(customer)
    assert (row.source, row.reason["days"], row.due_on) == ("revisit", 7, TODAY + timedelta(days=1))


def test_a_contact_written_down_later_leaves_the_tries_after_it(make, log_contact):
    customer = make(tier="C")
    for days_ago in (6, 5, 2):
        log_contact(customer, result="no_answer", occurred_at=clock.now() - timedelta(days=days_ago))
    assert CustomerFacts.objects.get(pk=customer.pk).unanswered == 3
    log_contact(customer, occurred_at=clock.now() - timedelta(days=4))
    facts = CustomerFacts.objects.get(pk=customer.pk)
    assert (facts.unanswered, facts.last_contact_at) == (1, clock.now() - timedelta(days=4))
    log_contact(customer)
    assert CustomerFacts.objects.get(pk=customer.pk).unanswered == 0


def test_a_date_that_comes_back_to_its_day_has_not_moved(make):
    customer = make(tier="D", last_contact=20)
    plans_make()
    before = planned(customer)
    for tier in ("A", "D"):
        CustomerFacts.objects.filter(pk=customer.pk).update(tier=tier)
        plans_make()
    after = planned(customer)
    assert (after.due_on, after.reason) == (before.due_on, before.reason)


def test_a_moved_date_has_the_best_time_of_the_customer_and_not_that_of_the_first_contact(make, cast):
    customer = make(tier="unrated", stage="first_contact", lifecycle="prospect", on_file=0)
    first = follow_up_create(
        customer=customer,
        assignee=cast.wang,
        due_on=TODAY + timedelta(days=1),
        due_time=time(9, 13),
        by=cast.wang,
        source="cadence",
        reason_code="FIRST_CONTACT",
        reason={"phase": "new"},
    )
    Customer.objects.filter(pk=customer.pk).update(stage="needs", stage_since=TODAY)
    plans_make()
    first.refresh_from_db()
    assert (first.reason["phase"], first.due_time, first.due_at) == ("needs", None, None)
    Rhythm.objects.create(customer=customer, every_days=12, at_time=time(15, 30))
    plans_make()
    first.refresh_from_db()
    assert (first.due_time, f"{first.due_at:%H:%M}") == (time(15, 30), "07:30")


@pytest.mark.parametrize(("stage", "planned_again"), [("needs", True), ("proposal", True), ("long_term", False)])
def test_a_lost_customer_whom_somebody_talks_to_again_has_a_date(make, log_contact, stage, planned_again):
    customer = make(lifecycle="lost", tier="C", stage="long_term", last_contact=200)
    plans_make()
    assert not FollowUp.objects.filter(state="open").exists()
    log_contact(customer, stage=stage)
    plans_make()
    assert FollowUp.objects.filter(customer=customer, state="open").exists() is planned_again
    assert (CustomerFacts.objects.get(pk=customer.pk).next_follow_up_on is not None) is planned_again
