"""Replays the churn warning at a past date and compares with what followed."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from segmentation.churn_lab import CannotFitError, backtest_as_of
from segmentation.management.dates import parse


class Command(BaseCommand):
    help = "Fit on what was known at a date and compare the predictions with the days that followed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--as-of", metavar="DATE", required=True)
        parser.add_argument("--horizon", type=int, metavar="DAYS", help="default: the company's setting")
        parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")

    def handle(self, *args: Any, **options: Any) -> None:
        horizon = options["horizon"]
        if horizon is not None and not 1 <= horizon <= 730:
            raise CommandError("--horizon must be 1 to 730 days.")
        try:
            found = backtest_as_of(parse(options["as_of"], "--as-of"), horizon=horizon)
        except CannotFitError as error:
            raise CommandError(str(error)) from error
        self._print(found)
        if options["json"]:
            self.stdout.write(json.dumps(found))

    def _print(self, found: dict[str, Any]) -> None:
        figures = ("auc", "auc_actionable", "brier", "precision", "recall", "base_rate")
        words = ", ".join(f"{name} {found[name]:.3f}" for name in figures if found[name] is not None)
        self.stdout.write(f"{found['customers']} customers, {found['warned']} warned of {found['repeaters']}: {words}")
        for band in found["calibration"]:
            line = f"predicted {band['predicted']:.3f}  observed {band['observed']:.3f}  n = {band['customers']}"
            self.stdout.write(f"  {line}")
