"""Which cut-points and parameters a run uses: frozen ones dated on or before it, made only when the rules say so."""

from datetime import date

import pytest

from segmentation import churn_fit, night, night_params, selectors
from segmentation.churn import Parameters
from segmentation.models import ChurnParams, CutPoints, ScoringSettings
from segmentation.tests import worlds

MARCH_END, APRIL, APRIL_END, MAY = date(2026, 3, 31), date(2026, 4, 15), date(2026, 4, 30), date(2026, 5, 4)


@pytest.fixture
def world(defaults: None) -> worlds.World:
    made = worlds.random_world(9)
    worlds.store(made)
    return made


def used(day: date, **options: bool) -> CutPoints:
    night.rescore(day, **options)
    return selectors.run_as_of(day).cut_points


def test_the_first_run_calibrates_and_later_ones_keep_it(world: worlds.World) -> None:
    first = used(APRIL)
    assert (first.calibrated_on, first.manual) == (APRIL, False)
    assert used(date(2026, 4, 16)) == first


def test_a_month_end_calibrates_unless_switched_off(world: worlds.World) -> None:
    first = used(APRIL)
    assert used(APRIL_END).calibrated_on == APRIL_END
    ScoringSettings.objects.update(calibrate_monthly=False)
    assert used(date(2026, 5, 31)).calibrated_on == APRIL_END
    assert used(date(2026, 4, 20)) == first


def test_full_never_recalibrates_and_calibrate_does(world: worlds.World) -> None:
    first = used(APRIL)
    assert used(APRIL_END, full=True) == first
    assert used(MAY, calibrate=True).calibrated_on == MAY


def test_a_past_run_uses_what_was_frozen_then(world: worlds.World) -> None:
    march, april = used(MARCH_END), used(APRIL_END)
    assert used(APRIL) == march
    assert used(MAY) == april


def test_calibrating_again_on_the_same_data_keeps_the_version(world: worlds.World) -> None:
    assert used(APRIL_END) == used(APRIL_END, calibrate=True)
    assert CutPoints.objects.filter(manual=False).count() == 1


def test_too_few_customers_are_scored_by_the_manual_ones_and_freeze_nothing(defaults: None) -> None:
    worlds.store(worlds.random_world(9, customers=60))
    assert used(APRIL_END, calibrate=True).manual
    assert not CutPoints.objects.filter(manual=False).exists()


def test_manual_ones_count_everywhere_when_the_company_says_so(world: worlds.World) -> None:
    ScoringSettings.objects.update(manual_cuts=True)
    assert used(APRIL_END).manual


def test_parameters_are_kept_for_six_days_and_then_fitted_again(world: worlds.World) -> None:
    fitted = []
    for day in (date(2026, 4, 1), date(2026, 4, 7), date(2026, 4, 8), date(2026, 4, 8)):
        night.rescore(day)
        fitted.append(selectors.run_as_of(day).churn_params.fitted_on)
    assert fitted == [date(2026, 4, 1), date(2026, 4, 1), date(2026, 4, 8), date(2026, 4, 8)]


def test_a_refused_fit_keeps_the_parameters_of_before(world: worlds.World, monkeypatch: pytest.MonkeyPatch) -> None:
    night.rescore(date(2026, 4, 1))
    good = ChurnParams.objects.get()
    wild = churn_fit.Fit(Parameters(0.5, 5.0, 1e-6, 5e4), -1.0, 200, "map", True)
    monkeypatch.setattr(churn_fit, "fit", lambda *args, **kwargs: wild)
    night.rescore(date(2026, 4, 30))
    assert selectors.run_as_of(date(2026, 4, 30)).churn_params == good
    assert ChurnParams.objects.count() == 1


def test_without_enough_repeaters_there_is_no_fit(defaults: None) -> None:
    worlds.store(worlds.random_world(9, customers=12))
    counts = night.rescore(APRIL)
    assert counts["churn"] == "fixed"
    assert selectors.latest_run().churn_params is None


def test_few_repeaters_or_a_short_history_give_an_estimate(defaults: None) -> None:
    worlds.store(worlds.random_world(9, customers=60))
    assert night.rescore(APRIL)["churn"] == "estimate"


def test_a_big_company_is_fitted_on_a_sample_that_stays_the_same(
    world: worlds.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(night_params, "SAMPLE", 100)
    night.rescore(APRIL)
    first = ChurnParams.objects.get()
    assert 50 <= first.customers <= 150
    ChurnParams.objects.all().update(fitted_on=date(2025, 1, 1))
    night.rescore(APRIL)
    assert ChurnParams.objects.get(fitted_on=APRIL).r == pytest.approx(first.r)
