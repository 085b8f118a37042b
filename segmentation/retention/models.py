"""Sums of who left over a span, of the latest run."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from segmentation.together import OF_ONE, SEVERAL, Together


class RetentionSum(Together):
    """Customers who had bought as of `begun_on`, by their tier then and whose they are, and those of them lost by now.

    A night keeps them for its own run; dashboards add them over the owners in reach (docs/algorithms/churn.md).
    """

    class Span(models.TextChoices):
        MONTH = "30d", _("a month")
        QUARTER = "91d", _("a quarter")
        YEAR = "365d", _("a year")

    run = models.ForeignKey("segmentation.ScoreRun", models.CASCADE, related_name="retention")
    span = models.CharField(max_length=4, choices=Span)
    begun_on = models.DateField()
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    team = models.ForeignKey("accounts.Team", models.CASCADE, null=True, related_name="+")
    channel = models.ForeignKey("customers.Channel", models.CASCADE, null=True, related_name="+")
    tier_scheme = models.CharField(max_length=20)
    tier = models.CharField(max_length=20)
    customers = models.IntegerField()
    churned = models.IntegerField()

    added = ("customers", "churned")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["span", "owner"], name="retention_by_owner", condition=OF_ONE),
            models.Index(fields=["span", "level"], name="retention_together", condition=SEVERAL),
        ]
