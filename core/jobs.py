"""Nightly jobs: what is due, one at a time, with a run record each.

`ensure_nightly` may be called by any number of processes, as often as they like: the unique (job, business date)
decides who inserts, an advisory lock decides who works, and a job whose record is done is run again only when somebody
asks for it (`ask_again`).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import structlog
from django.db import transaction
from django.db.models import Case, F, QuerySet, Value, When

from core import clock, scrub
from core.contributions import NightlyJob, registry
from core.locks import only_one
from core.models import JobRun

log = structlog.get_logger(__name__)
RETRY_AFTER = (1, 5, 15, 60)  # minutes; the last one repeats
NIGHT_LOCK = "keben-night"


def nightly() -> list[NightlyJob]:
    """Every job of a night, in the order in which they run for each business date."""
    return registry().nightly_jobs


def title_of(name: str) -> str:
    """What a job is called for people; its name where the code knows it no more."""
    return next((str(job.title) for job in nightly() if job.name == name and job.title), name)


def ensure_nightly(jobs: Sequence[NightlyJob], *, until: datetime | None = None) -> int:
    """Insert and run what the last 7 nights still miss, oldest first; returns how many runs were published.

    `until` stops before a further run begins (a Celery slice); returns 0 at once while another process works.
    """
    insert_due(jobs, clock.due_nights())
    with only_one(NIGHT_LOCK) as mine:
        return _run_all(jobs, until) if mine else 0


def insert_due(jobs: Sequence[NightlyJob], nights: Sequence[date]) -> None:
    """Make the run records of these nights; existing ones stay as they are."""
    rows = [JobRun(job=job.name, business_date=night) for night in nights for job in jobs]
    JobRun.objects.bulk_create(rows, ignore_conflicts=True)


def _run_all(jobs: Sequence[NightlyJob], until: datetime | None) -> int:
    published = 0
    failed: set[str] = set()
    while run := _oldest_due(jobs, failed):
        if until and clock.now() >= until:
            break
        job = next(job for job in jobs if job.name == run.job)
        if run_one(run, job):
            published += 1
        else:
            failed.add(job.name)
    return published


def _oldest_due(jobs: Sequence[NightlyJob], failed: set[str]) -> JobRun | None:
    """The next run of the oldest night. A job that failed in this round holds up its own later nights and what comes
    after it, since they build on it.

    It is looked up anew each time: what became due while an earlier run was at work (a person asked for a night again)
    is found by whoever holds the lock, because the message that told of it found the lock taken and did nothing.
    """
    place = {}
    held_up = set(failed)
    for index, job in enumerate(jobs):
        if held_up.intersection((job.name, *job.after)):
            held_up.add(job.name)
        else:
            place[job.name] = index
    due = JobRun.objects.exclude(state=JobRun.State.DONE).filter(job__in=place, next_try_at__lte=clock.now())
    return min(due, key=lambda run: (run.business_date, place[run.job]), default=None)


def run_again(run: JobRun) -> bool:
    """Put a failed run first in line; False when it isn't failed (any more)."""
    waiting = JobRun.objects.filter(pk=run.pk, state=JobRun.State.FAILED)
    return bool(waiting.update(state=JobRun.State.DUE, next_try_at=clock.now()))


def night_of(day: date) -> QuerySet[JobRun]:
    """The records of one night."""
    return JobRun.objects.filter(business_date=day, job__in=[job.name for job in nightly()])


def ask_again(day: date) -> None:
    """Make every job of this night due now, also where it was published before.

    Call it in the transaction that makes the night worth repeating: a job that begins meanwhile waits for its commit,
    and one that is at work stays due when it ends. A worker finds them at its next tick, at most a minute later.
    """
    insert_due(nightly(), [day])
    moment = clock.now()
    night_of(day).update(state=JobRun.State.DUE, attempts=0, next_try_at=moment, error="")


def ask_for(name: str, day: date) -> None:
    """Make one job of this night due now, also where it was published before, and let a worker look at once.

    For what a page changes and only one job works with; the same rules as those of `ask_again`.
    """
    insert_due([job for job in nightly() if job.name == name], [day])
    again = {"state": JobRun.State.DUE, "attempts": 0, "next_try_at": clock.now(), "error": "", "counts": {}}
    night_of(day).filter(job=name).update(**again)
    transaction.on_commit(wake)


_wakers: list[Callable[[], None]] = []


def wake_by(waker: Callable[[], None]) -> None:
    """Name what tells a worker to look for due nights now (the project knows its broker, this module doesn't)."""
    _wakers[:] = [waker]


def wake() -> None:
    """Only a hint: without it a worker looks at its next tick, at most a minute later."""
    for waker in _wakers:
        waker()


def run_one(run: JobRun, job: NightlyJob) -> bool:
    """Run and publish one record; an error is written to it and the next attempt is put off."""
    _mark_started(run)
    try:
        with transaction.atomic():
            counts = job.run(run.business_date)
            if isinstance(counts, dict):
                _mark_published(run, counts)
        if not isinstance(counts, dict):
            _run_in_steps(run, counts)
    except Exception as error:
        log.exception("nightly job failed", job=run.job, business_date=str(run.business_date))
        _mark_failed(run, error)
        return False
    return True


def _run_in_steps(run: JobRun, steps: Iterator[dict[str, Any]]) -> None:
    """Each step has committed what it did; its counts so far are written to the record, for who wants to see how it
    goes. After a kill the job begins anew and finds what is left to do."""
    counts: dict[str, Any] = {}
    for counts in steps:
        JobRun.objects.filter(pk=run.pk).update(counts=counts, heartbeat_at=clock.now())
    _mark_published(run, counts)


@dataclass(frozen=True)
class Progress:
    """How far a night is: `done` of its `of` jobs."""

    done: int
    of: int


def progress_of(day: date) -> Progress | None:
    """None when nothing of this night is left to do, or nobody has asked for it."""
    states = list(night_of(day).values_list("state", flat=True))
    done = states.count(JobRun.State.DONE)
    return Progress(done, len(states)) if done < len(states) else None


def _mark_started(run: JobRun) -> None:
    moment = clock.now()
    JobRun.objects.filter(pk=run.pk).update(
        state=JobRun.State.RUNNING, attempts=F("attempts") + 1, started_at=moment, heartbeat_at=moment, error=""
    )
    run.attempts += 1


def _mark_published(run: JobRun, counts: dict[str, Any]) -> None:
    moment = clock.now()
    # Asked for again while it was at work (`ask_again`), it has perhaps not seen what it was asked for.
    state = Case(When(state=JobRun.State.RUNNING, then=Value(JobRun.State.DONE)), default=F("state"))
    JobRun.objects.filter(pk=run.pk).update(state=state, finished_at=moment, published_at=moment, counts=counts)


def _mark_failed(run: JobRun, error: Exception) -> None:
    minutes = RETRY_AFTER[min(run.attempts, len(RETRY_AFTER)) - 1]
    JobRun.objects.filter(pk=run.pk).update(
        state=JobRun.State.FAILED,
        finished_at=clock.now(),
        next_try_at=clock.now() + timedelta(minutes=minutes),
        error=scrub.words_of(error)[:2000],
    )


def run_nights(day: date) -> None:
    """Run every job for the business date `day` now, in this process, again if it was run before: for commands and demo
    data. Raises RuntimeError on failure."""
    insert_due(nightly(), [day])
    with only_one(NIGHT_LOCK, wait=True):
        for job in nightly():
            run = JobRun.objects.get(job=job.name, business_date=day)
            if not run_one(run, job):
                run.refresh_from_db()
                raise RuntimeError(f"{job.name} as of {day} failed: {run.error}")
