"""Would this backup come back? Tried in a database of its own."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from core.backup import work
from core.backup.errors import BackupError


class Command(BaseCommand):
    help = "Restore FILE into a scratch database, compare rows and constraints, and drop it; nothing else is touched."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path, help="what bin/manage backup has written")
        parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("en"):
            try:
                done = work.drill(options["file"].absolute(), self.stdout.write)
            except BackupError as error:
                raise CommandError(str(error)) from error
        self.stdout.write(f"{done['file']} can be restored (tried in {done['seconds']} s).")
        if options["json"]:
            self.stdout.write(json.dumps(done))
