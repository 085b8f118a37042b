"""The audit log of acts: sign-in, export, reveal, assignment, changes of rights.

A service calls `record` inside its own transaction. The table only grows: a trigger refuses UPDATE, DELETE and
TRUNCATE (see accounts.models.AuditEntry).
"""

from datetime import timedelta
from typing import Any

from django.db.models import Model, QuerySet
from structlog.contextvars import get_contextvars

from accounts.models import AuditEntry, User
from core import clock


def record(act: str, *, by: Any = None, on: Model | None = None, **details: Any) -> AuditEntry:
    """Write one line: who (`by`, None = the system), did what (`act`, e.g. "customer.assign"), on which row.

    Details are ids and codes, never phone numbers, addresses, passwords or tokens.
    """
    context = get_contextvars()
    return AuditEntry.objects.create(
        act=act,
        by=by if getattr(by, "pk", None) else None,
        by_name=getattr(by, "name", "") if getattr(by, "pk", None) else "",
        object_type=on._meta.label_lower if on is not None else "",
        object_id=on.pk if on is not None else None,
        details=details,
        address=str(context.get("ip") or "")[:45],
        request_id=str(context.get("request_id") or "")[:64],
    )


def last_day_of(user: Any, act: str) -> QuerySet[AuditEntry]:
    """What `user` did of this act in the last 24 hours, for a limit a day; inside a transaction.

    The person's other requests wait until it ends: else several at once would each count one too few.
    """
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    return AuditEntry.objects.filter(at__gte=clock.now() - timedelta(days=1), act=act, by=user)
