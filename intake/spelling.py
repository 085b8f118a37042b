"""Words of files and of other programs in one spelling, and the words in which a command tells what it did."""

from __future__ import annotations

import re
import unicodedata

from django.utils.translation import gettext_lazy, pgettext_lazy

# What the lines of a command's summary say; its JSON line keeps the names.
SUMMARY = {
    "rows": gettext_lazy("rows"),
    "orders": gettext_lazy("new orders"),
    "returns": gettext_lazy("returns"),
    "customers_created": gettext_lazy("new customers"),
    "rows_without_customer": gettext_lazy("rows without customer"),
    "created": pgettext_lazy("so many rows", "created"),
    "updated": gettext_lazy("updated"),
    "unchanged": gettext_lazy("unchanged"),
    "refused": gettext_lazy("not changed"),
    "errors": gettext_lazy("refused rows"),
    "error_file": gettext_lazy("file of the refused rows"),
    "passwords_file": gettext_lazy("file of the passwords"),
    "dry_run": gettext_lazy("dry run"),
    "seconds": gettext_lazy("seconds"),
}


def word(text: str) -> str:
    """The word in one case and width, without blanks around or doubled."""
    return " ".join(unicodedata.normalize("NFKC", text).lower().split())


def bare(text: str) -> str:
    """Letters and digits alone, in one case and width."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).lower())


def half_width(text: str) -> str:
    """An address as it is stored: no full-width signs, no blanks around; its case stays."""
    return unicodedata.normalize("NFKC", text).strip()


def summary_line(name: str, value: object) -> str:
    """`rows: 1,204` in the reader's language."""
    if isinstance(value, bool):
        value = gettext_lazy("yes") if value else gettext_lazy("no")
    figure = f"{value:,}" if isinstance(value, int) else str(value)
    return f"{SUMMARY.get(name, name)}: {figure}"
