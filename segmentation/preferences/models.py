"""Sums of what the customers of each tier bought in the days that count, as of the ends of months."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from segmentation.together import OF_ONE, SEVERAL, Together

UNCHECKED: dict[str, Any] = {"db_constraint": False, "db_index": False}  # as those of RunSum


class PreferenceCount(models.Model):
    """That a run was counted, and of the whole company which products stand in its sums and how many customers bought
    each. `items` are ids of products and the numbers of `segmentation/preferences/items.py`, ascending."""

    run = models.OneToOneField("segmentation.ScoreRun", models.CASCADE, related_name="preference_count")
    counted_at = models.DateTimeField()
    items = ArrayField(models.BigIntegerField())
    customers = ArrayField(models.IntegerField())


class PreferenceSum(Together):
    """What an owner's customers of a channel and tier bought: of each of `items` (as those of PreferenceCount) how many
    of them did, and their net sales in minor units.

    Whose they are is as of when the run was published. A row holds all items, as that of AmountSum all steps.
    """

    run = models.ForeignKey("segmentation.ScoreRun", models.CASCADE, related_name="preferences")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+", **UNCHECKED)
    team = models.ForeignKey("accounts.Team", models.CASCADE, null=True, related_name="+", **UNCHECKED)
    channel = models.ForeignKey("customers.Channel", models.CASCADE, null=True, related_name="+", **UNCHECKED)
    tier_scheme = models.CharField(max_length=3)
    tier = models.CharField(max_length=20)
    items = ArrayField(models.BigIntegerField())
    customers = ArrayField(models.IntegerField())
    revenue = ArrayField(models.BigIntegerField())

    added = ("customers", "revenue")
    steps_in = "items"

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["run", "owner"], name="preferences_by_owner", condition=OF_ONE),
            models.Index(fields=["run", "level"], name="preferences_together", condition=SEVERAL),
        ]
