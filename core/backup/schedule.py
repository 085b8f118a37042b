"""Backups that are made by themselves: one a day at a chosen time, and whatever a person asks for, by any worker.

The rows decide: the unique day makes two workers' nights one, an advisory lock lets one backup run at a time, and a
run that its worker left behind is begun again by the next one.
"""

from __future__ import annotations

import socket
import time
import traceback
from datetime import timedelta
from pathlib import Path

import structlog
from django.conf import settings
from django.db import connection
from django.db.models import F
from django.utils.translation import gettext_noop as _

from core import clock, company, scrub
from core.backup import archive, database, work
from core.backup.errors import BackupError
from core.locks import only_one
from core.models import BackupPlan, BackupRun

log = structlog.get_logger(__name__)
State = BackupRun.State
LOCK = "keben-backup"
RETRY_AFTER = timedelta(minutes=30)
MOST_ATTEMPTS = 5
SPARE = 200 * 10**6  # bytes that a backup leaves to everything else on its disk


def plan() -> BackupPlan:
    """The plan; a demo company begins without."""
    found = BackupPlan.objects.filter(pk=1).first()
    return found or BackupPlan(pk=1, enabled=not company.company().is_demo)


def request() -> BackupRun:
    """Have one made now, by the next worker that looks; the one that waits already, if any."""
    waiting = BackupRun.objects.filter(day=None, state=State.DUE).first()
    return waiting or BackupRun.objects.create()


def run_due() -> list[BackupRun]:
    """Make what is due, in this process; returns those that failed for good or for now."""
    _insert_today()
    if not BackupRun.objects.filter(state__in=(State.DUE, State.RUNNING, State.FAILED)).exists() or not _has_files():
        return []
    failed = []
    with only_one(LOCK) as mine:
        if not mine:
            return []
        # Whoever was at work had this lock: what still says so was left behind.
        BackupRun.objects.filter(state=State.RUNNING).update(state=State.DUE)
        while run := _next():
            if not _run(run):
                failed.append(run)
    return failed


def _insert_today() -> None:
    chosen, now = plan(), clock.now()
    local = now.astimezone(company.zone())
    if chosen.enabled and local.time() >= chosen.at and company.company().created_at.date() < local.date():
        BackupRun.objects.bulk_create([BackupRun(day=local.date(), next_try_at=now)], ignore_conflicts=True)


def _has_files() -> bool:
    """Whether this is a host with the files: one without the shared folder would make a backup that lacks them."""
    folder = Path(settings.STORAGE_DIR)
    if folder.is_dir():
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM intake_importjob WHERE path <> '' AND path NOT LIKE '/%%')")
        return not cursor.fetchone()[0]


def _next() -> BackupRun | None:
    """The oldest that is due; of a failed one only the newest is tried again."""
    now = clock.now()
    due = BackupRun.objects.filter(state=State.DUE, next_try_at__lte=now).order_by("id").first()
    if due:
        return due
    last = BackupRun.objects.exclude(state=State.DUE).order_by("-id").first()
    again = last and last.state == State.FAILED and last.attempts < MOST_ATTEMPTS and last.next_try_at <= now
    return last if again else None


def _run(run: BackupRun) -> bool:
    now = clock.now()
    rows = BackupRun.objects.filter(pk=run.pk)
    rows.update(
        state=State.RUNNING, started_at=now, attempts=F("attempts") + 1, host=socket.gethostname()[:80], error={}
    )
    path = folder() / f"keben-{now.astimezone(company.zone()):%Y-%m-%d-%H%M%S}.tar"
    try:
        _refuse_too_little_room(path.parent)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = work.make(path)
        archive.read(path)  # what the disk gives back is what was written
    except Exception as error:
        reason = error if isinstance(error, BackupError) else BackupError("%(why)s", why=scrub.words_of(error)[:300])
        log.error("the backup failed", reason=str(reason), trace=scrub.scrubbed(traceback.format_exc()))
        path.unlink(missing_ok=True)
        ended = clock.now()
        rows.update(state=State.FAILED, finished_at=ended, next_try_at=ended + RETRY_AFTER, error=reason.as_json())
        return False
    rows.update(state=State.DONE, finished_at=clock.now(), file=str(path), bytes=made.bytes)
    _delete_old(plan().keep)
    return True


def folder() -> Path:
    """Where they lie: BACKUP_DIR, else `backups` in the data folder."""
    return Path(settings.BACKUP_DIR)


def _refuse_too_little_room(place: Path) -> None:
    last = BackupRun.objects.filter(state=State.DONE).order_by("-id").first()
    needed = SPARE + int((last.bytes if last else 0) * 1.2)
    free = database.free_bytes(place)
    if free < needed:
        raise BackupError(
            _("The backup needs %(needed)s MB, and %(folder)s has %(free)s MB free."),
            needed=needed // 10**6,
            free=free // 10**6,
            folder=place,
        )


def _delete_old(keep: int) -> None:
    """Those beyond the newest `keep`, and what a killed backup has left."""
    kept = BackupRun.objects.filter(state=State.DONE).exclude(file="").order_by("-id")
    for run in kept[keep:]:
        Path(run.file).unlink(missing_ok=True)
        BackupRun.objects.filter(pk=run.pk).update(file="")
    for half in folder().glob(".keben-*.part"):
        if half.stat().st_mtime < time.time() - 86400:
            half.unlink(missing_ok=True)
