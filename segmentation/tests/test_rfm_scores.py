"""Rank scores, frozen cut-points and manual cut-points."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation import rfm

values = st.lists(st.integers(-50, 50), min_size=1, max_size=60)


def test_worked_example_of_frequency() -> None:
    assert rfm.rank_scores([1, 1, 1, 1, 1, 1, 2, 2, 3, 9]) == [1, 1, 1, 1, 1, 1, 4, 4, 5, 5]


def test_worked_example_of_recency() -> None:
    days = [0, 3, 3, 30, 30, 60, 90, 200, 364, 364]
    assert rfm.rank_scores(days, lower_is_better=True) == [5, 4, 4, 3, 3, 3, 2, 2, 1, 1]


@pytest.mark.parametrize(
    ("given_values", "scores"),
    [([7], [1]), ([4, 4, 4, 4], [1, 1, 1, 1]), ([1, 2, 3, 4, 5], [1, 2, 3, 4, 5])],
)
def test_small_and_equal_groups(given_values: list[int], scores: list[int]) -> None:
    assert rfm.rank_scores(given_values) == scores


@given(values, st.booleans())
def test_cut_points_equal_the_rank_score_on_calibration_day(numbers: list[int], lower: bool) -> None:
    cuts = rfm.freeze(numbers, lower_is_better=lower)
    by_cut = [rfm.score(value, cuts, lower_is_better=lower) for value in numbers]
    assert by_cut == rfm.rank_scores(numbers, lower_is_better=lower)


@given(values)
def test_equal_values_score_equal_and_better_values_never_worse(numbers: list[int]) -> None:
    scored = sorted(zip(numbers, rfm.rank_scores(numbers), strict=True))
    assert all(low[1] <= high[1] for low, high in pairwise(scored))
    assert all(low[1] == high[1] for low, high in pairwise(scored) if low[0] == high[0])


@given(st.lists(st.integers(), min_size=5, max_size=100, unique=True))
def test_without_ties_every_score_takes_a_fifth(numbers: list[int]) -> None:
    whole = numbers[: len(numbers) // 5 * 5]
    scores = rfm.rank_scores(whole)
    assert {scores.count(score) for score in rfm.SCORES} == {len(whole) // 5}


@given(values)
def test_frozen_cut_points_are_in_order(numbers: list[int]) -> None:
    both = rfm.CutPoints(rfm.freeze(numbers, lower_is_better=True), rfm.freeze(numbers), rfm.freeze(numbers))
    assert rfm.problems(both) == []


def test_a_score_that_nobody_reaches_stays_empty() -> None:
    assert rfm.freeze([3, 3, 3]) == (None, None, None, None)
    assert rfm.score(99, (None, None, None, None)) == 1


def test_one_time_buyers_share_the_lowest_score_and_two_stays_empty() -> None:
    frequency = [1] * 59 + [2] * 21 + [3] * 20
    assert sorted(set(rfm.rank_scores(frequency))) == [1, 3, 5]


def test_a_net_amount_of_zero_or_less_scores_one_whatever_the_cut_points() -> None:
    generous = rfm.CutPoints((364,) * 4, (1,) * 4, (-500,) * 4)
    assert rfm.score_customer(rfm.Measures(0, 3, 0), generous) == (5, 5, 1)
    assert rfm.score_customer(rfm.Measures(0, 3, -100), generous) == (5, 5, 1)
    assert rfm.score_customer(rfm.Measures(0, 3, 1), generous) == (5, 5, 5)


def test_manual_cut_points_follow_the_currency() -> None:
    yuan, yen = rfm.manual_cut_points(2), rfm.manual_cut_points(0)
    assert yuan.recency == yen.recency == (365, 180, 90, 30)
    assert yuan.monetary == tuple(100 * amount for amount in yen.monetary)
    assert rfm.problems(yuan) == []


def test_a_recency_equal_to_the_threshold_meets_it() -> None:
    assert [rfm.score(days, (365, 180, 90, 30), lower_is_better=True) for days in (30, 31, 90, 181)] == [
        5,
        4,
        4,
        2,
    ]


def test_fewer_than_a_hundred_customers_are_scored_by_manual_cut_points() -> None:
    rows = [rfm.Measures(day, 1 + day % 7, 100 * day) for day in range(100)]
    manual = rfm.manual_cut_points()
    assert rfm.cut_points_for(rows[:99], manual) is manual
    assert rfm.cut_points_for(rows, manual) == rfm.calibrate(rows)


def test_amount_classes_bring_half_and_the_next_third_of_revenue() -> None:
    amounts = [500, 300, 100, 50, 50, 0, -40]
    bounds = rfm.amount_bounds(amounts)
    assert bounds == (500, 300)
    assert [rfm.amount_class(amount, bounds) for amount in amounts] == ["large", "mid", *["small"] * 3, "", ""]
    assert rfm.amount_bounds([0, -5]) == (None, None)


@given(st.lists(st.integers(-1000, 10_000), min_size=1, max_size=50))
def test_large_customers_bring_at_least_half(amounts: list[int]) -> None:
    large, mid = rfm.amount_bounds(amounts)
    positive = [amount for amount in amounts if amount > 0]
    if not positive:
        return
    assert 2 * sum(amount for amount in positive if amount >= large) >= sum(positive)
    assert 10 * sum(amount for amount in positive if amount >= mid) >= 8 * sum(positive)
    assert 2 * sum(amount for amount in positive if amount > large) < sum(positive)


def test_frequency_classes() -> None:
    assert [rfm.frequency_class(days) for days in (0, 1, 2, 5, 6)] == ["", "low", "mid", "mid", "high"]


def test_thresholds_out_of_order_are_named() -> None:
    wrong = rfm.CutPoints((30, 90, 180, 365), (2, 3, 4, 6), (500, 200, 1000, 2000))
    assert rfm.problems(wrong) == ["recency", "monetary"]
