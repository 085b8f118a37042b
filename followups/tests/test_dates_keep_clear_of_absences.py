"""Automatic dates never stand on a day on which their person is away or doesn't work, and say why they moved."""

from datetime import date, time, timedelta
from unittest.mock import patch

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from followups import reasons, selectors, services
from followups.hours.days import AS_COMPANY, Away, PersonDays, days_apart, person_days
from followups.models import Absence, FollowUp, Occasion
from followups.occasions.planning import occasions_make
from followups.planning import plans_make
from followups.reckoning import reckon

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)  # a Tuesday
MONDAY = date(2026, 11, 30)
FRIDAY_OFF = {5: None}


def planned(customer):
    return FollowUp.objects.select_related("customer__facts", "assignee").get(customer=customer, state="open")


def away(cast, first: date, last: date) -> Absence:
    return services.absence_add(person=cast.wang, first_on=first, last_on=last, by=cast.wang, note="holiday")


def test_a_new_date_goes_to_the_day_of_their_return(cast, make):
    away(cast, MONDAY, date(2026, 12, 2))
    customer = make(tier="A", last_contact=24)  # every 30 days: on 30 November
    plans_make()
    row = planned(customer)
    assert row.due_on == date(2026, 12, 3)
    assert selectors.why(row).endswith(f"; {row.assignee.name} is away until Wed 2 Dec")
    assert plans_make()["moved"] == plans_make()["differing"] == 0, "a second night leaves it"


def test_entering_an_absence_moves_dates_at_once_and_says_was_now_because(cast, make):
    customer = make(tier="A", last_contact=24)
    plans_make()
    assert planned(customer).due_on == MONDAY
    away(cast, MONDAY, date(2026, 12, 2))
    row = planned(customer)
    assert (row.due_on, row.customer.facts.next_follow_up_on) == (date(2026, 12, 3), date(2026, 12, 3))
    said = f"; was Mon 30 Nov until working hours or absences changed; {row.assignee.name} is away until Wed 2 Dec"
    assert selectors.why(row).endswith(said)
    assert "away until Wed 2 Dec" in selectors.why_in_brief(row)


def test_an_absence_longer_than_the_range_pulls_the_date_in(cast, make):
    customer = make(tier="B", last_contact=4, stage="needs")
    plans_make()
    before = planned(customer)
    assert before.reason["to"] > before.reason["days"] >= before.reason["from"]
    away(cast, before.due_on, before.due_on + timedelta(days=30))
    moved = planned(customer)
    assert TODAY <= moved.due_on < before.due_on
    assert moved.due_on >= date.fromisoformat(moved.reason["since"]) + timedelta(days=moved.reason["from"])


def test_an_absence_that_is_taken_back_gives_the_dates_back(cast, make):
    customer, revisited = make(tier="A", last_contact=24), make(tier="A", first_order=2)
    plans_make()
    before = planned(customer).due_on, planned(revisited).due_on
    absence = away(cast, min(before), date(2026, 12, 11))
    assert {planned(customer).due_on, planned(revisited).due_on} == {date(2026, 12, 14)}
    services.absence_remove(absence=absence, by=cast.wang)
    assert (planned(customer).due_on, planned(revisited).due_on) == before
    assert not {"away", "was"} & planned(customer).reason.keys()


def test_a_day_that_a_person_chose_stays(cast, make):
    by_hand = services.follow_up_create(customer=make(), assignee=cast.wang, due_on=MONDAY, by=cast.wang)
    away(cast, MONDAY, MONDAY)
    plans_make()
    by_hand.refresh_from_db()
    assert by_hand.due_on == MONDAY
    assert services.chosen_on_days_off(cast.wang) == 1


def test_an_own_week_has_its_own_days_off(cast, make):
    customer = make(tier="A", last_contact=27)  # on Friday 27 November
    services.working_hours_set(person=cast.wang, week=FRIDAY_OFF, by=cast.lead)
    plans_make()
    row = planned(customer)
    assert row.due_on == MONDAY
    assert selectors.why(row).endswith(f"; {row.assignee.name} has other working days")


def test_a_saturday_of_their_own_week_is_used(cast, make):
    services.working_hours_set(person=cast.wang, week={6: (time(9), time(12))}, by=cast.wang)
    customer = make(tier="A", last_contact=26)
    plans_make()
    assert planned(customer).due_on == date(2026, 11, 28)


def test_what_is_late_is_dealt_out_over_the_days_they_work(cast, make):
    customers = [make(f"客户{n}", tier="A", last_contact=90) for n in range(25)]
    away(cast, TODAY, date(2026, 11, 26))
    plans_make()
    days = sorted(planned(customer).due_on for customer in customers)
    assert (days[0], days[9], days[10], days[-1]) == (date(2026, 11, 27), date(2026, 11, 27), MONDAY, date(2026, 12, 1))


def test_the_first_contact_counts_by_the_clock_but_for_an_absence(cast, make):
    services.working_hours_set(person=cast.wang, week={3: None}, by=cast.wang)  # Wednesday, tomorrow
    customer = make(stage="first_contact", lifecycle="prospect")
    assert reckon(customer).due_on == date(2026, 11, 25)
    away(cast, TODAY, MONDAY)
    wanted = reckon(customer)
    assert (wanted.due_on, wanted.numbers["away"]) == (date(2026, 12, 1), "2026-11-30")
    services.first_contact_plan(customer=customer, by=cast.wang)
    assert "away until Mon 30 Nov" in selectors.why(planned(customer))


def test_a_birthday_is_thought_of_before_they_leave(cast, make):
    customer = make(tier="A", last_contact=1)
    type(customer).objects.filter(pk=customer.pk).update(birthday="--11-30")
    away(cast, date(2026, 11, 28), date(2026, 12, 4))
    Occasion.objects.filter(what="birthday").update(is_active=True, days_before=0)
    assert occasions_make() == 1
    assert planned(customer).due_on == date(2026, 11, 27)


def test_the_night_finds_what_another_process_entered(cast, make):
    customer = make(tier="A", last_contact=24)
    plans_make()
    Absence.objects.create(user=cast.wang, first_on=MONDAY, last_on=MONDAY)
    with time_machine.travel("2026-11-25T18:00:00Z", tick=False):
        assert plans_make()["moved"] == 1
    assert planned(customer).due_on == date(2026, 12, 1)


# --- the statements say the same as the functions ---------------------------------------------------------------------
weeks = st.dictionaries(st.integers(1, 7), st.sampled_from([None, (time(9), time(12))]), max_size=4).filter(
    lambda week: any(week.get(day, True) for day in range(1, 6))
)
spans = st.tuples(st.integers(-3, 60), st.integers(0, 40))


@given(weeks, st.lists(st.tuples(st.integers(0, 30), st.integers(0, 40)), max_size=3), st.integers(0, 59))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_days_apart_are_the_days_of_the_person(week, absences, at):
    rows, begins = [], TODAY - timedelta(days=5)
    for gap, long in absences:
        begins += timedelta(days=gap)
        rows.append(Away(begins, begins + timedelta(days=long)))
        begins += timedelta(days=long + 1)
    own = PersonDays(week, rows)
    found = {one.day: one for one in _apart(own)}
    day = TODAY + timedelta(days=at)
    work = own.next_day(day)
    assert found[day].work == work if day in found else work == AS_COMPANY.next_day(day)
    if day in found and not own.works(day):
        assert own.away_until(day) == (found[day].away.isoformat() if found[day].away else "week")


def _apart(own: PersonDays):
    with patch("followups.hours.days.person_days", lambda person: own):
        return list(days_apart([1], TODAY, 60))


@given(spans, spans, weeks, st.integers(1, 40), st.sampled_from(["needs", "proposal", "long_term", "after_sale"]))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_night_reckons_as_the_log_does(cast, make, first, second, week, last_contact, stage):
    FollowUp.objects.all().delete()
    Absence.objects.all().delete()
    services.working_hours_set(person=cast.wang, week=week, by=cast.wang)
    for n, long in (first, second):
        begins = TODAY + timedelta(days=n)
        Absence.objects.create(user=cast.wang, first_on=begins, last_on=begins + timedelta(days=long))
    services.working_hours_set(person=cast.wang, week=week, by=cast.wang)  # reads them anew
    customer = make(tier="B", last_contact=last_contact, stage=stage, stage_since=TODAY - timedelta(days=50))
    wanted = reckon(customer)
    plans_make(only=[customer.pk])
    row = planned(customer)
    if wanted.on >= TODAY:
        assert (row.due_on, row.reason.get("away")) == (wanted.due_on, wanted.numbers.get("away"))
    assert person_days(cast.wang.pk).works(row.due_on)
    assert row.due_on >= TODAY
    assert reasons.describe(row.reason_code, row.reason, last_contact_on=None, today=TODAY)
