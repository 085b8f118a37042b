"""What the workers of a queue do, without the broker that would tell them when."""

import os
import signal
import time
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

import structlog
from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections

from crm import tasks
from crm.celery import limit_memory

log = structlog.get_logger(__name__)
POLL_SECONDS = 5.0
QUEUES: dict[str, tuple[Callable[[], None], ...]] = {
    "celery": (tasks.tick_dispatch, tasks.tick_night, tasks.tick_backup, tasks.tick_mailbox),
    "imports": (tasks.tick_jobs,),
}


class Command(BaseCommand):
    help = "Look into the tables every 5 seconds, as the worker of QUEUE would be told to. Beat starts it by itself."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("queue", choices=sorted(QUEUES))
        parser.add_argument("--once", action="store_true", help="one round, then end")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["queue"] == "imports" and not options["once"]:
            limit_memory()  # as its worker has it
        ending: list[int] = []
        signal.signal(signal.SIGTERM, lambda number, _frame: ending.append(number))
        parent = os.getppid()
        while not ending and os.getppid() == parent:
            round_of(options["queue"])
            if options["once"]:
                return
            time.sleep(POLL_SECONDS)


def round_of(queue: str) -> None:
    """Each task once; a database that is away for a while, or one task's fault, stops nothing else."""
    for task in QUEUES[queue]:
        close_old_connections()
        try:
            task()
        except DatabaseError as error:
            log.warning("work waits for the database", error=str(error).strip().splitlines()[:1])
        except Exception:
            log.exception("a task failed", task=getattr(task, "name", ""))
