"""Tiers: which tier a customer gets by a rule set, and what stays when there is nothing to rate.

A rule set rates one kind of customers: by rules, of which the first that matches gives the tier, or by points, of which
a tier wants so many. See docs/algorithms/tiers.md. The night says the same as one SQL expression (rating_sql.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from typing import Any

B2C = "b2c"
B2B = "b2b"
SCHEMES = (B2C, B2B)
UNRATED = "unrated"
RULES, POINTS = "rules", "points"
FEWEST, MOST = 2, 8  # tiers of a set
MOST_PLACES = 60  # rules of a set, beside the last for everybody else, and conditions of a rule

Value = int | str | None
Values = Mapping[str, Value]


@dataclass(frozen=True)
class Criterion:
    """What a condition may ask of a customer: a number on a scale, or one of some codes.

    `entries`: its codes are the entries of a catalogue that the company keeps. `further`: known only after the further
    scores of the night. `step`: points for each step above the lowest, where a number may be weighed.
    """

    code: str
    low: int = 0
    high: int = 0
    codes: tuple[str, ...] = ()
    entries: bool = False
    further: bool = False
    step: int = 0

    @property
    def coded(self) -> bool:
        """Whether a value is a code and no number."""
        return self.entries or bool(self.codes)

    @property
    def weighed(self) -> bool:
        """Whether it can count into points."""
        return self.coded or bool(self.step)


CRITERIA: dict[str, Criterion] = {
    one.code: one
    for one in (
        Criterion("r", 1, 5, step=25),
        Criterion("f", 1, 5, step=25),
        Criterion("m", 1, 5, step=25),
        Criterion("amount", 0, 10**15),  # minor units, net, of the window
        Criterion("orders", 0, 100_000),  # of the window
        Criterion("interaction", 0, 100, further=True, step=1),
        Criterion("potential", 0, 100, further=True, step=1),
        Criterion("health", 0, 100, further=True, step=1),
        Criterion("feedback", 1, 5, further=True, step=25),  # the last satisfaction answer
        Criterion("satisfaction", codes=("satisfied", "neutral", "dissatisfied"), further=True),
        Criterion("loyalty", codes=("advocate", "behavioural", "emotional", "none"), further=True),
        # Of the customer's file, called as its fields are.
        Criterion("industry", entries=True),
        Criterion("company_size", entries=True),
        Criterion("market_standing", entries=True),
    )
}
SCORES = ("r", "f", "m")


@dataclass(frozen=True)
class Condition:
    """From `low` to `high`, both included, or one of `codes`. What isn't known meets no condition."""

    of: str
    low: int | None = None
    high: int | None = None
    codes: tuple[str, ...] = ()

    def holds(self, values: Values) -> bool:
        value = values.get(self.of)
        if value is None or value == "":
            return False
        if isinstance(value, str):
            return value in self.codes
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


@dataclass(frozen=True)
class Rule:
    """All conditions met earn the tier `tier`; without any it is for everybody else."""

    tier: str
    all: tuple[Condition, ...] = ()

    def matches(self, values: Values) -> bool:
        return all(condition.holds(values) for condition in self.all)


@dataclass(frozen=True)
class Weight:
    """How many of 100 a criterion counts for; `points` of each code, where it has codes (0 of a code left out)."""

    of: str
    weight: int
    points: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Threshold:
    """The points from which on a tier is earned; None = everybody else."""

    tier: str
    low: int | None = None


@dataclass(frozen=True)
class Definition:
    """A rule set: its tiers, best first, and rules or else weights and thresholds.

    Tiers that neither names are given by hand only.
    """

    tiers: tuple[str, ...]
    rules: tuple[Rule, ...] = ()
    weights: tuple[Weight, ...] = ()
    thresholds: tuple[Threshold, ...] = ()

    @property
    def by(self) -> str:
        return POINTS if self.weights or self.thresholds else RULES

    @property
    def asked(self) -> frozenset[str]:
        """The criteria that it looks at."""
        conditions = {condition.of for rule in self.rules for condition in rule.all}
        return frozenset(conditions | {weight.of for weight in self.weights})

    @property
    def further(self) -> bool:
        """Whether it looks at scores that are made after r, f and m."""
        return any(CRITERIA[code].further for code in self.asked)

    @property
    def earned(self) -> frozenset[str]:
        """The tiers that a customer can earn; the others are given by hand only."""
        return frozenset([rule.tier for rule in self.rules] + [limit.tier for limit in self.thresholds])

    @property
    def last(self) -> str:
        """The tier of everybody else."""
        given = self.thresholds or self.rules
        return given[-1].tier if given else self.tiers[-1]


@dataclass(frozen=True)
class Override:
    """A tier set by a person; it holds up to and including `until` (None = until taken back)."""

    code: str
    until: date | None = None

    def holds(self, on: date) -> bool:
        return self.until is None or on <= self.until


def box(tier: str, **scores: tuple[int, int]) -> Rule:
    """A rule of ranges: `box("A", f=(4, 5))`; a bound at the end of the scale asks nothing."""
    made = []
    for of, (low, high) in scores.items():
        scale = CRITERIA[of]
        floor, roof = low if low > scale.low else None, high if high < scale.high else None
        if floor is not None or roof is not None:
            made.append(Condition(of, floor, roof))
    return Rule(tier, tuple(made))


# First match in the order S, A, B, D, C: "ordinary" is whoever is left.
DEFAULTS: dict[str, Definition] = {
    B2C: Definition(
        ("A", "B", "C", "D"),
        (box("A", f=(4, 5), m=(4, 5)), box("B", r=(4, 5)), box("D", f=(1, 2), m=(1, 2)), Rule("C")),
    ),
    B2B: Definition(
        ("S", "A", "B", "C"),
        (box("S", f=(5, 5), m=(5, 5)), box("A", f=(4, 5), m=(4, 5)), box("B", r=(4, 5)), Rule("C")),
    ),
}


def scheme_for(kind: str) -> str:
    """The scheme of a customer kind: companies B2B, persons and unknown B2C."""
    return B2B if kind == "company" else B2C


# --- rating ----------------------------------------------------------------------------------------------------------
def tier_by(definition: Definition, values: Values) -> str:
    """The tier that these values earn. Raises ValueError where no rule is for everybody else."""
    if definition.by == POINTS:
        total = points_of(definition.weights, values)
        for limit in definition.thresholds:
            if limit.low is None or (total is not None and total >= limit.low):
                return limit.tier
    for rule in definition.rules:
        if rule.matches(values):
            return rule.tier
    raise ValueError(f"no tier for {dict(values)}")


def points_of(weights: Iterable[Weight], values: Values) -> int | None:
    """Whole points from 0 to 100; what isn't known leaves its weight out. None when nothing is known."""
    got = out_of = 0
    for weight in weights:
        points = _points(weight, values.get(weight.of))
        if points is not None:
            got, out_of = got + weight.weight * points, out_of + weight.weight
    return (2 * got + out_of) // (2 * out_of) if out_of else None


def _points(weight: Weight, value: Value) -> int | None:
    if value is None or value == "":
        return None
    criterion = CRITERIA[weight.of]
    if isinstance(value, str):
        return dict(weight.points).get(value, 0)
    return (value - criterion.low) * criterion.step


def tier_of(
    definition: Definition,
    values: Values | None,
    *,
    previous: str | None = None,
    bought_before: bool = False,
    override: Override | None = None,
    on: date | None = None,
) -> str:
    """The tier as of `on`: an override in force, else the rated tier, else the last one of a lost customer.

    `values` is None without a purchase in the window; then who has `bought_before` keeps `previous` (`unrated` when
    never tiered), or where the set has no such tier gets that of everybody else; who never bought is `unrated`. An
    override of a tier that the set doesn't have has ended.
    """
    if override and override.code in definition.tiers and (on is None or override.holds(on)):
        return override.code
    if values:
        return tier_by(definition, values)
    if not bought_before or previous in (None, "", UNRATED):
        return UNRATED
    return str(previous) if previous in definition.tiers else definition.last


# --- entries that were merged ----------------------------------------------------------------------------------------
Renamed = Mapping[str, Mapping[str, str]]  # criterion -> code of a merged entry -> code of the one it became


def followed(definition: Definition, renamed: Renamed) -> Definition:
    """The same with the entries that those it names have become; it is stored with the codes of its day.

    Where several became one, points are those said of that one, else the most of them.
    """
    if not any(renamed.get(of) for of in definition.asked):
        return definition
    return replace(
        definition,
        rules=tuple(
            replace(rule, all=tuple(_condition_followed(one, renamed.get(one.of, {})) for one in rule.all))
            for rule in definition.rules
        ),
        weights=tuple(_weight_followed(one, renamed.get(one.of, {})) for one in definition.weights),
    )


def _condition_followed(condition: Condition, into: Mapping[str, str]) -> Condition:
    return replace(condition, codes=tuple(dict.fromkeys(into.get(code, code) for code in condition.codes)))


def _weight_followed(weight: Weight, into: Mapping[str, str]) -> Weight:
    said = {code: points for code, points in weight.points if code not in into}
    found: dict[str, int] = {}
    for code, points in weight.points:
        target = into.get(code, code)
        found[target] = said.get(target, max(points, found.get(target, 0)))
    return replace(weight, points=tuple(sorted(found.items())))


# --- what can be told without any customer ---------------------------------------------------------------------------
CELLS = tuple({"r": r, "f": f, "m": m} for r, f, m in product(range(1, 6), repeat=3))


def idle_rules(definition: Definition) -> dict[int, list[int]]:
    """Place of a rule that can never match -> places of the rules before it that take all it would take.

    Told where conditions ask for r, f and m only, by all 125 combinations; the others may always find somebody.
    """
    found: dict[int, list[int]] = {}
    taken: dict[int, int] = {}  # cell -> rule
    for place, rule in enumerate(definition.rules):
        plain = all(condition.of in SCORES for condition in rule.all)
        mine = [n for n, cell in enumerate(CELLS) if rule.matches(cell)] if plain else []
        if plain and all(n in taken for n in mine):
            found[place] = sorted({taken[n] for n in mine})
        for n in mine:
            taken.setdefault(n, place)
    return found


# --- as it is stored -------------------------------------------------------------------------------------------------
def as_stored(definition: Definition) -> dict[str, Any]:
    """The JSON of a rule set without its tiers, see docs/algorithms/tiers.md."""
    if definition.by == POINTS:
        return {
            "weights": [
                {"of": one.of, "weight": one.weight} | ({"points": dict(one.points)} if one.points else {})
                for one in definition.weights
            ],
            "tiers": [{"tier": one.tier} | _known(**{"from": one.low}) for one in definition.thresholds],
        }
    return {
        "rules": [
            {"tier": rule.tier, "all": [_condition_stored(condition) for condition in rule.all]}
            for rule in definition.rules
        ]
    }


def _condition_stored(condition: Condition) -> dict[str, Any]:
    bounds = _known(min=condition.low, max=condition.high)
    return {"of": condition.of} | bounds | ({"codes": list(condition.codes)} if condition.codes else {})


def _known(**values: int | None) -> dict[str, int]:
    return {name: value for name, value in values.items() if value is not None}


def read(codes: Iterable[str], stored: Mapping[str, Any]) -> Definition:
    """What `as_stored` gave, with the codes of the tiers."""
    return Definition(
        tiers=tuple(codes),
        rules=tuple(
            Rule(rule["tier"], tuple(_condition_read(one) for one in rule["all"])) for rule in stored.get("rules", ())
        ),
        weights=tuple(
            Weight(one["of"], one["weight"], tuple(sorted(one.get("points", {}).items())))
            for one in stored.get("weights", ())
        ),
        thresholds=tuple(Threshold(one["tier"], one.get("from")) for one in stored.get("tiers", ())),
    )


def _condition_read(stored: Mapping[str, Any]) -> Condition:
    return Condition(stored["of"], stored.get("min"), stored.get("max"), tuple(stored.get("codes", ())))
