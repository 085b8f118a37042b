"""After an absence or a holiday the first day back takes what a day takes; the rest is dealt out over days after it."""

import random
from collections import Counter, defaultdict
from datetime import date, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from core import workcalendar
from core.models import WorkDay
from customers.models import CustomerFacts
from followups import cadence, reasons, selectors, services
from followups.hours.days import AS_COMPANY, Away, PersonDays, person_days, returns
from followups.models import FollowUp
from followups.planning import _differing, plans_make
from followups.reckoning import reckon

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)  # a Tuesday
MONDAY = date(2026, 11, 30)
BACK = date(2026, 12, 7)  # a Monday
A_DAY = timedelta(days=1)


def planned(customer):
    return FollowUp.objects.select_related("customer__facts", "assignee").get(customer=customer, state="open")


def away(cast, first=MONDAY, last=BACK - A_DAY, person=None):
    return services.absence_add(person=person or cast.wang, first_on=first, last_on=last, by=cast.wang)


def days_of(customers):
    return [planned(customer).due_on for customer in customers]


@pytest.fixture
def many(make):
    """25 customers whose 30 days end on 30 November, the most valuable last."""
    return [make(f"客户{n}", tier="A", last_contact=24, monetary=n) for n in range(25)]


def test_an_absence_deals_out_at_once_what_it_moves(cast, many):
    plans_make()
    assert set(days_of(many)) == {MONDAY}
    away(cast)
    days = Counter(days_of(many))
    assert days == {BACK: 10, BACK + A_DAY: 10, BACK + 2 * A_DAY: 5}
    assert [planned(one).due_on for one in (many[-1], many[0])] == [BACK, BACK + 2 * A_DAY], "the valuable come first"
    facts = CustomerFacts.objects.get(pk=many[0].pk)
    assert facts.next_follow_up_on == planned(many[0]).due_on


def test_the_sentence_names_the_full_day(cast, many):
    plans_make()
    away(cast)
    put_off, stays = planned(many[0]), planned(many[-1])
    full = "; the first day back, Mon 7 Dec, is full; was Mon 30 Nov until working hours or absences changed; "
    assert selectors.why(put_off).endswith(f"{full}{put_off.assignee.name} is away until Sun 6 Dec")
    assert "the first day back, Mon 7 Dec, is full" in selectors.why_in_brief(put_off)
    assert "is full" not in selectors.why(stays)


def test_another_night_leaves_them_where_they_are(cast, many):
    away(cast)
    plans_make()
    before = days_of(many)
    again = plans_make()
    assert (again["moved"], again["differing"], again.get("dealt_out", 0)) == (0, 0, 0)
    assert days_of(many) == before
    with time_machine.travel("2026-12-02T18:00:00Z", tick=False):  # in the middle of the absence
        assert plans_make()["differing"] == 0


def test_a_holiday_of_the_company_is_dealt_out_by_the_night(many):
    plans_make()
    for n in range(5):
        WorkDay.objects.create(date=MONDAY + n * A_DAY, working=False, name="Company holiday")
    workcalendar.forget()
    assert plans_make()["dealt_out"] == 25
    assert Counter(days_of(many)) == {BACK: 10, BACK + A_DAY: 10, BACK + 2 * A_DAY: 5}
    assert "no working day; the first day back, Mon 7 Dec, is full" in selectors.why(planned(many[0]))
    assert plans_make()["differing"] == 0


def test_a_weekend_is_none(cast, make):
    customers = [make(f"客户{n}", tier="A", last_contact=26) for n in range(15)]  # on Saturday 28 November
    plans_make()
    assert set(days_of(customers)) == {MONDAY}


def test_what_is_planned_for_that_day_itself_stays_and_counts(cast, make, many):
    own = [make(f"eigen{n}", tier="A", last_contact=17) for n in range(6)]  # on 7 December
    away(cast)
    plans_make()
    assert set(days_of(own)) == {BACK}
    assert Counter(days_of(many)) == {BACK: 4, BACK + A_DAY: 10, BACK + 2 * A_DAY: 10, BACK + 3 * A_DAY: 1}


def test_what_logs_have_put_there_one_by_one_is_dealt_out_by_the_next_night(cast, make, log_contact):
    away(cast, TODAY + 29 * A_DAY, TODAY + 40 * A_DAY)
    customers = [make(f"客户{n}", tier="A") for n in range(12)]
    plans_make()
    for customer in customers:
        log_contact(customer)
    [back] = set(days_of(customers))
    assert plans_make()["dealt_out"] == 12
    assert Counter(days_of(customers)) == {back: 10, back + A_DAY: 2}
    assert plans_make()["differing"] == 0


def test_an_absence_that_is_taken_back_gives_the_dates_back(cast, many):
    plans_make()
    absence = away(cast)
    services.absence_remove(absence=absence, by=cast.wang)
    assert set(days_of(many)) == {MONDAY}
    assert not {reasons.CROWDED, reasons.CROWDED_STAYS, "was", "away"} & set().union(*(planned(c).reason for c in many))


def test_an_absence_over_the_days_after_moves_them_once_more(cast, many):
    plans_make()
    away(cast)
    away(cast, BACK + A_DAY, BACK + 3 * A_DAY)
    assert Counter(days_of(many)) == {BACK: 10, BACK + 4 * A_DAY: 10, BACK + 7 * A_DAY: 5}
    assert plans_make()["differing"] == 0


def test_a_revisit_and_the_end_of_a_pause_are_dealt_out_too(cast, make):
    revisited = [make(f"客户{n}", tier="A", first_order=0, last_contact=0) for n in range(8)]  # day 7: 1 December
    paused = [make(f"休{n}", stage="paused", paused_until=MONDAY) for n in range(8)]
    away(cast)
    plans_make()
    assert (Counter(days_of(revisited)), Counter(days_of(paused))) == ({BACK: 8}, {BACK: 2, BACK + A_DAY: 6})
    assert plans_make()["differing"] == 0


def test_a_day_that_a_person_chose_stays_there(cast, many):
    plans_make()
    away(cast)
    services.follow_up_reschedule(follow_up=planned(many[0]), due_on=BACK, by=cast.wang)
    plans_make()
    assert planned(many[0]).due_on == BACK
    assert "is full" not in selectors.why(planned(many[0]))


@given(st.integers(0, 200), st.lists(st.integers(0, 15), min_size=60, max_size=60), st.integers(1, 30))
def test_the_first_day_back_takes_no_more_than_a_day_while_another_has_room(count, loads, most):
    places = Counter(cadence.after_days_off(count, loads, most))
    assert sum(places.values()) == count
    size = cadence.per_day(count, most)
    if count <= sum(max(size - load, 0) for load in loads):
        assert all(loads[day] + added <= size for day, added in places.items())


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 20)), max_size=3))
def test_a_return_is_the_first_day_worked_after_three_or_more_that_are_not(absences):
    begins, rows = TODAY - 3 * A_DAY, []
    for gap, long in absences:
        begins += gap * A_DAY
        rows.append(Away(begins, begins + long * A_DAY))
        begins += (long + 1) * A_DAY
    own = PersonDays({6: None, 7: None}, rows)
    found = {one.day: one.since for one in returns(own, TODAY, 60)}
    for day in (TODAY + n * A_DAY for n in range(60)):
        off = next(n for n in range(200) if own.works(day - (n + 1) * A_DAY))
        wanted = day - off * A_DAY if own.works(day) and off >= cadence.LONG_OFF else None
        assert found.get(day) == wanted


@pytest.mark.parametrize("seed", range(4))
def test_the_night_deals_out_as_the_plain_functions_do(cast, make, seed):
    """Random people, absences and customers: first the day of reckoning.py, then of each return in turn the crowd."""
    chance = random.Random(seed)
    people = [cast.wang, cast.li, cast.outsider]
    for person in people[:2]:
        first = TODAY + chance.randint(2, 9) * A_DAY
        away(cast, first, first + chance.randint(1, 12) * A_DAY, person)
        away(cast, first + 20 * A_DAY, first + chance.randint(21, 30) * A_DAY, person)
    customers = [_anybody(make, chance, n, people) for n in range(150)]
    wanted = {customer.pk: reckon(customer) for customer in customers}
    plans_make()
    for person in people:
        theirs = [customer for customer in customers if customer.owner_id == person.pk]
        expected = _dealt_out(person_days(person.pk), theirs, wanted)
        assert {one.pk: planned(one).due_on for one in theirs} == expected
    assert not _differing().by_owner
    assert plans_make(only=[customer.pk for customer in customers])["moved"] == 0


def _anybody(make, chance, n, people):
    return make(
        f"客户{n}",
        owner=chance.choice(people),
        stage=chance.choice(["needs", "long_term"]),
        tier=chance.choice(["A", "B"]),
        tier_rank=chance.choice([2, 3]),
        last_contact=chance.randint(0, 4),
        monetary=chance.randint(0, 9),
    )


def _urgency(customer):
    facts = customer.facts
    return 4 if customer.stage == "needs" else 5 + facts.tier_rank, -facts.monetary, customer.pk


def _dealt_out(own, customers, wanted):
    days = {customer.pk: wanted[customer.pk].due_on for customer in customers}
    for back in returns(own, TODAY, 120):
        crowd = [one for one in customers if days[one.pk] == back.day and back.since <= wanted[one.pk].on < back.day]
        crowd.sort(key=_urgency)
        ahead = own.working_days(back.day)
        coming = [next(ahead) for _ in range(cadence.SPREAD_OVER)]
        left = {one.pk for one in crowd}
        loads = defaultdict(int, Counter(day for pk, day in days.items() if pk not in left))
        places = cadence.after_days_off(len(crowd), [loads[day] for day in coming])
        days |= {one.pk: coming[place] for one, place in zip(crowd, places, strict=True)}
    return days


def test_the_company_has_its_returns_too():
    back = list(returns(AS_COMPANY, date(2026, 9, 29), 20))
    assert [one.day for one in back] == [date(2026, 10, 8)], "after the national holiday of 1 to 7 October"
