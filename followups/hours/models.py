"""When one person works beside the company's calendar: their own week, and the days on which they are away."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.scope import Scoped, ScopedQuerySet
from core.base import Stamped, Versioned


class WorkingHours(Scoped):
    """One weekday of a person's own week: from when until when, or nothing of both: no working day.

    A weekday without a row is as the company has it.
    """

    scope_resource: ClassVar[str] = "follow_up"
    scope_owner: ClassVar[tuple[str, ...]] = ("user",)

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    weekday = models.PositiveSmallIntegerField(_("weekday"))  # 1 is Monday, as date.isoweekday() counts
    begins = models.TimeField(_("from"), null=True)
    ends = models.TimeField(_("until"), null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "weekday"], name="one_day_of_a_persons_week"),
            models.CheckConstraint(condition=Q(weekday__gte=1, weekday__lte=7), name="working_hours_of_a_weekday"),
            models.CheckConstraint(
                condition=Q(begins=None, ends=None) | Q(begins__lt=F("ends")), name="working_hours_begin_and_end"
            ),
        ]


class Absence(Stamped, Versioned, Scoped):
    """A person is away from one day to another, both included. Two absences of a person don't overlap."""

    scope_resource: ClassVar[str] = "follow_up"
    scope_owner: ClassVar[tuple[str, ...]] = ("user",)

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    first_on = models.DateField(_("first day"))
    last_on = models.DateField(_("last day"))
    note = models.CharField(_("note"), max_length=80, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(last_on__gte=F("first_on")), name="absence_ends_after_it_begins"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["last_on", "user"], name="absence_by_end")]
