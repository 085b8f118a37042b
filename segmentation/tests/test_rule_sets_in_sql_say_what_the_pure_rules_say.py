"""A rule set as one SQL expression gives every customer the tier of the pure rules, whatever is known of them."""

from __future__ import annotations

import random
from typing import Any

import pytest
from django.db import connection

from segmentation import rating_sql, tiers

TYPES = {code: "text" if one.codes else "bigint" for code, one in tiers.CRITERIA.items()}
# Of entries the customers hold ids. Code "gone" has none: nobody can have it.
ENTRIES = ("leader", "1-9", "textiles", "other", "gone")
KEYS = {
    of: {code: 7 * place + n for n, code in enumerate(ENTRIES[:-1])}
    for place, (of, one) in enumerate(tiers.CRITERIA.items())
    if one.entries
}
COLUMNS = {code: f"v.{code}" for code in tiers.CRITERIA}
CODES = tuple("ABCDEFGH")


def some_value(chance: random.Random, criterion: tiers.Criterion, unknown: float = 0.2) -> tiers.Value:
    if chance.random() < unknown:
        return "" if criterion.codes and chance.random() < 0.5 else None
    if criterion.entries:
        return chance.choice(ENTRIES[:-1])
    if criterion.codes:
        return chance.choice(criterion.codes)
    return chance.randint(criterion.low, min(criterion.high, 1000))


def some_condition(chance: random.Random) -> tiers.Condition:
    criterion = chance.choice(list(tiers.CRITERIA.values()))
    if criterion.coded:
        known = criterion.codes or ENTRIES
        return tiers.Condition(criterion.code, codes=tuple(chance.sample(known, chance.randint(1, 2))))
    low, high = sorted(chance.randint(criterion.low, min(criterion.high, 1000)) for _ in range(2))
    which = chance.randrange(3)
    return tiers.Condition(criterion.code, None if which == 0 else low, None if which == 1 else high)


def some_rules(chance: random.Random) -> tiers.Definition:
    codes = CODES[: chance.randint(2, 8)]
    rules = [
        tiers.Rule(chance.choice(codes), tuple(some_condition(chance) for _ in range(chance.randint(1, 3))))
        for _ in range(chance.randint(0, 6))
    ]
    return tiers.Definition(codes, (*rules, tiers.Rule(chance.choice(codes))))


def some_points_of(chance: random.Random, criterion: tiers.Criterion) -> list[tuple[str, int]]:
    if not criterion.coded:
        return []
    known = criterion.codes or ENTRIES
    return sorted((code, chance.randint(0, 100)) for code in chance.sample(known, 2))


def some_points(chance: random.Random) -> tiers.Definition:
    codes = CODES[: chance.randint(2, 8)]
    chosen = chance.sample([one for one in tiers.CRITERIA.values() if one.weighed], chance.randint(1, 5))
    cuts = sorted(chance.sample(range(1, 100), len(chosen) - 1))
    shares = [high - low for low, high in zip([0, *cuts], [*cuts, 100], strict=True)]
    weights = [
        tiers.Weight(one.code, share, tuple(some_points_of(chance, one)))
        for one, share in zip(chosen, shares, strict=True)
    ]
    limits = sorted(chance.sample(range(1, 101), len(codes) - 1), reverse=True)
    thresholds = [tiers.Threshold(code, low) for code, low in zip(codes, [*limits, None], strict=True)]
    return tiers.Definition(codes, weights=tuple(weights), thresholds=tuple(thresholds))


def stored(of: str, value: tiers.Value) -> tiers.Value:
    return KEYS[of][value] if of in KEYS and isinstance(value, str) else value


def by_sql(definition: tiers.Definition, customers: list[tiers.Values]) -> list[str]:
    text, params = rating_sql.expression(definition, COLUMNS, "x", KEYS)
    rows: dict[str, Any] = {}
    lines = []
    for n, values in enumerate(customers):
        cells = [f"%(v{n}_{code})s::{TYPES[code]}" for code in tiers.CRITERIA]
        rows |= {f"v{n}_{code}": stored(code, values.get(code)) for code in tiers.CRITERIA}
        lines.append(f"({n}, {', '.join(cells)})")
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {text}::text FROM (VALUES {', '.join(lines)}) v(n, {', '.join(tiers.CRITERIA)}) ORDER BY n",
            rows | params,
        )
        return [code for (code,) in cursor.fetchall()]


@pytest.mark.django_db
@pytest.mark.parametrize("some", [some_rules, some_points])
@pytest.mark.parametrize("seed", range(25))
def test_for_random_rule_sets_and_customers(some: Any, seed: int) -> None:
    chance = random.Random(seed)
    definition = some(chance)
    customers = [{code: some_value(chance, one) for code, one in tiers.CRITERIA.items()} for _ in range(60)]
    customers.append(dict.fromkeys(tiers.CRITERIA))
    assert by_sql(definition, customers) == [tiers.tier_by(definition, values) for values in customers]


@pytest.mark.django_db
@pytest.mark.parametrize("scheme", tiers.SCHEMES)
def test_the_shipped_rules_for_all_125_cells(scheme: str) -> None:
    shipped, cells = tiers.DEFAULTS[scheme], list(tiers.CELLS)
    assert by_sql(shipped, cells) == [tiers.tier_by(shipped, cell) for cell in cells]
