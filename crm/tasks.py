"""The Celery tasks. They take no arguments: each looks into its table, works a slice, and may run twice."""

import os
import socket
from datetime import timedelta

import structlog
from celery import current_task, shared_task
from kombu.exceptions import OperationalError

from accounts.services import tidy_sign_ins
from core import clock, clockguard, jobs
from core.jobs import nightly
from crm.dispatching import dispatch_round
from followups.incoming.mailbox import mailbox_look
from intake import engine as imports
from intake.services import clean_up
from sales.services.sums import sold_sums_follow
from workbench.backup.services import run_backups
from workbench.health.clocks import time_is_believed

log = structlog.get_logger(__name__)
SLICE = timedelta(seconds=60)
MESSAGES_WAIT = timedelta(minutes=15)


def _alive(name: str, kind: str = "worker") -> None:
    clockguard.note(f"{kind}:{socket.gethostname()}", last=name, pid=os.getpid())
    clockguard.note(name)
    headers = (current_task.request.headers if current_task else None) or {}
    if "beat_at" in headers:
        # A message may have waited, so that a clock behind ours shows only when it is far behind.
        off = timedelta(seconds=headers["beat_at"] - clock.now().timestamp())
        clockguard.note("broker")  # this message came through it
        clockguard.note("beat", off=off if off > timedelta(0) or -off > MESSAGES_WAIT else timedelta(0))


@shared_task(name="tick_night", ignore_result=True)
def tick_night() -> None:
    """Add up what was sold since, put away old sign-ins and start what the last 7 nights still miss, unless the clock
    isn't believed."""
    _alive("night")
    if not time_is_believed():
        return
    tidy_sign_ins()
    sold_sums_follow(until=clock.now() + SLICE)
    jobs.ensure_nightly(nightly(), until=clock.now() + SLICE)


# Copying a large company takes its time; while it does, the lock sends every further message home.
@shared_task(name="tick_backup", ignore_result=True, time_limit=6 * 3600, soft_time_limit=6 * 3600 - 60)
def tick_backup() -> None:
    """Make the backup of today, and those that somebody has asked for."""
    if time_is_believed():
        run_backups()


@shared_task(name="tick_mailbox", ignore_result=True, time_limit=90, soft_time_limit=80)
def tick_mailbox() -> None:
    """Look into the mailbox for answers and for what came back."""
    if time_is_believed():
        mailbox_look()


def wake_night() -> None:
    """Let a worker look for due nights now; without the message it does so at its next tick."""
    try:
        tick_night.apply_async(retry=False)
    except OperationalError as error:
        log.warning("no broker to wake the night", error=str(error))


@shared_task(name="tick_dispatch", ignore_result=True)
def tick_dispatch() -> None:
    """Tell people about their day when it begins, and send the mails that are due."""
    _alive("dispatch")
    dispatch_round(until=clock.now() + SLICE)


# A long file is compared in one go; nobody waits behind it but further files.
@shared_task(name="tick_jobs", ignore_result=True, time_limit=1_800, soft_time_limit=1_740)
def tick_jobs() -> None:
    """Go on with uploaded imports and with those that are taken back, oldest first; give up what nobody finished."""
    _alive("jobs", "importer")
    until = clock.now() + SLICE
    for job in imports.open_jobs():
        if clock.now() < until:
            imports.run(job, until=until, progress=lambda _job: _alive("jobs", "importer"))
            if job.state in (job.State.DONE, job.State.UNDONE):
                wake_night()
    if time_is_believed():
        clean_up()
