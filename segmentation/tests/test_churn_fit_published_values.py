"""The fit finds the published parameters of CDNOW and of Online Retail."""

from datetime import date

import numpy as np
import pytest

from segmentation import churn, churn_fit
from segmentation.tests import logs


@pytest.fixture(scope="module")
def sample() -> churn_fit.Histories:
    return logs.grouped(logs.cdnow_days(), logs.CDNOW_CALIBRATION_END)


def near(params: churn.Parameters, r: float, alpha: float, a: float, b: float) -> bool:
    tolerances = (0.005, 0.005, 0.005, 0.01)
    pairs = zip(params.as_tuple(), (r, alpha, a, b), tolerances, strict=True)
    return all(abs(got - wanted) <= tolerance for got, wanted, tolerance in pairs)


def test_no_customer_of_the_sample_is_lost(sample: churn_fit.Histories) -> None:
    assert sample.customers == 2357


def test_bg_maximum_likelihood(sample: churn_fit.Histories) -> None:
    got = churn_fit.fit(sample, method=churn_fit.MLE, model=churn.BG)
    assert near(got.params, 0.2426, 4.4136, 0.7929, 2.4259)
    assert got.log_likelihood == pytest.approx(-9582.429, abs=0.05)


def test_mbg_maximum_likelihood(sample: churn_fit.Histories) -> None:
    got = churn_fit.fit(sample, method=churn_fit.MLE)
    assert near(got.params, 0.52485, 6.18311, 0.89136, 1.61399)
    assert got.log_likelihood == pytest.approx(-9582.136, abs=0.05)
    assert churn_fit.refusal(got) is None


def test_dropping_the_free_orders_would_be_seen() -> None:
    paid = logs.grouped(logs.cdnow_days(free_too=False), logs.CDNOW_CALIBRATION_END)
    got = churn_fit.fit(paid, method=churn_fit.MLE, model=churn.BG)
    assert paid.customers == 2349
    assert near(got.params, 0.2439, 4.4224, 0.7925, 2.4229)
    assert got.log_likelihood == pytest.approx(-9578.20, abs=0.05)


def test_grouping_changes_nothing(sample: churn_fit.Histories) -> None:
    rows = logs.histories(logs.cdnow_days(), logs.CDNOW_CALIBRATION_END) / np.array([1, 7, 7])
    single = churn_fit.Histories(rows[:, 0], rows[:, 1], rows[:, 2], np.ones(len(rows)))
    params = churn.Parameters(*churn_fit.PRIOR_CENTRE[churn.MBG])
    assert len(sample.x) == 1016
    assert churn_fit.log_likelihood(params, sample) == pytest.approx(churn_fit.log_likelihood(params, single), abs=1e-6)


@pytest.mark.parametrize("model", [churn.MBG, churn.BG])
@pytest.mark.parametrize("method", [churn_fit.MAP, churn_fit.MLE])
def test_the_gradient_is_the_derivative(sample: churn_fit.Histories, model: str, method: str) -> None:
    centre = np.log(churn_fit.PRIOR_CENTRE[model])
    cost = churn_fit._cost(sample, model, centre if method == churn_fit.MAP else None)
    at, step = centre + np.array([0.3, -0.2, 0.5, -0.4]), 1e-6
    steps = np.eye(4) * step
    numeric = [(cost(at + row)[0] - cost(at - row)[0]) / (2 * step) for row in steps]
    assert np.allclose(cost(at)[1], numeric, atol=1e-7)


def test_maximum_likelihood_runs_away_on_online_retail_and_is_refused() -> None:
    data = logs.grouped(logs.online_retail_days(), date(2011, 9, 9))
    runaway = churn_fit.fit(data, method=churn_fit.MLE)
    assert churn_fit.refusal(runaway) == "out_of_range"


def test_the_prior_holds_online_retail() -> None:
    data = logs.grouped(logs.online_retail_days(), date(2011, 9, 9))
    got = churn_fit.fit(data)
    assert churn_fit.refusal(got) is None
    assert near(got.params, 0.7247, 9.2934, 0.0422, 11.749)


def test_worked_customer_comes_out_of_the_log() -> None:
    days = logs.online_retail_days()["13093"]
    assert logs.history(days, date(2011, 9, 9)) == (6, 98, 282)
    own = churn.cycle([day.toordinal() for day in days if day <= date(2011, 9, 9)])
    assert (own.intervals, own.median) == (6, 17.5)


def test_parameters_of_a_simulated_company_are_found_again() -> None:
    wanted = churn.Parameters(0.8, 8.0, 0.6, 1.5)
    got = churn_fit.fit(simulated(wanted, 6000)).params
    assert got.as_tuple() == pytest.approx(wanted.as_tuple(), rel=0.2)


def simulated(params: churn.Parameters, n: int, age: float = 104.0) -> churn_fit.Histories:
    """Customers of the MBG/NBD process: a chance to drop out after each purchase, the first one included."""
    draw = np.random.default_rng(20261124)
    rates = draw.gamma(params.r, 1 / params.alpha, n)
    dropouts = draw.beta(params.a, params.b, n)
    rows = [_one(draw, rate, p, age) for rate, p in zip(rates, dropouts, strict=True)]
    return churn_fit.group(*np.array(rows).T)


def _one(draw: np.random.Generator, rate: float, dropout: float, age: float) -> tuple[int, float, float]:
    x, last = 0, 0.0
    while draw.random() >= dropout:
        following = last + draw.exponential(1 / rate)
        if following > age:
            break
        x, last = x + 1, following
    return x, last, age
