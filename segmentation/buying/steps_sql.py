"""One step of `rising.py` in SQL: whom it would lead into a high-value tier, for rule sets that ask for more than r, f
and m. Nothing is read or written."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from core import sql
from segmentation import rating_sql, tiers
from segmentation.buying.rising import (
    AMOUNT,
    FURTHER_STEPS,
    HIGHEST,
    NEAR,
    ORDERS,
    Ask,
    Cuts,
)
from segmentation.entries import ENTRIES
from segmentation.tiers import CRITERIA, Definition

# Where each criterion stands in one_step.sql.
COLUMNS: dict[str, str] = {
    **{"r": "k.r", "f": "k.f", "m": "k.m", "amount": "k.monetary", "orders": "k.frequency"},
    **{"interaction": "k.interaction_score", "potential": "k.potential", "health": "k.health"},
    **{"feedback": "k.last_csat", "satisfaction": "k.satisfaction", "loyalty": "k.loyalty"},
    **{of: f"c.{of}_id" for of in ENTRIES},
}
NAMED = re.compile(r"%\((\w+)\)s")
MEASURED = {ORDERS: ("orders", "f"), AMOUNT: ("amount", "m")}


class Steps:
    """The statement with its values in their order, as RawSQL takes them."""

    def __init__(
        self, scheme: str, definition: Definition, high: Collection[str], ask: Ask, keys: rating_sql.Keys
    ) -> None:
        self._params: dict[str, Any] = {"high": list(high)}
        self._definition, self._keys, self._ask = definition, keys, ask
        kind = "c.kind = 'company'" if scheme == tiers.B2B else "c.kind <> 'company'"
        now, steps = self._is_high(COLUMNS), " OR ".join(self._ways()) or "FALSE"
        text = sql.text("segmentation", "one_step", of_scheme=kind, now=now, steps=steps)
        self.sql = NAMED.sub("%s", text)
        self.values = tuple(self._params[name] for name in NAMED.findall(text))

    def _is_high(self, columns: Mapping[str, str]) -> str:
        prefix = f"x{len(self._params)}"
        text, params = rating_sql.expression(self._definition, columns, prefix, self._keys)
        self._params |= params
        return f"{text} = ANY(%(high)s)"

    def _ways(self) -> Iterator[str]:
        """Each step: up to the next cut-point or bound, a score better, or both cut-points."""
        ask = self._ask
        cuts = {ORDERS: _cut(ask.cuts_f, "k.f"), AMOUNT: _cut(ask.cuts_m, "k.m")}
        near = {ORDERS: _bound(ask.orders, "k.frequency", 1), AMOUNT: _bound(ask.amount, "k.monetary", 0)}
        for goals in (cuts, near):
            yield from (self._reached({of: goal}) for of, goal in goals.items() if goal)
        for name, step in FURTHER_STEPS.items():
            if name in self._definition.asked:
                most = CRITERIA[name].high
                better = COLUMNS | {name: f"LEAST({COLUMNS[name]} + {step}, {most})"}
                yield f"({COLUMNS[name]} < {most} AND {self._is_high(better)})"
        if all(cuts.values()):
            yield self._reached(cuts)

    def _reached(self, goals: Mapping[str, str]) -> str:
        """With so many orders or so much money, and the score that comes with them."""
        columns, asked = dict(COLUMNS), []
        for of, goal in goals.items():
            name, score = MEASURED[of]
            cuts = self._ask.cuts_f if of == ORDERS else self._ask.cuts_m
            asked.append(f"{goal} > {COLUMNS[name]}")
            columns |= {name: goal, score: _score(cuts, goal, money=of == AMOUNT)}
        return f"({' AND '.join(asked)} AND {self._is_high(columns)})"


def _cut(cuts: Cuts, score: str) -> str:
    """The next cut-point by the score of today."""
    whens = "".join(f" WHEN {n} THEN {cut}" for n, cut in enumerate(cuts, 1) if cut is not None and n < HIGHEST)
    return f"(CASE {score}{whens} END)" if whens else ""


def _bound(bounds: Collection[int], column: str, least: int) -> str:
    """The next bound of the rules, where it is near."""
    if not bounds:
        return ""
    most, of = NEAR
    whens = "".join(f" WHEN {column} < {bound} THEN {bound}" for bound in bounds)
    following = f"(CASE{whens} END)"
    near = f"{of} * {following} <= GREATEST({of} * ({column} + {least}), {most} * {column})"
    return f"(CASE WHEN {near} THEN {following} END)"


def _score(cuts: Cuts, value: str, *, money: bool) -> str:
    parts = "".join(f" + ({value} >= {cut})::int" for cut in cuts if cut is not None)
    return f"(CASE WHEN {value} <= 0 THEN 1 ELSE 1{parts} END)" if money else f"(1{parts})"
