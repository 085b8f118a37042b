"""Fits the churn model and prints its parameters."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core import clock
from segmentation.churn_lab import CannotFitError, fit_as_of
from segmentation.management.dates import parse


class Command(BaseCommand):
    help = "Fit the churn model on the orders up to a date and print r, alpha, a, b (time unit weeks)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--as-of", metavar="DATE")
        parser.add_argument("--method", choices=["map", "mle"], default="map")
        parser.add_argument("--model", choices=["mbg", "bg"], default="mbg")
        parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")

    def handle(self, *args: Any, **options: Any) -> None:
        day = parse(options["as_of"], "--as-of") or clock.last_ended_day()
        try:
            found = fit_as_of(day, method=options["method"], model=options["model"])
        except CannotFitError as error:
            raise CommandError(str(error)) from error
        numbers = ", ".join(f"{name} {found[name]:.4f}" for name in ("r", "alpha", "a", "b"))
        self.stdout.write(
            f"{found['model']} {found['method']} as of {day}: {numbers}; log-likelihood {found['log_likelihood']:.3f},"
            f" {found['customers']} customers"
        )
        if found["refused"]:
            self.stdout.write(f"The night would not use this fit: {found['refused']}.")
        if options["json"]:
            self.stdout.write(json.dumps(found))
