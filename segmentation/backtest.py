"""How good were the warnings? Compares predictions made at a past date with what followed. numpy only.

"Churn" = no purchase within the horizon. Risk = 1 - P(buys within the horizon), so higher means more likely to churn.
"""

from dataclasses import dataclass

import numpy as np

from segmentation import churn

ACTIONABLE_DAYS = 180
WINDOW_DAYS = 365


@dataclass(frozen=True)
class Band:
    """One calibration band: customers, mean predicted and observed churn."""

    customers: int
    predicted: float
    observed: float


def auc(risk: np.ndarray, churned: np.ndarray) -> float | None:
    """Chance that a churned customer had the higher risk than one who stayed; ties count half.

    None when all or no customers churned: there is nothing to rank.
    """
    churned = np.asarray(churned, bool)
    bad, good = int(churned.sum()), int((~churned).sum())
    if not bad or not good:
        return None
    ranks = _average_ranks(np.asarray(risk, float))
    return float((ranks[churned].sum() - bad * (bad + 1) / 2) / (bad * good))


def _average_ranks(values: np.ndarray) -> np.ndarray:
    _, index, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return (last - (counts - 1) / 2)[index.ravel()]


def brier(risk: np.ndarray, churned: np.ndarray) -> float | None:
    """Mean squared distance between predicted risk and outcome; None without customers."""
    if not len(risk):
        return None
    return float(np.mean((np.asarray(risk, float) - np.asarray(churned, float)) ** 2))


def precision(alerted: np.ndarray, churned: np.ndarray) -> float | None:
    """Share of the alerted customers who churned; None without alerts."""
    return _share(alerted, churned)


def recall(alerted: np.ndarray, churned: np.ndarray) -> float | None:
    """Share of the churned customers who had been alerted; None when nobody churned."""
    return _share(churned, alerted)


def _share(of: np.ndarray, having: np.ndarray) -> float | None:
    of, having = np.asarray(of, bool), np.asarray(having, bool)
    return float((of & having).sum() / of.sum()) if of.any() else None


def calibration(risk: np.ndarray, churned: np.ndarray, bands: int = 10) -> list[Band]:
    """Predicted against observed churn in bands of (nearly) equal size, least risk first; equal risks keep order."""
    order = np.argsort(np.asarray(risk, float), kind="stable")
    parts = [part for part in np.array_split(order, bands) if len(part)]
    outcome = np.asarray(churned, float)
    return [Band(len(part), float(np.mean(risk[part])), float(np.mean(outcome[part]))) for part in parts]


# --- a whole window -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Outcomes:
    """One row per customer: history in days as known then (x, t_x, age) and whether a purchase followed."""

    x: np.ndarray
    t_x: np.ndarray
    age: np.ndarray
    bought: np.ndarray

    @property
    def silent(self) -> np.ndarray:
        return self.age - self.t_x

    def risk(self, params: churn.Parameters, horizon: int) -> np.ndarray:
        """1 - P(buys within `horizon` days)."""
        return 1 - self._chance(params, self.age, horizon)

    def drop(self, params: churn.Parameters, horizon: int) -> np.ndarray:
        """The part of the chance lost since the last purchase."""
        return 1 - self._chance(params, self.age, horizon) / self._chance(params, self.t_x, horizon)

    def _chance(self, params: churn.Parameters, age: np.ndarray, horizon: int) -> np.ndarray:
        unit = churn.DAYS_PER_UNIT
        return churn.p_buy(params, self.x, self.t_x / unit, age / unit, horizon / unit)


@dataclass(frozen=True)
class Report:
    """The figures of one past date. Precision and recall are of warnings (yellow or red) among repeat customers."""

    customers: int
    repeaters: int
    base_rate: float | None
    auc: float | None
    auc_actionable: float | None
    brier: float | None
    warned: int
    red: int
    precision: float | None
    recall: float | None
    precision_red: float | None
    recall_red: float | None
    calibration: list[Band]


def report(
    seen: Outcomes,
    params: churn.Parameters,
    horizon: int,
    limits: churn.Limits = churn.DEFAULT_LIMITS,
    window: int = WINDOW_DAYS,
) -> Report:
    """Compare predictions by `params` with what followed within `horizon` days; whoever has no order left in the
    `window` of so many days can't be warned."""
    risk, churned, repeat = seen.risk(params, horizon), ~seen.bought, seen.x >= 1
    actionable = repeat & (seen.silent <= ACTIONABLE_DAYS)
    yellow, red = warned(seen, params, horizon, limits, window)
    any_level = yellow | red
    return Report(
        customers=len(risk),
        repeaters=int(repeat.sum()),
        base_rate=float(churned.mean()) if len(risk) else None,
        auc=auc(risk, churned),
        auc_actionable=auc(risk[actionable], churned[actionable]),
        brier=brier(risk, churned),
        warned=int(any_level.sum()),
        red=int(red.sum()),
        precision=precision(any_level, churned),
        recall=recall(any_level[repeat], churned[repeat]),
        precision_red=precision(red, churned),
        recall_red=recall(red[repeat], churned[repeat]),
        calibration=calibration(risk, churned),
    )


def warned(
    seen: Outcomes, params: churn.Parameters, horizon: int, limits: churn.Limits, window: int = WINDOW_DAYS
) -> tuple[np.ndarray, np.ndarray]:
    """Who meets the opening condition of yellow, and of red."""
    chance, drop = 1 - seen.risk(params, horizon), seen.drop(params, horizon)
    can = (seen.x >= 1) & (seen.silent <= window)
    yellow = can & (chance < limits.yellow_p) & (drop >= limits.yellow_drop)
    return yellow, can & (chance < limits.red_p) & (drop >= limits.red_drop)
