"""import_orders FILE --map field=column,...: order lines from CSV or XLSX."""

from argparse import ArgumentParser
from typing import Any

from customers.imports.command import ImportCommand, checked_currency, checked_zone


class Command(ImportCommand):
    help = "Import order lines from a CSV or XLSX file (also .gz); the same file twice adds nothing."
    kind_code = "orders"
    summary = ("rows", "orders", "returns", "customers_created", "rows_without_customer", "updated")

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--timezone", default="", help="zone of the file's times (default: the company's)")
        parser.add_argument("--currency", default="", help="currency of the file's amounts (default: the company's)")
        parser.add_argument(
            "--amount-counts",
            action="store_true",
            help="an amount below quantity x unit price is right: the difference is a discount",
        )

    def options_of(self, options: dict[str, Any]) -> dict[str, Any]:
        return {
            **super().options_of(options),
            "timezone": checked_zone(options["timezone"]),
            "currency": checked_currency(options["currency"]),
            **({"amount_counts": True} if options["amount_counts"] else {}),
        }
