"""A published rule set rates from the night of its first day on; nights before rate as the sets of their day did."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.models import AuditEntry
from conftest import Cast
from core import clock
from core.versions import StaleVersionError
from customers.models import Customer, CustomerFacts
from segmentation import catalogue, night, selectors, services, tiers
from segmentation.models import Recounted, RuleSet, ScoreInterval, ScoreRun, Tier, TierOverride
from segmentation.now.reckoning import score_now
from segmentation.rating import rating_as_of
from segmentation.rules.services import rule_set_publish, rule_set_withdraw
from segmentation.tests import worlds
from segmentation.tiers import Condition, Definition, Rule, Threshold, Weight, box
from segmentation.whatif.scoring import Scoring, measured

HIGH_MID_LOW = Definition(("H", "M", "L"), (box("H", m=(4, 5)), box("M", m=(2, 5)), Rule("L")))


def publish(definition: Definition, by: Any, scheme: str = "b2b", days: int = 0, **more: Any) -> RuleSet:
    day = clock.business_date() + timedelta(days=days)
    values = {"reason": "new price list", "effective_on": day, "by": by} | more
    return rule_set_publish(scheme=scheme, definition=definition, **values)


def effective(row: RuleSet, day: date) -> None:
    """As if it had been published to count from that day."""
    RuleSet.objects.filter(pk=row.pk).update(effective_on=day)


def tiers_of(day: date) -> Counter[str]:
    rows = ScoreInterval.objects.filter(selectors.in_force(day), customer__deleted_at=None)
    return Counter(rows.values_list("tier_scheme", "tier").values_list("tier", flat=True))


@pytest.fixture
def company() -> date:
    """A company whose customers are rated as of the last day that has ended; returns that day."""
    world = worlds.random_world(3, customers=150, days=900)
    shift = clock.last_ended_day() - (worlds.FIRST_DAY + timedelta(days=899))
    for deal in world.deals:
        deal.day += shift
        deal.returned_on = deal.returned_on and deal.returned_on + shift
    worlds.store(world)
    return clock.last_ended_day()


def test_the_coming_night_rates_by_it_and_the_nights_before_as_they_did(cast: Cast, company: date) -> None:
    before = company - timedelta(days=1)
    night.rescore(before)
    as_it_was = tiers_of(before)
    effective(publish(HIGH_MID_LOW, cast.admin), company)
    effective(publish(HIGH_MID_LOW, cast.admin, scheme="b2c"), company)
    night.rescore(company)
    assert set(tiers_of(company)) == {"H", "M", "L", "unrated"}
    run = ScoreRun.objects.get(as_of=company)
    assert set(run.rule_sets) == set(RuleSet.objects.filter(number=2).values_list("pk", flat=True))
    night.rescore(before)
    assert tiers_of(before) == as_it_was
    assert set(ScoreRun.objects.get(as_of=before).rule_sets) == set(
        RuleSet.objects.filter(number=1).values_list("pk", flat=True)
    )


def test_lists_name_the_tiers_that_are_in_use_in_their_order(cast: Cast, company: date) -> None:
    row = publish(HIGH_MID_LOW, cast.admin)
    assert dict(catalogue.names()).keys() == set("SABCD")  # as long as no night has rated by it
    assert not Tier.objects.get(scheme="b2b", code="H").in_use
    effective(row, company)
    night.rescore(company)
    catalogue.catalogue.forget()
    used = Tier.objects.filter(scheme="b2b", in_use=True).order_by("rank")
    assert list(used.values_list("code", "rank")) == [("H", 1), ("M", 2), ("L", 3)]
    wrong = CustomerFacts.objects.filter(tier="M", customer__kind="company").exclude(tier_rank=2)
    assert not wrong.exists()
    assert {"S", "H"} <= dict(catalogue.every_choice()).keys()
    assert "S" not in dict(catalogue.names())


def test_ranks_that_are_in_order_stay(cast: Cast, company: date) -> None:
    shorter = Definition(("A", "B", "D"), (box("A", m=(4, 5)), box("B", m=(2, 5)), Rule("D")))
    effective(publish(shorter, cast.admin, scheme="b2c"), company)
    night.rescore(company)
    ranks = dict(Tier.objects.filter(scheme="b2c", in_use=True).values_list("code", "rank"))
    assert ranks == {"A": 2, "B": 3, "D": 5}


def test_who_buys_no_more_gets_the_lowest_tier_where_the_old_one_is_gone(cast: Cast, company: date) -> None:
    for days in (400, 200, 1):
        night.rescore(company - timedelta(days=days))
    lost = ScoreInterval.objects.filter(valid_to=None, lifecycle="lost", tier_scheme="b2b").exclude(tier="unrated")
    gone = set(lost.values_list("customer_id", flat=True))
    assert gone
    effective(publish(HIGH_MID_LOW, cast.admin), company)
    night.rescore(company)
    now = ScoreInterval.objects.filter(valid_to=None, lifecycle="lost", customer__in=gone)
    assert set(now.values_list("tier", flat=True)) == {"L"}


def test_a_tier_set_by_hand_that_is_gone_ends_with_that_night(cast: Cast, customer: Customer) -> None:
    until = clock.business_date() + timedelta(days=30)
    kept = Customer.objects.create(number="K", name="乙", kind="company")
    services.tier_override(customer=customer, tier="S", reason="x", until=until, by=cast.manager)
    services.tier_override(customer=kept, tier="A", reason="x", until=until, by=cast.manager)
    without_s = Definition(("A", "B"), (box("A", m=(4, 5)), Rule("B")))
    effective(publish(without_s, cast.admin), clock.last_ended_day())
    night.rescore()
    assert CustomerFacts.objects.get(pk=customer.pk).tier == "unrated"
    assert TierOverride.objects.get(customer=customer).ended_at is not None
    assert CustomerFacts.objects.get(pk=kept.pk).tier == "A"
    with pytest.raises(ValidationError):
        services.tier_override(customer=customer, tier="S", reason="x", until=until, by=cast.manager)


FURTHER = {
    "b2b": Definition(
        ("A", "B", "C"),
        (
            Rule("A", (Condition("potential", low=60), Condition("orders", low=2))),
            Rule("B", (Condition("amount", low=50_000),)),
            Rule("C"),
        ),
    ),
    "b2c": Definition(
        ("A", "B", "C"),
        weights=(Weight("f", 50), Weight("potential", 30), Weight("satisfaction", 20, (("satisfied", 100),))),
        thresholds=(Threshold("A", 70), Threshold("B", 40), Threshold("C")),
    ),
}


def test_sets_that_look_at_further_scores_rate_by_those_of_the_same_night(cast: Cast, company: date) -> None:
    chance = random.Random(1)
    for pk in Customer.objects.values_list("pk", flat=True):
        CustomerFacts.objects.create(customer_id=pk, last_csat=chance.choice([None, 1, 3, 5]))
    for scheme, definition in FURTHER.items():
        effective(publish(definition, cast.admin, scheme=scheme), company)
    night.rescore(company)
    rows = ScoreInterval.objects.filter(valid_to=None).select_related("customer__facts")
    for row in rows:
        facts, values = row.customer.facts, None
        if row.r:
            values = {"r": row.r, "f": row.f, "m": row.m, "amount": row.monetary, "orders": row.frequency}
            values |= {"potential": facts.potential, "satisfaction": facts.satisfaction}
        assert row.tier == tiers.tier_of(FURTHER[row.tier_scheme], values), row.customer.number
        assert facts.tier == row.tier
        assert score_now(row.customer, company).tier == row.tier
    assert len(tiers_of(company)) == 4


def test_a_later_day_waits_and_may_be_taken_back(cast: Cast) -> None:
    row = publish(HIGH_MID_LOW, cast.manager, days=10)
    today = clock.business_date()
    assert rating_as_of(today).sets["b2b"].number == 1
    assert rating_as_of(today + timedelta(days=10)).sets["b2b"].number == 2
    rule_set_withdraw(row=row, by=cast.admin)
    assert rating_as_of(today + timedelta(days=10)).sets["b2b"].number == 1
    told = AuditEntry.objects.filter(act__startswith="tier_rules").order_by("pk")
    assert list(told.values_list("act", flat=True)) == ["tier_rules.change", "tier_rules.withdraw"]
    with pytest.raises(ValidationError):
        rule_set_withdraw(row=RuleSet.objects.get(scheme="b2b", number=1), by=cast.admin)


def test_one_that_another_overtakes_is_withdrawn(cast: Cast) -> None:
    late, soon = publish(HIGH_MID_LOW, cast.admin, days=30), publish(HIGH_MID_LOW, cast.admin, days=3)
    late.refresh_from_db()
    assert late.withdrawn_by == cast.admin
    later = publish(HIGH_MID_LOW, cast.admin, days=9)
    assert [rating_as_of(clock.business_date() + timedelta(days=n)).sets["b2b"] for n in (3, 9)] == [soon, later]


@pytest.mark.parametrize(
    ("more", "field"), [({"reason": " "}, "reason"), ({"reason": "x" * 201}, "reason"), ({"days": -1}, "effective_on")]
)
def test_without_a_reason_or_for_a_day_that_is_over_nothing_is_published(cast: Cast, more: Any, field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        publish(HIGH_MID_LOW, cast.admin, **more)
    assert list(refused.value.message_dict) == [field]
    assert not RuleSet.objects.filter(number=2).exists()


def test_nobody_publishes_over_a_version_not_seen(cast: Cast) -> None:
    publish(HIGH_MID_LOW, cast.admin, over=1)
    with pytest.raises(StaleVersionError):
        publish(HIGH_MID_LOW, cast.manager, over=1)
    assert RuleSet.objects.filter(scheme="b2b").count() == 2


def test_today_without_any_set_the_shipped_rules_count(cast: Cast, company: date) -> None:
    RuleSet.objects.all().delete()
    night.rescore(company)
    assert set(tiers_of(company)) <= {*"SABCD", "unrated"}
    assert ScoreRun.objects.get(as_of=company).rule_sets == []


def test_a_line_of_the_plan_for_a_tier_that_went_rests_and_one_to_come_can_be_planned_for(
    cast: Cast, sign_in: Any
) -> None:
    client = sign_in(cast.manager)
    client.cookies["django_language"] = "en"
    publish(Definition(("A", "N"), (box("A", m=(4, 5)), Rule("N"))), cast.admin, days=3)
    Tier.objects.filter(scheme="b2b", code="S").update(in_use=False)
    catalogue.catalogue.forget()
    assert "this line rests" in client.get(reverse("plan_settings")).content.decode()
    form = client.get(reverse("plan_line_new", args=["long_term"])).context["form"]
    assert {"b2b:N", "b2b:A"} <= dict(form.fields["whom"].choices).keys()
    assert "b2b:S" not in dict(form.fields["whom"].choices)


def test_a_preview_of_other_days_counts_the_orders_of_these_days(cast: Cast, company: date) -> None:
    night.rescore(company)
    by = measured(Scoring(90), ScoreRun.objects.get(as_of=company))
    assert (by.recounted, by.start) == (True, company - timedelta(days=89))
    lately = ScoreInterval.objects.filter(valid_to=None, last_on__gte=by.start)
    assert set(Recounted.objects.values_list("interval", "last_on")) == set(lately.values_list("pk", "last_on"))
