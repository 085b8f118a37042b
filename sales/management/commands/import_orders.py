"""import_orders FILE --map field=column,...: order lines from CSV or XLSX."""

import re
from argparse import ArgumentParser
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from customers.imports.command import CustomersCommand


class Command(CustomersCommand):
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
        zone, code = options["timezone"], options["currency"]
        try:
            zone = ZoneInfo(zone).key if zone else ""
        except (ValueError, OSError, KeyError) as error:
            unknown = _("There is no time zone “%(name)s”. Write it like Asia/Shanghai.")
            raise CommandError(unknown % {"name": zone}) from error
        if code and not re.fullmatch(r"[A-Za-z]{3}", code):
            raise CommandError(_("“%(code)s” is no currency code. Write three letters like CNY.") % {"code": code})
        given = {**super().options_of(options), "timezone": zone, "currency": code.upper()}
        return given | {"amount_counts": True} if options["amount_counts"] else given
