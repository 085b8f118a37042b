"""Runs an import job: step by step, each batch one transaction with its cursor, so that it may stop anywhere.

`run` goes on from where the last process came, whoever that was: an advisory lock lets one process work on a job, and
every move of the cursor is a compare-and-set, so a process that lost the job (cancelled, or taken over) stops.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from core import clock, events, jobs
from core.locks import only_one
from intake import files, notices, undo
from intake.csvwriter import ErrorFile
from intake.kinds import LEASE, ImportRefusedError, LostJobError, Progress, Run, kind_of, may_import
from intake.models import ImportJob
from intake.reasons import gist
from intake.tabular import TabularError

log = structlog.get_logger(__name__)
SHOWN_ERRORS = 20  # refused rows, and reasons, that the page names
KNOWN_REASONS = 1_000
MOST_ATTEMPTS = 3  # of a worker's, without a single batch done
State = ImportJob.State
OPEN = (State.WAITING, State.RUNNING)
WORKED_ON = (*OPEN, State.UNDOING)


def run(job: ImportJob, *, until: datetime | None = None, progress: Progress | None = None, wait: bool = False) -> bool:
    """Work on the job until it ends or `until` has passed; True when it has ended (done, ready or failed).

    With `wait` another process at work on it is waited for, else False comes back at once. Database trouble is
    raised: the job stays as it is and a later call goes on.
    """
    with only_one(f"import-{job.pk}", wait=wait) as mine:
        if not mine:
            return False
        job.refresh_from_db()
        if job.state not in WORKED_ON:
            return True
        with translation.override(job.options.get("language") or translation.get_language()):
            if job.state == State.UNDOING:
                return undo.run(job, until=until, wait=wait, progress=progress)
            return _run(Run(job, kind_of(job.kind), until, progress))


def _run(run: Run) -> bool:
    try:
        _begin(run)
        _require_hope(run.job)
        if not _steps(run):
            return False
        _finish(run)
    except LostJobError:
        log.info("import stopped", job=run.job.pk)
        return True
    except (TabularError, ImportRefusedError) as error:
        _fail(run, str(error))
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("import failed", job=run.job.pk)
        _fail(run, _("The import stopped because of an error on our side. Nothing is lost; start it again."))
    return True


def _begin(run: Run) -> None:
    moment = clock.now()
    values = {
        "state": State.RUNNING,
        "lease_until": moment + LEASE,
        "started_at": run.job.started_at or moment,
        "attempts": run.job.attempts + 1,
    }
    if not ImportJob.objects.filter(pk=run.job.pk, state=run.job.state).update(**values):
        raise LostJobError
    for name, value in values.items():
        setattr(run.job, name, value)
    if run.job.phase and not run.kind.intact(run.job):
        run.move(phase="", next_row=0, cursor=0)


def _require_hope(job: ImportJob) -> None:
    """Give up a file that has ended its worker time and again; a command's end is the operator's own doing."""
    if job.attempts > MOST_ATTEMPTS and not job.options.get("command"):
        raise ImportRefusedError(
            _(
                "Reading this file ended the import process %(times)s times, so it was given up. "
                "Save the table anew as CSV, or split it, and upload that."
            )
            % {"times": MOST_ATTEMPTS}
        )


def _steps(run: Run) -> bool:
    """Do what is left; False when the time is over first."""
    steps = [step for step in run.kind.steps if not (run.dry and step.final)]
    names = [step.name for step in steps]
    first = names.index(run.job.phase) if run.job.phase in names else 0
    for step in steps[first:]:
        _ask_rights_again(run)
        if run.job.phase != step.name:
            run.move(phase=step.name, cursor=0)
        for _batch in step.work(run):
            _tick(run)
            if run.out_of_time():
                return False
            _ask_rights_again(run)
    return True


def go_on(run: Run) -> None:
    """Between the batches of a step that can't be left half done: show how far it is and ask for the rights again."""
    _tick(run)
    _ask_rights_again(run)


def _ask_rights_again(run: Run) -> None:
    """Before each batch: a right that was taken away while a file is read counts from there on.

    The person is read anew, so that the batch also measures its rows by the present grants, team and shares.
    """
    if run.job.user_id is None:
        return
    user = run.job.user = User.objects.select_related("role", "team").get(pk=run.job.user_id)
    if not user.is_active:
        raise ImportRefusedError(_("%(name)s's account was switched off, so the import stopped.") % {"name": user.name})
    if not may_import(user, run.kind):
        raise ImportRefusedError(_("The right to import this kind of file was taken away, so the import stopped."))


def _tick(run: Run) -> None:
    if run.progress:
        run.progress(run.job)


def _finish(run: Run) -> None:
    job = run.job
    path, refused = write_error_file(run)
    seconds = round(job.counts.get("seconds", 0) + time.monotonic() - run.started, 1)
    values: dict[str, Any] = {
        "state": State.READY if run.dry and not job.options.get("command") else State.DONE,
        "counts": {**job.counts, "seconds": seconds, **refused.counts()},
        "error_file": path,
        "finished_at": clock.now(),
    }
    with transaction.atomic():
        run.move(**values)
        if not run.dry:
            audit.record("import.finish", by=job.user, on=job, kind=job.kind, **_plain(values["counts"]))
            _ask_for_the_night(run)
            notices.ended_notice(job)
    if job.state == State.DONE:
        tidy(job)


def _ask_for_the_night(run: Run) -> None:
    """What came in is scored and planned for now, not at two o'clock: until then every page would call it unrated."""
    if run.kind.asks_for_a_night and any(run.job.counts.get(name) for name in run.kind.changes):
        events.publish("import_finished", job=run.job, since=run.kind.since(run.job))
        jobs.ask_again(clock.last_ended_day())


def _plain(counts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in counts.items() if isinstance(value, int | float)}


@dataclass
class Refused:
    """What the job keeps of its refused rows: their number, the first ones, and each reason with its first rows."""

    errors: int = 0
    first: list[tuple[int, str]] = field(default_factory=list)
    reasons: dict[str, tuple[str, int, list[int]]] = field(default_factory=dict)  # by their gist

    def add(self, place: int, reason: str) -> None:
        """Count a row; `place` as a spreadsheet numbers it."""
        self.errors += 1
        if len(self.first) < SHOWN_ERRORS:
            self.first.append((place, reason))
        told = gist(reason)
        if told in self.reasons or len(self.reasons) < KNOWN_REASONS:
            text, count, places = self.reasons.get(told, (reason, 0, []))
            places = places if len(places) >= SHOWN_ERRORS else [*places, place]
            self.reasons[told] = (text if text == reason else told, count + 1, places)

    def counts(self) -> dict[str, Any]:
        """As kept with the job; the commonest reasons first."""
        reasons = sorted(self.reasons.values(), key=lambda told: -told[1])[:SHOWN_ERRORS]
        return {"errors": self.errors, "refused": self.first, "reasons": reasons}


def write_error_file(run: Run) -> tuple[str, Refused]:
    """(path below STORAGE_DIR, what to keep) of the refused rows with their reasons; no file without errors.

    The first ones are kept with the job: the page shows them, and the file that was uploaded is gone by then.
    """
    reasons, refused = run.kind.errors(run.job), Refused()
    wanted = next(reasons, None)
    if wanted is None:
        return "", refused
    name = files.new_error_file(run.job)
    with ErrorFile(Path(settings.STORAGE_DIR) / name, run.table.columns) as target:
        for number, cells in run.rows(start=0):
            if wanted is None:
                break
            if number == wanted[0]:
                target.row(cells, wanted[1])
                refused.add(run.table.place, wanted[1])
                wanted = next(reasons, None)
    return name, refused


def _fail(run: Run, message: str) -> None:
    values = {"state": State.FAILED, "message": message[:2000], "finished_at": clock.now()}
    with transaction.atomic():
        # Over whatever this process did last, unless the job was cancelled meanwhile.
        if not ImportJob.objects.filter(pk=run.job.pk, state=State.RUNNING).update(**values):
            return
        for name, value in values.items():
            setattr(run.job, name, value)
        notices.ended_notice(run.job)
    tidy(run.job)


def tidy(job: ImportJob) -> None:
    """Drop what the steps have put aside, and the uploaded copy of the file with the rows that were shown of it."""
    kind_of(job.kind).clear(job)
    job.edits.all().delete()
    files.remove_upload(job)
    ImportJob.objects.filter(pk=job.pk).update(look={})


def open_jobs() -> Iterator[ImportJob]:
    """Jobs that wait for a worker, oldest first."""
    waiting = Q(state__in=OPEN, options__command__isnull=True) | Q(state=State.UNDOING)
    yield from ImportJob.objects.filter(waiting).order_by("pk")
