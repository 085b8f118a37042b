"""A backup back into an empty installation."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from core.backup import work
from core.backup.errors import BackupError


class Command(BaseCommand):
    help = "Bring a backup back into an installation that holds no company yet; an older one is brought up to date."
    requires_system_checks = ()  # they ask a database that is still empty

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path, help="what bin/manage backup has written")
        parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("en"):
            try:
                done = work.restore(options["file"].absolute(), self.stdout.write)
            except BackupError as error:
                raise CommandError(f"{error} Nothing was changed.") from error
        self.stdout.write(
            f"{done['company']} is back as of {done['made_at']}: {done['rows']:,} rows of {done['tables']} tables,"
            f" {done['files']:,} files, in {done['seconds']} s."
        )
        self.stdout.write(
            "Everybody signs in with the password of then. For links in older mails and remembered devices put"
            " SECRET_KEY of the old DIR/env into the new one; other settings (EMAIL_URL, BASE_URL) come by hand too."
        )
        if options["json"]:
            self.stdout.write(json.dumps(done))
