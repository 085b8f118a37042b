"""P(alive) and P(buys within H): worked customers, integration, limits, no overflow."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import gamma

from segmentation import churn, churn_fit
from segmentation.churn import Parameters

PUBLISHED = Parameters(*churn_fit.PRIOR_CENTRE[churn.MBG])
PUBLISHED_BG = Parameters(*churn_fit.PRIOR_CENTRE[churn.BG], model=churn.BG)

histories = st.tuples(st.integers(0, 400), st.integers(0, 4000), st.integers(0, 4000))


def test_worked_customer_who_fell_silent() -> None:
    alive = churn.p_alive(PUBLISHED, 6, 98 / 7, 282 / 7)
    seen = churn.outlook(PUBLISHED, 6, 98, 282, 90)
    assert float(alive) == pytest.approx(0.035707, abs=1e-6)
    assert seen.p_now == pytest.approx(0.028453, abs=1e-6)
    assert seen.p_last == pytest.approx(0.859328, abs=1e-6)
    assert seen.drop == pytest.approx(0.966889, abs=1e-6)


def test_worked_customer_who_bought_yesterday() -> None:
    seen = churn.outlook(PUBLISHED, 29, 262, 263, 90)
    assert seen.p_now == pytest.approx(0.968459, abs=1e-6)
    assert seen.drop == pytest.approx(0.002869, abs=1e-6)
    assert churn.opening_level(seen.p_now, seen.drop) == churn.NONE


def test_bg_calls_every_one_time_buyer_alive_and_mbg_does_not() -> None:
    assert float(churn.p_alive(PUBLISHED_BG, 0, 0, 500)) == 1
    assert float(churn.p_alive(PUBLISHED, 0, 0, 500)) < 0.2


@pytest.mark.parametrize(("x", "t_x", "age", "horizon"), [(0, 0, 10, 13), (2, 30.43, 38.86, 13), (9, 20, 60, 4)])
def test_chance_to_buy_equals_the_integral_over_rates(x: int, t_x: float, age: float, horizon: float) -> None:
    rates = gamma(PUBLISHED.r + x, scale=1 / (PUBLISHED.alpha + age))
    buys, _ = quad(lambda rate: rates.pdf(rate) * (1 - np.exp(-rate * horizon)), 0, np.inf)
    got = churn.p_buy(PUBLISHED, x, t_x, age, horizon)
    assert float(got) == pytest.approx(float(churn.p_alive(PUBLISHED, x, t_x, age)) * buys, abs=1e-6)


@given(histories, st.integers(1, 400))
def test_probabilities_stay_between_zero_and_one(history: tuple[int, int, int], horizon: int) -> None:
    x, one, other = history
    seen = churn.outlook(PUBLISHED, x, min(one, other), max(one, other), horizon)
    assert 0 <= seen.p_now <= 1
    assert 0 < seen.p_last <= 1
    assert seen.drop <= 1


@given(st.integers(1, 100), st.integers(0, 1500), st.integers(0, 700))
def test_silence_never_raises_the_chance(x: int, t_x: int, silent: int) -> None:
    earlier = churn.outlook(PUBLISHED, x, t_x, t_x + silent, 90)
    later = churn.outlook(PUBLISHED, x, t_x, t_x + silent + 1, 90)
    assert later.p_now <= earlier.p_now + 1e-12
    assert later.drop >= earlier.drop - 1e-12


def test_heavy_buyers_do_not_overflow() -> None:
    assert float(churn.p_buy(PUBLISHED, 100_000, 1.0, 5000.0, 13.0)) == pytest.approx(0, abs=1e-12)


def test_arrays_and_scalars_agree() -> None:
    x, t_x, age = np.array([0, 2, 6]), np.array([0, 5.0, 14]), np.array([10, 20.0, 40.3])
    rows = [float(churn.p_buy(PUBLISHED, *row, 13)) for row in zip(x, t_x, age, strict=True)]
    assert np.allclose(churn.p_buy(PUBLISHED, x, t_x, age, 13), rows)
