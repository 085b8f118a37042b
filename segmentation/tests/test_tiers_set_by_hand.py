"""A manager's override is seen at once, kept through the nights, and gone after its last day."""

from datetime import date, timedelta

import pytest

from accounts.models import AuditEntry
from conftest import Cast
from core import clock
from customers.models import Customer, CustomerFacts
from segmentation import night, services, tiers
from segmentation.models import ScoreInterval, TierOverride


def facts(customer: Customer) -> tuple[str, int]:
    row = CustomerFacts.objects.get(customer=customer)
    return row.tier, row.tier_rank


def test_seen_at_once_kept_at_night_and_audited(cast: Cast, customer: Customer) -> None:
    until = clock.business_date() + timedelta(days=30)
    services.tier_override(customer=customer, tier="S", reason="strategic account", until=until, by=cast.manager)
    assert facts(customer) == ("S", 1)
    night.rescore()
    assert facts(customer) == ("S", 1)
    row = ScoreInterval.objects.get(customer=customer)
    assert (row.tier, row.rated_tier) == ("S", "unrated")
    assert AuditEntry.objects.get(act="tier.override").object_id == customer.pk


def test_taken_back_shows_the_rated_tier_at_once(cast: Cast, customer: Customer) -> None:
    until = clock.business_date()
    services.tier_override(customer=customer, tier="A", reason="x", until=until, by=cast.manager)
    night.rescore()
    services.tier_override_end(customer=customer, by=cast.manager)
    assert facts(customer) == ("unrated", 9)
    with pytest.raises(services.RefusedError):
        services.tier_override_end(customer=customer, by=cast.manager)


def test_an_expired_one_counts_no_more(cast: Cast, customer: Customer) -> None:
    ended = clock.last_ended_day()
    TierOverride.objects.create(customer=customer, tier="S", reason="x", expires_on=ended, by=cast.manager)
    night.rescore()
    assert facts(customer)[0] == "S"
    TierOverride.objects.update(expires_on=ended - timedelta(days=1))
    night.rescore()
    assert facts(customer)[0] == "unrated"


def test_a_run_about_the_past_does_not_know_it_yet(cast: Cast, customer: Customer) -> None:
    night.rescore()
    until = clock.business_date() + timedelta(days=30)
    services.tier_override(customer=customer, tier="S", reason="x", until=until, by=cast.manager)
    night.rescore(date(2026, 1, 31))
    assert ScoreInterval.objects.get(customer=customer, valid_from=date(2026, 1, 31)).tier == "unrated"


@pytest.mark.parametrize(("tier", "days"), [("D", 30), ("X", 30), ("S", -1)])
def test_a_tier_of_another_scheme_or_a_past_day_is_refused(
    cast: Cast, customer: Customer, tier: str, days: int
) -> None:
    until = clock.business_date() + timedelta(days=days)
    with pytest.raises(services.RefusedError):
        services.tier_override(customer=customer, tier=tier, reason="x", until=until, by=cast.manager)


def test_edited_rules_rate_the_next_night_and_gaps_are_refused(cast: Cast, customer: Customer) -> None:
    everybody_key = [tiers.Rule("A")]
    services.tier_rules_set(scheme="b2b", rules=everybody_key, by=cast.admin)
    assert night.tier_rules()["b2b"] == tuple(everybody_key)
    assert night.tier_rules()["b2c"] == tiers.DEFAULT_RULES["b2c"]
    with pytest.raises(services.RefusedError):
        services.tier_rules_set(scheme="b2b", rules=[tiers.Rule("A", f=(4, 5))], by=cast.admin)
