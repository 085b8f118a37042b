import time
from argparse import ArgumentParser
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.models import User
from core import clock
from core.jobs import run_nights
from customers.models import Customer
from demo.holdout import hold_out
from demo.load import load
from demo.winback import WinBack
from segmentation import night
from segmentation.models import ScoreRun
from segmentation.proof.nightly import keep

MONTHS = 12
HELD_FOR = 4  # month ends ago a share of a tier was left out of the plans


class Command(BaseCommand):
    help = "Fills an empty installation with the demo company and scores it for the past twelve month ends."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--customers", type=int, default=3000)
        parser.add_argument("--seed", type=int, default=20)
        parser.add_argument("--until", type=date.fromisoformat, help="last day of the story (default: yesterday)")

    def handle(self, *args: Any, **options: Any) -> None:
        self._refuse_unless_empty()
        begun, last_day = time.monotonic(), options["until"] or clock.last_ended_day()
        counts = load(last_day=last_day, count=options["customers"], seed=options["seed"])
        self.stderr.write(f"demo company: {counts} in {time.monotonic() - begun:.1f} s")
        reps = WinBack(options["seed"])
        days = [first - timedelta(days=1) for first in clock.months_back(last_day, MONTHS)]
        for day, until in zip(days, [*days[1:], last_day], strict=True):
            night.rescore(day)
            keep(ScoreRun.objects.get(as_of=day))  # as each of these nights would have
            with transaction.atomic():
                if day == days[-HELD_FOR]:
                    hold_out(day)
                reps.work(day, until)
        run_nights(last_day)
        reps.date_back()
        self.stderr.write(f"scored for {MONTHS} month ends and {last_day}, {time.monotonic() - begun:.1f} s in all")

    def _refuse_unless_empty(self) -> None:
        if not settings.DEMO_PASSWORD:
            raise CommandError("DEMO_PASSWORD is not set; bin/start makes one in the data folder.")
        if User.objects.exists() or Customer.all_objects.exists():
            raise CommandError(
                "Demo data goes into an empty installation only; this one already has people or customers."
            )
