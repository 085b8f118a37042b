"""Tiers of persons and companies: first match, points, unrated, lost customers, overrides."""

from datetime import date
from itertools import product

import pytest

from segmentation import rfm, tiers

CELLS = list(product(range(1, 6), repeat=3))
GRADE_OF = {"A": "high", "B": "potential", "C": "ordinary", "D": "low"}
PERSONS = tiers.DEFAULTS[tiers.B2C]
COMPANIES = tiers.DEFAULTS[tiers.B2B]


def of(*scores: int) -> tiers.Values:
    return dict(zip("rfm", scores, strict=True))


def test_person_tiers_are_the_four_grades() -> None:
    for cell in CELLS:
        assert GRADE_OF[tiers.tier_by(PERSONS, of(*cell))] == rfm.grade4(*cell)


@pytest.mark.parametrize(
    ("scores", "code"),
    [((1, 5, 5), "S"), ((1, 4, 5), "A"), ((5, 5, 3), "B"), ((3, 5, 3), "C"), ((1, 1, 1), "C")],
)
def test_company_tiers(scores: tuple[int, int, int], code: str) -> None:
    assert tiers.tier_by(COMPANIES, of(*scores)) == code


@pytest.mark.parametrize(("kind", "scheme"), [("company", "b2b"), ("person", "b2c"), ("unknown", "b2c")])
def test_scheme_by_customer_kind(kind: str, scheme: str) -> None:
    assert tiers.scheme_for(kind) == scheme


def test_never_bought_is_unrated_even_with_an_old_tier() -> None:
    assert tiers.tier_of(PERSONS, None, previous="A") == tiers.UNRATED


def test_lost_customers_keep_their_last_tier_as_long_as_there_is_one() -> None:
    assert tiers.tier_of(PERSONS, None, previous="A", bought_before=True) == "A"
    assert tiers.tier_of(PERSONS, None, bought_before=True) == tiers.UNRATED
    assert tiers.tier_of(PERSONS, None, previous="S", bought_before=True) == "C"  # of everybody else


def test_an_override_holds_until_its_last_day() -> None:
    override, scores = tiers.Override("S", until=date(2026, 3, 31)), of(1, 1, 1)
    rated = {"previous": "C", "bought_before": True, "override": override}
    assert tiers.tier_of(COMPANIES, scores, on=date(2026, 3, 31), **rated) == "S"
    assert tiers.tier_of(COMPANIES, scores, on=date(2026, 4, 1), **rated) == "C"
    assert tiers.tier_of(COMPANIES, None, override=tiers.Override("S"), on=date(2030, 1, 1)) == "S"
    assert tiers.tier_of(PERSONS, scores, override=override) == "D"  # persons have no tier S


def test_what_is_not_known_meets_no_condition() -> None:
    asks = tiers.Definition(
        ("A", "B"),
        (tiers.Rule("A", (tiers.Condition("potential", low=0), tiers.Condition("r", high=5))), tiers.Rule("B")),
    )
    assert tiers.tier_by(asks, of(5, 5, 5)) == "B"
    assert tiers.tier_by(asks, {**of(5, 5, 5), "potential": 0}) == "A"
    named = tiers.Condition("loyalty", codes=("advocate",))
    assert [named.holds({"loyalty": value}) for value in ("advocate", "none", "", None)] == [True, False, False, False]


def by_points(*weights: tiers.Weight) -> tiers.Definition:
    limits = (tiers.Threshold("A", 80), tiers.Threshold("B", 50), tiers.Threshold("C"))
    return tiers.Definition(("A", "B", "C"), weights=weights, thresholds=limits)


def test_points_are_weighed_and_what_is_not_known_leaves_its_weight_out() -> None:
    """Worked example of docs/algorithms/tiers.md."""
    loyalty = tiers.Weight("loyalty", 20, (("advocate", 100), ("behavioural", 50)))
    rules = by_points(tiers.Weight("f", 40), tiers.Weight("potential", 40), loyalty)
    known = {**of(1, 4, 1), "potential": 61, "loyalty": "behavioural"}
    assert tiers.points_of(rules.weights, known) == 64  # 40 % of 75, 40 % of 61, 20 % of 50 = 64.4
    assert tiers.points_of(rules.weights, {**known, "potential": None}) == 67  # 60 weights: 40 of 75, 20 of 50 = 66.7
    assert tiers.points_of(rules.weights, {}) is None
    assert [tiers.tier_by(rules, values) for values in (known, {"f": 5}, {})] == ["B", "A", "C"]


@pytest.mark.parametrize(("potential", "code"), [(80, "A"), (79, "B"), (50, "B"), (49, "C")])
def test_a_threshold_counts_from_its_own_points_on(potential: int, code: str) -> None:
    assert tiers.tier_by(by_points(tiers.Weight("potential", 100)), {"potential": potential}) == code


def test_half_a_point_is_rounded_up() -> None:
    half = (tiers.Weight("potential", 50), tiers.Weight("health", 50))
    assert tiers.points_of(half, {"potential": 80, "health": 79}) == 80


@pytest.mark.parametrize("scheme", tiers.SCHEMES)
def test_what_is_stored_is_read_back(scheme: str) -> None:
    shipped = tiers.DEFAULTS[scheme]
    assert tiers.read(shipped.tiers, tiers.as_stored(shipped)) == shipped
    points = by_points(tiers.Weight("r", 60), tiers.Weight("loyalty", 40, (("advocate", 100),)))
    assert tiers.read(points.tiers, tiers.as_stored(points)) == points
