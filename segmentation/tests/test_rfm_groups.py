"""The four group schemes are total functions of the scores with stable codes."""

from collections import Counter
from itertools import product

import pytest

from customers.facts import CODES
from segmentation import rfm

CELLS = list(product(rfm.SCORES, repeat=3))


def test_cells_are_all_125_combinations_once() -> None:
    assert [(cell.r, cell.f, cell.m) for cell in rfm.cells()] == CELLS


def test_the_api_narrows_by_the_codes_that_the_scores_give() -> None:
    counts = range(20)
    given = {
        "group5": {cell.group5 for cell in rfm.cells()},
        "segment8": {cell.segment8 for cell in rfm.cells()},
        "frequency_class": {rfm.frequency_class(days) for days in counts} - {""},
        "amount_class": {rfm.amount_class(amount, (10, 5)) for amount in counts} - {""},
    }
    assert {name: set(codes) for name, codes in CODES.items()} == given


def test_raising_a_score_never_lowers_the_group_of_five() -> None:
    place = rfm.GROUP5_WORST_FIRST.index
    for r, f, m in CELLS:
        here = place(rfm.group5(r, f, m))
        for better in ((r + 1, f, m), (r, f + 1, m), (r, f, m + 1)):
            assert max(better) > 5 or place(rfm.group5(*better)) >= here


@pytest.mark.parametrize(
    ("total", "code"),
    [(3, "low"), (4, "low"), (5, "general"), (7, "general"), (8, "steady"), (10, "steady")]
    + [(11, "growth"), (12, "growth"), (13, "high"), (15, "high")],
)
def test_bounds_of_the_group_of_five(total: int, code: str) -> None:
    assert {rfm.group5(*cell) for cell in CELLS if sum(cell) == total} == {code}


@pytest.mark.parametrize(
    ("bits", "code"),
    [("111", "champion"), ("011", "loyal_key"), ("101", "growth_key"), ("001", "rescue_key")]
    + [("110", "champion_low"), ("010", "loyal_low"), ("100", "growth_low"), ("000", "rescue_low")],
)
def test_eight_segments_by_high_and_low(bits: str, code: str) -> None:
    low, high = ([5 if bit == "1" else 3 for bit in bits], [4 if bit == "1" else 1 for bit in bits])
    assert rfm.segment8(*low) == rfm.segment8(*high) == code


def test_four_grades_by_first_match() -> None:
    counts = Counter(rfm.grade4(*cell) for cell in CELLS)
    assert counts == {"high": 20, "potential": 42, "low": 12, "ordinary": 51}
    assert rfm.grade4(1, 4, 4) == "high"
    assert rfm.grade4(4, 1, 1) == "potential"
    assert rfm.grade4(3, 2, 2) == "low"
    assert rfm.grade4(3, 3, 2) == "ordinary"


def test_eleven_segments_divide_the_25_cells() -> None:
    counts = Counter(rfm.segment11(r, f) for r, f in product(rfm.SCORES, repeat=2))
    assert set(counts) == set(rfm.SEGMENT11)
    assert sum(counts.values()) == 25
    assert counts["potential_loyalists"] == 4
    assert counts["at_risk"] == 4
    assert counts["hibernating"] == 3


@pytest.mark.parametrize(
    ("r", "f", "code"),
    [(5, 1, "new_customers"), (5, 3, "potential_loyalists"), (5, 4, "champions"), (4, 1, "promising")]
    + [(4, 2, "potential_loyalists"), (4, 5, "loyal"), (3, 2, "about_to_sleep"), (3, 3, "need_attention")]
    + [
        (3, 4, "loyal"),
        (2, 5, "cant_lose_them"),
        (1, 4, "at_risk"),
        (2, 1, "hibernating"),
        (1, 2, "hibernating"),
    ]
    + [(1, 1, "lost")],
)
def test_places_of_the_eleven_segments(r: int, f: int, code: str) -> None:
    assert rfm.segment11(r, f) == code


def test_above_the_mean_is_strict() -> None:
    assert rfm.segment8_above_mean((3, 4, 3), (30, 30, 30), 10) == "loyal_low"
