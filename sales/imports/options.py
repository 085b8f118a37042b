"""What a person chooses beside the columns of an order file."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core import company
from customers.imports.owners import OWNER
from intake.forms import DATE_ORDER, SOURCE_WORD, check_source
from intake.kinds import Option


class CurrencyField(forms.RegexField):
    """Three letters, kept in capitals."""

    def clean(self, value: Any) -> str:
        return super().clean(value).upper()


def _zone(user: User) -> forms.Field:
    own = company.company().time_zone
    zones = sorted(available_timezones() - {"localtime", own})
    unknown = _("There is no time zone “%(name)s”. Write it like Asia/Shanghai.")
    return forms.ChoiceField(
        label=_("Time zone of the file"),
        choices=[(zone, zone) for zone in (own, *zones)],
        initial=own,
        error_messages={"invalid_choice": unknown % {"name": "%(value)s"}},
    )


def _currency(user: User) -> forms.Field:
    return CurrencyField(
        r"^[A-Za-z]{3}$",
        label=_("Currency of the file"),
        initial=company.currency(),
        help_text=_("Three letters. Another one than the company's needs exchange rates of each day."),
        error_messages={"invalid": _("Write three letters like CNY.")},
        widget=forms.TextInput({"autocapitalize": "characters"}),
    )


def _source(user: User) -> forms.Field:
    return forms.RegexField(
        SOURCE_WORD,
        label=_("Source"),
        initial="import",
        validators=[check_source],
        help_text=_("An order is known by source and number: take the same word again for the same shop."),
        error_messages={"invalid": _("One short word of letters, digits, dots and dashes.")},
    )


def _amount_counts(user: User) -> forms.Field:
    return forms.BooleanField(
        label=_("The amount counts"),
        required=False,
        help_text=_("Where it is less than quantity x unit price, the difference is a discount."),
    )


OPTIONS = (
    OWNER,
    DATE_ORDER,
    Option("timezone", _zone, gettext_lazy("name of a time zone, such as Asia/Shanghai")),
    Option("currency", _currency, gettext_lazy("three letters, such as CNY")),
    Option("source", _source),
    Option("amount_counts", _amount_counts),
)
