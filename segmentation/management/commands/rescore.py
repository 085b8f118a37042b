"""Scores all customers as of a date, or backfills month by month."""

import json
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from core.clockguard import require_time
from segmentation.management.dates import month_ends, parse
from segmentation.night import CannotScoreError, rescore

ADDED_UP = ("changed", "tier_moves", "warnings_opened", "warnings_closed", "seconds")


class Command(BaseCommand):
    help = "Score all customers: RFM, tier, lifecycle, churn warnings. Default date: the last day that has ended."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--as-of", metavar="DATE")
        parser.add_argument("--full", action="store_true", help="recompute everybody, never recalibrate")
        parser.add_argument("--calibrate", action="store_true", help="freeze new cut-points as of the date")
        parser.add_argument("--from", dest="first", metavar="DATE", help="backfill from this date")
        parser.add_argument("--to", dest="last", metavar="DATE", help="backfill up to this date")
        parser.add_argument("--every", choices=["month"], default="month", help="month ends, and the last date")
        parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")

    def handle(self, *args: Any, **options: Any) -> None:
        days = self._days(options)
        require_time()
        try:
            runs = [self._one(day, options) for day in tqdm(days, disable=None if len(days) > 1 else True, unit="run")]
        except CannotScoreError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(_total(runs)))

    def _days(self, options: dict[str, Any]) -> list[date | None]:
        first, last = parse(options["first"], "--from"), parse(options["last"], "--to")
        if first is None and last is None:
            return [parse(options["as_of"], "--as-of")]
        if first is None or last is None or options["as_of"]:
            raise CommandError("A backfill takes --from and --to together, and no --as-of.")
        if first > last:
            raise CommandError("--from must not lie after --to.")
        return list(month_ends(first, last))

    def _one(self, day: date | None, options: dict[str, Any]) -> dict[str, Any]:
        counts = rescore(day, calibrate=options["calibrate"], full=options["full"])
        self.stdout.write(
            f"{counts['as_of']}: {counts['customers']} customers, {counts['scored']} scored,"
            f" {counts['changed']} changed, {counts['tier_moves']} tier moves,"
            f" {counts['warnings_opened']} warnings opened, {counts['warnings_closed']} closed, {counts['seconds']} s"
        )
        return counts


def _total(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """The last run's counts; of a backfill with what moved over all runs, and the runs themselves."""
    if len(runs) == 1:
        return runs[0]
    return runs[-1] | {name: round(sum(run[name] for run in runs), 2) for name in ADDED_UP} | {"runs": runs}
