"""Reads of imports: what a job's page and the list show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import clock, jobs
from intake.kinds import Kind, all_kinds, kind_of
from intake.models import ImportJob

State = ImportJob.State
TONES = {
    "done": "ok",
    "failed": "danger",
    "running": "info",
    "waiting": "info",
    "ready": "accent",
    "undoing": "info",
    "undone": "line",
}


def tone_of(job: ImportJob) -> str:
    """The tone of a job's state."""
    return TONES.get(job.state, "line")


def imports_of(user: User) -> QuerySet[ImportJob]:
    """Imports in reach."""
    return ImportJob.objects.for_user(user).select_related("user")


def kinds_for(user: User) -> list[Kind]:
    """What this person may bring in."""
    return [kind for kind in all_kinds() if user.can(kind.permission)]


@dataclass(frozen=True)
class Progress:
    """How far a job is: percent of its present part, in words."""

    percent: int
    words: Any
    at: int
    of: int
    stalled: bool  # nobody works on it: it waits for a worker, or for its command to be run again


def progress_of(job: ImportJob) -> Progress | None:
    """For jobs that wait or run; else None."""
    if job.state == State.UNDOING:
        told = job.counts.get("undo", {})
        done, of = sum(sum(counts.values()) for counts in told.values()), job.counts.get("undo_of", 0)
        alive = job.lease_until is not None and job.lease_until > clock.now()
        return Progress(min(99, done * 100 // of) if of else 0, _("taking back"), min(done, of), of, stalled=not alive)
    if job.state not in (State.WAITING, State.RUNNING):
        return None
    reading = job.phase in ("", "stage") or not job.counts.get("last")
    at, of = (job.next_row, job.total_rows or 0) if reading else (job.cursor, job.counts["last"])
    alive = job.lease_until is not None and job.lease_until > clock.now()
    percent = min(99, at * 100 // of) if of else 0
    return Progress(percent, _phase(job), min(at, of), of, stalled=not alive)


def _phase(job: ImportJob) -> Any:
    words = {step.name: step.words for step in kind_of(job.kind).steps}
    return words.get(job.phase, _("waiting for a worker"))


def night_of(job: ImportJob) -> jobs.Progress | None:
    """How far the night is that a finished import has asked for; None when it is over, or nothing was asked for."""
    asked = kind_of(job.kind).asks_for_a_night and not job.options.get("dry_run")
    over = job.state in (State.DONE, State.UNDONE)
    return jobs.progress_of(clock.last_ended_day()) if asked and over else None


def outcome_of(job: ImportJob) -> list[tuple[Any, int, str]]:
    """(label, figure, tone) of what was or would be done."""
    rows = [(name, label) for name, label in kind_of(job.kind).counts.items() if name in job.counts]
    return [
        (label, job.counts[name], "danger" if name == "errors" and job.counts[name] else "") for name, label in rows
    ]
