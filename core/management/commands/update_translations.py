from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from core import translations


class Command(BaseCommand):
    help = "Brings locale/*.po up to date with the texts in Python and templates; keeps what is translated."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("locale", nargs="?", default="zh_Hans")

    def handle(self, *args: Any, **options: Any) -> None:
        texts, added, empty = translations.update(options["locale"])
        self.stdout.write(f"{texts} texts, {added} new, {empty} without translation")
