"""Churn warning: chance of another purchase, warning level with hysteresis, reasons with their numbers.

Numbers in, numbers and codes out; no fitting here (see `churn_fit`). Definitions and a worked example stand in
docs/algorithms/churn.md. Histories are (x, t_x, T): repeat purchase days, age at the last purchase day and age now,
scalars or numpy arrays, in the time unit of the parameters (the product fits in weeks and passes days / 7).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

import numpy as np

MBG = "mbg"
BG = "bg"
DAYS_PER_UNIT = 7.0

NONE = "none"
YELLOW = "yellow"
RED = "red"
LEVELS = (NONE, YELLOW, RED)

WON_BACK = "won_back"
EASED = "eased"
LOST = "lost"

# Beyond this exp() nears the end of double precision (SQL raises there); probabilities are 0 or 1 long before.
_EXP_LIMIT = 600.0

Number = float | np.ndarray


@dataclass(frozen=True)
class Parameters:
    """A fitted model; time unit weeks. `model` is "mbg" or "bg"."""

    r: float
    alpha: float
    a: float
    b: float
    model: str = MBG

    def as_tuple(self) -> tuple[float, float, float, float]:
        return self.r, self.alpha, self.a, self.b


# --- probabilities ------------------------------------------------------------------------------------------------


def p_alive(params: Parameters, x: Number, t_x: Number, age: Number) -> Number:
    """Probability that the customer hasn't dropped out. BG/NBD calls every one-time buyer alive; MBG/NBD doesn't."""
    x, t_x, age = np.asarray(x, float), np.asarray(t_x, float), np.asarray(age, float)
    growth = (params.r + x) * np.log((params.alpha + age) / (params.alpha + t_x))
    silent = np.exp(np.minimum(growth, _EXP_LIMIT))
    if params.model == MBG:
        return 1 / (1 + params.a / (params.b + x) * silent)
    odds = params.a / np.maximum(params.b + x - 1, 1e-12) * silent
    return 1 / (1 + np.where(x > 0, odds, 0.0))


def p_buy(params: Parameters, x: Number, t_x: Number, age: Number, horizon: Number) -> Number:
    """Probability of at least one purchase within the next `horizon` time units."""
    rate = (params.r + np.asarray(x, float)) * np.log(
        (params.alpha + np.asarray(age, float)) / (params.alpha + np.asarray(age, float) + horizon)
    )
    return p_alive(params, x, t_x, age) * (1 - np.exp(rate))


@dataclass(frozen=True)
class Outlook:
    """p_now and p_last: chance to buy within the horizon today and on the day of the last purchase."""

    p_now: float
    p_last: float

    @property
    def drop(self) -> float:
        """The part of the chance lost since the last purchase, 0..1."""
        return 1 - self.p_now / self.p_last


def outlook(params: Parameters, x: int, t_x_days: int, age_days: int, horizon_days: int) -> Outlook:
    """The outlook of one customer from days."""
    t_x, age, horizon = t_x_days / DAYS_PER_UNIT, age_days / DAYS_PER_UNIT, horizon_days / DAYS_PER_UNIT
    now = float(p_buy(params, x, t_x, age, horizon))
    return Outlook(now, float(p_buy(params, x, t_x, t_x, horizon)))


# --- warning levels -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Limits:
    """Where warnings open, fall and close; every number is a company setting."""

    yellow_p: float = 0.50
    yellow_drop: float = 0.25
    red_p: float = 0.35
    red_drop: float = 0.30
    red_falls_p: float = 0.45
    eased_p: float = 0.60
    eased_drop: float = 0.15
    fixed_days: int = 90
    cycle_ratio: float = 2.0


DEFAULT_LIMITS = Limits()


def opening_level(p_now: float, drop: float, limits: Limits = DEFAULT_LIMITS) -> str:
    """The level of a customer who had none."""
    if p_now < limits.red_p and drop >= limits.red_drop:
        return RED
    return YELLOW if p_now < limits.yellow_p and drop >= limits.yellow_drop else NONE


def next_level(previous: str, p_now: float, drop: float, limits: Limits = DEFAULT_LIMITS) -> str:
    """The level after a night, from the level of the run before and tonight's numbers.

    An open warning eases only at p_now >= .60 or drop < .15, and red falls to yellow only at p_now >= .45, so that a
    number swaying round a limit doesn't open and close cases.
    """
    opening = opening_level(p_now, drop, limits)
    if previous == NONE or opening == RED:
        return opening
    if p_now >= limits.eased_p or drop < limits.eased_drop:
        return NONE
    return RED if previous == RED and p_now < limits.red_falls_p else YELLOW


def fixed_level(silent: int, median_days: float | None, intervals: int, limits: Limits = DEFAULT_LIMITS) -> str:
    """The rule without a model: silent for N days, or twice the own cycle (from 3 intervals on); both = red."""
    signs = (silent >= limits.fixed_days) + _breaks_cycle(silent, median_days, intervals, limits)
    return LEVELS[signs]


def _breaks_cycle(silent: int, median_days: float | None, intervals: int, limits: Limits) -> bool:
    return intervals >= 3 and bool(median_days) and silent >= limits.cycle_ratio * median_days


@dataclass(frozen=True)
class Watch:
    """What decides whether a customer can be warned at all."""

    order_days: int
    in_window: bool
    open_order: bool = False
    bought_since: bool = False
    false_alarm: bool = False


@dataclass(frozen=True)
class Verdict:
    """The level after the night, and how an open case ended (None: there was none, or it stays open)."""

    level: str
    closed: str | None = None


def judge(
    previous: str,
    watch: Watch,
    numbers: Outlook | None,
    *,
    fallback: str = NONE,
    limits: Limits = DEFAULT_LIMITS,
) -> Verdict:
    """One customer's night. `numbers` is None without parameters: then `fallback`, the fixed rule's level, counts.

    A purchase since the last run wins the customer back, leaving the window loses them, anything else eases the case.
    """
    before = NONE if watch.bought_since else previous
    level = _level_of(before, watch, numbers, fallback, limits)
    if previous == NONE:
        return Verdict(level)
    if not watch.in_window:
        return Verdict(level, LOST)
    if watch.bought_since:
        return Verdict(level, WON_BACK)
    return Verdict(level, EASED if level == NONE else None)


def _level_of(before: str, watch: Watch, numbers: Outlook | None, fallback: str, limits: Limits) -> str:
    if not watch.in_window or watch.order_days < 2 or watch.open_order or watch.false_alarm:
        return NONE
    return fallback if numbers is None else next_level(before, numbers.p_now, numbers.drop, limits)


# --- own cycle ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cycle:
    """Days between a customer's purchase days: how many intervals, their median and quartiles (None without any)."""

    intervals: int
    median: float | None = None
    lower: float | None = None
    upper: float | None = None


def cycle(days: Sequence[int]) -> Cycle:
    """The own cycle from purchase days given as day numbers; several purchases of a day count once."""
    ordered = sorted(set(days))
    gaps = [later - earlier for earlier, later in pairwise(ordered)]
    if not gaps:
        return Cycle(0)
    lower, upper = np.percentile(gaps, [25, 75])
    return Cycle(len(gaps), float(median(gaps)), float(lower), float(upper))


# --- reasons ------------------------------------------------------------------------------------------------------

SHOWN_REASONS = 3
REASON_CODES = (
    "SILENT_VS_CYCLE",
    "DROP",
    "LONG_SILENT",
    "FREQ_DOWN",
    "AMOUNT_DOWN",
    "NO_CONTACT",
    "COMPLAINT",
    "LOW_SCORE",
)


@dataclass(frozen=True)
class Reason:
    """A coded reason and the numbers of its sentence."""

    code: str
    numbers: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Signs:
    """Counters behind the reasons; None = no data. Amounts are minor units, days are whole days."""

    silent: int
    cycle: Cycle = Cycle(0)
    outlook: Outlook | None = None
    horizon: int = 90
    days_last_half: int = 0
    days_before: int = 0
    net_last_half: int = 0
    net_before: int = 0
    median_order: float | None = None
    contact_silent: int | None = None
    contact_planned: int | None = None
    open_complaints: int = 0
    complaints_180: int = 0
    csat: float | None = None
    nps: int | None = None


def reasons(signs: Signs, limits: Limits = DEFAULT_LIMITS) -> list[Reason]:
    """All reasons that hold, in the order in which they are shown; pages show the first three."""
    found = (
        _silent_vs_cycle(signs, limits),
        _drop(signs, limits),
        _long_silent(signs, limits),
        _freq_down(signs),
        _amount_down(signs),
        _no_contact(signs),
        _complaint(signs),
        _low_score(signs),
    )
    return [reason for reason in found if reason]


def _silent_vs_cycle(signs: Signs, limits: Limits) -> Reason | None:
    if not _breaks_cycle(signs.silent, signs.cycle.median, signs.cycle.intervals, limits):
        return None
    ratio = signs.silent / signs.cycle.median
    return Reason("SILENT_VS_CYCLE", {"median": signs.cycle.median, "silent": signs.silent, "ratio": ratio})


def _drop(signs: Signs, limits: Limits) -> Reason | None:
    if not signs.outlook or signs.outlook.drop < limits.yellow_drop:
        return None
    numbers = {"horizon": signs.horizon, "p_last": signs.outlook.p_last, "p_now": signs.outlook.p_now}
    return Reason("DROP", numbers)


def _long_silent(signs: Signs, limits: Limits) -> Reason | None:
    return Reason("LONG_SILENT", {"silent": signs.silent}) if signs.silent >= limits.fixed_days else None


def _freq_down(signs: Signs) -> Reason | None:
    if signs.days_before < 3 or 2 * signs.days_last_half >= signs.days_before:
        return None
    return Reason("FREQ_DOWN", {"now": signs.days_last_half, "before": signs.days_before})


def _amount_down(signs: Signs) -> Reason | None:
    small = 2 * signs.net_last_half < signs.net_before
    if not small or signs.median_order is None or signs.net_before < signs.median_order:
        return None
    return Reason("AMOUNT_DOWN", {"now": signs.net_last_half, "before": signs.net_before})


def _no_contact(signs: Signs) -> Reason | None:
    if signs.contact_silent is None or not signs.contact_planned:
        return None
    if signs.contact_silent < 2 * signs.contact_planned:
        return None
    return Reason("NO_CONTACT", {"silent": signs.contact_silent, "planned": signs.contact_planned})


def _complaint(signs: Signs) -> Reason | None:
    if signs.open_complaints < 1 and signs.complaints_180 < 2:
        return None
    return Reason("COMPLAINT", {"open": signs.open_complaints, "recent": signs.complaints_180})


def _low_score(signs: Signs) -> Reason | None:
    numbers = {}
    if signs.csat is not None and signs.csat <= 2:
        numbers["csat"] = signs.csat
    if signs.nps is not None and signs.nps <= 6:
        numbers["nps"] = signs.nps
    return Reason("LOW_SCORE", numbers) if numbers else None
