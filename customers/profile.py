"""What a customer's page shows of the file, field by field: each that holds something, with its words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from customers import birthdays
from customers.models import Customer
from ui import formatting
from ui.templatetags.ui import lines_typed, owner


@dataclass(frozen=True)
class Line:
    """One field: `typed` is what somebody typed, which no reader's language changes."""

    name: str
    label: str
    value: Any
    typed: bool = False
    digits: bool = False


def lines_of(customer: Customer, today: date) -> list[Line]:
    """Those of a masked customer that hold something."""
    return [line for line in _lines(customer, today) if line.value]


def whole_file(customer: Customer, today: date) -> list[Line]:
    """The same with its name, the ways to reach it and its owner."""
    own = [
        Line(name, label, getattr(customer, name), typed=True, digits=name.startswith("phone"))
        for name, label in (
            ("name", _("Name")),
            ("phone", _("Phone")),
            ("phone2", _("Second phone")),
            ("email", _("E-mail")),
            ("email2", _("Second e-mail")),
            ("wechat", _("WeChat")),
        )
    ]
    held = Line("owner", _("Owner"), owner(customer.owner) if customer.owner else "")
    return [line for line in (*own, held, *_lines(customer, today)) if line.value]


def _lines(customer: Customer, today: date) -> Iterator[Line]:
    def typed(name: str, label: str, *, digits: bool = False) -> Line:
        return Line(name, label, getattr(customer, name), typed=True, digits=digits)

    def named(name: str, label: str) -> Line:
        found = getattr(customer, name)
        return Line(name, label, found.name if found else "", typed=True)

    yield named("industry", _("Industry"))
    yield named("company_size", _("Size"))
    yield typed("business_scope", _("Business"))
    yield named("market_standing", pgettext("in the market", "Standing"))
    yield typed("market_position", _("Market"))
    yield typed("growth", _("Growth"))
    yield typed("credit_code", _("Credit code"), digits=True)
    yield Line("gender", _("Sex"), capfirst(customer.get_gender_display()) if customer.gender else "")
    yield typed("occupation", _("Occupation"))
    yield typed("hobbies", _("Hobbies"))
    yield Line("birthday", _("Birthday"), _birthday(customer, today))
    yield Line("founded_on", _("Founded"), formatting.day(customer.founded_on) if customer.founded_on else "")
    yield named("income_band", _("Income"))
    yield typed("spending_habits", _("Spending habits"))
    yield typed("personality", _("Personality"))
    yield typed("communication_style", _("Communication style"))
    yield named("decision_style", _("Decision style"))
    sensitive = capfirst(customer.get_price_sensitivity_display()) if customer.price_sensitivity else ""
    yield Line("price_sensitivity", _("Price sensitivity"), sensitive)
    yield Line("reasons", _("Decides a purchase"), capfirst(formatting.listed(customer.reason_words)))
    yield typed("region", _("Region"))
    yield Line("address", _("Address"), _address(customer))
    yield named("channel", _("Source"))
    yield Line("stage", _("Stage"), capfirst(customer.get_stage_display()))
    yield Line("service_owner", _("Service"), owner(customer.service_owner) if customer.service_owner else "")
    yield named("team", _("Team"))
    yield Line("notes", _("Notes"), lines_typed(customer.notes) if customer.notes else "")


def _birthday(customer: Customer, today: date) -> SafeString:
    """With the day on which it is kept next: few people turn a lunar one into a date by heart."""
    day = birthdays.next_kept(
        customer.birthday, first=today, lunar=customer.birthday_is_lunar, leap=customer.birthday_leap_month
    )
    if not customer.birthday:
        return SafeString()
    if day is None:
        return format_html("{}", customer.birthday_words)
    kept = _("kept next on %(day)s") % {"day": formatting.day(day)}
    return format_html('{} <span class="tiny muted block">{}</span>', customer.birthday_words, kept)


def _address(customer: Customer) -> SafeString:
    """With the way to a map, for who reads it in full."""
    if not customer.address:
        return SafeString()
    words = format_html("<span data-user>{}</span>", customer.address)
    if not customer.map_uri:
        return words
    away = ' <a class="map" href="{}" target="_blank" rel="noopener noreferrer">{}</a>'
    return words + format_html(away, customer.map_uri, _("Map"))
