"""A rule set as one SQL expression: what tiers.tier_by says, for all customers at once. Nothing is read or written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from segmentation.tiers import CRITERIA, POINTS, Condition, Definition, Weight

Keys = Mapping[str, Mapping[str, int]]  # criterion of entries -> code -> id


class Expression:
    """SQL with the parameters that it names; `prefix` keeps the names of several apart."""

    def __init__(self, definition: Definition, columns: Mapping[str, str], prefix: str, keys: Keys) -> None:
        self.params: dict[str, Any] = {}
        self._columns, self._prefix, self._keys = columns, prefix, keys
        self.sql = self._points(definition) if definition.by == POINTS else self._rules(definition)

    def _named(self, value: Any) -> str:
        name = f"{self._prefix}_{len(self.params)}"
        self.params[name] = value
        return f"%({name})s"

    def _case(self, whens: list[tuple[str, str]]) -> str:
        *earlier, (_condition, last) = whens
        text = "".join(f" WHEN {condition} THEN {self._named(tier)}" for condition, tier in earlier)
        rest = self._named(last)
        return f"(CASE{text} ELSE {rest} END)" if earlier else f"{rest}"

    # --- by rules ----------------------------------------------------------------------------------------------------
    def _rules(self, definition: Definition) -> str:
        """The last rule is that of everybody else: it has no conditions."""
        return self._case([(" AND ".join(map(self._condition, rule.all)), rule.tier) for rule in definition.rules])

    def _condition(self, condition: Condition) -> str:
        column = self._columns[condition.of]
        if condition.codes:
            return f"{column} = ANY({self._named(self._stored(condition.of, condition.codes))})"
        bounds = ((">=", condition.low), ("<=", condition.high))
        return " AND ".join(f"{column} {sign} {self._named(bound)}" for sign, bound in bounds if bound is not None)

    # --- by points ---------------------------------------------------------------------------------------------------
    def _points(self, definition: Definition) -> str:
        parts = [(weight.weight, self._part(weight)) for weight in definition.weights]
        got = " + ".join(f"COALESCE({weight} * {part}, 0)" for weight, part in parts)
        out_of = " + ".join(f"CASE WHEN {part} IS NULL THEN 0 ELSE {weight} END" for weight, part in parts)
        # Whole numbers throughout: a half is rounded up, and nothing is lost to a float.
        total = f"(2 * ({got}) + ({out_of})) / NULLIF(2 * ({out_of}), 0)"
        return self._case([(f"{total} >= {one.low}", one.tier) for one in definition.thresholds])

    def _part(self, weight: Weight) -> str:
        column, criterion = self._columns[weight.of], CRITERIA[weight.of]
        if not criterion.coded:
            return f"(({column})::int - {criterion.low}) * {criterion.step}"
        worth = "".join(
            f" WHEN {self._named(value)} THEN {points}"
            for code, points in weight.points
            for value in self._stored(weight.of, (code,))
        )
        given = f"CASE {column}{worth} ELSE 0 END" if worth else "0"
        known = f"{column} IS NOT NULL" if criterion.entries else f"COALESCE({column}, '') <> ''"
        return f"(CASE WHEN {known} THEN {given} END)"

    def _stored(self, of: str, codes: Sequence[str]) -> list[Any]:
        """What stands in the column: codes, but of entries their ids; what has no id, nobody has."""
        if not CRITERIA[of].entries:
            return list(codes)
        return [self._keys[of][code] for code in codes if code in self._keys[of]]


def expression(
    definition: Definition, columns: Mapping[str, str], prefix: str, keys: Keys
) -> tuple[str, dict[str, Any]]:
    """(SQL, parameters) of the tier; `columns` says where each criterion stands, of entries their id (`keys`)."""
    made = Expression(definition, columns, prefix, keys)
    return made.sql, made.params
