"""The audit log of acts: sign-in, export, reveal, assignment, changes of rights.

A service calls `record` inside its own transaction. The table only grows: a trigger refuses UPDATE, DELETE and
TRUNCATE (see accounts.models.AuditEntry).
"""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Model, QuerySet
from django.db.models.functions import Now
from structlog.contextvars import get_contextvars

from accounts.models import AuditEntry, AuditFold, User
from core import clock, sql

FOLD_SPAN = timedelta(seconds=60)


def record(act: str, *, by: User | None = None, on: Model | None = None, **details: Any) -> AuditEntry:
    """Write one line: who (`by`, None = the system), did what (`act`, e.g. "customer.assign"), on which row.

    Details are ids and codes, never phone numbers, addresses, passwords or tokens.
    """
    entry = line(act, by=by, on=on, **details)
    entry.save(force_insert=True)
    return entry


def record_lines(lines: Sequence[AuditEntry]) -> None:
    """Write many lines in one statement, in their order."""
    AuditEntry.objects.bulk_create(lines)


def record_each(act: str, *, by: User | None, of: type[Model], rows: Sequence[tuple[int, dict[str, Any]]]) -> None:
    """Write a line of the same act for each of many rows, (id, details), in one statement: of ten thousand customers
    that change hands no instance is made."""
    if not rows:
        return
    same = line(act, by=by)
    values: dict[str, Any] = {
        "at": clock.now(),
        "act": act,
        "by_id": same.by_id,
        "by_name": same.by_name,
        "object_type": of._meta.label_lower,
        "address": same.address,
        "request_id": same.request_id,
    }
    lists = {"ids": [pk for pk, _details in rows], "details": [json.dumps(details) for _pk, details in rows]}
    sql.change("accounts", "audit_lines", {**values, **lists})


def line(act: str, *, by: User | None = None, on: Model | None = None, **details: Any) -> AuditEntry:
    """The line that `record` writes, for `record_lines`."""
    context = get_contextvars()
    return AuditEntry(
        act=act,
        by=by if getattr(by, "pk", None) else None,
        by_name=getattr(by, "name", "") if getattr(by, "pk", None) else "",
        object_type=on._meta.label_lower if on is not None else "",
        object_id=on.pk if on is not None else None,
        details=details,
        address=str(context.get("ip") or "")[:45],
        request_id=str(context.get("request_id") or "")[:64],
    )


@transaction.atomic
def record_folded(act: str, *, on: Model | None = None) -> None:
    """Write a line for the first of equal acts from one address; more of them make one line a minute, with a count.

    For what strangers do as often as they like: the table only grows, so it may not grow with each request. As its
    lines can't be changed, further acts are counted beside it (AuditFold) until their minute is over.
    """
    context = get_contextvars()
    address = str(context.get("ip") or "")[:45]
    fold, first = AuditFold.objects.get_or_create(act=act, object_id=on.pk if on is not None else 0, address=address)
    if first or not AuditFold.objects.filter(pk=fold.pk).update(count=F("count") + 1):
        record(act, on=on)
    else:
        close_folds(AuditFold.objects.filter(pk=fold.pk))


@transaction.atomic
def close_folds(folds: QuerySet[AuditFold] | None = None) -> int:
    """Write what was counted in minutes that are over; quiet folds go. Returns how many lines were written."""
    folds = AuditFold.objects.all() if folds is None else folds
    over = folds.filter(since__lte=Now() - FOLD_SPAN).select_for_update(skip_locked=True)
    written = 0
    for fold in over:
        if not fold.count:
            fold.delete()
            continue
        AuditEntry.objects.create(
            act=fold.act,
            object_type=User._meta.label_lower if fold.object_id else "",
            object_id=fold.object_id or None,
            details={"more": fold.count},
            address=fold.address,
        )
        AuditFold.objects.filter(pk=fold.pk).update(since=Now(), count=0)
        written += 1
    return written


def last_day_of(user: User, act: str) -> QuerySet[AuditEntry]:
    """What `user` did of this act in the last 24 hours, for a limit a day; inside a transaction."""
    return lately(user, act, timedelta(days=1))


def lately(user: User, act: str, within: timedelta) -> QuerySet[AuditEntry]:
    """What `user` did of this act `within` the last time, for a limit; inside a transaction.

    The person's other requests wait until it ends: else several at once would each count one too few.
    """
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    return AuditEntry.objects.filter(at__gte=clock.now() - within, act=act, by=user)
