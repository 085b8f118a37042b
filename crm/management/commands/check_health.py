import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core import health
from core.jobs import nightly


class Command(BaseCommand):
    help = "Exit 1 when a nightly run, the dispatcher or the queue is late; needs no Celery."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        lights = health.lights([job.name for job in nightly()])
        for light in lights:
            self.stdout.write(f"{light.level:<7} {light.code}")
        if options["json"]:
            self.stdout.write(json.dumps({light.code: light.level for light in lights}))
        late = [light.code for light in lights if light.needs_a_look]
        if late:
            raise CommandError(f"needs a look: {', '.join(late)}")
