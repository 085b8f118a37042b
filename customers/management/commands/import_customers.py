"""import_customers FILE --map field=column,...: customers from CSV or XLSX."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from customers.imports.command import CustomersCommand
from customers.imports.nameless import BY_NUMBER, LEFT_OUT, NAMELESS_OPTION
from customers.imports.settling import KEYS, MATCH_OPTION, RULE_OPTION, RULES


class Command(CustomersCommand):
    help = "Import customers from a CSV or XLSX file (also .gz); known ones get the filled cells."
    kind_code = "customers"
    summary = ("rows", "customers_created", "updated", "unchanged")

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--nameless",
            choices=("leave-out", "number"),
            default="leave-out",
            help="new customers without a name: leave out (default), or take with the number as the name",
        )
        parser.add_argument(
            "--match-by",
            default=",".join(KEYS),
            help=f"beside the number, by what a row finds its customer: some of {','.join(KEYS)} (default: all)",
        )
        parser.add_argument(
            "--possible",
            choices=("refuse", *RULES),
            default="refuse",
            help="rows that may be somebody who is there: refuse (default), update that one, skip, or make new ones",
        )

    def options_of(self, options: dict[str, Any]) -> dict[str, Any]:
        chosen = BY_NUMBER if options["nameless"] == "number" else LEFT_OUT
        keys = [key.strip() for key in options["match_by"].split(",") if key.strip()]
        if unknown := sorted(set(keys) - set(KEYS)):
            raise CommandError(
                _("--match-by: %(unknown)s isn't one of %(known)s.")
                % {"unknown": ", ".join(unknown), "known": ", ".join(KEYS)}
            )
        rule = "" if options["possible"] == "refuse" else options["possible"]
        return super().options_of(options) | {NAMELESS_OPTION: chosen, MATCH_OPTION: keys, RULE_OPTION: rule}
