import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core import clockguard, health
from core.health import Light
from core.jobs import nightly


def _line(light: Light) -> str:
    """A part, its level, and since when it needs a look."""
    since = f" since {clockguard.dated(light.since)}" if light.needs_a_look and light.since else ""
    return f"{light.level:<7} {light.code}{since}"


class Command(BaseCommand):
    help = "Exit 1 when a nightly run, the dispatcher or the queue is late; needs no Celery."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        lights = health.lights([job.name for job in nightly()])
        for light in lights:
            self.stdout.write(_line(light))
        if options["json"]:
            self.stdout.write(json.dumps({light.code: light.level for light in lights}))
        late = [light.code for light in lights if light.needs_a_look]
        if late:
            raise CommandError(f"needs a look: {', '.join(late)}")
