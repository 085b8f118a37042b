"""Asks the worker for the night of the last ended company day and waits until it is published."""

import json
import time
from argparse import ArgumentParser
from datetime import date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core import clock, jobs
from core.clockguard import require_time
from crm.tasks import wake_night

POLL_SECONDS = 0.5
HINT_SECONDS = 5


class Command(BaseCommand):
    help = "Let the real worker run the nightly jobs of the last day that has ended; exit 1 when it doesn't in time."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--wait", type=float, default=120, metavar="SECONDS")
        parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")

    def handle(self, *args: Any, **options: Any) -> None:
        require_time()
        day, asked = clock.last_ended_day(), clock.now()
        began = time.monotonic()
        jobs.ask_again(day)
        hinted = -float(HINT_SECONDS)
        while not published_since(day, asked):
            waited = time.monotonic() - began
            if waited > options["wait"]:
                raise CommandError(f"The night of {day} wasn't published within {options['wait']:g} s: {_state(day)}")
            if waited - hinted >= HINT_SECONDS:
                # A hint is lost when it meets a worker that is about to end an earlier round.
                wake_night()
                hinted = waited
            time.sleep(POLL_SECONDS)
        self._say(day, round(time.monotonic() - began, 1), options["json"])

    def _say(self, day: date, seconds: float, as_json: bool) -> None:
        counts = dict(jobs.night_of(day).values_list("job", "counts"))
        self.stdout.write(f"The night of {day} is published: {', '.join(counts)} in {seconds} s")
        if as_json:
            self.stdout.write(json.dumps({"business_date": day.isoformat(), "jobs": counts, "seconds": seconds}))


def published_since(day: date, moment: datetime) -> bool:
    """Whether every job of the night has been published after `moment`."""
    return jobs.night_of(day).count() == jobs.night_of(day).filter(published_at__gte=moment).count()


def _state(day: date) -> str:
    return (
        "; ".join(f"{run.job} {run.state} {run.error}".strip() for run in jobs.night_of(day).order_by("id"))
        or "no jobs"
    )
