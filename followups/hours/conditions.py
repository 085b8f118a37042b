"""Which follow-ups stand on a day on which their person is away or doesn't work."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import ExtractIsoWeekDay

from accounts.models import User
from followups.models import Absence, WorkingHours


def on_own_day_off() -> Q:
    """By an absence of the assignee, or a weekday that their own week leaves out, not by the company's days off."""
    # unscoped: whether somebody is away on a day, no more of it
    away = Absence.objects.filter(
        user=OuterRef("assignee"), first_on__lte=OuterRef("due_on"), last_on__gte=OuterRef("due_on")
    )
    # unscoped: as above
    off = WorkingHours.objects.filter(
        user=OuterRef("assignee"), weekday=ExtractIsoWeekDay(OuterRef("due_on")), begins=None
    )
    return Q(Exists(away)) | Q(Exists(off))


def has_days_off(user: User, today: date) -> Q:
    """Whether the person has any from today on. It names no follow-up, so PostgreSQL asks once and not of each."""
    # unscoped: one's own
    away = Absence.objects.filter(user=user, last_on__gte=today)
    # unscoped: as above
    off = WorkingHours.objects.filter(user=user, begins=None)
    return Q(Exists(away)) | Q(Exists(off))
