"""What a prospect says of time and urgency pulls the date in: to the short end, and to the day of the decision."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.models import Customer
from followups.cadence import Pace, Range, Situation, days_of, kept_to, pace_of
from followups.models import FollowUp
from followups.planning import plans_make
from followups.reckoning import reckon
from followups.selectors import why
from followups.tests.test_cadence_is_monotone import RANGES, SITUATIONS
from segmentation.qualification.models import Qualification
from segmentation.qualification.services import qualify

TODAY = date(2026, 11, 24)
db = pytest.mark.django_db
NEAR = st.integers(-30, 120)


def days(situation, between, since):
    return kept_to(days_of(pace_of(situation), between), since, between, situation)


@given(SITUATIONS, RANGES, st.none() | NEAR)
def test_urgency_and_a_decision_never_put_a_date_off(situation, between, ahead):
    decides_on = None if ahead is None else TODAY + timedelta(days=ahead)
    usual = days(situation, between, TODAY)
    for more in ({"urgent": True}, {"decides_on": decides_on}, {"urgent": True, "decides_on": decides_on}):
        assert days(replace(situation, **more), between, TODAY) <= usual


@given(SITUATIONS, RANGES, st.integers(1, 400))
def test_a_decision_is_met_within_the_range(situation, between, ahead):
    decides_on = TODAY + timedelta(days=ahead)
    situation = replace(situation, decides_on=decides_on)
    found = days(situation, between, TODAY)
    if situation.stage in ("after_sale", "long_term"):
        assert found == days_of(pace_of(situation), between), "of who has bought it says nothing"
    elif pace_of(situation) not in (Pace.NO_ANSWER, Pace.WARNED):
        assert between.shortest <= found <= max(ahead, between.shortest)


def test_a_decision_that_is_over_says_nothing():
    between, situation = Range(5, 10), Situation(stage="needs", decides_on=TODAY)
    assert kept_to(7, TODAY, between, situation) == 7
    assert kept_to(7, TODAY - timedelta(days=6), between, situation) == 6


# --- in the plan -----------------------------------------------------------------------------------------------------
@pytest.fixture
def prospect(make):
    """In need confirmation, every 5-10 days: of a regular tier the 7th, Tuesday 1 December."""
    return make("新客", tier="C", stage="needs", stage_since=TODAY, last_contact=0, lifecycle="prospect")


def only(customer):
    return FollowUp.objects.get(customer=customer, state="open")


def said(customer, by, **changes):
    stored = Qualification.objects.filter(pk=customer.pk).first()
    qualify(customer=customer, changes=changes, version=stored.version if stored else 0, by=by)


@db
@pytest.mark.parametrize(
    ("changes", "after", "reason"),
    [
        ({"need": 3}, 5, "urgent, or wanted soon"),
        ({"time": 3}, 5, "urgent, or wanted soon"),
        ({"need": 2, "time": 1}, 7, ""),
        ({"decides_on": TODAY + timedelta(days=6)}, 6, "decides on Mon 30 Nov, so 6 days"),
        ({"decides_on": TODAY + timedelta(days=2)}, 5, "decides on Thu 26 Nov, so 5 days"),
        ({"decides_on": TODAY + timedelta(days=20)}, 7, ""),
    ],
)
def test_the_date_moves_at_once_says_why_and_the_night_agrees(prospect, cast, changes, after, reason):
    plans_make()
    assert only(prospect).reckoned_on == TODAY + timedelta(days=7)
    said(prospect, cast.wang, **changes)
    moved = only(prospect)
    assert moved.reckoned_on == TODAY + timedelta(days=after)
    fresh = Customer.objects.select_related("facts", "owner", "rhythm", "qualification").get(pk=prospect.pk)
    wanted = reckon(fresh)
    assert (moved.reckoned_on, moved.reason["pace"]) == (wanted.on, wanted.numbers["pace"])
    assert moved.reason.get("decides_on") == wanted.numbers.get("decides_on")
    if reason:
        assert reason in why(moved)
        assert moved.due_on == date(2026, 12, 1) or "was Tue 1 Dec until what they said of time and urgency" in why(
            moved
        )
    assert not any(plans_make()[name] for name in ("moved", "made", "closed")), "the night leaves it"


@db
def test_the_form_takes_the_day_and_the_page_shows_it(prospect, cast, sign_in):
    client = sign_in(cast.wang)
    address = f"/segmentation/prospects/{prospect.pk}/"
    page = client.get(address)
    assert "Decides on" in page.content.decode()
    client.post(
        address, {"version": 0, "decides_on": "2026-11-30", "original": page.context["form"]["original"].value()}
    )
    assert Qualification.objects.get(pk=prospect.pk).decides_on == date(2026, 11, 30)
    assert "Decides on: 30 Nov 2026" in client.get(f"/customers/{prospect.pk}/").content.decode()
