"""The three Celery tasks. They take no arguments: each looks into its table, works a slice, and may run twice."""

import os
import socket
from datetime import timedelta

from celery import shared_task

from accounts.services import tidy_sign_ins
from core import clock, jobs
from crm.dispatching import dispatch_round
from crm.wiring import NIGHTLY_JOBS
from customers.imports import engine as imports
from customers.imports.services import clean_up

SLICE = timedelta(seconds=60)


def _alive(name: str, kind: str = "worker") -> None:
    jobs.beat(f"{kind}:{socket.gethostname()}", last=name, pid=os.getpid())
    jobs.beat(name)


@shared_task(name="tick_night", ignore_result=True)
def tick_night() -> None:
    """Start what the last 7 nights still miss, and put away what sign-ins have left behind."""
    _alive("night")
    tidy_sign_ins()
    jobs.ensure_nightly(NIGHTLY_JOBS, until=clock.now() + SLICE)


@shared_task(name="tick_dispatch", ignore_result=True)
def tick_dispatch() -> None:
    """Tell people about their day when it begins, and send the mails that are due."""
    _alive("dispatch")
    dispatch_round(until=clock.now() + SLICE)


@shared_task(name="tick_jobs", ignore_result=True)
def tick_jobs() -> None:
    """Go on with uploaded imports, oldest first, and give up what nobody finished."""
    _alive("jobs", "importer")
    until = clock.now() + SLICE
    for job in imports.open_jobs():
        if clock.now() < until:
            imports.run(job, until=until, progress=lambda _job: _alive("jobs", "importer"))
    clean_up()
