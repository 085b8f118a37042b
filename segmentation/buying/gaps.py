"""Intervals between purchase days and what they lead to (docs/algorithms/churn.md): the tested reference of the night.

Quartiles are nearest ranks, so that they are whole days which really lay between two purchases.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

ENOUGH_GAPS = 3  # own intervals for an own rhythm
ENOUGH_CUSTOMERS = 20  # of a tier or scheme, for a usual interval
OWN, TIER, NONE = "own", "tier", ""
EARLY, DUE, LATE = "early", "due", "late"


@dataclass(frozen=True)
class Quartiles:
    """Days: a quarter of the intervals is at most `low` long, half at most `middle`, three quarters at most `high`."""

    low: int
    middle: int
    high: int


@dataclass(frozen=True)
class Expected:
    """The day of the next purchase; by the own rhythm with a range, or by that of the tier without one."""

    on: date
    by: str
    earliest: date | None = None
    latest: date | None = None


def quartiles(days: Sequence[int]) -> Quartiles | None:
    """Nearest ranks; None of nothing."""
    found = sorted(days)
    return Quartiles(*(found[-(-len(found) * share // 4) - 1] for share in (1, 2, 3))) if found else None


def gaps_of(purchase_days: Sequence[date]) -> list[int]:
    """Days between one purchase day and the next."""
    return [(later - sooner).days for sooner, later in pairwise(sorted(set(purchase_days)))]


def expected(last_on: date | None, gaps: Sequence[int], usual: int | None, *, lost: bool) -> Expected | None:
    """When the next purchase is to come, of who has bought and isn't lost; `usual`: the median interval of the tier."""
    if last_on is None or lost:
        return None
    own = quartiles(gaps) if len(gaps) >= ENOUGH_GAPS else None
    if own is not None:
        low, middle, high = (last_on + timedelta(days=n) for n in (own.low, own.middle, own.high))
        return Expected(middle, OWN, low, high)
    return Expected(last_on + timedelta(days=usual), TIER) if usual is not None else None


def second_purchase(silent: int, usual: Quartiles) -> str:
    """Where a one-time buyer stands, `silent` days after the purchase."""
    if silent < usual.low:
        return EARLY
    return DUE if silent <= usual.high else LATE
