"""RFM scores and the groups read off them: plain integers in, scores and stable codes out.

The definitions stand in docs/algorithms/rfm.md. The nightly run applies the same rules as set-based SQL; the functions
here are its tested reference, and the 125 cells of `cells()` are handed to the SQL so that groups exist only once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product

WINDOW_DAYS = 365
WINDOW = (30, 1095)  # the shortest and the longest that can be set, in days
CALIBRATION_MINIMUM = 100
HIGH = 4
SCORES = range(1, 6)

# "Nobody reaches this score": more than a fifth of the customers share the best value.
Threshold = int | None


@dataclass(frozen=True)
class CutPoints:
    """Four thresholds per measure for the scores 2, 3, 4 and 5; None = a score that nobody reaches.

    recency: whole days, a score needs a value at or below; frequency: purchase orders, at or above;
    monetary: minor units of the company currency, at or above.
    """

    recency: tuple[Threshold, ...]
    frequency: tuple[Threshold, ...]
    monetary: tuple[Threshold, ...]


@dataclass(frozen=True)
class Measures:
    """One customer's window: days since the last purchase, purchase orders, net minor units."""

    recency: int
    frequency: int
    monetary: int


@dataclass(frozen=True)
class Cell:
    """One of the 125 combinations of scores with its four groups."""

    r: int
    f: int
    m: int
    segment8: str
    group5: str
    grade4: str
    segment11: str


# --- scores -------------------------------------------------------------------------------------------------------


def rank_scores(values: Sequence[int], *, lower_is_better: bool = False) -> list[int]:
    """Score 1..5 of each value: 1 + floor(5 x strictly worse / N). Equal values always score the same."""
    goodness = [-value if lower_is_better else value for value in values]
    worse = _worse_counts(goodness)
    return [1 + 5 * worse[value] // len(goodness) for value in goodness]


def _worse_counts(goodness: Sequence[int]) -> dict[int, int]:
    counts: dict[int, int] = {}
    for position, value in enumerate(sorted(goodness)):
        counts.setdefault(value, position)
    return counts


def freeze(values: Sequence[int], *, lower_is_better: bool = False) -> tuple[Threshold, ...]:
    """The four cut-points of these values; scoring by them equals `rank_scores` on the day they are taken."""
    sign = -1 if lower_is_better else 1
    worse = sorted(_worse_counts([sign * value for value in values]).items())
    return tuple(_threshold(worse, step * len(values), sign) for step in (1, 2, 3, 4))


def _threshold(worse: list[tuple[int, int]], needed: int, sign: int) -> Threshold:
    """The worst value that still has at least `needed` fifths of the customers behind it."""
    return next((sign * value for value, count in worse if 5 * count >= needed), None)


def score(value: int, thresholds: Sequence[Threshold], *, lower_is_better: bool = False) -> int:
    """1 + the number of thresholds that the value meets; a value equal to a threshold meets it."""
    if lower_is_better:
        return 1 + sum(limit is not None and value <= limit for limit in thresholds)
    return 1 + sum(limit is not None and value >= limit for limit in thresholds)


def score_customer(measures: Measures, cuts: CutPoints) -> tuple[int, int, int]:
    """(r, f, m) of one customer with a purchase in the window. A net amount of zero or less always scores 1."""
    return (
        score(measures.recency, cuts.recency, lower_is_better=True),
        score(measures.frequency, cuts.frequency),
        score(measures.monetary, cuts.monetary) if measures.monetary > 0 else 1,
    )


def calibrate(measures: Sequence[Measures]) -> CutPoints:
    """Cut-points frozen on these customers."""
    return CutPoints(
        recency=freeze([row.recency for row in measures], lower_is_better=True),
        frequency=freeze([row.frequency for row in measures]),
        monetary=freeze([row.monetary for row in measures]),
    )


def manual_cut_points(minor_digits: int = 2, window: int = WINDOW_DAYS) -> CutPoints:
    """The shipped manual cut-points for a window of so many days; `minor_digits`: decimals of the company currency.

    Those of recency are shares of the window: with 30 days a purchase of three weeks ago is a late one.
    """
    unit = 10**minor_digits
    return CutPoints(
        recency=tuple(days * window // WINDOW_DAYS for days in (365, 180, 90, 30)),
        frequency=(2, 3, 4, 6),
        monetary=(200 * unit, 500 * unit, 1000 * unit, 2000 * unit),
    )


def cut_points_for(measures: Sequence[Measures], manual: CutPoints) -> CutPoints:
    """Quintiles of fewer than 100 customers are noise: those are scored by the manual cut-points."""
    return calibrate(measures) if len(measures) >= CALIBRATION_MINIMUM else manual


def problems(cuts: CutPoints) -> list[str]:
    """The measures ("recency", "frequency", "monetary") whose thresholds are not in order; empty = usable."""
    wrong = []
    if not _ordered([-limit for limit in cuts.recency if limit is not None]):
        wrong.append("recency")
    for name, limits in (("frequency", cuts.frequency), ("monetary", cuts.monetary)):
        if not _ordered([limit for limit in limits if limit is not None]):
            wrong.append(name)
    return wrong


def without_gaps(limits: Sequence[Threshold]) -> tuple[Threshold, ...]:
    """A score that nobody shall reach has the threshold of the next better one; only at the top it may have none."""
    found: list[Threshold] = []
    for limit in reversed(limits):
        found.append(limit if limit is not None else found[-1] if found else None)
    return tuple(reversed(found))


def _ordered(limits: Sequence[int]) -> bool:
    return all(low <= high for low, high in pairwise(limits))


# --- frequency and amount classes ---------------------------------------------------------------------------------

AMOUNT_SHARES = (500, 300)  # thousandths of the revenue that the classes large and mid bring
FREQUENCY_CLASSES = ("high", "mid", "low")
AMOUNT_CLASSES = ("large", "mid", "small")
FREQUENCY_FROM = (6, 2)  # purchase days in the window from which the classes high and mid begin


def frequency_class(purchase_days: int, begins: tuple[int, int] = FREQUENCY_FROM) -> str:
    """ "high", "mid" or "low" by purchase days in the window; "" without any. `begins`: where high and mid do."""
    high, mid = begins
    if purchase_days >= high:
        return "high"
    return "mid" if purchase_days >= mid else "low" if purchase_days else ""


def amount_bounds(amounts: Sequence[int], shares: tuple[int, int] = AMOUNT_SHARES) -> tuple[int | None, int | None]:
    """Lower bounds of the classes large and mid: the customers, largest first, who bring the first of the shares of
    the revenue (thousandths) and the next. None without revenue. Equal amounts fall into one class."""
    positive = sorted((amount for amount in amounts if amount > 0), reverse=True)
    total, (large, mid) = sum(positive), shares
    return _lower_bound(positive, large * total), _lower_bound(positive, (large + mid) * total)


def _lower_bound(descending: list[int], thousandths: int) -> int | None:
    above: dict[int, int] = {}
    running = 0
    for amount in descending:
        above.setdefault(amount, running)
        running += amount
    return min((amount for amount, before in above.items() if 1000 * before < thousandths), default=None)


def amount_class(amount: int, bounds: Sequence[int | None]) -> str:
    """ "large", "mid" or "small" by the frozen lower bounds; "" without a positive amount or without bounds."""
    large, mid = bounds
    if amount <= 0 or large is None or mid is None:
        return ""
    return "large" if amount >= large else "mid" if amount >= mid else "small"


# --- groups: total functions of the scores ------------------------------------------------------------------------

SEGMENT8 = {
    (True, True, True): "champion",
    (False, True, True): "loyal_key",
    (True, False, True): "growth_key",
    (False, False, True): "rescue_key",
    (True, True, False): "champion_low",
    (False, True, False): "loyal_low",
    (True, False, False): "growth_low",
    (False, False, False): "rescue_low",
}
GROUP5 = ((13, "high"), (11, "growth"), (8, "steady"), (5, "general"), (3, "low"))
GROUP5_WORST_FIRST = ("low", "general", "steady", "growth", "high")
SEGMENT11 = (
    "champions",
    "loyal",
    "potential_loyalists",
    "new_customers",
    "promising",
    "need_attention",
    "about_to_sleep",
    "at_risk",
    "cant_lose_them",
    "hibernating",
    "lost",
)
# One row per r, one column per f (1..5).
_GRID11 = {
    5: ("new_customers", "potential_loyalists", "potential_loyalists", "champions", "champions"),
    4: ("promising", "potential_loyalists", "potential_loyalists", "loyal", "loyal"),
    3: ("about_to_sleep", "about_to_sleep", "need_attention", "loyal", "loyal"),
    2: ("hibernating", "hibernating", "at_risk", "at_risk", "cant_lose_them"),
    1: ("lost", "hibernating", "at_risk", "at_risk", "cant_lose_them"),
}


def segment8(r: int, f: int, m: int) -> str:
    """One of the eight segments; a score of 4 or 5 counts as high."""
    return SEGMENT8[r >= HIGH, f >= HIGH, m >= HIGH]


def segment8_above_mean(scores: tuple[int, int, int], sums: tuple[int, int, int], n: int) -> str:
    """The same with "high" = strictly above the mean score of all `n` customers (`sums` of r, f and m)."""
    r, f, m = (value * n > total for value, total in zip(scores, sums, strict=True))
    return SEGMENT8[r, f, m]


def group5(r: int, f: int, m: int) -> str:
    """One of five groups by the total r + f + m."""
    return next(code for minimum, code in GROUP5 if r + f + m >= minimum)


def grade4(r: int, f: int, m: int) -> str:
    """High = often and much, low = rarely and little; first match high, potential, low, else ordinary."""
    if f >= HIGH and m >= HIGH:
        return "high"
    if r >= HIGH:
        return "potential"
    return "low" if f <= 2 and m <= 2 else "ordinary"


def segment11(r: int, f: int) -> str:
    """One of eleven segments; the 25 combinations of r and f are divided without overlap."""
    return _GRID11[r][f - 1]


def cells() -> Iterator[Cell]:
    """All 125 combinations of scores with their groups, for joins in SQL."""
    for r, f, m in product(SCORES, repeat=3):
        yield Cell(r, f, m, segment8(r, f, m), group5(r, f, m), grade4(r, f, m), segment11(r, f))
