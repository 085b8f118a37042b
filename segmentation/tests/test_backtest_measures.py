"""Backtest figures, by hand and against published windows."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation import backtest, churn, churn_fit
from segmentation.proof.figures import Bin, Figures
from segmentation.tests import logs

outcomes = st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=40)


@given(outcomes)
def test_auc_counts_pairs_and_halves_ties(rows: list[tuple[int, bool]]) -> None:
    bad = [risk for risk, churned in rows if churned]
    good = [risk for risk, churned in rows if not churned]
    got = backtest.auc(np.array([row[0] for row in rows]), np.array([row[1] for row in rows]))
    if not bad or not good:
        assert got is None
        return
    wins = sum((b > g) + 0.5 * (b == g) for b in bad for g in good)
    assert got == pytest.approx(wins / (len(bad) * len(good)))


def test_brier_precision_and_recall_by_hand() -> None:
    risk, churned = np.array([0.9, 0.6, 0.2, 0.1]), np.array([True, False, True, False])
    alerted = risk >= 0.5
    assert backtest.brier(risk, churned) == pytest.approx((0.01 + 0.36 + 0.64 + 0.01) / 4)
    assert backtest.precision(alerted, churned) == 0.5
    assert backtest.recall(alerted, churned) == 0.5


def test_no_alerts_and_no_churn_give_no_figure() -> None:
    nobody = np.zeros(3, bool)
    assert backtest.precision(nobody, np.ones(3, bool)) is None
    assert backtest.recall(np.ones(3, bool), nobody) is None
    assert backtest.brier(np.array([]), np.array([])) is None


def test_bands_are_even_and_ordered_by_risk() -> None:
    risk = np.linspace(0, 1, 25)[::-1]
    bands = backtest.calibration(risk, risk > 0.5, bands=5)
    assert [band.customers for band in bands] == [5] * 5
    assert [band.predicted for band in bands] == sorted(band.predicted for band in bands)
    assert (bands[0].observed, bands[-1].observed) == (0.0, 1.0)
    assert len(backtest.calibration(risk[:3], risk[:3] > 0.5)) == 3


class Window:
    """A past date: predictions from what was known then, and what followed within the horizon."""

    def __init__(self, log: logs.Days, as_of: date, horizon: int, method: str = churn_fit.MAP) -> None:
        data = churn_fit.fit(logs.grouped(log, as_of), method=method)
        rows = logs.histories(log, as_of)
        x, t_x, age = rows[:, 0], rows[:, 1] / 7, rows[:, 2] / 7
        now = churn.p_buy(data.params, x, t_x, age, horizon / 7)
        drop = 1 - now / churn.p_buy(data.params, x, t_x, t_x, horizon / 7)
        silent = rows[:, 2] - rows[:, 1]
        self.risk, self.repeat = 1 - now, x >= 1
        self.churned = ~logs.bought_within(log, as_of, horizon)
        can = self.repeat & (silent <= 365)
        self.yellow = can & (now < 0.50) & (drop >= 0.25)
        self.red = can & (now < 0.35) & (drop >= 0.30)
        self.actionable = self.repeat & (silent <= 180)


@pytest.mark.parametrize(
    ("as_of", "alerts", "precision", "recall"),
    [(date(1997, 9, 30), 5558, 0.778, 0.686), (date(1998, 3, 31), 4646, 0.835, 0.473)],
)
def test_red_warnings_of_cdnow(as_of: date, alerts: int, precision: float, recall: float) -> None:
    got = Window(logs.cdnow_full(), as_of, 90)
    assert int(got.red.sum()) == pytest.approx(alerts, abs=5)
    assert backtest.precision(got.red, got.churned) == pytest.approx(precision, abs=0.001)
    assert backtest.recall(got.red[got.repeat], got.churned[got.repeat]) == pytest.approx(recall, abs=0.001)


@pytest.mark.parametrize("as_of", [date(1997, 9, 30), date(1998, 3, 31)])
def test_ranking_of_all_cdnow_buyers_by_chances_in_whole_percent(as_of: date) -> None:
    """As the page of the proof reckons it: at least .76, and as good as by the chances themselves."""
    got = Window(logs.cdnow_full(), as_of, 90)
    percent = np.floor(100 * (1 - got.risk)).astype(int)
    bins = []
    for one in np.unique(percent):
        bought = ~got.churned[percent == one]
        alike = {"watched": False, "fallen": False, "customers": len(bought), "bought": int(bought.sum())}
        bins.append(Bin(int(one), "none", **alike))
    found, exact = Figures(bins).auc, backtest.auc(got.risk, got.churned)
    assert found is not None
    assert found >= 0.76
    assert found == pytest.approx(exact, abs=0.003)


def test_calibration_of_cdnow_by_decile() -> None:
    got = Window(logs.cdnow_full(), date(1998, 3, 31), 90)
    bands = backtest.calibration(got.risk, got.churned)[:5]
    published = [(0.36, 0.42), (0.66, 0.70), (0.81, 0.82), (0.91, 0.86), (0.96, 0.96)]
    assert [(band.predicted, band.observed) for band in bands] == [pytest.approx(pair, abs=0.015) for pair in published]


def test_yellow_warnings_of_online_retail() -> None:
    got = Window(logs.online_retail_days(), date(2011, 9, 9), 91, churn_fit.MLE)
    assert int(got.yellow.sum()) == pytest.approx(277, abs=3)
    assert int(got.red.sum()) == pytest.approx(71, abs=3)
    assert backtest.precision(got.yellow, got.churned) == pytest.approx(0.513, abs=0.01)


def test_ranking_among_active_customers_beats_chance_clearly() -> None:
    got = Window(logs.online_retail_days(), date(2011, 9, 9), 91)
    assert backtest.auc(got.risk, got.churned) == pytest.approx(0.735, abs=0.005)
    assert backtest.auc(got.risk[got.actionable], got.churned[got.actionable]) == pytest.approx(0.707, abs=0.005)
