"""Reviews and their decisions."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.base import Stamped, Versioned


class Review(Stamped, Versioned):
    """The whole system was looked at, and when it will be again."""

    subject = models.CharField(pgettext_lazy("of a review", "subject"), max_length=120)
    held_on = models.DateField(_("held on"))
    looked_at = models.TextField(_("what was looked at"))
    findings = models.TextField(_("what was found"), blank=True)
    next_on = models.DateField(_("next review"), null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(next_on=None) | Q(next_on__gt=models.F("held_on")), name="next_review_comes_later"
            )
        ]

    def __str__(self) -> str:
        return self.subject


class Decision(Stamped, Versioned):
    """What was decided: somebody does it until a day, and says what came of it."""

    review = models.ForeignKey(Review, models.PROTECT, related_name="decisions")
    text = models.CharField(_("decision"), max_length=500)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("owner"))
    due_on = models.DateField(_("due"))
    done_at = models.DateTimeField(null=True, editable=False)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+")
    outcome = models.CharField(_("what came of it"), max_length=500, blank=True)

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["owner", "due_on"], name="open_decisions", condition=Q(done_at__isnull=True))
        ]

    def __str__(self) -> str:
        return self.text
