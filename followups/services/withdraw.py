"""Takes back what nights of the future did to plans and notices."""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection

from core.models import OutboxMail
from followups.models import FollowUp, Notice

_OF_THE_NIGHT = """
    SELECT id FROM followups_followup
    WHERE created_by_id IS NULL AND source <> 'manual' AND created_at BETWEEN %(began)s AND %(ended)s
"""
# Cancelled in those nights, and not by a person, whose act would stand in the audit log.
_REOPEN = """
    UPDATE followups_followup u
    SET state = 'open', closed_at = NULL, updated_at = %(now)s, version = u.version + 1
    WHERE u.state = 'cancelled' AND u.source <> 'manual' AND u.closed_at BETWEEN %(began)s AND %(ended)s
      AND u.closed_by_interaction_id IS NULL
      AND NOT EXISTS (SELECT 1 FROM accounts_auditentry a
                      WHERE a.object_type = 'followups.followup' AND a.object_id = u.id
                        AND a.act IN ('follow_up.cancel', 'follow_up.reopen')
                        AND a.at BETWEEN %(began)s AND %(ended)s)
      AND NOT EXISTS (SELECT 1 FROM followups_followup o
                      WHERE o.customer_id = u.customer_id AND o.state = 'open' AND o.source <> 'manual')
      AND u.id = (SELECT max(l.id) FROM followups_followup l
                  WHERE l.customer_id = u.customer_id AND l.state = 'cancelled' AND l.source <> 'manual'
                    AND l.closed_at BETWEEN %(began)s AND %(ended)s)
"""


def plans_withdraw(*, began: datetime, ended: datetime, now: datetime, today: date) -> dict[str, int]:
    """Undo the plans made and ended between two moments of a wrong clock, and the notices of days to come.

    Call it in a transaction. What people planned, did or cancelled in that time stays.
    """
    span = {"began": began, "ended": ended, "now": now}
    with connection.cursor() as cursor:
        cursor.execute(_OF_THE_NIGHT, span)
        made = [row[0] for row in cursor.fetchall()]
    counts = {"follow_ups_removed": FollowUp.objects.filter(pk__in=made).delete()[0]}
    with connection.cursor() as cursor:
        cursor.execute(_REOPEN, span)
        counts["follow_ups_reopened"] = cursor.rowcount
    FollowUp.objects.filter(created_at__gt=now).update(created_at=now)
    warned = Notice.objects.filter(kind=Notice.Kind.WARNING, due_at__range=(began, ended))
    # The night makes the notices of the morning: of today or tomorrow at most.
    days = Notice.objects.filter(kind=Notice.Kind.DAY, numbers__day__gt=today.isoformat())
    days_to_come = days.filter(due_at__gt=now)
    keys = list(days_to_come.values_list("key", flat=True))
    counts["notices"] = warned.delete()[0] + days_to_come.delete()[0]
    counts["mails"] = OutboxMail.objects.filter(kind="day", dedupe_key__in=keys).delete()[0]
    return counts
