"""Tell people what is due: once, or for ever with --loop. Needs the database and the mail server only."""

import json
import signal
import time
from argparse import ArgumentParser
from typing import Any

import structlog
from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections

from core import dispatcher
from crm.dispatching import dispatch_round

log = structlog.get_logger(__name__)
POLL_SECONDS = 5


class Command(BaseCommand):
    help = "Make the day notices and send the mails that are due. With --loop, again every 5 seconds until stopped."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--loop", action="store_true", help="keep looking every 5 seconds")
        parser.add_argument("--json", action="store_true", help="print the counts as JSON, last line")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["loop"]:
            self._loop()
            return
        done = dispatch_round()
        self.stdout.write(", ".join(f"{name}: {count}" for name, count in sorted(done.items())) or "nothing was due")
        if options["json"]:
            self.stdout.write(json.dumps(done))

    def _loop(self) -> None:
        signal.signal(signal.SIGTERM, _stop)
        owner = dispatcher.new_owner()
        try:
            while True:
                _tick(owner)
                time.sleep(POLL_SECONDS)
        except KeyboardInterrupt:
            self.stdout.write("stopped")


def _stop(*_: Any) -> None:
    raise KeyboardInterrupt


def _tick(owner: str) -> None:
    """One look into the table; a database that is away for a while only makes the loop wait."""
    close_old_connections()
    try:
        dispatch_round(owner=owner)
    except DatabaseError as error:
        log.warning("dispatch waits for the database", error=str(error).strip().splitlines()[:1])
