"""What the tables at customers have in common: whose rows they are, and the recycle bin."""

from __future__ import annotations

from typing import cast

from django.db.models import Q

from accounts.scope import ScopedManager, ScopedQuerySet

ALIVE = Q(deleted_at=None)
CUSTOMER_OWNERS = ("customer__owner", "customer__service_owner")


class AliveManager(ScopedManager):
    """Hides the recycle bin."""

    def get_queryset(self) -> ScopedQuerySet:
        return super().get_queryset().filter(deleted_at=None)


class OfAliveManager(ScopedManager):
    """Hides what belongs to a customer in the recycle bin."""

    def get_queryset(self) -> ScopedQuerySet:
        return cast("ScopedQuerySet", super().get_queryset().filter(customer__deleted_at=None))


class AliveChildManager(ScopedManager):
    """Hides what lies in the recycle bin itself or belongs to a customer there."""

    def get_queryset(self) -> ScopedQuerySet:
        return super().get_queryset().filter(deleted_at=None, customer__deleted_at=None)
