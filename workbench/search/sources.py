"""Customers and people in the search: what leads to pages that join several apps."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import services
from accounts.masking import HIDDEN_TEXT
from accounts.models import User
from accounts.scope import reach_of
from core.contributions import Hit, SearchSource, Started, registry
from core.phones import spaced
from core.texts import is_called
from customers import selectors
from customers.models import Customer
from segmentation import catalogue
from ui.templatetags import ui

ACTS = 3  # offered with the first customer that was found
COLLEAGUES = 1000  # looked through by pinyin; nobody has more


# --- customers -------------------------------------------------------------------------------------------------------
def _customers(user: User, text: str, most: int) -> Sequence[Customer]:
    rows = selectors.customers_found(user, text).select_related("facts", "owner")
    return list(rows.order_by("name_sort", "pk")[:most])


def _customer(user: User, row: Customer, text: str) -> Hit:
    typed = text.casefold()
    return Hit(
        reverse("customer", args=[row.pk]),
        row.name,
        [row.number, *([spaced(row.phone)] if row.phone not in ("", HIDDEN_TEXT) else [])],
        mark=ui.avatar(row.name, row.kind),
        tag=ui.tier(catalogue.tier_of(row)),
        exact=typed in (row.number.casefold(), row.name.casefold()),
    )


def _begin(user: User, row: Customer) -> Sequence[Started]:
    """The first acts of the customer's page that this person may begin."""
    reach = reach_of(user)
    acts = (one for one in registry().customer_actions if reach.holds(row, one.permission))
    return [
        Started(one.label, f"{reverse(one.page)}?{urlencode({'customer': row.pk})}", one.icon, row.name)
        for one in islice(acts, ACTS)
    ]


CUSTOMERS = SearchSource(
    "customers",
    gettext_lazy("Customers"),
    gettext_lazy("name, initials, number, last digits of the phone"),
    "customer.view",
    find=_customers,
    draw=_customer,
    begin=_begin,
    page="customer_list",
    order=10,
)


# --- colleagues ------------------------------------------------------------------------------------------------------
def _people(user: User, text: str, most: int) -> Sequence[User]:
    """By name, pinyin and initials; by what they sign in with for who sees it in the list of users.

    Who can open neither a colleague's page nor their customers is told of nobody.
    """
    if not (user.can("user.change") or user.can("customer.view")):
        return []
    rows = User.objects.for_user(user).select_related("role", "team").order_by("-is_active", "name", "pk")
    by_sign_in = user.can("setting.view")
    return [one for one in rows[:COLLEAGUES] if _is_meant(one, text, by_sign_in=by_sign_in)][:most]


def _is_meant(person: User, text: str, *, by_sign_in: bool) -> bool:
    if is_called(person.name, text):
        return True
    return by_sign_in and any(text.casefold() in name for name in (person.email, person.mobile) if name)


def _person(user: User, row: User, text: str) -> Hit:
    url = f"{reverse('customer_list')}?{urlencode({'view': 'all', 'owner': str(row.pk)})}"
    if user.can("user.change") and services.is_within(user, row.role):
        url = reverse("user_edit", args=[row.pk])
    return Hit(
        url,
        row.name,
        [row.role.name, *([row.team.name] if row.team else [])],
        mark=ui.avatar(row.name),
        tag="" if row.is_active else ui.tag(_("switched off"), "danger"),
        exact=row.name == text,
    )


PEOPLE = SearchSource(
    "people",
    gettext_lazy("Colleagues"),
    gettext_lazy("name, initials"),
    "user.view",
    find=_people,
    draw=_person,
    page="user_list",
    page_right="setting.view",
    order=60,
)
