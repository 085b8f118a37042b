"""What a worker has found out for a person who asks about other rules, in a large company."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from core import clock


class RulePreview(models.Model):
    """The figures of one question of one person (segmentation/whatif/figures.py), until the next question.

    `question`: a digest of the rules, the run and whom the person reaches; other ones are another question. `scoring`:
    the cut-points and days that are asked about, where it isn't the rules (`Scoring.stored`). `figures` is empty until
    a worker has done all `of` steps. Customers aren't named in it.
    """

    class About(models.TextChoices):
        RULES = "rules"
        SCORING = "scoring"

    scheme = models.CharField(max_length=3)
    about = models.CharField(max_length=7, choices=About, default=About.RULES)
    scoring = models.JSONField(null=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    question = models.CharField(max_length=64)
    tiers = models.JSONField()
    definition = models.JSONField()
    looks = models.JSONField(default=dict)
    asked_at = models.DateTimeField(default=clock.now)
    done = models.PositiveSmallIntegerField(default=0)
    of = models.PositiveSmallIntegerField(default=0)
    figures = models.JSONField(null=True)
    ready_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["scheme", "user", "about"], name="one_preview_per_question_and_person")
        ]


class Recounted(models.Model):
    """What an interval would hold if other days counted: a temporary table of the session that asks (sql/recount.sql).

    Only of customers with a purchase in these days. Read by whatif/rated.py, in the query whose connection made it.
    """

    interval = models.OneToOneField(
        "segmentation.ScoreInterval",
        models.DO_NOTHING,
        primary_key=True,
        db_constraint=False,
        related_name="recounted",
    )
    last_on = models.DateField()
    frequency = models.IntegerField()
    purchase_days = models.IntegerField()
    monetary = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = "whatif_recounted"
