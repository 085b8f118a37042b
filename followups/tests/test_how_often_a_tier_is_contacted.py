"""What the cadence table asks for customers of a kind, as other pages weigh the work of a tier by it."""

from __future__ import annotations

import pytest

from conftest import Cast
from core import memo
from followups.cadence_table.usual import STEADY, usual_days
from followups.models import CadenceRule, Policy

pytestmark = pytest.mark.django_db


def asked(*kind: str, scheme: str = "b2b") -> int | None:
    whole = (*kind, *("",) * (4 - len(kind)))
    return usual_days(scheme, [whole]).get(whole)  # type: ignore[arg-type, list-item]


def test_the_tier_says_which_part_of_the_range(cast: Cast) -> None:
    assert asked("long_term", "S") == 30
    assert asked("long_term", "A") == 30  # key: the short end of 30 to 45
    assert asked("long_term", "B") == 45  # regular: the middle of 30 to 60
    assert asked("long_term", "D", scheme="b2c") == 90  # activation: the long end of 60 to 90


def test_a_tier_without_a_line_goes_by_that_of_all_tiers(cast: Cast) -> None:
    assert asked("long_term", "X") == 60


def test_an_earlier_stage_goes_by_its_own_line(cast: Cast) -> None:
    assert asked("needs", "A") == 5
    assert asked("after_sale", "A") == 30
    assert asked("paused", "A") is None
    assert "paused" not in STEADY


def test_the_line_that_says_most_counts(cast: Cast) -> None:
    base = CadenceRule.objects.get(phase="long_term", scheme="", tier="")
    values = {"shortest": 14, "longest": 14, "method": base.method, "other_method": base.other_method}
    CadenceRule.objects.create(phase="long_term", amount="large", category="regular", **values)
    memo.forget_all()
    assert asked("long_term", "X", "", "large") == 14
    assert asked("long_term", "A", "", "large") == 30


@pytest.mark.parametrize("policy", [Policy.NONE, Policy.REVIEW, Policy.AUTOMATIC])
def test_what_nobody_does_by_hand_is_no_work(cast: Cast, policy: Policy) -> None:
    CadenceRule.objects.filter(phase="long_term", scheme="b2b", tier="B").update(policy=policy)
    memo.forget_all()
    assert asked("long_term", "B") is None
    assert asked("long_term", "A") == 30
