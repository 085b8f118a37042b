"""Takes back nights that were run by a wrong clock."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from segmentation.management.dates import parse
from workbench.health.withdrawal import nights_withdraw


class Command(BaseCommand):
    help = "Take back the runs of days after DATE that haven't ended yet, with all they did: history, cases, plans."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--after", required=True, metavar="DATE", help="the last day that stays, e.g. yesterday")
        parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")

    def handle(self, *args: Any, **options: Any) -> None:
        after = parse(options["after"], "--after")
        if after is None:
            raise CommandError("--after needs a day such as 2026-11-27.")
        done = nights_withdraw(after=after)
        if done.get("runs"):
            self.stdout.write(f"Took back what was dated after {done['after']}:")
        else:
            self.stdout.write(f"No run is dated after {done['after']}.")
        for name, count in done.items():
            if isinstance(count, int) and count:
                self.stdout.write(f"  {name.replace('_', ' ')}: {count}")
        if done["nights_again"]:
            self.stdout.write(f"Run again: {', '.join(done['nights_again'])}")
        if options["json"]:
            self.stdout.write(json.dumps(done))
