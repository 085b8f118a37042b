"""Prints the scores of a published run as CSV."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from intake.csvwriter import CsvWriter
from segmentation.exports import COLUMNS, score_rows
from segmentation.management.dates import parse
from segmentation.selectors import latest_run, run_as_of


class Command(BaseCommand):
    help = "Scores of the run as of a date (default: the last published run) as CSV on standard output."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--as-of", metavar="DATE")
        parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")

    def handle(self, *args: Any, **options: Any) -> None:
        day = parse(options["as_of"], "--as-of")
        run = run_as_of(day) if day else latest_run()
        if run is None:
            wanted = f"No run as of {day} is published" if day else "No run is published yet"
            raise CommandError(f"{wanted}; make one with: rescore{f' --as-of {day}' if day else ''}")
        writer = CsvWriter(self.stdout, COLUMNS)
        for row in score_rows(run):
            writer.row(row)
        if options["json"]:
            self.stdout.write(json.dumps({"as_of": run.as_of.isoformat(), "rows": writer.count}))
        else:
            self.stderr.write(f"{writer.count} customers as of {run.as_of}")
