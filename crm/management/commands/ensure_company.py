from typing import Any

from django.core.management.base import BaseCommand

from workbench.defaults import ensure_defaults


class Command(BaseCommand):
    help = "Fixes time zone and currency at the first start and makes the rows every installation begins with."

    def handle(self, *args: Any, **options: Any) -> None:
        ensure_defaults()
