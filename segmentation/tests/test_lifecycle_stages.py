"""Lifecycle stages, first match in their order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation import lifecycle


@pytest.mark.parametrize(
    ("ever", "window", "recency", "r", "stage"),
    [
        (0, 0, None, None, "prospect"),
        (9, 0, 365, None, "lost"),
        (1, 1, 364, 1, "dormant"),
        (9, 9, 181, 5, "dormant"),
        (4, 4, 180, 3, "loyal"),
        (4, 4, 180, 2, "repeat"),
        (3, 3, 10, 5, "repeat"),
        (1, 1, 180, 1, "first_time"),
        (2, 1, 0, 5, "repeat"),
    ],
)
def test_stage(ever: int, window: int, recency: int | None, r: int | None, stage: str) -> None:
    assert lifecycle.stage(days_ever=ever, days_in_window=window, recency=recency, r=r) == stage


@pytest.mark.parametrize(
    ("window", "recency", "stage"),
    [
        (30, 14, "loyal"),
        (30, 15, "dormant"),
        (30, 29, "dormant"),
        (30, 30, "lost"),
        (90, 44, "loyal"),
        (90, 50, "dormant"),
        (1095, 540, "loyal"),
        (1095, 541, "dormant"),
        (1095, 1095, "lost"),
    ],
)
def test_lost_and_dormant_follow_the_window(window: int, recency: int, stage: str) -> None:
    assert (
        lifecycle.stage(days_ever=4, days_in_window=4, recency=recency, r=3, limits=lifecycle.Limits(window)) == stage
    )


def test_who_came_back_after_a_lost_year_is_repeat_not_first_time() -> None:
    assert lifecycle.stage(days_ever=2, days_in_window=1, recency=3, r=5) == "repeat"


@given(st.integers(1, 50), st.integers(0, 50), st.integers(0, 2000), st.integers(1, 5))
def test_every_buyer_has_a_known_stage(ever: int, window: int, recency: int, r: int) -> None:
    got = lifecycle.stage(days_ever=ever, days_in_window=min(window, ever), recency=recency, r=r)
    assert got in lifecycle.STAGES
    assert (got == "lost") == (recency > 364)
