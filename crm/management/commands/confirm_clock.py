from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from core import clockguard
from workbench.health.services import clock_confirm


class Command(BaseCommand):
    help = "Say that the database's clock is right: nights and notices go on. For after a long break."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")

    def handle(self, *args: Any, **options: Any) -> None:
        found = clockguard.state()
        clock_confirm(by=None)
        self.stdout.write(f"The time is {clockguard.dated(found.now)}; nights and notices go by it from now on.")
        if options["json"]:
            self.stdout.write(f'{{"now": "{found.now.isoformat(timespec="seconds")}", "days": {found.days}}}')
