"""The plain rules of the cadence, over all situations: inside its range, and never later for who is more urgent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from followups.cadence import (
    GIVES_UP_AFTER,
    RETRY_WITHIN,
    WARNED_WITHIN,
    Pace,
    Phase,
    Range,
    Situation,
    days_of,
    pace_of,
    phase_of,
)

DAYS = st.dates(date(2025, 1, 1), date(2026, 12, 31))
RANGES = st.tuples(st.integers(1, 366), st.integers(1, 366)).map(lambda pair: Range(min(pair), max(pair)))
SITUATIONS = st.builds(
    Situation,
    stage=st.sampled_from(["first_contact", "needs", "proposal", "after_sale", "long_term"]),
    since=st.none() | DAYS,
    bought=st.booleans(),
    touched_on=st.none() | DAYS,
    answer=st.sampled_from(["", "reached", "interested", "needs_time", "declined", "proposal_sent", "done"]),
    unanswered=st.integers(0, 5),
    category=st.sampled_from(["key", "regular", "activation"]),
    own=st.booleans(),
    warned=st.booleans(),
)
MORE_URGENT = ("key", "regular", "activation")


def days(situation: Situation, between: Range) -> int:
    return days_of(pace_of(situation), between)


@given(SITUATIONS, RANGES)
def test_the_days_lie_in_the_range_but_for_a_try_that_is_repeated_within_a_week(situation, between):
    found = days(situation, between)
    if pace_of(situation) == Pace.NO_ANSWER:
        assert found == min(between.shortest, RETRY_WITHIN)
    elif pace_of(situation) == Pace.WARNED:
        assert found == min(between.shortest, WARNED_WITHIN)
    else:
        assert between.shortest <= found <= between.longest


@given(SITUATIONS, RANGES)
def test_a_better_tier_is_never_contacted_later(situation, between):
    by_category = [days(replace(situation, category=category), between) for category in MORE_URGENT]
    assert by_category == sorted(by_category)


@given(SITUATIONS, RANGES)
def test_a_warning_never_puts_off(situation, between):
    assert days(replace(situation, warned=True), between) <= days(replace(situation, warned=False), between)


@given(SITUATIONS, RANGES)
def test_interest_never_puts_off_and_a_refusal_never_hurries(situation, between):
    answered = replace(situation, unanswered=0, warned=False)
    plain = days(replace(answered, answer="reached"), between)
    assert days(replace(answered, answer="interested"), between) <= plain
    assert days(replace(answered, answer="needs_time"), between) >= plain
    assert days(replace(answered, answer="declined"), between) >= plain


@given(SITUATIONS, RANGES)
def test_a_try_without_an_answer_comes_back_sooner_until_a_person_has_to_decide(situation, between):
    reached = days(replace(situation, unanswered=0), between)
    for missed in range(1, GIVES_UP_AFTER):
        assert days(replace(situation, unanswered=missed), between) <= reached
    assert days(replace(situation, unanswered=GIVES_UP_AFTER), between) == between.longest


@given(SITUATIONS)
def test_every_situation_has_one_phase_of_its_stage(situation):
    phases = {
        "first_contact": {Phase.NEW, Phase.FIRST_CONTACT},
        "needs": {Phase.NEEDS},
        "proposal": {Phase.PROPOSAL, Phase.PROPOSAL_SENT},
        "after_sale": {Phase.FIRST_MONTH, Phase.AFTER_SALE},
        "long_term": {Phase.LONG_TERM},
    }
    assert phase_of(situation) in phases[situation.stage]


@given(DAYS, st.integers(0, 200))
def test_a_month_after_the_deal_the_rhythm_slows_down(sold_on, later):
    situation = Situation("after_sale", since=sold_on, bought=True, touched_on=sold_on + timedelta(days=later))
    assert (phase_of(situation) == Phase.FIRST_MONTH) == (later < 30)
