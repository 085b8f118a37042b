"""Refused rows of an import on its page: by why, corrected cell by cell, and brought once more.

Before the file is written a corrected row stands beside the job (`RowEdit`) and the whole file is checked again. After
it only the file of refused rows is left: these rows make an import of their own.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from intake import services
from intake.csvwriter import CsvWriter
from intake.kinds import kind_of, may_import
from intake.models import ImportJob, RowEdit
from intake.reasons import gist
from intake.services import WrongStateError
from intake.tables.cells import plain_cell
from ui.formatting import labelled

State = ImportJob.State
OPEN = (State.READY, State.DONE)
MOST_ROWS = 1_000  # corrected on the page; more are corrected in the file
LONGEST = 2_000  # of a corrected cell


@dataclass(frozen=True)
class RefusedRow:
    """One refused row: by which number it is corrected, its cells by column, and why it was refused."""

    key: int
    cells: Mapping[str, str]
    reason: str

    def wrong(self, columns: Mapping[str, str]) -> list[str]:
        """The columns ({column: label of its field}) that the reason begins with."""
        return [column for column, label in columns.items() if self.reason.startswith(labelled(label, ""))]


def rows_of(job: ImportJob) -> Iterator[RefusedRow]:
    """All of them as they stand in the file of refused rows, by the row's number in the file that was brought; of a
    written one, by their place among the refused ones."""
    path = services.refused_rows(job)
    if path is None:
        return
    written = job.state == State.DONE
    numbers = count(1) if written else (number for number, _why in kind_of(job.kind).errors(job))
    with path.open(encoding="utf-8", newline="") as source:
        lines = csv.reader(source)
        columns = [plain_cell(cell) for cell in next(lines)][:-1]
        for line, number in zip(lines, numbers, strict=False):
            cells = [plain_cell(cell) for cell in line]
            yield RefusedRow(number, dict(zip(columns, cells, strict=False)), cells[-1])


def page_of(job: ImportJob, *, why: str, after: int, most: int) -> list[RefusedRow]:
    """The next ones behind `after`: of one gist, or of all where it is empty."""
    found = (row for row in rows_of(job) if row.key > after and (not why or gist(row.reason) == why))
    return list(islice(found, most))


@transaction.atomic
def rows_correct(*, job: ImportJob, cells: Mapping[int, Mapping[str, str]], by: User) -> None:
    """Keep other cells of these rows, {number: {column: text}}."""
    if not may_import(by, kind_of(job.kind)):
        raise PermissionDenied
    if not ImportJob.objects.select_for_update().filter(pk=job.pk, state__in=OPEN).exists():
        raise WrongStateError
    known = {row.row_no: row for row in job.edits.filter(row_no__in=cells)}
    new = [RowEdit(job=job, row_no=number) for number in cells if number not in known]
    if job.edits.count() + len(new) > MOST_ROWS:
        text = _("At most %(most)s rows are corrected here. Correct the others in the file.")
        raise ValidationError(text % {"most": MOST_ROWS})
    for row in (*known.values(), *new):
        row.cells = {**row.cells, **{column: text[:LONGEST] for column, text in cells[row.row_no].items()}}
    RowEdit.objects.bulk_create(new)
    RowEdit.objects.bulk_update(known.values(), ["cells"])


def bring_again(*, job: ImportJob, by: User) -> ImportJob:
    """The refused rows of a written import, corrected, as an import of their own: its dry run begins at once."""
    edits = dict(job.edits.values_list("row_no", "cells"))
    target, writer = io.StringIO(), None
    for row in rows_of(job):
        writer = writer or CsvWriter(target, list(row.cells))
        writer.row((row.cells | edits.get(row.key, {})).values())
    name = f"{Path(job.file_name).name.split('.')[0]}-{_('corrected')}.csv"
    upload = SimpleUploadedFile(name, target.getvalue().encode())
    with transaction.atomic():
        made = services.import_create(by=by, kinds=[kind_of(job.kind)], upload=upload)
        services.import_check(
            job=made, mapping=job.mapping, options=services.chosen_options(job), by=by, source=job.source
        )
        job.edits.all().delete()
    return made


def groups_of(job: ImportJob) -> Sequence[tuple[str, int, str]]:
    """(gist, how many, words) of the commonest reasons."""
    return [(gist(text), number, text) for text, number, *_rows in job.counts.get("reasons", [])]
