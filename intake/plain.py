"""Kinds whose rows stand each for itself: read one by one, put aside, written in batches.

Such a kind says how a row is read and how a batch is stored. The dry run stores everything in one transaction and takes
it back: its figures are those of the import.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core import sql
from core.refusals import ROW_ERRORS, BadCellError, Refusals
from intake import stage, values
from intake.engine import go_on
from intake.kinds import COMPARING, ERRORS, READING, ROWS, UNCHANGED, UPDATED, Column, Run, Step
from intake.tabular import DamagedRow
from ui.formatting import labelled

BATCH = 500
STAGED = ("row_no", "place", "error", "data", "read")
STAGED_TYPES = "row_no integer PRIMARY KEY, place integer, error text, data jsonb, read boolean"
COUNTS = {
    "rows": ROWS,
    "created": pgettext_lazy("so many rows", "created"),
    "updated": UPDATED,
    "unchanged": UNCHANGED,
    "errors": ERRORS,
}
CHANGES = ("created", "updated")
# From {field: cell} to what is put aside of the row, as JSON can hold it; BadCellError refuses the row.
Read = Callable[[Mapping[str, str]], dict[str, Any]]


@dataclass
class Row:
    """A row that could be read; whoever stores it says what became of it, or why it is refused."""

    row_no: int
    data: dict[str, Any]
    outcome: str = ""  # created, updated or unchanged
    reason: str = ""


Write = Callable[[Run, Sequence[Row]], None]


def plain_steps(reader: Callable[[Run], Read], write: Write, *, batch: int = BATCH) -> tuple[Step, ...]:
    """The steps of a kind: `reader(run)` is asked once for each process, `write(run, rows)` in each transaction."""

    def stage_rows(run: Run) -> Iterator[None]:
        table = stage.name(run.job)
        run.table.require(run.job.mapping.values())
        if not run.job.next_row:
            with transaction.atomic():
                stage.create(table, STAGED_TYPES)
                run.move(total_rows=run.table.lines)
        read = _Reader(run, reader(run))
        rows = run.rows()
        while found := [read(number, cells) for number, cells in islice(rows, BATCH)]:
            with transaction.atomic():
                sql.copy(table, STAGED, found, empty_is_null=True)
                run.move(next_row=run.job.next_row + len(found))
            yield
        run.move(total_rows=run.job.next_row)

    def compare(run: Run) -> Iterator[None]:
        run.move(cursor=0, counts={"last": run.job.next_row, "rows": run.job.next_row})
        if run.dry:
            counts: Counter[str] = Counter(created=0, updated=0, unchanged=0)
            refused: list[Row] = []
            with transaction.atomic():
                after = 0
                while rows := _batch(run, after, batch):
                    write(run, rows)
                    counts.update(row.outcome for row in rows if not row.reason)
                    refused += [row for row in rows if row.reason]
                    after = rows[-1].row_no
                    go_on(run)
                transaction.set_rollback(True)
            with transaction.atomic():
                _note(run, refused)
                run.move(counts={**run.job.counts, **counts})
        yield

    def write_rows(run: Run) -> Iterator[None]:
        while rows := _batch(run, run.job.cursor, batch):
            with transaction.atomic():
                stage.write_alone()
                write(run, rows)
                _note(run, rows)
                counts = Counter({"created": 0, "updated": 0, "unchanged": 0})
                counts.update(row.outcome for row in rows if not row.reason)
                run.move(cursor=rows[-1].row_no, counts=run.counted(**counts))
            yield

    return (
        Step("stage", stage_rows, READING, final=False),
        Step("compare", compare, COMPARING, final=False),
        Step("write", write_rows, gettext_lazy("writing the rows")),
    )


class _Reader:
    """Callable: (row number, cells) -> STAGED."""

    def __init__(self, run: Run, read: Read) -> None:
        self.run, self.read = run, read
        self.at = {name: run.table.columns.index(column) for name, column in run.job.mapping.items()}
        self.labels = {column.name: column.label for column in run.kind.columns}
        self.refusal = Refusals()

    def __call__(self, row_no: int, cells: Sequence[str]) -> tuple[int, int, str | None, str | None, bool]:
        place = self.run.table.place
        try:
            if isinstance(cells, DamagedRow):
                raise BadCellError(cells.reason)
            for name, index in self.at.items():
                if cells[index] in values.ERRORS:
                    raise BadCellError(labelled(self.labels[name], values.error_refused(cells[index])))
            data = self.read({name: cells[index] for name, index in self.at.items()})
            return row_no, place, None, json.dumps(data, ensure_ascii=False), True
        except ROW_ERRORS as error:
            return row_no, place, self.refusal(row_no, error), None, False


def _batch(run: Run, after: int, size: int) -> list[Row]:
    found = stage.rows(
        f"SELECT row_no, data FROM {stage.name(run.job)} WHERE read AND row_no > %s ORDER BY row_no LIMIT %s",  # noqa: S608
        [after, size],
    )
    return [Row(row_no, data if isinstance(data, dict) else json.loads(data)) for row_no, data in found]


def _note(run: Run, rows: Sequence[Row]) -> None:
    """Write the reasons of refused rows into the stage, or take earlier ones back."""
    found = {"rows": [row.row_no for row in rows], "reasons": [row.reason for row in rows]}
    sql.change("intake", "note_refused", found, table=stage.name(run.job))


def needed(columns: Sequence[Column], *names: str) -> Callable[[Mapping[str, str]], str]:
    """A kind's `check`: each of these columns must be chosen."""

    def check(mapping: Mapping[str, str]) -> str:
        lacking = [column for column in columns if column.name in names and column.name not in mapping]
        if not lacking:
            return ""
        return _("Choose the column of: %(fields)s.") % {
            "fields": ", ".join(f"{column.label} ({column.name})" for column in lacking)
        }

    return check
