"""Whom new rules moved, though the numbers would have left them where they were, is told so in history and notices."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import translation

from conftest import Cast
from customers.models import Customer
from segmentation import night, services, tiers
from segmentation.following import new_tier_said
from segmentation.models import RuleSet, ScoreInterval, TierMove
from segmentation.selectors import in_force
from segmentation.tests import worlds
from segmentation.tests.test_a_rule_set_comes_into_force import (
    FURTHER,
    HIGH_MID_LOW,
    company,  # noqa: F401
    effective,
    publish,
)
from segmentation.tiers import Condition, Definition, Rule, box

pytestmark = pytest.mark.django_db
NEW = {
    "b2c": Definition(("A", "B", "C", "D"), (box("A", f=(3, 5), m=(4, 5)), box("D", f=(1, 2), m=(1, 2)), Rule("C"))),
    "b2b": HIGH_MID_LOW,
}


def nights(company: date, by: Any, new: dict[str, Definition], apart: int = 40) -> date:  # noqa: F811
    """A night by the shipped rules, and one by the new ones; returns the day of the first."""
    first = company - timedelta(days=apart)
    night.rescore(first)
    for scheme, definition in new.items():
        effective(publish(definition, by, scheme=scheme), company)
    night.rescore(company)
    return first


@pytest.mark.parametrize("apart", [1, 40])
def test_it_is_whom_the_former_rules_would_have_left(cast: Cast, company: date, apart: int) -> None:  # noqa: F811
    first = nights(company, cast.admin, NEW, apart)
    before = {row.customer_id: row for row in ScoreInterval.objects.filter(in_force(first))}
    now = {row.customer_id: row for row in ScoreInterval.objects.filter(valid_to=None)}
    told = 0
    moves = list(TierMove.objects.filter(run__as_of=company))
    for move in moves:
        row, old = now[move.customer_id], before[move.customer_id].tier
        values = {"r": row.r, "f": row.f, "m": row.m} if row.r else None
        stayed = values is None or tiers.tier_by(tiers.DEFAULTS[row.tier_scheme], values) == old
        assert move.rules == (2 if stayed else None), row.customer_id
        told += stayed
    assert told > 10
    assert apart == 1 or told < len(moves)


def test_without_new_rules_numbers_moved_everybody(cast: Cast, company: date) -> None:  # noqa: F811
    for days in (40, 0):
        night.rescore(company - timedelta(days=days))
    moves = TierMove.objects.filter(run__as_of=company)
    assert moves.exists()
    assert not moves.exclude(rules=None).exists()


def test_it_stays_said_when_the_night_is_repeated(cast: Cast, company: date) -> None:  # noqa: F811
    first = nights(company, cast.admin, NEW)
    said = list(TierMove.objects.order_by("customer_id").values_list("customer_id", "rules"))
    night.rescore(company)
    night.rescore(first)  # the moves of the later run are looked at again
    assert list(TierMove.objects.order_by("customer_id").values_list("customer_id", "rules")) == said


def test_sets_that_look_at_further_scores_are_asked_too(cast: Cast, company: date) -> None:  # noqa: F811
    first = company - timedelta(days=1)
    for scheme, definition in FURTHER.items():
        effective(publish(definition, cast.admin, scheme=scheme), first)
    night.rescore(first)
    all_low = Definition(("C", "A"), (Rule("C"),))
    effective(publish(all_low, cast.admin), company)
    night.rescore(company)
    assert TierMove.objects.filter(run__as_of=company, tier_scheme="b2b", rules=3).exists()
    assert not TierMove.objects.filter(run__as_of=company, tier_scheme="b2c").exclude(rules=None).exists()


def test_a_tier_set_by_hand_is_no_move_by_rules(cast: Cast, company: date, customer: Customer) -> None:  # noqa: F811
    worlds.store_deal(worlds.Deal(customer.number, company - timedelta(days=50), 500_000))
    night.rescore(company - timedelta(days=1))
    until = company + timedelta(days=30)
    services.tier_override(customer=customer, tier="S", reason="x", until=until, by=cast.manager)
    keep_s = Definition(("S", "A", "B"), (Rule("A", (Condition("m", low=4),)), Rule("B")))
    effective(publish(keep_s, cast.admin), company)
    night.rescore(company)
    assert TierMove.objects.get(customer=customer, tier_after="S").rules is None


def test_history_and_notice_name_the_version_and_since_when_it_counts(
    cast: Cast,
    company: date,  # noqa: F811
    customer: Customer,
    sign_in: Any,
) -> None:
    worlds.store_deal(worlds.Deal(customer.number, company - timedelta(days=50), 500_000))
    nights(company, cast.admin, NEW, apart=1)
    move = TierMove.objects.get(customer=customer, run__as_of=company)
    assert move.rules == 2
    RuleSet.objects.filter(scheme="b2b", number=2).update(effective_on=date(2026, 6, 1))
    page = sign_in(cast.wang).get(reverse("customer", args=[customer.pk])).content.decode()
    assert "By rules version 2 of 1 Jun 2026" in page
    assert reverse("rule_set_versions", args=["b2b"]) in page
    numbers = {"scheme": "b2b", "before": "A", "after": "B", "up": False, "rules": 2, "rules_on": "2026-06-01"}
    with translation.override("en"):
        assert new_tier_said(numbers).endswith("; by rules version 2 of 1 Jun 2026")
    with translation.override("zh-hans"):
        assert "第 2 版规则" in new_tier_said(numbers)
