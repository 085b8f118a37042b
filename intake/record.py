"""What an import makes and changes, row by row, so that it can be taken back (intake/undo.py).

Whoever writes rows says so in the same transaction, for a whole batch at once: `made` after rows are new; `before` and
`after` around a change. A statement each, so that a large file stays fast.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from core import sql
from intake.models import ImportedRow, ImportJob


@dataclass(frozen=True)
class Recorded:
    """Rows of one table (`t` in SQL): `mark` tells whether somebody has changed them, `image` is what they were.

    `stamped` tables say who changed them last, and when.
    """

    what: str
    table: str
    mark: str = "t.version::text"
    image: str = "to_jsonb(t)"
    stamped: bool = True


def made(job: ImportJob, rows: Recorded, ids: Collection[int]) -> None:
    """These rows are new with the import."""
    _remember(job, rows, ids, "NULL::jsonb")


def before(job: ImportJob, rows: Recorded, ids: Collection[int]) -> None:
    """These rows are about to be changed; what an earlier batch has kept of them stays."""
    _remember(job, rows, ids, rows.image)


def _remember(job: ImportJob, rows: Recorded, ids: Collection[int], image: str) -> None:
    if ids:
        values = {"job": job.pk, "what": rows.what, "ids": sorted(ids)}
        sql.change("intake", "remember", values, table=rows.table, mark=rows.mark, image=image)


def after(job: ImportJob, rows: Recorded, ids: Collection[int]) -> None:
    """These rows were changed by the import: what they show now is its doing. What it left alone is forgotten."""
    if ids:
        values = {"job": job.pk, "what": rows.what, "ids": sorted(ids)}
        sql.change("intake", "remember_after", values, table=rows.table, mark=rows.mark, image=rows.image)


def forget(job: ImportJob, rows: Recorded, ids: Collection[int]) -> None:
    """Nothing is left to take back of these rows."""
    ImportedRow.objects.filter(job=job, what=rows.what, row_id__in=list(ids)).delete()
