"""Whose owner has been told that the customer goes back into the pool."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.scope import Scoped, ScopedQuerySet
from customers.models import CUSTOMER_OWNERS, Customer


class ReclaimWarning(Scoped):
    """The owner was told: without a contact the customer goes into the pool on `goes_on`, not sooner.

    It goes when the customer is contacted, buys or gets another owner: the next night takes it away.
    """

    scope_resource: ClassVar[str] = "customer"
    scope_owner: ClassVar[tuple[str, ...]] = CUSTOMER_OWNERS
    scope_customer: ClassVar[str | None] = "customer"

    customer = models.OneToOneField(Customer, models.CASCADE, related_name="reclaim_warning")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")  # who was told
    warned_on = models.DateField()
    goes_on = models.DateField()

    objects = ScopedQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["goes_on", "customer"], name="reclaims_by_day")]
