"""Tiers of persons and companies: first match, unrated, lost customers, overrides."""

from datetime import date
from itertools import product

import pytest

from segmentation import rfm, tiers

CELLS = list(product(range(1, 6), repeat=3))
GRADE_OF = {"A": "high", "B": "potential", "C": "ordinary", "D": "low"}
PERSONS = tiers.DEFAULT_RULES[tiers.B2C]
COMPANIES = tiers.DEFAULT_RULES[tiers.B2B]


@pytest.mark.parametrize("scheme", [tiers.B2C, tiers.B2B])
def test_shipped_rules_cover_every_combination(scheme: str) -> None:
    assert tiers.uncovered(tiers.DEFAULT_RULES[scheme]) == []


def test_person_tiers_are_the_four_grades() -> None:
    for cell in CELLS:
        assert GRADE_OF[tiers.rate(PERSONS, *cell)] == rfm.grade4(*cell)


@pytest.mark.parametrize(
    ("scores", "code"),
    [((1, 5, 5), "S"), ((1, 4, 5), "A"), ((5, 5, 3), "B"), ((3, 5, 3), "C"), ((1, 1, 1), "C")],
)
def test_company_tiers(scores: tuple[int, int, int], code: str) -> None:
    assert tiers.rate(COMPANIES, *scores) == code


@pytest.mark.parametrize(("kind", "scheme"), [("company", "b2b"), ("person", "b2c"), ("unknown", "b2c")])
def test_scheme_by_customer_kind(kind: str, scheme: str) -> None:
    assert tiers.scheme_for(kind) == scheme


def test_never_bought_is_unrated_even_with_an_old_tier() -> None:
    assert tiers.tier_of(PERSONS, None, previous="A") == tiers.UNRATED


def test_lost_customers_keep_their_last_tier() -> None:
    assert tiers.tier_of(PERSONS, None, previous="A", bought_before=True) == "A"
    assert tiers.tier_of(PERSONS, None, bought_before=True) == tiers.UNRATED


def test_an_override_holds_until_its_last_day() -> None:
    override = tiers.Override("S", until=date(2026, 3, 31))
    rated = {"previous": "C", "bought_before": True, "override": override}
    assert tiers.tier_of(COMPANIES, (1, 1, 1), on=date(2026, 3, 31), **rated) == "S"
    assert tiers.tier_of(COMPANIES, (1, 1, 1), on=date(2026, 4, 1), **rated) == "C"
    assert tiers.tier_of(COMPANIES, None, override=tiers.Override("S"), on=date(2030, 1, 1)) == "S"


def test_a_gap_in_edited_rules_is_found_and_never_guessed() -> None:
    gap = (tiers.Rule("A", f=(4, 5)), tiers.Rule("C", f=(1, 2)))
    assert set(tiers.uncovered(gap)) == {(r, 3, m) for r in range(1, 6) for m in range(1, 6)}
    with pytest.raises(ValueError, match="no tier rule"):
        tiers.rate(gap, 1, 3, 1)
