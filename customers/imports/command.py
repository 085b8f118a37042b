"""What the commands share whose files bring customers: where they come from, and who gets the new ones."""

import re
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import gettext as _

from intake.command import ImportCommand


class CustomersCommand(ImportCommand):
    """Base of `import_orders` and `import_customers`."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--source", default="import", help="where the file comes from (default: import)")
        parser.add_argument("--owner", default="", help="EMAIL or round-robin:TEAM for new customers")

    def source_of(self, options: dict[str, Any]) -> str:
        source = options["source"]
        if not re.fullmatch(r"[\w.-]{1,40}", source) or source == "manual":
            raise CommandError(
                _("--source must be a short word of letters, digits, dots and dashes, and not “manual”.")
            )
        return source

    def options_of(self, options: dict[str, Any]) -> dict[str, Any]:
        return {"owner": options["owner"]}
