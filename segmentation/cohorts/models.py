"""Sums of who bought again, as of the latest run, and of how sales are spread, as of the end of each month."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from segmentation.together import OF_ONE, SEVERAL, Together

UNCHECKED: dict[str, Any] = {"db_constraint": False, "db_index": False}  # as those of RunSum


class CohortSum(Together):
    """Customers whose first purchase fell in the month or quarter that begins on `cohort`, and who bought in that of
    `bought`; in the row of their own month all of them.

    As of the run of CohortLook; dashboards add them over the owners in reach (docs/algorithms/dashboard.md). A row
    stays when its channel is deleted: the next night takes off it what CohortShare says that it counts.
    """

    class Grain(models.TextChoices):
        MONTH = "month", _("Months")
        QUARTER = "quarter", _("Quarters")

    grain = models.CharField(max_length=7, choices=Grain)
    cohort = models.DateField()
    bought = models.DateField()
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, related_name="+", **UNCHECKED)
    team = models.ForeignKey("accounts.Team", models.DO_NOTHING, null=True, related_name="+", **UNCHECKED)
    channel = models.ForeignKey("customers.Channel", models.DO_NOTHING, null=True, related_name="+", **UNCHECKED)
    tier_scheme = models.CharField(max_length=3)
    customers = models.IntegerField()

    added = ("customers",)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["grain", "cohort", "bought", "owner", "team", "channel", "tier_scheme", "level"],
                name="one_sum_per_cell",
                nulls_distinct=False,
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["grain", "owner"], name="cohorts_by_owner", condition=OF_ONE),
            models.Index(fields=["grain", "level"], name="cohorts_together", condition=SEVERAL),
        ]


class CohortLook(models.Model):
    """As of which run who bought again was counted last, and when: one row. It goes with a run that is taken back, and
    everybody is counted anew."""

    run = models.OneToOneField("segmentation.ScoreRun", models.CASCADE, related_name="cohort_look")
    at = models.DateTimeField()


class CohortShare(models.Model):
    """What CohortSum counts of one customer: the months in which they bought, as numbers (year * 12 + month - 1).

    No key of the server's: who is deleted for good is noted like any other and leaves the sums with the next night.
    """

    customer_id = models.BigIntegerField(primary_key=True)
    owner_id = models.BigIntegerField(null=True)
    team_id = models.BigIntegerField(null=True)
    channel_id = models.BigIntegerField(null=True)
    tier_scheme = models.CharField(max_length=3)
    first = models.SmallIntegerField()
    months = ArrayField(models.SmallIntegerField())  # ascending; the first of them is `first`

    class Meta:
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["first"], name="cohort_share_first")]


class ToCount(models.Model):
    """Something was written of this customer since who bought again was counted last."""

    customer_id = models.BigIntegerField(primary_key=True)


class AmountSum(Together):
    """Customers with net sales above zero in the days that count, by the steps of `segmentation/cohorts/amounts.py`
    that their sales reach, and what they brought together (minor units), of the last run of each month.

    A row holds all steps of an owner's customers, ascending, so that a year of it stays small. Whose they are is as of
    when the run was published.
    """

    run = models.ForeignKey("segmentation.ScoreRun", models.CASCADE, related_name="amounts")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+", **UNCHECKED)
    team = models.ForeignKey("accounts.Team", models.CASCADE, null=True, related_name="+", **UNCHECKED)
    channel = models.ForeignKey("customers.Channel", models.CASCADE, null=True, related_name="+", **UNCHECKED)
    tier_scheme = models.CharField(max_length=3)
    steps = ArrayField(models.SmallIntegerField())
    customers = ArrayField(models.IntegerField())
    revenue = ArrayField(models.BigIntegerField())
    counted_at = models.DateTimeField()

    added = ("customers", "revenue")
    steps_in = "steps"

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["run", "owner"], name="amounts_by_owner", condition=OF_ONE),
            models.Index(fields=["run", "level"], name="amounts_together", condition=SEVERAL),
        ]
