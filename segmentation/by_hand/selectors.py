"""Reads of tiers that were set by hand."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import OuterRef, Q, Subquery

from accounts.scope import ScopedQuerySet
from segmentation.models import ScoreInterval, TierOverride

SOON = timedelta(days=30)


def in_force(today: date) -> Q:
    """Those that stand today."""
    return Q(ended_at=None, expires_on__gte=today)


def ends_soon(today: date) -> Q:
    """Those of them that end within a month."""
    return in_force(today) & Q(expires_on__lte=today + SOON)


def over(today: date) -> Q:
    """Those whose last day has passed, or that somebody ended."""
    return Q(ended_at__isnull=False) | Q(expires_on__lt=today)


def override_rows() -> ScopedQuerySet:
    """Those of customers outside the recycle bin, without what was undone at once; for `for_user`."""
    return with_what_a_row_shows(TierOverride.objects.filter(undone=False, customer__deleted_at=None))


def with_what_a_row_shows(rows: Any) -> Any:
    """Customer, facts, owner and people, and the tier that the customer is rated by now."""
    # unscoped: the one score of a customer whose row is asked for
    rated = ScoreInterval.objects.filter(customer=OuterRef("customer"), valid_to=None).values("rated_tier")[:1]
    rows = rows.select_related("customer__facts", "customer__owner", "by", "ended_by").annotate(rated=Subquery(rated))
    return rows.defer("customer__search_tokens")
