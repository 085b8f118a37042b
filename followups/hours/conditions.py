"""Which follow-ups stand on a day on which their person is away or doesn't work."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import ExtractIsoWeekDay

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
