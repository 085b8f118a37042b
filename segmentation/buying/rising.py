"""Who is one step below a high-value tier, and what is missing (docs/algorithms/churn.md)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from segmentation.tiers import CRITERIA, Definition, Values

ORDERS, AMOUNT, EITHER, BOTH = "orders", "amount", "either", "both"
HIGHEST = 5
Cell = tuple[int, int, int]
Cuts = Sequence[int | None]


def steps_up(tier_of: Callable[[int, int, int], str], high: Collection[str]) -> Mapping[Cell, str]:
    """For each r, f and m below the high tiers from which one step leads there: by which score, f, m, either or both.

    `tier_of(r, f, m)` is what the rules in force give.
    """
    scores = range(1, HIGHEST + 1)
    found: dict[Cell, str] = {}
    for r, f, m in ((r, f, m) for r in scores for f in scores for m in scores):
        if tier_of(r, f, m) in high:
            continue
        by_f = f < HIGHEST and tier_of(r, f + 1, m) in high
        by_m = m < HIGHEST and tier_of(r, f, m + 1) in high
        if by_f or by_m:
            found[r, f, m] = EITHER if by_f and by_m else ORDERS if by_f else AMOUNT
        elif f < HIGHEST and m < HIGHEST and tier_of(r, f + 1, m + 1) in high:
            found[r, f, m] = BOTH
    return found


@dataclass(frozen=True)
class Missing:
    """What is missing to the next score: orders, minor units, or None where it isn't about that. `joined`: of the two
    either alone would do, or only both together. `points`: of a further score, so many of it."""

    orders: int | None
    amount: int | None
    joined: str = ""
    points: tuple[str, int] | None = None


def missing(
    step: str,
    *,
    f: int,
    m: int,
    frequency: int,
    monetary: int,
    cuts_f: Sequence[int | None],
    cuts_m: Sequence[int | None],
) -> Missing | None:
    """Up to the next cut-points: `cuts_f` and `cuts_m` are the least values of the scores 2 to 5; None where nobody
    reaches the next score."""
    orders = _up_to(cuts_f, f, frequency) if step != AMOUNT else None
    amount = _up_to(cuts_m, m, monetary) if step != ORDERS else None
    needed = {ORDERS: (orders,), AMOUNT: (amount,), BOTH: (orders, amount)}.get(step, ())
    if None in needed or (step == EITHER and orders is None and amount is None):
        return None
    return Missing(orders, amount, step if orders is not None and amount is not None else "")


# --- where rules ask for more than r, f and m -------------------------------------------------------------------------
SCORE_STEP = 10  # points of a score of 0 to 100
ANSWER_STEP = 1
FURTHER_STEPS = {"interaction": SCORE_STEP, "potential": SCORE_STEP, "health": SCORE_STEP, "feedback": ANSWER_STEP}
# How a step is taken: orders or amount up to the next cut-point, or to the next bound of the rules that is near.
BY_CUT, BY_BOUND = "cut", "bound"
NEAR = 5, 4  # at most so many fourths of what it is


@dataclass(frozen=True)
class Ask:
    """What the steps of a rule set depend on: its cut-points, and the bounds of orders and amount that it asks for."""

    cuts_f: Cuts
    cuts_m: Cuts
    orders: tuple[int, ...] = ()
    amount: tuple[int, ...] = ()

    @classmethod
    def of(cls, definition: Definition, cuts_f: Cuts, cuts_m: Cuts) -> Ask:
        lows: dict[str, set[int]] = {"orders": set(), "amount": set()}
        for rule in definition.rules:
            for condition in rule.all:
                if condition.of in lows and condition.low is not None:
                    lows[condition.of].add(condition.low)
        return cls(cuts_f, cuts_m, tuple(sorted(lows["orders"])), tuple(sorted(lows["amount"])))


def score_of(cuts: Cuts, value: int, *, money: bool = False) -> int:
    """The score that a value has by its cut-points; of no money the lowest."""
    if money and value <= 0:
        return 1
    return 1 + sum(cut is not None and value >= cut for cut in cuts)


def next_cut(cuts: Cuts, score: int) -> int | None:
    """The least value of the next score; None where nobody reaches it."""
    return cuts[score - 1] if score < HIGHEST else None


def next_bound(bounds: Sequence[int], value: int, least: int) -> int | None:
    """The next bound above a value, where that is at most a quarter or `least` more."""
    found = next((bound for bound in bounds if bound > value), None)
    most, of = NEAR
    return found if found is not None and of * found <= max(of * (value + least), most * value) else None


def targets(ask: Ask, values: Values) -> dict[tuple[str, str], int]:
    """(orders or amount, by what) -> the value up to which a step leads, where there is one."""
    orders, amount = _number(values, "orders"), _number(values, "amount")
    found = {
        (ORDERS, BY_CUT): next_cut(ask.cuts_f, _number(values, "f")),
        (ORDERS, BY_BOUND): next_bound(ask.orders, orders, 1),
        (AMOUNT, BY_CUT): next_cut(ask.cuts_m, _number(values, "m")),
        (AMOUNT, BY_BOUND): next_bound(ask.amount, amount, 0),
    }
    above = {ORDERS: orders, AMOUNT: amount}
    return {step: value for step, value in found.items() if value is not None and value > above[step[0]]}


def _number(values: Values, name: str) -> int:
    value = values.get(name)
    return value if isinstance(value, int) else 0


def lacking(is_high: Callable[[Values], bool], ask: Ask, values: Values) -> Missing | None:
    """What is missing to a high-value tier, where one step leads there: fewer orders or less money before points of a
    score, these before orders and money together. None for who is there, or for whom more is missing."""
    if not values.get("r") or is_high(values):
        return None
    goals = targets(ask, values)
    orders, amount = (
        min((goal for (what, _by), goal in goals.items() if what == of and is_high(_with(ask, values, {of: goal}))),
            default=None)
        for of in (ORDERS, AMOUNT)
    )  # fmt: skip
    if orders is not None or amount is not None:
        joined = EITHER if orders is not None and amount is not None else ""
        return Missing(_less(orders, values, "orders"), _less(amount, values, "amount"), joined)
    for name, step in FURTHER_STEPS.items():
        value = values.get(name)
        if not isinstance(value, int):
            continue
        most = min(step, CRITERIA[name].high - value)
        if most > 0 and is_high({**values, name: value + most}):
            least = next(n for n in range(1, most + 1) if is_high({**values, name: value + n}))
            return Missing(None, None, points=(name, least))
    both = {of: goals[of, BY_CUT] for of in (ORDERS, AMOUNT) if (of, BY_CUT) in goals}
    if len(both) == 2 and is_high(_with(ask, values, both)):
        return Missing(_less(both[ORDERS], values, "orders"), _less(both[AMOUNT], values, "amount"), BOTH)
    return None


def _with(ask: Ask, values: Values, goals: Mapping[str, int]) -> Values:
    """The values with so many orders or so much money, and the score that comes with them."""
    made = dict(values)
    if ORDERS in goals:
        made |= {"orders": goals[ORDERS], "f": score_of(ask.cuts_f, goals[ORDERS])}
    if AMOUNT in goals:
        made |= {"amount": goals[AMOUNT], "m": score_of(ask.cuts_m, goals[AMOUNT], money=True)}
    return made


def _less(goal: int | None, values: Values, name: str) -> int | None:
    return None if goal is None else goal - _number(values, name)


def _up_to(cuts: Sequence[int | None], score: int, value: int) -> int | None:
    least = cuts[score - 1] if score < HIGHEST else None
    return None if least is None else max(1, least - value)
