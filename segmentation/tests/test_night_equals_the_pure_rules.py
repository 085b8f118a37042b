"""The nightly SQL says exactly what the pure rules say, over several runs, for every customer and column."""

from datetime import date

import pytest

from segmentation import night, rfm, selectors
from segmentation.models import ScoringSettings
from segmentation.tests import worlds

DAYS = [date(2025, 6, 30), date(2025, 8, 14), date(2025, 8, 15), date(2025, 12, 31), date(2026, 6, 10)]


def replay(world: worlds.World, days: list[date]) -> None:
    """Run the days in order and compare each with the oracle, which carries its own state from run to run."""
    before: dict[str, worlds.State] = {}
    for day in days:
        night.rescore(day)
        run = selectors.run_as_of(day)
        assert run is not None
        before = worlds.expected(world, day, before, selectors.cut_points(run.cut_points), run.churn_params)
        assert worlds.stored(day) == before


@pytest.mark.parametrize("seed", range(4))
def test_with_a_fitted_model(defaults: None, seed: int) -> None:
    world = worlds.random_world(seed)
    worlds.store(world)
    replay(world, DAYS)
    run = selectors.latest_run()
    assert run.churn_params is not None
    assert not run.cut_points.manual
    assert run.counts["yellow"] > 0
    assert run.counts["red"] > 0


def test_the_frozen_cut_points_are_those_of_the_pure_rules(defaults: None) -> None:
    world = worlds.random_world(11)
    worlds.store(world)
    night.rescore(DAYS[0])
    run = selectors.latest_run()
    state = worlds.expected(world, DAYS[0], {}, None, run.churn_params)
    assert worlds.stored(DAYS[0]) == state
    amounts = [row["monetary"] for row in state.values() if row["r"]]
    assert tuple(run.cut_points.amount_classes) == rfm.amount_bounds(amounts)


@pytest.mark.parametrize("seed", [5, 6])
def test_with_the_fixed_rule(defaults: None, seed: int) -> None:
    ScoringSettings.objects.filter(pk=1).update(fixed_rule=True)
    world = worlds.random_world(seed)
    worlds.store(world)
    before: dict[str, worlds.State] = {}
    for day in DAYS:
        night.rescore(day)
        cuts = selectors.cut_points(selectors.run_as_of(day).cut_points)
        before = worlds.expected(world, day, before, cuts, None)
        assert worlds.stored(day) == before
    assert {state["warning"] for state in before.values()} == {"none", "yellow", "red"}


def test_with_manual_cut_points_for_a_small_company(defaults: None) -> None:
    world = worlds.random_world(7, customers=40)
    worlds.store(world)
    replay(world, DAYS)
    assert selectors.latest_run().cut_points.manual
