"""Who is one step below a high-value tier, and what is missing (docs/algorithms/churn.md)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

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
    either alone would do, or only both together."""

    orders: int | None
    amount: int | None
    joined: str = ""


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


def _up_to(cuts: Sequence[int | None], score: int, value: int) -> int | None:
    least = cuts[score - 1] if score < HIGHEST else None
    return None if least is None else max(1, least - value)
