"""A run inserted between two others splits their intervals and leaves both readable; the present stays untouched."""

from datetime import date
from itertools import pairwise

import pytest

from customers.models import CustomerFacts
from segmentation import night, selectors
from segmentation.models import ChurnCase, RunSum, ScoreInterval, TierMove
from segmentation.nightsql import NIGHTS_FACTS, VALUES
from segmentation.tests import worlds

EARLY, MIDDLE, LATE = date(2025, 10, 31), date(2025, 12, 31), date(2026, 5, 20)


@pytest.fixture
def world(defaults: None) -> worlds.World:
    made = worlds.random_world(8)
    worlds.store(made)
    return made


def facts() -> set[tuple[object, ...]]:
    return set(CustomerFacts.objects.values_list("customer", *NIGHTS_FACTS))


def cases() -> set[tuple[object, ...]]:
    return set(ChurnCase.objects.values_list("pk", "level", "state", "opened_on", "closed_on", "p_now"))


def test_both_neighbours_stay_as_they_were(world: worlds.World) -> None:
    night.rescore(EARLY)
    night.rescore(LATE)
    early, late = worlds.stored(EARLY), worlds.stored(LATE)
    night.rescore(MIDDLE)
    assert worlds.stored(EARLY) == early
    assert worlds.stored(LATE) == late


def test_the_inserted_run_says_what_it_would_have_said_in_order(world: worlds.World) -> None:
    night.rescore(EARLY)
    night.rescore(LATE)
    night.rescore(MIDDLE)
    run = selectors.run_as_of(MIDDLE)
    cuts = selectors.cut_points(run.cut_points)
    early = selectors.run_as_of(EARLY)
    before = worlds.expected(world, EARLY, {}, selectors.cut_points(early.cut_points), early.churn_params)
    assert worlds.stored(MIDDLE) == worlds.expected(world, MIDDLE, before, cuts, run.churn_params)


def test_intervals_never_overlap_and_leave_no_gap(world: worlds.World) -> None:
    for day in (LATE, EARLY, MIDDLE, EARLY, date(2025, 11, 30), LATE):
        night.rescore(day)
    for pk in set(ScoreInterval.objects.values_list("customer", flat=True)):
        rows = list(ScoreInterval.objects.filter(customer=pk).order_by("valid_from"))
        assert rows[0].valid_from == EARLY
        assert rows[-1].valid_to is None
        for sooner, later in pairwise(rows):
            assert (later.valid_from - sooner.valid_to).days == 1
            assert any(getattr(sooner, name) != getattr(later, name) for name in VALUES)


def test_a_run_about_the_past_moves_nothing_of_today(world: worlds.World) -> None:
    night.rescore(LATE)
    now, open_cases = facts(), cases()
    counts = night.rescore(MIDDLE)
    assert counts["history_only"]
    assert counts["warnings_opened"] > 0
    assert (facts(), cases()) == (now, open_cases)


def test_moves_of_the_later_run_follow_the_inserted_one(world: worlds.World) -> None:
    night.rescore(EARLY)
    night.rescore(LATE)
    night.rescore(MIDDLE)
    for earlier, later in ((EARLY, MIDDLE), (MIDDLE, LATE)):
        sooner, then = worlds.stored(earlier, ["tier"]), worlds.stored(later, ["tier"])
        moved = {(number, sooner[number]["tier"], row["tier"]) for number, row in then.items() if sooner[number] != row}
        rows = TierMove.objects.filter(run__as_of=later)
        assert set(rows.values_list("customer__number", "tier_before", "tier_after")) == moved


def test_sums_of_the_next_month_look_back_at_the_inserted_month_end(world: worlds.World) -> None:
    night.rescore(EARLY)
    night.rescore(date(2026, 1, 15))
    night.rescore(MIDDLE)
    january = RunSum.objects.filter(run__as_of=date(2026, 1, 15))
    then = worlds.stored(MIDDLE, ["tier"])
    before = [row["tier"] for row in then.values()]
    assert {code: before.count(code) for code in set(before)} == {
        code: sum(january.filter(tier_before=code).values_list("customers", flat=True)) for code in set(before)
    }


def test_months_in_order_equal_months_one_by_one(world: worlds.World) -> None:
    days = [date(2025, 10, 31), date(2025, 11, 30), date(2025, 12, 31), date(2026, 1, 31)]
    before: dict[str, worlds.State] = {}
    for day in days:
        night.rescore(day)
        run = selectors.run_as_of(day)
        assert run.cut_points.calibrated_on == day
        before = worlds.expected(world, day, before, None, run.churn_params)
    for day in days[-1:]:
        assert worlds.stored(day) == before


def test_customers_who_are_new_since_then_stay_out_of_the_published_runs_between(world: worlds.World) -> None:
    """Their orders came in by a file after both runs; the backfill is about its own date only."""
    late = worlds.random_world(9, customers=40)
    late.kinds = {f"N{number}": kind for number, kind in late.kinds.items()}
    for deal in late.deals:
        deal.customer = f"N{deal.customer}"
    late.binned = set()
    night.rescore(MIDDLE)
    worlds.store(late)
    night.rescore(LATE)
    middle = worlds.stored(MIDDLE)
    night.rescore(EARLY)
    assert worlds.stored(MIDDLE) == middle
    assert sum(RunSum.objects.filter(run__as_of=MIDDLE).values_list("customers", flat=True)) == len(middle)
    assert any(number.startswith("N") for number in worlds.stored(EARLY))
