"""The intervals of each customer, and the usual ones of a tier and of second purchases."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.scope import Scoped, ScopedQuerySet
from customers.models import CUSTOMER_OWNERS, Customer


class BuyingRhythm(Scoped):
    """The purchase days of a customer as the last night saw them, and the quartiles of the days between them.

    Quartiles are empty below two purchase days; from three intervals on they are taken for the customer's own rhythm.
    """

    scope_resource: ClassVar[str] = "score"
    scope_owner: ClassVar[tuple[str, ...]] = CUSTOMER_OWNERS
    scope_customer: ClassVar[str | None] = "customer"

    customer = models.OneToOneField(Customer, models.CASCADE, primary_key=True, related_name="buying_rhythm")
    days = models.PositiveIntegerField()  # purchase days of all times
    last_on = models.DateField()
    low = models.PositiveIntegerField(null=True)
    middle = models.PositiveIntegerField(null=True)
    high = models.PositiveIntegerField(null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["-last_on", "customer"], name="one_time_buyers", condition=Q(days=1))
        ]


class UsualGap(models.Model):
    """Days that usually lie between purchases, kept by the first night of each month; n customers stand behind them.

    `repeat`: of the own medians of the customers of a tier. `second`: from the first purchase to the second one.
    Without a tier those of the scheme, without a scheme those of all.
    """

    class Of(models.TextChoices):
        REPEAT = "repeat"
        SECOND = "second"

    kept_on = models.DateField()
    of = models.CharField(max_length=6, choices=Of)
    tier_scheme = models.CharField(max_length=20, blank=True, default="")
    tier = models.CharField(max_length=20, blank=True, default="")
    customers = models.PositiveIntegerField()
    low = models.PositiveIntegerField()
    middle = models.PositiveIntegerField()
    high = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["kept_on", "of", "tier_scheme", "tier"], name="one_usual_gap")
        ]
