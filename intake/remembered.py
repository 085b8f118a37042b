"""Columns as people have chosen them: a file with the same headings is recognised the next time."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts import audit
from accounts.models import User
from core import clock
from intake.kinds import Kind, kind_of
from intake.models import ImportJob, RememberedColumns
from intake.spelling import bare

MOST = 100  # of one person; the one that was used longest ago goes
NOT_KEPT = ("owner", "source")  # what is chosen for one file alone
SHARED = ("date_format",)  # of what a colleague has chosen beside the columns


def headings_key(columns: Sequence[str]) -> str:
    """Equal for files with the same headings, in whatever order and spelling."""
    return hashlib.sha256("\x1f".join(sorted(map(bare, columns))).encode()).hexdigest()


def of(user: User) -> QuerySet[RememberedColumns]:
    """Those that count for this person: the own ones and those that colleagues share."""
    return RememberedColumns.objects.filter(Q(user=user) | Q(shared=True)).select_related("user")


def recalled(user: User, kinds: Sequence[Kind], columns: Sequence[str]) -> RememberedColumns | None:
    """What was chosen for such a file before: by the person, else by a colleague who shares it, the latest."""
    found = of(user).filter(kind__in=[kind.code for kind in kinds], headings_key=headings_key(columns))
    rows = sorted(found, key=lambda row: (row.user_id == user.pk, row.used_at), reverse=True)
    return next((row for row in rows if _still_fits(row, columns)), None)


def _still_fits(row: RememberedColumns, columns: Sequence[str]) -> bool:
    """Whether its fields are there still: an own field may have been retired since."""
    kind = kind_of(row.kind)
    return (
        set(row.mapping.values()) <= set(columns)
        and not kind.check(row.mapping)
        and (set(row.mapping) <= set(kind.names()))
    )


def options_of(row: RememberedColumns, user: User) -> dict[str, Any]:
    """What was chosen beside the columns, as far as it is the person's own choice."""
    return {name: value for name, value in row.options.items() if row.user_id == user.pk or name in SHARED}


@transaction.atomic
def remember(job: ImportJob, columns: Sequence[str], by: User) -> None:
    """Keep what was chosen for a file with these headings, over what was kept before."""
    names = [option.name for option in kind_of(job.kind).options if option.name not in NOT_KEPT]
    RememberedColumns.objects.update_or_create(
        user=by,
        kind=job.kind,
        headings_key=headings_key(columns),
        defaults={
            "headings": list(columns),
            "mapping": job.mapping,
            "options": {name: job.options[name] for name in names if name in job.options},
            "file_name": job.file_name,
            "used_at": clock.now(),
        },
    )
    mine = RememberedColumns.objects.filter(user=by).order_by("-used_at")
    RememberedColumns.objects.filter(pk__in=list(mine.values_list("pk", flat=True)[MOST:])).delete()


@transaction.atomic
def forget(*, row: RememberedColumns, by: User) -> None:
    """The file is guessed at anew when it comes again."""
    audit.record("columns.forget", by=by, on=row)
    row.delete()


@transaction.atomic
def share(*, row: RememberedColumns, shared: bool, by: User) -> None:
    """Let colleagues who bring such a file begin with these columns, or no longer."""
    if RememberedColumns.objects.filter(pk=row.pk).exclude(shared=shared).update(shared=shared):
        audit.record("columns.share" if shared else "columns.keep", by=by, on=row)
