"""A manager's override is seen at once, kept through the nights, and gone after its last day."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts.models import AuditEntry, User
from conftest import Cast
from core import clock
from customers.models import Customer, CustomerFacts
from customers.services import UndoTooLateError
from segmentation import night, services
from segmentation.models import ScoreInterval, TierOverride


def facts(customer: Customer) -> tuple[str, int]:
    row = CustomerFacts.objects.get(customer=customer)
    return row.tier, row.tier_rank


def set_tier(
    customer: Customer, by: User, tier: str = "S", reason: str = "key account", days: int = 30
) -> TierOverride:
    until = clock.business_date() + timedelta(days=days)
    return services.tier_override(customer=customer, tier=tier, reason=reason, until=until, by=by)


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


def test_an_expired_one_counts_no_more_from_the_night_after_its_last_day(cast: Cast, customer: Customer) -> None:
    ended = clock.last_ended_day()
    TierOverride.objects.create(
        customer=customer, tier_scheme="b2b", tier="S", reason="x", expires_on=ended, by=cast.manager
    )
    night.rescore()
    assert facts(customer) == ("unrated", 9)  # as of today
    assert ScoreInterval.objects.get(customer=customer).tier == "S"  # as of its last day
    TierOverride.objects.update(expires_on=ended - timedelta(days=1))
    night.rescore()
    assert facts(customer)[0] == "unrated"
    assert ScoreInterval.objects.get(customer=customer).tier == "unrated"


def test_a_run_about_the_past_knows_only_what_stood_then(cast: Cast, customer: Customer) -> None:
    night.rescore()
    set_tier(customer, cast.manager)
    night.rescore(date(2026, 1, 31))
    assert ScoreInterval.objects.get(customer=customer, valid_from=date(2026, 1, 31)).tier == "unrated"
    before = datetime(2026, 1, 15, tzinfo=UTC)
    TierOverride.objects.update(created_at=before)
    services.tier_override_end(customer=customer, by=cast.manager)
    night.rescore(date(2026, 2, 1))
    assert ScoreInterval.objects.get(customer=customer, valid_from=date(2026, 2, 1)).tier == "S"
    night.rescore()
    assert ScoreInterval.objects.get(customer=customer, valid_to=None).tier == "unrated"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"tier": "D"}, "tier"),
        ({"tier": "X"}, "tier"),
        ({"reason": " \u200b"}, "reason"),
        ({"reason": "x" * 201}, "reason"),
        ({"days": -1}, "until"),
        ({"days": 800}, "until"),
    ],
)
def test_odd_values_are_refused_by_name(cast: Cast, customer: Customer, values: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        set_tier(customer, cast.manager, **values)
    assert list(refused.value.message_dict) == [field]
    assert not TierOverride.objects.exists()


def test_another_one_replaces_it_and_both_stay_in_the_history(cast: Cast, customer: Customer) -> None:
    first = set_tier(customer, cast.manager, tier="S")
    assert set_tier(customer, cast.manager, tier="S") == first  # sent twice
    second = set_tier(customer, cast.admin, tier="C")
    first.refresh_from_db()
    assert (first.ended_at, first.ended_by) == (second.created_at, None)
    assert facts(customer)[0] == "C"


def test_an_undo_brings_back_what_stood_before(cast: Cast, customer: Customer) -> None:
    set_tier(customer, cast.manager, tier="S")
    set_tier(customer, cast.manager, tier="C")
    services.tier_override_undo(customer=customer, by=cast.manager)
    assert facts(customer)[0] == "S"
    services.tier_override_end(customer=customer, by=cast.manager)
    assert facts(customer)[0] == "unrated"
    services.tier_override_undo(customer=customer, by=cast.manager)
    assert facts(customer)[0] == "S"
    services.tier_override_undo(customer=customer, by=cast.manager)
    assert facts(customer)[0] == "unrated"
    with pytest.raises(UndoTooLateError):
        services.tier_override_undo(customer=customer, by=cast.manager)


def test_an_undo_is_too_late_after_ten_minutes_and_for_somebody_else(cast: Cast, customer: Customer) -> None:
    row = set_tier(customer, cast.manager)
    with pytest.raises(UndoTooLateError):
        services.tier_override_undo(customer=customer, by=cast.admin)
    TierOverride.objects.update(created_at=row.created_at - timedelta(minutes=11))
    with pytest.raises(UndoTooLateError):
        services.tier_override_undo(customer=customer, by=cast.manager)
    assert facts(customer)[0] == "S"


def test_a_customer_of_another_kind_by_now_is_rated_by_its_own_scheme(cast: Cast, customer: Customer) -> None:
    set_tier(customer, cast.manager, tier="S")  # which persons don't have
    Customer.objects.filter(pk=customer.pk).update(kind="person")
    night.rescore()
    assert facts(customer) == ("unrated", 9)
