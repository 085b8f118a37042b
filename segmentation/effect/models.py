"""Sums of what became of the customers of each tier, a month each."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.scope import Scoped, ScopedManager
from core import clock
from segmentation.together import OF_ONE, SEVERAL, OfOwners, Together

UNCHECKED: dict[str, Any] = {"db_constraint": False, "db_index": False}  # as those of RunSum


class Standing(models.TextChoices):
    """How a customer stood to the company in a month."""

    EXISTING = "existing", _("existing customers")
    NEW = "new", _("new customers")
    NONE = "none", _("not bought yet")


class EffectMonth(models.Model):
    """A month that was counted: from the run before its first day (`begun_on`) to its last one."""

    first = models.DateField(unique=True)
    run = models.ForeignKey("segmentation.ScoreRun", models.CASCADE, related_name="effect_months")
    begun_on = models.DateField()
    high = ArrayField(models.CharField(max_length=24))  # scheme:code of the tiers that were high-value then
    counted_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar[list[str]] = ["first"]

    @property
    def over(self) -> bool:
        """Whether it was counted to its end."""
        return self.run.as_of == clock.month_end(self.first)


class OfOwnersInReach(OfOwners, ScopedManager):
    """Owners' sums, which people reach as they do the owners' customers."""


class EffectSum(Together, Scoped):
    """Customers by their tier at the begin of a month and whose they are, and what became of them (docs/algorithms/
    tier-effect.md). Money: minor units of the company's currency; `margin` is of the part `costed` of the revenue."""

    scope_resource: ClassVar[str] = "dashboard"
    scope_owner: ClassVar[tuple[str, ...]] = ("owner",)

    month = models.ForeignKey(EffectMonth, models.CASCADE, related_name="sums", db_index=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+", **UNCHECKED)
    team = models.ForeignKey("accounts.Team", models.CASCADE, null=True, related_name="+", **UNCHECKED)
    channel = models.ForeignKey("customers.Channel", models.CASCADE, null=True, related_name="+", **UNCHECKED)
    tier_scheme = models.CharField(max_length=3)
    tier = models.CharField(max_length=20)
    standing = models.CharField(max_length=8, choices=Standing)
    customers = models.IntegerField()
    rated = models.IntegerField()  # at the end
    high = models.IntegerField()  # in a high-value tier at the end
    had_bought = models.IntegerField()
    lost = models.IntegerField()  # of those who had bought
    buyers = models.IntegerField()
    orders = models.IntegerField()
    revenue = models.BigIntegerField()
    # What they brought in as many days on average, over the days that counted as of the begin.
    usual = models.BigIntegerField()
    costed = models.BigIntegerField()
    margin = models.BigIntegerField()

    added = (
        *("customers", "rated", "high", "had_bought", "lost", "buyers", "orders"),
        *("revenue", "usual", "costed", "margin"),
    )

    objects: ClassVar[models.Manager[Any]] = OfOwnersInReach()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["month", "owner"], name="effect_by_owner", condition=OF_ONE),
            models.Index(fields=["month", "level"], name="effect_together", condition=SEVERAL),
        ]


class EffectPart(Together):
    """What an app above the scores counted of the same customers: `customers` with at least one of `n` things, `hits`
    of which count for the figure."""

    month = models.ForeignKey(EffectMonth, models.CASCADE, related_name="parts", db_index=False)
    code = models.CharField(max_length=20)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+", **UNCHECKED)
    team = models.ForeignKey("accounts.Team", models.CASCADE, null=True, related_name="+", **UNCHECKED)
    channel = models.ForeignKey("customers.Channel", models.CASCADE, null=True, related_name="+", **UNCHECKED)
    tier_scheme = models.CharField(max_length=3)
    tier = models.CharField(max_length=20)
    standing = models.CharField(max_length=8, choices=Standing)
    customers = models.IntegerField()
    n = models.IntegerField()
    hits = models.IntegerField()

    added = ("customers", "n", "hits")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["month", "owner"], name="effect_part_by_owner", condition=OF_ONE),
            models.Index(fields=["month", "level"], name="effect_part_together", condition=SEVERAL),
        ]
