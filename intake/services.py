"""Uploads: from the file on its way in to the start. The work itself is done by a worker (engine.py)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from core import clock
from intake import engine, files, guessing, notices, remembered, undo
from intake.kinds import Kind, kind_of, may_import
from intake.mapping import checked_mapping
from intake.models import ImportJob, RowEdit
from intake.tabular import MEGABYTE, Table, TabularError

State = ImportJob.State
UNFINISHED_FOR = timedelta(days=7)
ORPHANS_KEPT_FOR = timedelta(hours=6)
MOST_UPLOADS, MOST_STORED = 20, 500 * MEGABYTE  # of one person, not finished yet
ERRORS_KEPT_FOR = timedelta(days=30)
CHANGEABLE = (State.UPLOADED, State.READY)
CANCELLABLE = (State.UPLOADED, State.READY, State.WAITING, State.RUNNING)


class WrongStateError(Exception):
    """The import has gone on meanwhile; the page shows how far."""


@transaction.atomic
def import_create(*, by: User, kinds: Sequence[Kind], upload: UploadedFile) -> ImportJob:
    """Keep an upload with a first guess at what it is, out of `kinds`, and at its columns.

    TabularError when it is no table, or when too many uploads of this person wait already.
    """
    _check_room(by, upload.size or 0)
    path, table = files.keep_upload(upload.chunks(), upload.name or _("file"))
    kind, mapping, known = _begun(by, kinds, table)
    job = ImportJob.objects.create(
        user=by,
        kind=kind.code,
        file_name=table.name[:255],
        path=path,
        sha256=table.sha256,
        mapping=mapping,
        options={"language": translation.get_language(), "kinds": [kind.code for kind in kinds], **known},
        look=table.look,
        state=State.UPLOADED,
        total_rows=table.lines,
    )
    audit.record("import.upload", by=by, on=job, kind=kind.code)
    return job


def _begun(by: User | None, kinds: Sequence[Kind], table: Table) -> tuple[Kind, dict[str, str], dict[str, Any]]:
    """(kind, columns, options) to begin with: as for a file with these headings before, else as they are guessed."""
    sure = bool(table.look["sure"])
    if by is not None and sure and (before := remembered.recalled(by, kinds, table.columns)) is not None:
        options = remembered.options_of(before, by)
        options["remembered"] = before.pk
        return kind_of(before.kind), before.mapping, options
    sample = table.sample(guessing.SAMPLE)
    kind = guessing.best_kind(kinds, table.columns, sample)
    return kind, guessing.guessed(kind, table.columns, sample).mapping, {}


def _check_room(by: User, size: int) -> None:
    """TabularError when the uploads of this person that aren't finished would become too many or too large."""
    waiting = ImportJob.objects.filter(user=by, state__in=CANCELLABLE)
    count = waiting.count()
    if count >= MOST_UPLOADS or files.stored_size(waiting) + size > MOST_STORED:
        raise TabularError(
            _("%(count)s of your uploads aren't finished yet. Finish or discard some before you bring another file.")
            % {"count": count}
        )


@transaction.atomic
def import_reading(*, job: ImportJob, encoding: str, header_row: int) -> None:
    """Read the upload as a person has chosen (header_row 0: as found), with new guesses; TabularError if that fails."""
    table = files.look_again(job, encoding=encoding, header_row=header_row)
    kinds = [kind_of(code) for code in job.options.get("kinds") or [job.kind]]
    kind, mapping, known = _begun(job.user, kinds, table)
    options = {name: job.options[name] for name in ("language", "kinds") if name in job.options} | known
    job.edits.all().delete()  # rows may be counted otherwise now
    _change(
        job, CHANGEABLE, state=State.UPLOADED, kind=kind.code, look=table.look, total_rows=table.lines,
        mapping=mapping, options=options, counts={}, phase="", next_row=0, cursor=0,
    )  # fmt: skip


@transaction.atomic
def import_check(
    *, job: ImportJob, mapping: Mapping[str, str], options: Mapping[str, Any], by: User, source: str = "import"
) -> None:
    """Choose columns and ways, and let a worker count what would happen; nothing is written by that."""
    _require_right(job, by)
    kind = kind_of(job.kind)
    chosen = checked_mapping(kind, mapping)
    table = files.open_job_table(job)
    table.require_encoding()
    table.require(chosen.values())
    kind.check_options(options, by)
    files.remove_error_file(job)
    kept = {"language": translation.get_language(), "kinds": [job.kind], **options, "dry_run": True}
    _change(
        job, CHANGEABLE, state=State.WAITING, mapping=chosen, options=kept, source=source, phase="", next_row=0,
        cursor=0, counts={}, message="", error_file="",
    )  # fmt: skip
    remembered.remember(job, table.columns, by)


@transaction.atomic
def rows_decide(*, job: ImportJob, choices: Mapping[int, str], by: User) -> None:
    """Keep what the person says of these rows; an empty choice leaves the row to what counts for all."""
    _require_right(job, by)
    _change(job, (State.READY,), message="")
    known = {row.row_no: row for row in job.edits.filter(row_no__in=choices)}
    for number, row in known.items():
        row.choice = choices[number]
    RowEdit.objects.bulk_update(known.values(), ["choice"])
    RowEdit.objects.bulk_create(
        RowEdit(job=job, row_no=number, choice=choice)
        for number, choice in choices.items()
        if choice and number not in known
    )
    job.edits.filter(choice="", cells={}).delete()


def import_check_again(*, job: ImportJob, by: User) -> None:
    """Count once more what would happen, with what was said of single rows since."""
    import_check(job=job, mapping=job.mapping, options=chosen_options(job), by=by, source=job.source)


def chosen_options(job: ImportJob) -> dict[str, Any]:
    """What a person has chosen beside the columns."""
    names = [option.name for option in kind_of(job.kind).options]
    return {name: job.options[name] for name in names if name in job.options}


@transaction.atomic
def import_start(*, job: ImportJob, by: User) -> None:
    """Write what the dry run has shown."""
    _require_right(job, by)
    files.remove_error_file(job)
    options = {**job.options, "dry_run": False}
    _change(
        job, (State.READY,), state=State.WAITING, options=options, phase="compare", cursor=0, counts={}, error_file="",
        finished_at=None,
    )  # fmt: skip
    audit.record("import.start", by=by, on=job, kind=job.kind)


def _require_right(job: ImportJob, by: User) -> None:
    if not may_import(by, kind_of(job.kind)):
        raise PermissionDenied


@transaction.atomic
def import_cancel(*, job: ImportJob, by: User) -> None:
    """Stop; what is written already stays and is whole."""
    _change(job, CANCELLABLE, state=State.CANCELLED, finished_at=clock.now())
    audit.record("import.cancel", by=by, on=job, kind=job.kind)
    notices.ended_notice(job, by=by)
    transaction.on_commit(lambda: engine.tidy(job))


def _change(job: ImportJob, states: tuple[str, ...], **values: Any) -> None:
    """Write over one of these states only, so that two clicks or two tabs don't do it twice."""
    if not ImportJob.objects.filter(pk=job.pk, state__in=states).update(**values):
        raise WrongStateError
    for name, value in values.items():
        setattr(job, name, value)


def same_file_before(job: ImportJob) -> ImportJob | None:
    """The latest finished import of the very same file by the same person."""
    rows = ImportJob.objects.filter(user=job.user_id, kind=job.kind, sha256=job.sha256, state=State.DONE)
    return rows.exclude(pk=job.pk).first()


def clean_up() -> None:
    """Give up what nobody finished within a week, forget then how imports are taken back, and delete refused rows after
    a month and uploads without a job."""
    now = clock.now()
    files.remove_orphans(now - ORPHANS_KEPT_FOR)
    old = ImportJob.objects.filter(state__in=CANCELLABLE, created_at__lt=now - UNFINISHED_FOR)
    for job in old.exclude(lease_until__gt=now):
        ImportJob.objects.filter(pk=job.pk, state=job.state).update(state=State.CANCELLED, finished_at=now)
        engine.tidy(job)
    for job in ImportJob.objects.exclude(error_file="").filter(finished_at__lt=now - ERRORS_KEPT_FOR):
        files.remove_error_file(job)
        ImportJob.objects.filter(pk=job.pk).update(error_file="")
    undo.forget_old()


def refused_rows(job: ImportJob) -> Path | None:
    """The job's error file, if it is still there."""
    path = files.error_path(job)
    return path if path and path.is_file() else None


def handed_out(job: ImportJob, by: User) -> Path | None:
    """The file for whoever brought the import in, if there is one; None for everybody else."""
    kind = kind_of(job.kind)
    path = kind.handout(job) if job.user_id == by.pk and may_import(by, kind) else None
    return path if path and path.is_file() else None


def handout(*, job: ImportJob, by: User) -> Path | None:
    """The same, to be given to that person now: it is written down that it was."""
    path = handed_out(job, by)
    if path is not None:
        audit.record("import.handout", by=by, on=job, kind=job.kind)
    return path
