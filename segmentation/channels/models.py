"""What the night keeps of each customer's arrival: by which channel, on which day, and what it brought so far."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from core import clock
from customers.models import Channel, Customer

UNCHECKED: dict[str, Any] = {"db_constraint": False, "db_index": False}  # as those of RunSum


class Arrival(models.Model):
    """One customer as of the last count; whose it is, its channel and tier are those of then. Money in minor units.

    `came_on`: the day its file was made, or that of its first order where this is earlier. `days_to_buy`: from then to
    the first purchase. `margin` is of `costed`, the sales whose cost is known (docs/algorithms/channels.md).
    """

    customer = models.OneToOneField(Customer, models.CASCADE, primary_key=True, related_name="arrival")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, related_name="+", **UNCHECKED)
    team = models.ForeignKey("accounts.Team", models.DO_NOTHING, null=True, related_name="+", **UNCHECKED)
    channel = models.ForeignKey(Channel, models.DO_NOTHING, null=True, related_name="+", **UNCHECKED)
    tier_scheme = models.CharField(max_length=3)
    tier = models.CharField(max_length=20, blank=True, default="")
    came_on = models.DateField()
    days_to_buy = models.IntegerField(null=True)
    revenue = models.BigIntegerField(default=0)
    costed = models.BigIntegerField(default=0)
    margin = models.BigIntegerField(default=0)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["came_on"], name="arrivals_by_day"),
            models.Index(fields=["owner", "came_on"], name="arrivals_by_owner"),
        ]


class ArrivalCount(models.Model):
    """The last count, one row; `whole_on`: as of which day the orders of everybody were read."""

    on = models.DateField()
    whole_on = models.DateField()
    counted_at = models.DateTimeField(default=clock.now)
    currency = models.CharField(max_length=3)


class ToArrive(models.Model):
    """Something was written of this customer since arrivals were counted last (sql/finish.sql)."""

    customer_id = models.BigIntegerField(primary_key=True)
