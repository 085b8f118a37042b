"""The seven days of a week in words, and the control that chooses among them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core.models import Company
from ui import formatting
from ui.forms import Part

WEEKDAYS = (
    ("1", _("Monday")),
    ("2", _("Tuesday")),
    ("3", _("Wednesday")),
    ("4", _("Thursday")),
    ("5", _("Friday")),
    ("6", _("Saturday")),
    ("7", _("Sunday")),
)


def in_words(week: str) -> str:
    """12345 -> Monday, Tuesday, ..."""
    return formatting.listed([str(word) for digit, word in WEEKDAYS if digit in week])


class WeekdaysInput(forms.CheckboxSelectMultiple):
    """Seven boxes that together make the digits of the week, as the row keeps them."""

    def format_value(self, value: Any) -> Any:
        return value or ""

    def optgroups(self, name: str, value: Any, attrs: dict[str, Any] | None = None) -> Any:
        return super().optgroups(name, list(value), attrs)

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str:
        sent = data.getlist(name) if hasattr(data, "getlist") else [data.get(name, "")]
        digits = set("".join(str(part) for part in sent))
        return "".join(digit for digit, _word in WEEKDAYS if digit in digits)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data


class Weekdays(Part):
    """Which weekdays are worked."""

    def __init__(self, **options: Any) -> None:
        needed = {"required": _("Choose at least one weekday that is worked.")}
        super().__init__(widget=WeekdaysInput(choices=WEEKDAYS), error_messages=needed, **options)

    def of_row(self, row: Company) -> str:
        return row.working_week

    def in_words(self, text: str) -> SafeString:
        return escape(in_words(text))
