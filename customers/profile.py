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
from customers.forms import COMPANY, LIVES, PERSON
from customers.models import Customer, Kind
from ui import formatting
from ui.templatetags.ui import lines_typed, owner


@dataclass(frozen=True)
class Line:
    """One field: `typed` is what somebody typed, which no reader's language changes. `beside` stands behind the value,
    such as the way to a map."""

    name: str
    label: str
    value: Any
    typed: bool = False
    digits: bool = False
    beside: SafeString = SafeString()  # noqa: RUF009  # nothing, and nobody changes it


# What is asked of one kind alone.
OF_COMPANIES, OF_PERSONS = frozenset(COMPANY), frozenset((*PERSON, *LIVES))


def is_of(name: str, kind: str) -> bool:
    """Whether a customer of this kind may be expected to have such a field."""
    return name not in {Kind.COMPANY: OF_PERSONS, Kind.PERSON: OF_COMPANIES}.get(Kind(kind), frozenset())


def all_lines(customer: Customer, today: date) -> list[Line]:
    """The fields of a masked customer, also those that hold nothing."""
    return list(_lines(customer, today))


def whole_file(customer: Customer, today: date) -> list[Line]:
    """The same with its name, the ways to reach it and its owner."""
    return [line for line in _whole_file(customer, today) if line.value]


def every_line(customer: Customer, today: date) -> list[Line]:
    """The same, also what holds nothing."""
    return list(_whole_file(customer, today))


def line_of(customer: Customer, name: str, today: date) -> Line:
    """One of these, also where it holds nothing."""
    return next(line for line in _whole_file(customer, today) if line.name == name)


def _whole_file(customer: Customer, today: date) -> list[Line]:
    own = [
        Line(name, label, _ways(getattr(customer, name)), typed=True, digits="phone" in name)
        for name, label in (
            ("name", _("Name")),
            ("phone", _("Phone")),
            ("phone2", _("Second phone")),
            ("further_phones", _("Further phones")),
            ("email", _("E-mail")),
            ("email2", _("Second e-mail")),
            ("further_emails", _("Further e-mails")),
            ("wechat", _("WeChat")),
        )
    ]
    held = Line("owner", _("Owner"), owner(customer.owner) if customer.owner else "")
    return [*own, held, *_lines(customer, today)]


def _ways(value: str | list[str]) -> str:
    return value if isinstance(value, str) else formatting.listed(value)


def _lines(customer: Customer, today: date) -> Iterator[Line]:
    def typed(name: str, label: str, *, digits: bool = False, beside: SafeString = SafeString()) -> Line:  # noqa: B008
        return Line(name, label, getattr(customer, name), typed=True, digits=digits, beside=beside)

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
    yield Line("birthday", _("Birthday"), customer.birthday_words, beside=_kept_next(customer, today))
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
    yield typed("address", _("Address"), beside=_map(customer))
    yield named("channel", _("Source"))
    yield Line("stage", _("Stage"), capfirst(customer.get_stage_display()))
    yield Line("service_owner", _("Service"), owner(customer.service_owner) if customer.service_owner else "")
    yield named("team", _("Team"))
    yield Line("notes", _("Notes"), lines_typed(customer.notes) if customer.notes else "")


def _kept_next(customer: Customer, today: date) -> SafeString:
    """The day on which a birthday is kept next: few people turn a lunar one into a date by heart."""
    day = birthdays.next_kept(
        customer.birthday, first=today, lunar=customer.birthday_is_lunar, leap=customer.birthday_leap_month
    )
    if day is None:
        return SafeString()
    kept = _("kept next on %(day)s") % {"day": formatting.day(day)}
    return format_html('<span class="tiny muted block">{}</span>', kept)


def _map(customer: Customer) -> SafeString:
    """The way to a map, for who reads the address in full."""
    if not customer.map_uri:
        return SafeString()
    away = '<a class="map" href="{}" target="_blank" rel="noopener noreferrer">{}</a>'
    return format_html(away, customer.map_uri, _("Map"))
