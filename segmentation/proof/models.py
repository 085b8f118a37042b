"""What was predicted as of a day, customer by customer, and what became of it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.scope import Scoped, ScopedQuerySet
from core import clock
from customers.models import CUSTOMER_OWNERS, Customer, Warn


class Forecast(models.Model):
    """The predictions of one day: kept by its night, or reckoned again later by what is known of that day.

    Without parameters the fixed rule warned. Chances and drops are shares of 1, times in weeks. A worker takes `of`
    steps for a replay; `refused` is a code (segmentation/proof/words.py) where it couldn't be made.
    """

    class Kind(models.TextChoices):
        MONTH = "month", _("kept by the night")
        REPLAY = "replay", _("replayed")

    kind = models.CharField(max_length=6, choices=Kind)
    as_of = models.DateField()
    horizon_days = models.PositiveSmallIntegerField()
    window_days = models.PositiveSmallIntegerField()
    ladder = models.CharField(max_length=8, blank=True, default="")
    fitted_on = models.DateField(null=True)
    r = models.FloatField(null=True)
    alpha = models.FloatField(null=True)
    a = models.FloatField(null=True)
    b = models.FloatField(null=True)
    fixed_rule = models.BooleanField(default=False)  # it warned by days without a purchase
    yellow_p = models.FloatField()
    yellow_drop = models.FloatField()
    red_p = models.FloatField()
    red_drop = models.FloatField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    done = models.PositiveSmallIntegerField(default=0)
    of = models.PositiveSmallIntegerField(default=0)
    refused = models.CharField(max_length=20, blank=True, default="")
    written_at = models.DateTimeField(null=True)
    judged_at = models.DateTimeField(null=True)
    again = models.BooleanField(default=False)  # orders of its days were written since: to be judged once more
    rows_kept = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-as_of", "kind"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["kind", "as_of"], name="one_forecast_of_a_day")
        ]


class ForecastRow(Scoped):
    """What was predicted of a customer who had a purchase in the days that count, and whether they bought then.

    `owner`: whose the customer was when it was judged; no key of the server's. `percent`: the chance to buy within the
    horizon, rounded down; empty without parameters. `fallen`: it had fallen by what a yellow warning asks. `value`: at
    risk, in minor units. `bought` is empty until it is judged, and of customers who were merged or removed.
    """

    scope_resource: ClassVar[str] = "warning"
    scope_owner: ClassVar[tuple[str, ...]] = CUSTOMER_OWNERS
    scope_customer: ClassVar[str | None] = "customer"

    forecast = models.ForeignKey(Forecast, models.CASCADE, related_name="rows", db_index=False)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="+")
    owner = models.BigIntegerField(null=True)
    percent = models.PositiveSmallIntegerField(null=True)
    level = models.CharField(max_length=6, choices=Warn)
    watched = models.BooleanField()  # could be warned
    fallen = models.BooleanField()
    value = models.BigIntegerField(null=True)
    tier_scheme = models.CharField(max_length=3, blank=True)
    tier = models.CharField(max_length=20, blank=True)
    bought = models.BooleanField(null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["forecast", "customer"], name="one_forecast_of_a_customer")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["forecast", "-value", "-id"], name="forecasts_by_value", condition=Q(value__isnull=False)
            ),
        ]


class ForecastSum(models.Model):
    """How many customers of a forecast are alike in all that its figures ask for; `whole`: of all owners together.

    `customers` are those who were judged, or while it is open those who will be; `left_out` who were merged or removed.
    `value` of all of them, `value_left` of those who didn't buy; minor units.
    """

    forecast = models.ForeignKey(Forecast, models.CASCADE, related_name="sums", db_index=False)
    whole = models.BooleanField()
    owner = models.BigIntegerField(null=True)
    percent = models.PositiveSmallIntegerField(null=True)
    level = models.CharField(max_length=6, choices=Warn)
    watched = models.BooleanField()
    fallen = models.BooleanField()
    customers = models.IntegerField()
    bought = models.IntegerField()
    left_out = models.IntegerField()
    value = models.BigIntegerField()
    value_left = models.BigIntegerField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["forecast", "whole", "owner"], name="forecast_sums_by_owner")
        ]


PARAMETERS: tuple[str, ...] = ("r", "alpha", "a", "b")
LIMITS: tuple[str, ...] = ("yellow_p", "yellow_drop", "red_p", "red_drop")


def limits_of(row: Any) -> dict[str, float]:
    """The limits by which warnings open, of settings or of a forecast."""
    return {name: getattr(row, name) for name in LIMITS}
