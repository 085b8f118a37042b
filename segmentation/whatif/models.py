"""What a worker has found out for a person who asks about other rules, in a large company."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from core import clock


class RulePreview(models.Model):
    """The figures of one question of one person (segmentation/whatif/figures.py), until the next question.

    `question`: a digest of the rules, the run and whom the person reaches; other ones are another question. `figures`
    is empty until a worker has done all `of` steps. Customers aren't named in it.
    """

    scheme = models.CharField(max_length=3)
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
            models.UniqueConstraint(fields=["scheme", "user"], name="one_preview_per_scheme_and_person")
        ]
