"""Reads of costs; the reader comes first."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.models import User
from accounts.scope import ScopedQuerySet
from segmentation.costs.models import CostCount, CostEntry, CostSettings


def cost_settings() -> CostSettings:
    """The company's; the shipped ones, without a cost of an hour, until somebody saves others."""
    return CostSettings.objects.filter(pk=1).first() or CostSettings(pk=1)


def last_count() -> CostCount | None:
    """The last count of everybody."""
    return CostCount.objects.first()


def every_entry() -> ScopedQuerySet:
    """Entries of customers outside the recycle bin, those that were removed too."""
    rows: ScopedQuerySet = CostEntry.objects.filter(customer__deleted_at=None)
    shown = ("customer__owner", "channel", "created_by", "removed_by")
    return rows.select_related(*shown).defer("customer__search_tokens")


def entry_rows() -> ScopedQuerySet:
    """Those that count."""
    return every_entry().filter(removed_at=None)


def entries(user: User) -> QuerySet[CostEntry]:
    """Those in reach."""
    return entry_rows().for_user(user)


def written_since(user: User, count: CostCount) -> int:
    """How many entries of customers, in reach, the last count doesn't hold yet."""
    return entries(user).filter(customer__isnull=False, updated_at__gte=count.looked_at).order_by().count()
