"""Reads of tiers that were set by hand."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.scope import ScopedQuerySet
from core import clock
from customers.models import Customer
from segmentation import catalogue
from segmentation.models import ScoreInterval, TierOverride
from ui import formatting

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


def standing_of(user: User, customer: Customer) -> TierOverride | None:
    """The tier that stands today, if the person may see it."""
    rows = TierOverride.objects.for_user(user).filter(in_force(clock.business_date()), customer=customer)
    return rows.select_related("by").first()


def said_of(standing: TierOverride | None) -> str:
    """Who set what until when, or that nothing stands any more: for whoever is about to set another."""
    if standing is None:
        return _("The tier that was set by hand has been ended meanwhile.")
    words = {
        "name": standing.by.name if standing.by else _("somebody who has left"),
        "tier": tier_name(standing),
        "day": formatting.day(standing.expires_on),
        "reason": standing.reason,
    }
    return _("Meanwhile %(name)s has set tier %(tier)s until %(day)s: “%(reason)s”.") % words


def tier_name(row: TierOverride) -> str:
    """Letter and name of the tier, or its code where the scheme has none of it any more."""
    tier = catalogue.catalogue().get((row.tier_scheme, row.tier))
    return f"{tier.letter} {tier.name}" if tier else row.tier


def override_rows() -> ScopedQuerySet:
    """Those of customers outside the recycle bin, without what was undone at once; for `for_user`."""
    return with_what_a_row_shows(TierOverride.objects.filter(undone=False, customer__deleted_at=None))


def with_what_a_row_shows(rows: Any) -> Any:
    """Customer, facts, owner and people, and the tier that the customer is rated by now."""
    # unscoped: the one score of a customer whose row is asked for
    rated = ScoreInterval.objects.filter(customer=OuterRef("customer"), valid_to=None).values("rated_tier")[:1]
    rows = rows.select_related("customer__facts", "customer__owner", "by", "ended_by").annotate(rated=Subquery(rated))
    return rows.defer("customer__search_tokens")
