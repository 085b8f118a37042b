"""import_customers FILE --map field=column,...: customers from CSV or XLSX."""

from argparse import ArgumentParser
from typing import Any

from customers.imports.command import CustomersCommand
from customers.imports.nameless import BY_NUMBER, LEFT_OUT, NAMELESS_OPTION


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

    def options_of(self, options: dict[str, Any]) -> dict[str, Any]:
        chosen = BY_NUMBER if options["nameless"] == "number" else LEFT_OUT
        return super().options_of(options) | {NAMELESS_OPTION: chosen}
