"""At night every active customer gets a next date, at most ten late ones a day and person; repeating adds nothing."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import clock, jobs
from core.workcalendar import working_days
from customers.models import Customer, CustomerFacts
from followups import cadence, planning, reasons
from followups.models import FollowUp, Notice, Rhythm
from followups.night import make_plans, prepare_the_morning, tell_of_warnings
from followups.planning import plans_made, plans_make
from followups.reckoning import reckon
from followups.services import follow_up_create
from sales.models import Order
from sales.services import end_after_sale
from segmentation.models import ChurnCase

TODAY = date(2026, 11, 24)
db = pytest.mark.django_db


def the_night(day):
    return [*make_plans(day)][-1] | tell_of_warnings(day) | prepare_the_morning(day)


def only(customer):
    return FollowUp.objects.get(customer=customer, state="open")


def warn(customer, level="red", value=100_00):
    return ChurnCase.objects.create(
        customer=customer, level=level, opened_on=TODAY, level_since=TODAY - timedelta(days=1), value_at_risk=value
    )


@db
def test_the_date_counts_from_the_last_contact_and_the_reason_has_its_numbers(make):
    customer = make(tier="A", last_contact=26)
    plans_make()
    made = only(customer)
    assert (made.due_on, made.source, made.method, made.assignee) == (
        TODAY + timedelta(days=6),  # 30 days give Saturday 28 November, moved to Monday
        "cadence",
        "call",
        customer.owner,
    )
    assert made.reason == {
        "phase": "long_term",
        "pace": "key",
        "tier": "A",
        "from": 30,
        "to": 45,
        "days": 30,
        "unanswered": 0,
        "since": "2026-10-29",
        "basis": "contact",
    }
    assert CustomerFacts.objects.get(pk=customer.pk).next_follow_up_on == made.due_on
    assert CustomerFacts.objects.get(pk=customer.pk).contact_every_days == 45


@db
@pytest.mark.parametrize(("facts", "basis"), [({"first_order": 200}, "order"), ({"on_file": 5}, "created")])
def test_without_a_contact_it_counts_from_the_last_order_or_the_file(make, facts, basis):
    customer = make(**facts)
    plans_make()
    assert only(customer).reason["basis"] == basis


@db
@pytest.mark.parametrize(
    "quiet", [{"lifecycle": "lost"}, {"stage": "paused"}, {"do_not_contact": True}, {"owner": None}]
)
def test_who_is_lost_paused_or_to_be_left_alone_gets_none(make, quiet):
    make(**quiet)
    assert plans_make()["made"] == 0


@db
def test_automatic_follow_ups_end_when_the_customer_is_to_be_left_alone(make):
    customer = make(last_contact=1)
    plans_make()
    Customer.objects.filter(pk=customer.pk).update(do_not_contact=True)
    assert plans_make()["closed"] == 1
    assert not FollowUp.objects.filter(state="open").exists()
    assert CustomerFacts.objects.get(pk=customer.pk).next_follow_up_on is None


@db
def test_what_is_late_is_spread_and_the_best_come_first(make):
    customers = [make(f"客户 {n}", last_contact=300, tier_rank=2 + n % 3) for n in range(25)]
    plans_make()
    days = Counter(FollowUp.objects.filter(state="open").values_list("due_on", flat=True))
    assert days == {TODAY: 10, TODAY + timedelta(days=1): 10, TODAY + timedelta(days=2): 5}
    first = FollowUp.objects.filter(due_on=TODAY).values_list("customer__facts__tier_rank", flat=True)
    assert Counter(first) == {2: 9, 3: 1}
    assert all(only(customer).due_on >= TODAY for customer in customers)


@db
def test_days_that_are_full_already_get_no_more(make, cast):
    busy = make(last_contact=1)
    for _ in range(9):
        follow_up_create(customer=busy, assignee=cast.wang, due_on=TODAY - timedelta(days=2), by=cast.wang)
    for n in range(3):
        make(f"late {n}", last_contact=100)
    plans_make()
    late = FollowUp.objects.filter(source="cadence").order_by("due_on")
    assert [row.due_on for row in late] == [TODAY, TODAY + timedelta(days=1), TODAY + timedelta(days=1)]


@db
def test_each_part_of_the_night_says_how_far_it_is(make, cast, sign_in, monkeypatch):
    monkeypatch.setattr(planning, "SLICE", 2)
    for owner in (cast.wang, cast.wang, cast.li, cast.outsider):
        make(owner=owner, last_contact=10)
    told = list(plans_made())
    assert [part["seen"] for part in told] == [2, 4, 4]
    assert {part["differing"] for part in told} == {4}
    jobs.ask_for("plans", clock.last_ended_day())
    at_work = {"state": "running", "attempts": 1, "counts": told[0]}
    jobs.night_of(clock.last_ended_day()).filter(job="plans").update(**at_work)
    assert "2 of 4 customers" in sign_in(cast.manager).get("/settings/plans/").content.decode()


@db
def test_a_late_date_that_is_dealt_out_behind_a_revisit_stands_the_next_night_too(make):
    """Both are compared by the day that was reckoned, so running again adds nothing."""
    for n in range(60):
        make(f"客户 {n}", last_contact=300)
    customer = make(tier="D", tier_rank=5, first_order=25, last_contact=200)  # day 30 is on Sunday
    assert plans_make()["revisit"] == 0
    assert (only(customer).source, only(customer).due_on > TODAY + timedelta(days=6)) == ("cadence", True)
    again = plans_make()
    assert (again["made"], again["moved"], again["differing"]) == (0, 0, 0)


@db
def test_running_again_adds_nothing(make):
    customer = make(last_contact=300)
    warn(customer)
    make(first_order=5, lifecycle="first_time")
    first = the_night(TODAY - timedelta(days=1))
    assert (first["made"], first["warning_notices"], first["day_notices"]) == (2, 1, 1)
    for _ in range(3):
        again = the_night(TODAY - timedelta(days=1))
        assert (again["made"], again["closed"], again["warning_notices"]) == (0, 0, 0)
    assert FollowUp.objects.count() == 2
    assert Notice.objects.count() == 2


@db
def test_a_warning_becomes_a_task_in_place_of_the_plan_and_ends_with_it(make):
    customer = make(last_contact=1)
    plans_make()
    case = warn(customer)
    assert plans_make()["warning"] == 1
    task = only(customer)
    assert (task.source, task.source_key, task.due_on) == ("warning", f"warning:{case.pk}", TODAY)
    case.closed_at = clock.now()
    case.save()
    counts = plans_make()
    assert (counts["closed"], counts["cadence"]) == (1, 1)
    assert only(customer).source == "cadence"


@db
def test_whoever_was_reached_since_the_warning_keeps_the_promised_day(make, log_contact):
    customer = make(tier="C", last_contact=5, warning="red")
    ChurnCase.objects.create(customer=customer, level="red", opened_on=TODAY, level_since=TODAY - timedelta(days=2))
    log_contact(customer)
    promised = only(customer)
    assert (promised.reason["pace"], promised.reckoned_on) == ("warned", TODAY + timedelta(days=14))
    assert (plans_make()["warning"], only(customer).pk) == (0, promised.pk)


@db
def test_a_warning_respects_what_a_person_planned_for_the_week(make, cast):
    customer = make()
    follow_up_create(customer=customer, assignee=cast.wang, due_on=TODAY + timedelta(days=3), by=cast.wang)
    warn(customer)
    assert plans_make()["made"] == 0


@db
@pytest.mark.parametrize(
    ("bought_ago", "days", "due_in"), [(1, 7, 6), (7, 7, 0), (13, 7, 0), (14, 30, 16), (35, 30, 0), (40, 90, 50)]
)
def test_new_buyers_are_revisited_after_7_30_and_90_days(make, bought_ago, days, due_in):
    customer = make(lifecycle="first_time", first_order=bought_ago, last_contact=0, tier="D")  # plan: 90 days
    plans_make()
    made = only(customer)
    assert (made.source, made.reason["days"]) == ("revisit", days)
    assert made.due_on == next(working_days(TODAY + timedelta(days=due_in)))


@db
def test_a_plan_that_comes_clearly_earlier_wins_over_the_revisit(make):
    customer = make(lifecycle="first_time", first_order=14, last_contact=17, tier="A")  # plan in 13, chain in 16 days
    other = make(lifecycle="first_time", first_order=14, last_contact=21, tier="A")  # plan in 9, chain in 16 days
    plans_make()
    assert (only(customer).source, only(other).source) == ("revisit", "cadence")


@db
def test_a_finished_revisit_does_not_come_again(make):
    customer = make(lifecycle="first_time", first_order=8, last_contact=0, tier="D")
    plans_make()
    FollowUp.objects.update(state="done", closed_at=clock.now())
    plans_make()
    assert only(customer).reason["days"] == 30


@given(st.integers(0, 200), st.lists(st.integers(0, 15), min_size=60, max_size=60))
def test_the_spread_never_fills_a_day_beyond_its_measure_while_another_has_room(count, loads):
    size = cadence.per_day(count)
    places = Counter(cadence.spread(count, loads, size))
    assert sum(places.values()) == count
    room = sum(max(size - load, 0) for load in loads)
    if count <= room:
        assert all(loads[day] + added <= size for day, added in places.items())


@given(
    st.dates(date(2024, 1, 1), date(2026, 12, 1)), st.integers(1, 366), st.dates(date(2024, 1, 1), date(2026, 12, 1))
)
def test_a_planned_day_is_worked_and_never_past(since, every, today):
    day = cadence.plan_day(since, every, today, working=lambda d: d.weekday() < 5)
    if day is None:
        assert since + timedelta(days=every) < today
    else:
        assert day >= today
        assert day.weekday() < 5
        assert 0 <= (day - since).days - every <= 2


@given(st.integers(0, 120))
def test_the_chain_offers_each_day_until_a_week_after_it(passed):
    first = TODAY - timedelta(days=passed)
    day = cadence.chain_day(first, TODAY)
    assert (day is None) == (passed > 96)
    if day is not None:
        assert passed - day <= cadence.CHAIN_LATE_DAYS


@db
@pytest.mark.parametrize("seed", range(4))
def test_the_night_agrees_with_the_plain_functions(make, cast, seed):
    """Random customers: the SQL gives each the day, the method and the reason of reckoning.py, and spreads the late."""
    chance = random.Random(seed)
    customers = [_anybody(make, chance, n, [cast.wang, cast.li, cast.outsider]) for n in range(120)]
    wanted = {customer.pk: reckon(customer) for customer in customers}
    plans_make()
    late = {person.pk: [] for person in (cast.wang, cast.li, cast.outsider)}
    loads = {person: Counter() for person in late}
    for customer in customers:
        plan, bought = wanted[customer.pk], customer.facts.revisits_from
        made = FollowUp.objects.filter(customer=customer, state="open").first()
        chain = cadence.chain_day(bought, TODAY) if bought and customer.stage != "paused" else None
        if chain and cadence.chain_wins(bought + timedelta(days=chain), plan and plan.on, TODAY):
            assert (made.source, made.reason["days"]) == ("revisit", chain)
            assert made.due_on == next(working_days(max(bought + timedelta(days=chain), TODAY)))
        elif plan is None:
            assert made is None
            continue
        else:
            assert (made.source, made.method, made.reckoned_on) == ("cadence", plan.method, plan.on)
            assert (made.reason, made.reason_code) == (plan.numbers, plan.code)
            if plan.on < TODAY or plan.code == reasons.FIRST_CONTACT:
                late[customer.owner_id].append((customer, made))
                continue
            assert made.due_on == plan.due_on
        loads[customer.owner_id][made.due_on] += 1
    days = [day for _, day in zip(range(60), working_days(TODAY), strict=False)]
    for owner, rows in late.items():
        rows.sort(key=lambda row: _order(*row))
        places = cadence.spread(len(rows), [loads[owner][day] for day in days], cadence.per_day(len(rows)))
        assert [made.due_on for _customer, made in rows] == [days[place] for place in places]


TALKS = ("first_contact", "needs", "proposal", "proposal_sent")


def _order(customer, made):
    phase = made.reason["phase"]
    urgency = 3 if phase == "new" else 4 if phase in TALKS else 5 + customer.facts.tier_rank
    return urgency, -customer.facts.monetary, customer.pk


def _anybody(make, chance, n, people):
    stage = chance.choice(["first_contact", "needs", "proposal", "after_sale", "long_term", "paused"])
    since = TODAY - timedelta(days=chance.choice([0, 2, 20, 45, 80]))
    tried = chance.choice([None, *range(0, 120, 7)])
    facts = {"frequency_class": chance.choice(["", "high", "low"]), "amount_class": chance.choice(["", "large"])}
    customer = make(
        f"客户 {n}",
        owner=chance.choice(people),
        kind=chance.choice(["person", "company"]),
        stage=stage,
        stage_since=None if stage == "long_term" else since,
        paused_until=TODAY + timedelta(days=12) if stage == "paused" and n % 2 else None,
        tier=chance.choice(["A", "B", "C", "D", "unrated"]),
        last_contact=tried,
        first_order=chance.choice([None, *range(1, 130, 3)]),
        on_file=chance.choice([1, 130]),
        unanswered=chance.choice([0, 0, 0, 1, 3]) if tried is not None else 0,
        warning=chance.choice(["none", "none", "yellow", "red"]),
        last_result=chance.choice(["reached", "interested", "needs_time", "declined"]),
        tier_rank=chance.randint(2, 5),
        monetary=chance.randint(0, 5),
        left_out=n % 5 == 0,
        **facts,
    )
    if n % 7 == 0:
        Rhythm.objects.create(customer=customer, every_days=chance.randint(1, 90), method=chance.choice(["", "visit"]))
        customer = Customer.objects.select_related("facts", "owner", "rhythm").get(pk=customer.pk)
    Order.objects.bulk_create(
        Order(
            customer=customer,
            source="import",
            number=f"{n}-{back}",
            kind=chance.choice(["purchase", "purchase", "return"]),
            state=chance.choice(["completed", "completed", "open"]),
            currency="CNY",
            total=0,
            amount=chance.choice([0, 100]),
            ordered_at=clock.now() - timedelta(days=back),
            ordered_on=TODAY - timedelta(days=back),
        )
        for back in chance.sample(range(130), chance.choice([0, 3, 8]))
    )
    return customer


@db
def test_what_a_log_entry_plans_while_the_night_runs_stands(make, monkeypatch):
    customer = make(tier="A", last_contact=10)
    plain = planning.sql.run

    def meanwhile(cursor, app, name, *rest, **lists):
        if name == "make":
            later = clock.now() + timedelta(seconds=5)
            made = FollowUp.objects.create(
                customer=customer, assignee=customer.owner, due_on=TODAY + timedelta(days=3), source="cadence"
            )
            FollowUp.objects.filter(pk=made.pk).update(created_at=later)
        return plain(cursor, app, name, *rest, **lists)

    monkeypatch.setattr(planning.sql, "run", meanwhile)
    plans_make()
    assert only(customer).due_on == TODAY + timedelta(days=3)


@db
@pytest.mark.parametrize(("days", "stage"), [(89, "after_sale"), (90, "long_term"), (300, "long_term")])
def test_ninety_days_after_the_deal_the_customer_is_a_long_term_one(make, days, stage):
    customer = make(stage="after_sale")
    Customer.objects.filter(pk=customer.pk).update(stage_since=TODAY - timedelta(days=days))
    paused = make(stage="paused")
    end_after_sale(TODAY)
    customer.refresh_from_db()
    paused.refresh_from_db()
    assert (customer.stage, paused.stage) == (stage, "paused")
    if stage == "long_term":
        assert customer.stage_since == TODAY - timedelta(days=days - 90)
