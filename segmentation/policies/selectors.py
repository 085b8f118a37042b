"""Which privileges and offers there are, and which a customer has."""

from __future__ import annotations

from datetime import date

from core.memo import Memo
from customers.models import Customer, facts_of
from segmentation.policies.models import COUNTS, PolicyKind, TierPolicy
from segmentation.selectors import scheme_of

# All rows; few, and asked for on every customer's page. What another process changed shows within a minute.
policies = Memo(lambda: list(TierPolicy.objects.filter(removed_at=None).select_related("updated_by")))


def entitled(customer: Customer, on: date) -> list[TierPolicy]:
    """What holds for this customer on a day: privileges first, what is said of the tier before what holds for all, in
    the order that people gave them."""
    facts, scheme = facts_of(customer), scheme_of(customer)
    found = [
        row
        for row in policies()
        if row.scheme == scheme
        and row.tier in ("", facts.tier)
        and row.lifecycle in ("", facts.lifecycle)
        and row.state(on) == COUNTS
    ]
    return sorted(
        found, key=lambda row: (row.kind == PolicyKind.OFFER, not row.tier, row.place, not row.lifecycle, row.pk)
    )


def of_tier(scheme: str, tier: str) -> list[TierPolicy]:
    """What is said of a tier, or with an empty one of all tiers, whatever the day."""
    rows = TierPolicy.objects.filter(scheme=scheme, tier=tier, removed_at=None).select_related("updated_by")
    return list(rows.order_by("place", "lifecycle", "pk"))
