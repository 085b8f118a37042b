"""Intervals of differences: the values that their authors, or well-known tools, publish for the same data, and how
often an interval holds the true difference, counted over everything that can happen."""

from __future__ import annotations

from math import comb
from random import Random

import pytest

from segmentation.control.differences import FEWEST, Amounts, of_mean, of_means, of_pairs, of_shares, student, wilson
from segmentation.control.drawing import is_held, number_of

# Student's sleep data (Biometrika 6, 1908), which ship with R: what t.test says of them.
FIRST = (0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0)
SECOND = (1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4)


def amounts(values: tuple[float, ...] | list[float]) -> Amounts:
    return Amounts(len(values), sum(values), sum(value * value for value in values))


# --- published values ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_one_share(hits: int, n: int, low: float, high: float) -> None:
    """Newcombe 1998 (two-sided intervals for the single proportion), method 3."""
    assert wilson(hits, n) == pytest.approx((low, high), abs=0.00005)


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((6, 7, 2, 7), 0.0582, 0.8062),
        ((5, 56, 0, 29), -0.0381, 0.1926),
        ((0, 10, 0, 20), -0.1611, 0.2775),
        ((0, 10, 0, 10), -0.2775, 0.2775),
        ((10, 10, 0, 20), 0.6791, 1.0),
        ((10, 10, 0, 10), 0.6075, 1.0),
    ],
)
def test_two_shares(counts: tuple[int, int, int, int], low: float, high: float) -> None:
    """Newcombe 1998 (difference between independent proportions), table II, method 10."""
    found = of_shares(*counts)
    assert found is not None
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.00005)


def test_shares_of_pairs() -> None:
    """The example of ci.prop.ps in the R package statpsych, by the authors of the interval."""
    found = of_pairs(48, 26, 4)
    assert found is not None
    assert (found.low, found.high) == pytest.approx((0.2548067, 0.6251933), abs=1e-6)
    assert found.estimate == pytest.approx(22 / 48)


def test_means() -> None:
    between, of_each = (
        of_means(amounts(FIRST), amounts(SECOND)),
        of_mean(amounts([a - b for a, b in zip(FIRST, SECOND, strict=True)])),
    )
    assert between is not None
    assert of_each is not None
    assert (between.low, between.high) == pytest.approx((-3.3654832, 0.2054832), abs=1e-6)
    assert (of_each.low, of_each.high) == pytest.approx((-2.4598858, -0.7001142), abs=1e-5)
    assert between.may_be_chance
    assert not of_each.may_be_chance


@pytest.mark.parametrize(("freedom", "wanted"), [(9, 2.2622), (29, 2.0452), (60, 2.0003), (120, 1.9799), (1e9, 1.96)])
def test_the_tables_of_student(freedom: float, wanted: float) -> None:
    assert student(freedom) == pytest.approx(wanted, abs=0.0001)


# --- odd sides -------------------------------------------------------------------------------------------------------
def test_nothing_is_said_of_nobody_nor_where_everybody_is_equal() -> None:
    assert of_shares(0, 0, 3, 40) is None
    assert of_pairs(0, 0, 0) is None
    assert of_means(amounts([5.0]), amounts([1.0, 2.0])) is None
    assert of_means(amounts([700.0] * 40), amounts([700.0] * 40)) is None
    assert of_mean(amounts([0.0] * 40)) is None
    equal = of_shares(0, 40, 0, 40)
    assert equal is not None
    assert (equal.estimate, equal.may_be_chance) == (0, True)


def test_large_amounts_leave_no_spread_that_is_rounding() -> None:
    assert amounts([987_654_321.0] * 1000).variance == 0


def test_the_sides_can_be_changed() -> None:
    there, back = of_shares(7, 41, 30, 60), of_shares(30, 60, 7, 41)
    assert there is not None
    assert back is not None
    assert (there.low, there.estimate, there.high) == pytest.approx((-back.high, -back.estimate, -back.low))


# --- how often they hold the truth -----------------------------------------------------------------------------------
def binomial(n: int, share: float) -> list[float]:
    return [comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(n + 1)]


@pytest.mark.parametrize(
    ("n", "other_n", "share", "other"),
    [(FEWEST, FEWEST, 0.2, 0.3), (FEWEST, FEWEST, 0.02, 0.05), (270, FEWEST, 0.1, 0.1), (90, FEWEST, 0.5, 0.5)],
)
def test_the_interval_of_two_shares_holds_their_difference(n: int, other_n: int, share: float, other: float) -> None:
    held = 0.0
    for hits, chance in enumerate(binomial(n, share)):
        for other_hits, other_chance in enumerate(binomial(other_n, other)):
            found = of_shares(hits, n, other_hits, other_n)
            assert found is not None
            if found.low <= share - other <= found.high:
                held += chance * other_chance
    assert held > 0.94


@pytest.mark.parametrize(("up", "down"), [(0.1, 0.1), (0.02, 0.1), (0.3, 0.2)])
def test_the_interval_of_pairs_holds_their_difference(up: float, down: float) -> None:
    n, held = FEWEST, 0.0
    for first in range(n + 1):
        for second in range(n + 1 - first):
            found = of_pairs(n, first, second)
            assert found is not None
            if found.low <= up - down <= found.high:
                ways = comb(n, first) * comb(n - first, second)
                held += ways * up**first * down**second * (1 - up - down) ** (n - first - second)
    assert held > 0.94


@pytest.mark.parametrize(("capped", "least", "most"), [(True, 0.92, 0.97), (False, 0.85, 0.91)])
def test_sales_need_a_cap(capped: bool, least: float, most: float) -> None:
    """Sales of which half are none and some very large, 270 customers beside 30: uncapped, the interval promises more
    than it holds."""
    chance, held, times = Random(37), 0, 800
    for _n in range(times):
        sides = [
            [0.0 if chance.random() < 0.5 else chance.lognormvariate(0, 1) for _k in range(n)] for n in (270, FEWEST)
        ]
        cap = sorted(sides[0] + sides[1])[285] if capped else float("inf")
        found = of_means(*(amounts([min(value, cap) for value in side]) for side in sides))
        held += found is not None and found.may_be_chance
    assert least < held / times < most


# --- who is left out -------------------------------------------------------------------------------------------------
def test_a_hash_leaves_out_the_share_and_each_hold_out_others() -> None:
    first, second = ({n for n in range(1, 10_001) if is_held(hold_out, n, 10)} for hold_out in (1, 2))
    assert 900 < len(first) < 1_100
    assert 60 < len(first & second) < 140
    assert first < {n for n in range(1, 10_001) if is_held(1, n, 20)}
    assert number_of(1, 1) == 0xD6B5915C
