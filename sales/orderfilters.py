"""By what the list of orders is narrowed: every fact of an order, and whose customer it was."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, cast

from django import forms
from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.filters import team_filter
from accounts.models import Team, User
from accounts.scope import reach_of
from accounts.selectors import measured
from core import clock, company
from core.contributions import CustomerFilter, registry
from core.http import row_id
from core.texts import by_pinyin
from customers.models import Customer
from customers.selectors import known_channels, known_colleagues, name_of
from sales.goals import sold_by
from sales.models import ExchangeRate, Order, OrderLine, Product
from sales.periods import SPANS
from sales.selectors import product_for_text
from ui import formatting
from ui.forms import Day
from ui.listing import Asked, Filter, Words, choice_filter, chosen_of

LARGEST = Decimal(10) ** 13  # of an amount that somebody asks for, in the currency itself
BY_HAND, BY_FILE = "hand", "file"
MANUAL = "manual"
PERIODS = {
    "today": gettext_lazy("today"),
    "yesterday": gettext_lazy("yesterday"),
    "week": gettext_lazy("this week"),
    "last_week": gettext_lazy("last week"),
    "month": gettext_lazy("this month"),
    "last_month": gettext_lazy("last month"),
    "quarter": gettext_lazy("this quarter"),
    "last_quarter": gettext_lazy("last quarter"),
    "year": gettext_lazy("this year"),
    "last_year": gettext_lazy("last year"),
}


# --- what an address says -------------------------------------------------------------------------------------------
def _day(asked: Asked, text: str) -> dt.date | None:
    try:
        day = parse_date(text.strip())
    except ValueError:
        return None
    return day if day and dt.date(1970, 1, 1) <= day <= dt.date(2200, 1, 1) else None


def _amount(asked: Asked, text: str) -> int | None:
    """An amount in the company's currency, in its minor units."""
    try:
        amount = Decimal(text.strip().replace(",", ""))
    except InvalidOperation:
        return None
    return formatting.minor(amount, company.currency()) if amount.is_finite() and abs(amount) < LARGEST else None


def _one_of(rows: QuerySet[Any], text: str) -> Any:
    """The row that an address names, of those whose name the person may see; None for any other text."""
    wanted = row_id(text)
    return None if wanted is None else rows.filter(pk=wanted).first()


def _currency(asked: Asked, text: str) -> str | None:
    return text if len(text) == 3 and text.isascii() and text.isupper() else None


def _text(asked: Asked, text: str) -> str | None:
    return text.strip().replace("\0", "")[:80] or None


def _named(asked: Asked, row: Model) -> Words:
    return str(row.name)  # type: ignore[attr-defined]


def _money(asked: Asked, amount: int) -> Words:
    return formatting.money(amount, company.currency())


# --- a period -------------------------------------------------------------------------------------------------------
def _in_period(asked: Asked, word: str) -> Q:
    return Q(ordered_on__range=SPANS[word](clock.business_date()))


def _period_words(asked: Asked, word: str) -> Words:
    first, last = SPANS[word](clock.business_date())
    days = formatting.day(first) if first == last else f"{formatting.day(first)} – {formatting.day(last)}"
    return f"{PERIODS[word]} · {days}"


# --- the net sales of a month on the board of a team ----------------------------------------------------------------
def _month(asked: Asked, text: str) -> dt.date | None:
    try:
        month = dt.date.fromisoformat(f"{text.strip()}-01")
    except ValueError:
        return None
    return month if 1970 <= month.year <= 2200 else None


def _seller(asked: Asked, text: str) -> User | None:
    """Of the people whose figures the reader may see; without a month there is nothing that they sold in it."""
    wanted = row_id(text)
    if wanted is None or _month(asked, asked.given.get("sold", "")) is None:
        return None
    return measured(asked.user, left=True).filter(pk=wanted).first()


def sold(asked: Asked, month: dt.date) -> QuerySet[Order, dict[str, Any]]:
    """What counted for the net sales of a month."""
    seller = asked.values.get("seller")
    people = [seller.pk] if seller else measured(asked.user, left=True).values_list("pk", flat=True)
    return sold_by(people, month)


# --- their fields on the page of all filters ------------------------------------------------------------------------
def _of_rows(rows: Iterable[Any], named: Any = str) -> forms.Field | None:
    choices = [(str(row.pk), named(row)) for row in rows]
    return chosen_of(choices) if choices else None


def people(asked: Asked) -> list[User]:
    """Whose orders this person may ask for apart; nobody's who sees only their own."""
    beyond = reach_of(asked.user).beyond_own("order.view")
    return sorted(known_colleagues(asked.user), key=lambda person: by_pinyin(person.name)) if beyond else []


def _teams(asked: Asked) -> forms.Field | None:
    beyond = reach_of(asked.user).beyond_own("order.view")
    return _of_rows(Team.objects.for_user(asked.user).order_by("path")) if beyond else None


def _currencies(asked: Asked) -> forms.Field:
    codes = {company.currency(), *ExchangeRate.objects.order_by().values_list("code", flat=True).distinct()}
    return chosen_of([(code, code) for code in sorted(codes)])


def _typed(**attributes: str) -> Any:
    return lambda asked: forms.CharField(
        widget=forms.TextInput({"maxlength": "80", "autocomplete": "off", **attributes})
    )


# --- what apps above know of customers ------------------------------------------------------------------------------
@dataclass(frozen=True)
class Unread:
    """What an app can't make anything of: it leaves nobody, never everybody."""

    words: str


def _contributed(one: CustomerFilter) -> Filter:
    def read(asked: Asked, text: str) -> Any:
        try:
            return one.read(asked.user, text) if text else None
        except ValueError as error:
            return Unread(str(error))

    def where(asked: Asked, value: Any) -> Q:
        if isinstance(value, Unread):
            return Q(pk__in=[])
        found = one.narrow(asked.user, Customer.objects.for_user(asked.user), value)
        return Q(customer__in=found.order_by().values("pk"))

    def control(asked: Asked) -> forms.Field | None:
        offered = one.choices(asked.user) if one.choices else ()
        return chosen_of((value, str(words)) for value, words in offered) if offered else None

    return Filter(
        one.name, cast(Words, one.label), read, where, words=lambda asked, value: value.words, control=control
    )


def contributed() -> tuple[Filter, ...]:
    """Filters that apps above give."""
    return tuple(_contributed(one) for one in registry().customer_filters.values() if one.label)


FILTERS = (
    Filter(
        "period",
        pgettext_lazy("of days", "Period"),
        read=lambda asked, text: text if text in SPANS else None,
        where=_in_period,
        words=_period_words,
        chip=False,
        control=lambda asked: chosen_of(PERIODS.items()),
    ),
    Filter(
        "since",
        gettext_lazy("from"),
        read=_day,
        where=lambda asked, day: Q(ordered_on__gte=day),
        words=lambda asked, day: formatting.day(day),
        chip=False,
        control=lambda asked: Day(),
    ),
    Filter(
        "until",
        gettext_lazy("until"),
        read=_day,
        where=lambda asked, day: Q(ordered_on__lte=day),
        words=lambda asked, day: formatting.day(day),
        chip=False,
        control=lambda asked: Day(),
    ),
    choice_filter("state", gettext_lazy("state"), lambda: Order.State.choices, chip=False),
    choice_filter("kind", gettext_lazy("kind"), lambda: Order.Kind.choices, chip=False),
    Filter(
        "channel",
        gettext_lazy("channel"),
        read=lambda asked, text: _one_of(known_channels(), text),
        where=lambda asked, row: Q(channel=row),
        words=_named,
        chip=False,
        control=lambda asked: _of_rows(known_channels(), lambda row: row.name),
    ),
    Filter(
        "owner",
        gettext_lazy("owner"),
        read=lambda asked, text: _one_of(known_colleagues(asked.user), text),
        where=lambda asked, row: Q(customer__owner=row),
        words=_named,
        chip=False,
        control=lambda asked: _of_rows(people(asked), name_of),
    ),
    Filter(
        "customer",
        gettext_lazy("customer"),
        read=lambda asked, text: _one_of(Customer.objects.for_user(asked.user), text),
        where=lambda asked, row: Q(customer=row),
        words=_named,
    ),
    Filter(
        "product",
        gettext_lazy("Product"),
        read=lambda asked, text: _one_of(Product.objects.all(), text),
        where=lambda asked, product: Q(pk__in=OrderLine.objects.filter(product=product).values("order")),
        words=_named,
    ),
    Filter(
        "item",
        gettext_lazy("Product number or name"),
        read=lambda asked, text: product_for_text(asked.user, text) if _text(asked, text) else None,
        where=lambda asked, product: Q(pk__in=OrderLine.objects.filter(product=product).values("order")),
        words=_named,
        control=_typed(),
    ),
    Filter(
        "least",
        gettext_lazy("Amount from"),
        read=_amount,
        where=lambda asked, amount: Q(amount__gte=amount),
        words=_money,
        control=_typed(inputmode="decimal"),
    ),
    Filter(
        "most",
        gettext_lazy("Amount up to"),
        read=_amount,
        where=lambda asked, amount: Q(amount__lte=amount),
        words=_money,
        control=_typed(inputmode="decimal"),
    ),
    Filter(
        "currency",
        gettext_lazy("Currency"),
        read=_currency,
        where=lambda asked, code: Q(currency=code),
        words=lambda asked, code: code,
        control=_currencies,
    ),
    Filter(
        "paid",
        gettext_lazy("Payment method"),
        read=lambda asked, text: text[:40] or None,
        where=lambda asked, method: Q(payment_method=method),
        words=lambda asked, method: dict(Order.Payment.choices).get(method, method),
        control=lambda asked: chosen_of([one for one in Order.Payment.choices if one[0]]),
    ),
    Filter(
        "region",
        gettext_lazy("Region"),
        read=_text,
        where=lambda asked, text: Q(region__icontains=text),
        words=lambda asked, text: text,
        control=_typed(),
    ),
    team_filter("customer__team__path", control=_teams),
    Filter(
        "by",
        gettext_lazy("Entered by"),
        read=lambda asked, text: _one_of(known_colleagues(asked.user), text),
        where=lambda asked, row: Q(created_by=row),
        words=_named,
        control=lambda asked: _of_rows(people(asked), name_of),
    ),
    choice_filter(
        "source",
        gettext_lazy("Source"),
        lambda: [(BY_HAND, gettext_lazy("entered by hand")), (BY_FILE, gettext_lazy("from a file"))],
        lambda code: Q(source=MANUAL) if code == BY_HAND else ~Q(source=MANUAL),
    ),
    choice_filter(
        "returned",
        gettext_lazy("Returns"),
        lambda: [("yes", gettext_lazy("with a return")), ("no", gettext_lazy("without a return"))],
        # unscoped: whether a row in reach has one
        lambda code: Q(Exists(Order.objects.filter(return_of=OuterRef("pk"))), _negated=code == "no"),
    ),
    Filter(
        "sold",
        gettext_lazy("Net sales"),
        read=_month,
        where=lambda asked, month: Q(pk__in=sold(asked, month).values("pk")),
        words=lambda asked, month: formatting.month(month),
    ),
    Filter(
        "seller",
        gettext_lazy("Whose customer it was"),
        read=_seller,
        where=lambda asked, seller: Q(),  # `sold` has asked for it
        words=_named,
    ),
    Filter(
        "worth",
        gettext_lazy("amount"),
        read=lambda asked, text: True if text == "1" else None,
        where=lambda asked, _true: Q(amount__gt=0),
        words=lambda asked, _true: _("more than nothing"),
    ),
)
