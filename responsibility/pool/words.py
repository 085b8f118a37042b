"""What the pool says to people: in notices and in the audit log."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import ngettext

from customers.models import Lifecycle
from segmentation import catalogue
from ui import formatting


def warned_said(numbers: Mapping[str, Any]) -> str:
    """How many of the reader's customers go back into the pool."""
    text = ngettext(
        "%(n)s customer of yours goes back into the pool from %(day)s on unless somebody gets in touch",
        "%(n)s customers of yours go back into the pool from %(day)s on unless somebody gets in touch",
        numbers["customers"],
    )
    return text % {"n": numbers["customers"], "day": formatting.day_short(date.fromisoformat(numbers["day"]))}


def days_changed(code: str, before: Any, after: Any) -> tuple[str, str, str]:
    """Days of protection of one tier or stage, in a line of the audit log."""
    names = {**dict(Lifecycle.choices), **dict(catalogue.every_choice())}
    return str(names.get(code, code)), _number(before), _number(after)


def _number(days: Any) -> str:
    return formatting.DASH if days is None else formatting.number(days)
