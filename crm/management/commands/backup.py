"""The company as one file."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from core.backup import work
from core.backup.errors import BackupError


class Command(BaseCommand):
    help = "Write database and files to FILE while everything runs. SECRET_KEY and other settings (DIR/env) stay out."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path, help="a new file, such as keben-2026-11-28.tar")
        parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("en"):
            try:
                made = work.make(options["file"].absolute())
            except BackupError as error:
                raise CommandError(str(error)) from error
        self.stdout.write(f"{made.file}: {made.bytes:,} bytes in {made.seconds} s")
        self.stdout.write(f"  {made.rows:,} rows of {made.tables} tables, {made.files:,} files, Keben {made.version}")
        self.stdout.write(f"  sha256 {made.sha256}")
        self.stdout.write(
            "It holds all customers unmasked: keep it as you keep the company's books. The settings (DIR/env) aren't"
            " in it; write down SECRET_KEY from there, or sessions and links in mails end with a restore."
        )
        if options["json"]:
            self.stdout.write(json.dumps(made.as_json()))
