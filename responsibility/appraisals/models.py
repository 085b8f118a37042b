"""Appraisal sheets and the measures that they agree on."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.scope import Scoped, ScopedQuerySet
from core.base import Stamped, Versioned

SIGNED = pgtrigger.Q(old__lead_signed_at__isnull=False, old__person_signed_at__isnull=False)


class Appraisal(Stamped, Versioned, Scoped):
    """What somebody has reached in some months, what is strong, what was agreed; signed by both it never changes.

    `figures`: a line per month and target as Target keeps them, as they were at `figures_at`.
    """

    scope_resource: ClassVar[str] = "appraisal"
    scope_owner: ClassVar[tuple[str, ...]] = ("person",)

    class Grade(models.TextChoices):
        OUTSTANDING = "A", pgettext_lazy("grade of a person", "outstanding")
        GOOD = "B", pgettext_lazy("grade of a person", "good")
        EXPECTED = "C", pgettext_lazy("grade of a person", "as expected")
        BELOW = "D", pgettext_lazy("grade of a person", "below what is expected")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("person"))
    begins = models.DateField(_("begins"))  # the first of a month
    months = models.PositiveSmallIntegerField(_("period"), choices=[(1, _("a month")), (3, _("a quarter"))])
    figures = models.JSONField(default=list)
    figures_at = models.DateTimeField()
    duties = models.JSONField(default=list)  # posts held, the version in force, and whether it was accepted
    strengths = models.TextField(_("strengths"), blank=True)
    remarks = models.TextField(_("remarks of the supervisor"), blank=True)
    answer = models.TextField(_("remarks of the person"), blank=True)
    grade = models.CharField(_("grade"), max_length=1, choices=Grade, blank=True)
    incentive = models.BigIntegerField(_("incentive"), null=True, blank=True)  # minor units of the company's currency
    lead = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+")
    lead_signed_at = models.DateTimeField(null=True, editable=False)
    person_signed_at = models.DateTimeField(null=True, editable=False)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["person", "begins", "months"], name="one_appraisal_of_a_period"),
            models.CheckConstraint(condition=Q(begins__day=1), name="appraisal_begins_with_a_month"),
            models.CheckConstraint(
                condition=Q(months=1) | Q(months=3, begins__month__in=(1, 4, 7, 10)),
                name="appraisal_of_month_or_quarter",
            ),
            models.CheckConstraint(condition=Q(incentive=None) | Q(incentive__gte=0), name="incentive_not_negative"),
            models.CheckConstraint(condition=~Q(lead=F("person")), name="nobody_appraises_themselves"),
        ]
        triggers: ClassVar[list[pgtrigger.Trigger]] = [
            pgtrigger.Protect(name="signed", operation=pgtrigger.Update | pgtrigger.Delete, condition=SIGNED)
        ]

    def __str__(self) -> str:
        return self.person.name

    @property
    def is_closed(self) -> bool:
        """Signed by both."""
        return self.lead_signed_at is not None and self.person_signed_at is not None


class Measure(models.Model):
    """What both agreed on: until when, and when it was done."""

    appraisal = models.ForeignKey(Appraisal, models.CASCADE, related_name="measures")
    text = models.CharField(_("measure"), max_length=300)
    due_on = models.DateField(_("due"))
    done_at = models.DateTimeField(null=True, editable=False)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+")

    class Meta:
        triggers: ClassVar[list[pgtrigger.Trigger]] = [
            pgtrigger.Protect(name="agreed_once", operation=pgtrigger.UpdateOf("text", "due_on", "appraisal_id"))
        ]
