"""The finding in the title of the tier dashboard holds for the shares that are shown under it."""

import re

from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from segmentation.pages.tier_dashboard import UNMOVED, shares_moved

HIGH = ("S", "A")
NAMES = {"S": "Strategic", "A": "Key", "B": "Potential", "C": "Standard", "D": "Low"}
COUNTS = st.lists(st.integers(0, 60), min_size=5, max_size=5).filter(any)


def shares(counts: list[int]) -> dict[str, float]:
    return {code: n / sum(counts) for code, n in zip(NAMES, counts, strict=True)}


@settings(max_examples=80, deadline=None)
@given(COUNTS, COUNTS)
def test_it_says_what_moved_and_nothing_else(before: list[int], now: list[int]):
    old, new = shares(before), shares(now)
    moves = {NAMES[code]: (new[code] - old[code]) * 100 for code in NAMES}
    moves["High tiers"] = sum(moves[NAMES[code]] for code in HIGH)
    with translation.override("en"):
        title = shares_moved(NAMES, old, new, 11, HIGH)
    said = re.findall(r"([A-Z][\w ]*?) (up|down) ([\d.]+) points", title)
    if max(abs(moves[name]) for name in NAMES.values()) >= UNMOVED:
        assert said, title
    else:
        assert title.startswith("No tier's share moved by 0.5 points")
    for name, direction, points in said:
        assert abs(moves[name] - float(points) * (1 if direction == "up" else -1)) < 0.051, title


def test_stable_high_tiers_do_not_hide_what_moved_below_them():
    with translation.override("en"):
        title = shares_moved(NAMES, shares([0, 20, 25, 31, 24]), shares([0, 20, 16, 33, 31]), 11, HIGH)
    assert title == "Low up 7.0 points, Potential down 9.0 points in 11 months"
