"""Sums of who bought again, as of the latest run."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

UNCHECKED: dict[str, Any] = {"db_constraint": False, "db_index": False}  # as those of RunSum


class CohortSum(models.Model):
    """Customers whose first purchase fell in the month or quarter that begins on `cohort`, and who bought in that of
    `bought`; in the row of their own month all of them.

    A night keeps them for its own run; dashboards add them over the owners in reach (docs/algorithms/dashboard.md).
    """

    class Grain(models.TextChoices):
        MONTH = "month", _("Months")
        QUARTER = "quarter", _("Quarters")

    run = models.ForeignKey("segmentation.ScoreRun", models.CASCADE, related_name="cohorts")
    grain = models.CharField(max_length=7, choices=Grain)
    cohort = models.DateField()
    bought = models.DateField()
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+", **UNCHECKED)
    team = models.ForeignKey("accounts.Team", models.CASCADE, null=True, related_name="+", **UNCHECKED)
    channel = models.ForeignKey("customers.Channel", models.CASCADE, null=True, related_name="+", **UNCHECKED)
    tier_scheme = models.CharField(max_length=3)
    customers = models.IntegerField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["grain", "owner"], name="cohorts_by_owner")]


class AmountSum(models.Model):
    """Customers with net sales above zero in the days that count, by the step of `segmentation/cohorts/amounts.py` that
    their sales reach, and what they brought together (minor units). Kept as CohortSum is."""

    run = models.ForeignKey("segmentation.ScoreRun", models.CASCADE, related_name="amounts")
    step = models.PositiveSmallIntegerField()
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+", **UNCHECKED)
    team = models.ForeignKey("accounts.Team", models.CASCADE, null=True, related_name="+", **UNCHECKED)
    channel = models.ForeignKey("customers.Channel", models.CASCADE, null=True, related_name="+", **UNCHECKED)
    tier_scheme = models.CharField(max_length=3)
    customers = models.IntegerField()
    revenue = models.BigIntegerField()
