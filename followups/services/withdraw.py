"""Takes back what nights of the future did to plans and notices."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from core import sql
from core.models import OutboxMail
from followups.models import FollowUp, Notice


def plans_withdraw(*, began: datetime, ended: datetime, now: datetime, today: date) -> dict[str, int]:
    """Undo the plans made and ended between two moments of a wrong clock, and the notices of days to come.

    Call it in a transaction. What people planned, did or cancelled in that time stays.
    """
    span: dict[str, Any] = {"began": began, "ended": ended, "now": now}
    span |= sql.choices(state=FollowUp.State, source=FollowUp.Source)
    made = [pk for (pk,) in sql.fetch("followups", "made_between", span)]
    counts = {"follow_ups_removed": FollowUp.objects.filter(pk__in=made).delete()[0]}
    counts["follow_ups_reopened"] = sql.change("followups", "reopen_between", span)
    FollowUp.objects.filter(created_at__gt=now).update(created_at=now)
    warned = Notice.objects.filter(kind=Notice.Kind.WARNING, due_at__range=(began, ended))
    # The night makes the notices of the morning: of today or tomorrow at most.
    days = Notice.objects.filter(kind=Notice.Kind.DAY, numbers__day__gt=today.isoformat())
    days_to_come = days.filter(due_at__gt=now)
    keys = list(days_to_come.values_list("key", flat=True))
    counts["notices"] = warned.delete()[0] + days_to_come.delete()[0]
    counts["mails"] = OutboxMail.objects.filter(kind="day", dedupe_key__in=keys).delete()[0]
    return counts
