"""What an order file is understood to say as a whole, and what a person should look at before it is written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy, ngettext_lazy

from customers.imports.questions import NAMELESS_CUSTOMERS, NEW_CHANNELS
from intake.kinds import Figure, Question
from intake.understood import READING
from ui import formatting

STATES = {
    "completed": gettext_lazy("completed"),
    "open": gettext_lazy("open"),
    "cancelled": gettext_lazy("cancelled"),
}


def _money(understood: Mapping[str, Any], name: str) -> str:
    return formatting.money(understood[name], understood["currency"])


def _day(understood: Mapping[str, Any], name: str) -> str:
    return formatting.day(date.fromisoformat(understood[name]))


def _number(understood: Mapping[str, Any], name: str) -> str:
    return formatting.number(understood[name])


def _states(understood: Mapping[str, Any], name: str) -> str:
    return formatting.listed(
        [f"{STATES.get(state, state)} {formatting.number(n)}" for state, n in understood[name].items()]
    )


FIGURES = {
    "sales": Figure(gettext_lazy("sales"), _money),
    "returned": Figure(gettext_lazy("came back"), _money),
    "uncounted": Figure(gettext_lazy("not counted (open or cancelled)"), _money),
    "states": Figure(gettext_lazy("orders by state"), _states),
    "currency": Figure(gettext_lazy("currency")),
    "first": Figure(gettext_lazy("first day"), _day),
    "last": Figure(gettext_lazy("last day"), _day),
    "customers": Figure(gettext_lazy("customers in the file"), _number),
    **READING,
}
# Each code with its sentence; `names` are the words of the file that it is about.
QUESTIONS = {
    "people_dropped": Question(
        ngettext_lazy(
            "%(count)s row names a customer, but neither customer number nor phone nor e-mail: the order is stored"
            " without customer, also where one of this name is known. Add the number, phone or e-mail to the file.",
            "%(count)s rows name customers, but neither customer number nor phone nor e-mail: the orders are stored"
            " without customer, also where one of this name is known. Add the number, phone or e-mail to the file.",
            "count",
        ),
        serious=True,
    ),
    "no_customer": Question(
        ngettext_lazy(
            "%(count)s row is stored without customer; whoever sees the whole company sees it.",
            "%(count)s rows are stored without customer; whoever sees the whole company sees them.",
            "count",
        ),
    ),
    "no_order_number": Question(
        ngettext_lazy(
            "%(count)s row has no order number and becomes an order of its own. If the cells are merged,"
            " fill them first.",
            "%(count)s rows have no order number and become orders of their own. If the cells are merged,"
            " fill them first.",
            "count",
        ),
        serious=True,
    ),
    "new_products": Question(
        ngettext_lazy(
            "%(count)s row names a product that is new: %(names)s.",
            "%(count)s rows name products that are new: %(names)s.",
            "count",
        ),
    ),
    "same_amounts": Question(
        ngettext_lazy(
            "%(count)s order has the same amount on each of its lines: is it the total of the order? Then choose"
            " quantity and unit price instead.",
            "%(count)s orders have the same amount on each of their lines: is it the total of the order? Then choose"
            " quantity and unit price instead.",
            "count",
        ),
        serious=True,
    ),
    "possible_duplicates": Question(
        ngettext_lazy(
            "%(count)s row makes a new customer whose phone or e-mail another one has: %(names)s.",
            "%(count)s rows make new customers whose phone or e-mail others have: %(names)s.",
            "count",
        ),
        serious=True,
    ),
    "nameless": NAMELESS_CUSTOMERS,
    "new_channels": NEW_CHANNELS,
}
