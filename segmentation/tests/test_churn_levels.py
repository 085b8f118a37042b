"""Warning levels: where they open, how they fall and how cases end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation import churn
from segmentation.churn import Outlook, Verdict, Watch, judge, next_level, opening_level

BUYER = Watch(order_days=3, in_window=True)
chances = st.floats(0, 1)
levels = st.sampled_from(churn.LEVELS)


def at(p_now: float, drop: float) -> Outlook:
    return Outlook(p_now, p_now / (1 - drop))


@pytest.mark.parametrize(
    ("p_now", "drop", "level"),
    [(0.50, 0.9, "none"), (0.499, 0.25, "yellow"), (0.499, 0.249, "none"), (0.35, 0.9, "yellow")]
    + [(0.349, 0.30, "red"), (0.349, 0.299, "yellow"), (0.1, 0.24, "none")],
)
def test_opening(p_now: float, drop: float, level: str) -> None:
    assert opening_level(p_now, drop) == level
    assert next_level("none", p_now, drop) == level


@pytest.mark.parametrize(
    ("before", "p_now", "drop", "after"),
    [
        ("yellow", 0.59, 0.9, "yellow"),
        ("yellow", 0.60, 0.9, "none"),
        ("yellow", 0.40, 0.15, "yellow"),
        ("yellow", 0.40, 0.149, "none"),
        ("yellow", 0.349, 0.3, "red"),
        ("red", 0.449, 0.9, "red"),
        ("red", 0.45, 0.9, "yellow"),
        ("red", 0.34, 0.2, "red"),
        ("red", 0.60, 0.9, "none"),
        ("red", 0.20, 0.1, "none"),
    ],
)
def test_falling(before: str, p_now: float, drop: float, after: str) -> None:
    assert next_level(before, p_now, drop) == after


@given(levels, chances, chances)
def test_the_same_numbers_twice_change_nothing(before: str, p_now: float, drop: float) -> None:
    once = next_level(before, p_now, drop)
    assert next_level(once, p_now, drop) == once


@given(st.lists(st.floats(0.46, 0.54), min_size=30, max_size=30))
def test_swaying_round_the_yellow_limit_opens_at_most_once(path: list[float]) -> None:
    level, opened = "none", 0
    for p_now in path:
        before, level = level, next_level(level, p_now, 0.5)
        opened += before == "none" and level != "none"
    assert opened <= 1


def test_a_purchase_wins_the_customer_back() -> None:
    bought = Watch(order_days=4, in_window=True, bought_since=True)
    assert judge("red", bought, at(0.8, 0.0)) == Verdict("none", "won_back")


def test_leaving_the_window_loses_the_customer() -> None:
    assert judge("red", Watch(order_days=3, in_window=False), at(0.05, 0.9)) == Verdict("none", "lost")
    assert judge("none", Watch(order_days=3, in_window=False), at(0.05, 0.9)) == Verdict("none")


def test_numbers_ease_a_case() -> None:
    assert judge("yellow", BUYER, at(0.7, 0.1)) == Verdict("none", "eased")
    assert judge("yellow", BUYER, at(0.4, 0.5)) == Verdict("yellow")


@pytest.mark.parametrize(
    "watch",
    [
        Watch(1, in_window=True),
        Watch(3, in_window=True, open_order=True),
        Watch(3, in_window=True, false_alarm=True),
    ],
    ids=["one-time buyer", "open order", "false alarm"],
)
def test_who_is_never_warned(watch: Watch) -> None:
    assert judge("none", watch, at(0.1, 0.9)) == Verdict("none")


def test_an_order_under_way_eases_an_open_case() -> None:
    under_way = Watch(3, in_window=True, open_order=True)
    assert judge("red", under_way, at(0.1, 0.9)) == Verdict("none", "eased")


@pytest.mark.parametrize(
    ("silent", "median", "intervals", "level"),
    [(89, None, 1, "none"), (90, None, 1, "yellow"), (40, 20.0, 3, "yellow"), (40, 20.0, 2, "none")]
    + [(90, 45.0, 3, "red"), (39, 20.0, 9, "none"), (90, 0.0, 3, "yellow")],
)
def test_fixed_rule(silent: int, median: float | None, intervals: int, level: str) -> None:
    assert churn.fixed_level(silent, median, intervals) == level


def test_without_parameters_the_fixed_rule_decides() -> None:
    assert judge("none", BUYER, None, fallback="yellow") == Verdict("yellow")
    assert judge("yellow", BUYER, None, fallback="none") == Verdict("none", "eased")
