"""Which companies get a fit, an estimate or the fixed rule, and which fits are refused."""

import numpy as np
import pytest

from segmentation import churn_fit
from segmentation.churn import Parameters

GOOD = churn_fit.Fit(Parameters(0.5, 6.0, 0.9, 1.6), -100.0, 200, churn_fit.MAP, True)


@pytest.mark.parametrize(
    ("repeaters", "history", "rung"),
    [(0, 900, "fixed"), (19, 900, "fixed"), (20, 900, "estimate"), (99, 900, "estimate")]
    + [(100, 180, "fit"), (100, 179, "estimate"), (5000, 30, "estimate")],
)
def test_rungs(repeaters: int, history: int, rung: str) -> None:
    assert churn_fit.ladder(repeaters, history, 90) == rung


def test_a_good_fit_is_accepted() -> None:
    assert churn_fit.refusal(GOOD, 0.7) is None
    assert churn_fit.refusal(GOOD) is None


@pytest.mark.parametrize("params", [(0.0009, 6, 0.9, 1.6), (0.5, 6, 0.9, 10_001), (0.5, 6, 1e-5, 600)])
def test_parameters_out_of_range_are_refused(params: tuple[float, float, float, float]) -> None:
    wild = churn_fit.Fit(Parameters(*params), -100.0, 200, churn_fit.MAP, True)
    assert churn_fit.refusal(wild) == "out_of_range"


def test_no_convergence_and_a_weak_backtest_are_refused() -> None:
    lost = churn_fit.Fit(GOOD.params, -100.0, 200, churn_fit.MAP, False)
    assert churn_fit.refusal(lost) == "not_converged"
    assert churn_fit.refusal(GOOD, 0.549) == "weak_backtest"


def test_twenty_identical_customers_do_not_break_the_fit() -> None:
    few = churn_fit.group(np.full(20, 1.0), np.full(20, 2.0), np.full(20, 9.0))
    got = churn_fit.fit(few)
    assert got.customers == 20
    assert churn_fit.refusal(got) is None
