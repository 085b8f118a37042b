"""What can be imported: each kind names its fields, its steps and its words; apps contribute theirs.

Nothing here knows what a kind is about. Whatever a page, the API or a command needs to know of it stands in the kind.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from accounts.models import User
from core import clock
from core.contributions import registry
from intake import cellkinds, files
from intake.models import ImportJob
from intake.parts import Part
from intake.tabular import DamagedRow, Table

LEASE = timedelta(seconds=90)
Words = Promise | str
Progress = Callable[[ImportJob], None]
# Figures that every kind counts; a kind puts its own between them.
ROWS, UPDATED, UNCHANGED, ERRORS = (
    gettext_lazy("rows"),
    gettext_lazy("updated"),
    gettext_lazy("unchanged"),
    gettext_lazy("refused rows"),
)
READING, COMPARING = gettext_lazy("reading the file"), gettext_lazy("comparing with what is stored")


class ImportRefusedError(Exception):
    """The import can't begin or go on; the text says why, in the person's language."""


@dataclass(frozen=True)
class Column:
    """One thing a file may bring: its code, what people call it, and headers that mean it and nothing else.

    `also` are other codes for it, `near` headers that often mean it: a person is asked. `holds` says what its cells
    look like (guessing.FITS). A column that is `single` is asked for when several headers mean it; the cells of one
    may have `several_lines`.
    """

    name: str
    label: Words
    aliases: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    holds: cellkinds.CellKind = cellkinds.TEXT
    single: bool = False
    also: tuple[str, ...] = ()
    several_lines: bool = False


@dataclass(frozen=True)
class Layout:
    """What another program exports: it is known by headers that all stand in the file and others that don't.

    `fields` names for each field the header that means it there, or several of which the first one counts.
    """

    name: str
    signature: tuple[str, ...]
    fields: Mapping[str, str | Sequence[str]]
    without: tuple[str, ...] = ()


@dataclass(frozen=True)
class Step:
    """A part of the work. `work(run)` yields after each committed batch and goes on from the job's cursor.

    `final` steps write to the real tables; the ones before only look, and a dry run ends behind them. `words` tell a
    person what is under way.
    """

    name: str
    work: Callable[[Run], Iterator[None]]
    words: Words
    final: bool = True


@dataclass(frozen=True)
class Option:
    """What a person chooses beside the columns; it is kept in the job's options under its name.

    `field(user)` is asked on the page of columns, and checks what comes over the API. `hint` says there what to write;
    without one the API doesn't take it.
    """

    name: str
    field: Callable[[User], forms.Field]
    hint: Words | None = None


@dataclass(frozen=True)
class Question:
    """What a person should look at before it is written: `text` with %(count)s and %(names)s, how serious it is, and
    the option by which it can be decided otherwise; `by_row`: also row by row (Kind.doubts)."""

    text: Any  # of ngettext_lazy
    serious: bool = False
    option: str = ""
    by_row: bool = False


@dataclass(frozen=True)
class KnownRow:
    """A stored row that a row of a file may mean, as its reader may see it."""

    name: str
    url: str
    facts: Sequence[str]


@dataclass(frozen=True)
class Doubt:
    """A row of a file that may mean a stored one: what it says, whom it may mean (`beside`: the rows of the file, as a
    spreadsheet counts them), and what a person may say of it, the empty choice first."""

    row_no: int
    place: int
    says: Sequence[tuple[Words, str]]
    why: Words
    known: Sequence[KnownRow]
    beside: Sequence[int]
    choices: Sequence[tuple[str, str]]


# (job, who reads it, the row behind which they begin, how many)
Doubts = Callable[[ImportJob, User, int, int], Sequence[Doubt]]


def _no_doubts(job: ImportJob, user: User, after: int, most: int) -> Sequence[Doubt]:
    """Its rows say whom they mean, or are refused."""
    return ()


@dataclass(frozen=True)
class Figure:
    """What was understood of a file as a whole: its label, and how it is said from all that was understood."""

    label: Words
    says: Callable[[Mapping[str, Any], str], str] = lambda told, name: str(told[name])


def _no_blanks(user: User) -> Sequence[tuple[Words, str]]:
    """It has no empty files of its own."""
    return ()


def _nothing(options: Mapping[str, Any], user: User | None) -> None:
    """Any choice will do."""


def _nobody(job: ImportJob) -> list[tuple[Words, str]]:
    """It brings nothing that has a page of its own."""
    return []


def _no_day(job: ImportJob) -> date | None:
    """It is about no day that is over."""
    return None


def _no_file(job: ImportJob) -> Path | None:
    """It hands nothing out."""
    return None


@dataclass(frozen=True)
class Kind:
    """One kind of file.

    `check(mapping)` says what is missing, `check_options(options, user)` raises ImportRefusedError; `errors(job)`
    yields refused rows in the file's order; `intact(job)` says whether what the steps have put aside is still there;
    `clear(job)` drops it. `counts` are the figures of its outcome in their order, of which `new` counts what the file
    made; any of `changes` says that writing changes something. Where the kind `asks_for_a_night`, the night's jobs are
    run for what came in as soon as it is there; `since(job)` is the first day of the past that it changed.
    `brought(job)` are lists of what came in; where there are none, `home` is the page to go on to. `handout(job)` is a
    file for whoever brought the import in, nobody else. `undo` are the tables whose rows can be taken back, in that
    order, by who holds the `undo_permissions`; where there are none, `no_undo` says what to do instead. A kind that
    must be `chosen` is never guessed. `notes` are good to know before a file is brought. `blanks(user)` are the names
    and addresses of further empty files of this kind. `doubts` gives the rows of a dry run about which a person decides
    one by one.
    """

    code: str
    label: Words
    permission: str
    columns: Sequence[Column]
    steps: tuple[Step, ...]
    check: Callable[[Mapping[str, str]], str]
    errors: Callable[[ImportJob], Iterator[tuple[int, str]]]
    intact: Callable[[ImportJob], bool]
    clear: Callable[[ImportJob], None]
    counts: Mapping[str, Words]
    new: str
    changes: tuple[str, ...]
    asks_for_a_night: bool = False
    since: Callable[[ImportJob], date | None] = _no_day
    layouts: tuple[Layout, ...] = ()
    options: tuple[Option, ...] = ()
    check_options: Callable[[Mapping[str, Any], User | None], None] = _nothing
    questions: Mapping[str, Question] = field(default_factory=dict)
    figures: Mapping[str, Figure] = field(default_factory=dict)
    brought: Callable[[ImportJob], list[tuple[Words, str]]] = _nobody
    home: tuple[str, Words] | None = None
    notes: tuple[Words, ...] = ()
    handout: Callable[[ImportJob], Path | None] = _no_file
    handout_words: Words = ""
    chosen: bool = False
    undo: tuple[Part, ...] = ()
    undo_permissions: tuple[str, ...] = ()
    no_undo: Words = ""
    doubts: Doubts = _no_doubts
    blanks: Callable[[User], Sequence[tuple[Words, str]]] = _no_blanks

    def names(self) -> list[str]:
        """Codes of the columns."""
        return [column.name for column in self.columns]


# --- work on a job ---------------------------------------------------------------------------------------------------
class LostJobError(Exception):
    """Somebody cancelled the job or works on it: this process must stop."""


@dataclass
class Run:
    """One process at work on one job."""

    job: ImportJob
    kind: Kind
    until: datetime | None = None
    progress: Progress | None = None
    started: float = field(default_factory=time.monotonic)
    _table: Table | None = None

    @property
    def dry(self) -> bool:
        """Whether only a report is wanted."""
        return bool(self.job.options.get("dry_run"))

    @property
    def user(self) -> User | None:
        """Who imports; None for a command, which may reach everything."""
        return self.job.user

    @property
    def table(self) -> Table:
        """The file, opened once."""
        if self._table is None:
            self._table = files.open_job_table(self.job)
        return self._table

    def rows(self, *, start: int | None = None) -> Iterator[tuple[int, list[str]]]:
        """The file's rows behind the first `start`, by default from where the job has come; always counted alike."""
        several = {column.name for column in self.kind.columns if column.several_lines}
        single = [column for name, column in self.job.mapping.items() if name not in several]
        rows = self.table.rows(start=self.job.next_row if start is None else start, single=single)
        edits = dict(self.job.edits.exclude(cells={}).values_list("row_no", "cells"))
        return self._corrected(rows, edits) if edits else rows

    def _corrected(
        self, rows: Iterator[tuple[int, list[str]]], edits: Mapping[int, Mapping[str, str]]
    ) -> Iterator[tuple[int, list[str]]]:
        """With other cells where a person has corrected some; of a row that can't be trusted none."""
        for number, cells in rows:
            if number in edits and not isinstance(cells, DamagedRow):
                given = edits[number]
                cells = [given.get(name, cell) for name, cell in zip(self.table.columns, cells, strict=True)]
            yield number, cells

    def said_of(self, numbers: Sequence[int]) -> dict[int, str]:
        """What a person has said of some of these rows."""
        said = self.job.edits.filter(row_no__in=numbers).exclude(choice="")
        return dict(said.values_list("row_no", "choice"))

    def out_of_time(self) -> bool:
        """Whether this slice is over."""
        return self.until is not None and clock.now() >= self.until

    def move(self, **values: Any) -> None:
        """Write the job's new place inside the batch's transaction, only over the place this process knows."""
        job = self.job
        mine = ImportJob.objects.filter(
            pk=job.pk, state=ImportJob.State.RUNNING, phase=job.phase, next_row=job.next_row, cursor=job.cursor
        )
        values["lease_until"] = clock.now() + LEASE
        if values.get("phase", job.phase) == job.phase:
            values["attempts"] = 0  # a batch is done
        if not mine.update(**values):
            raise LostJobError
        for name, value in values.items():
            setattr(job, name, value)

    def counted(self, **more: int) -> dict[str, Any]:
        """The job's counts with `more` added to them."""
        counts = dict(self.job.counts)
        for name, figure in more.items():
            counts[name] = counts.get(name, 0) + figure
        return counts


# --- all kinds -------------------------------------------------------------------------------------------------------
def all_kinds() -> list[Kind]:
    """Every kind that an app contributes, in the order of the apps."""
    return [cast(Kind, kind) for kind in registry().import_kinds.values()]


def kind_of(code: str) -> Kind:
    """The kind, KeyError when no app contributes it."""
    return cast(Kind, registry().import_kinds[code])


def choices() -> list[tuple[str, Words]]:
    """(code, label) of all of them."""
    return [(kind.code, kind.label) for kind in all_kinds()]


def may_import(user: User, kind: Kind) -> bool:
    """Whether this person may bring in this kind of file now."""
    return user.can("import.add") and user.can(kind.permission)
