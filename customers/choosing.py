"""Choosing a customer, for every page that is about one and was opened without: one look, one behaviour.

Only customers in reach for the page's permission are offered, as masked copies, found by whatever the person may search
by. The choice comes back as `?customer=pk`, which the page reads through `row_for` like any other id.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet
from django.db.models.expressions import OrderBy
from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.http import Request
from customers.models import Customer, facts_of
from customers.search import searched
from ui.flow import Choice, choose
from ui.listing import Empty
from ui.templatetags import ui


@dataclass(frozen=True)
class Start:
    """Whom to offer before anything is typed: heading, which rows in which order, and what stands beside a name."""

    heading: str | Promise
    where: Q
    order: tuple[str | OrderBy, ...]
    note: Callable[[Customer], SafeString]


LAST_ACTIVITIES = Start(
    _("Latest activities"),
    Q(facts__last_contact_at__isnull=False),
    ("-facts__last_contact_at", "-facts__pk"),
    lambda customer: ui.since(facts_of(customer).last_contact_at),
)
BOUGHT_LAST = Start(
    _("Bought last"),
    Q(facts__last_order_on__isnull=False),
    ("-facts__last_order_on", "-facts__pk"),
    lambda customer: ui.since(facts_of(customer).last_order_on),
)
WITHOUT_PLAN = Start(
    _("Customers without a plan; search for others"),
    Q(facts__next_follow_up_on=None),
    ("facts__tier_rank", "name_sort", "pk"),
    lambda customer: ui.since(facts_of(customer).last_contact_at),
)
EVERYBODY = Start(
    _("With recent activity"),
    Q(),
    (F("facts__last_contact_at").desc(nulls_last=True), "pk"),
    lambda customer: ui.since(facts_of(customer).last_contact_at),
)


def choose_customer(
    request: Request,
    permission: str,
    title: str | Promise,
    *,
    start: Start = LAST_ACTIVITIES,
    question: str | Promise = "",
    note: Callable[[Customer], SafeString] | None = None,
    empty: Empty | None = None,
    only: Q | None = None,
) -> HttpResponse:
    """The page that asks for the customer; `note` replaces what `start` shows beside a name. Whose it is stands there
    where it is somebody else's. `only`: those who come into question at all."""

    def find(text: str) -> QuerySet[Customer]:
        rows = Customer.objects.for_user(request.user).for_user(request.user, permission)
        rows = rows.select_related("facts", "owner").defer("search_tokens")
        rows = rows if only is None else rows.filter(only)
        if text:
            return searched(rows, request.user, text).order_by("name_sort", "pk")
        return rows.filter(start.where).order_by(*start.order)

    def draw(customer: Customer) -> Choice:
        owner = customer.owner.name if customer.owner and customer.owner_id != request.user.pk else ""
        small = [part for part in (customer.number, customer.region, owner) if part]
        return Choice(customer.pk, customer.name, customer.kind, small, (note or start.note)(customer))

    return choose(
        request,
        find,
        draw,
        parameter="customer",
        title=title,
        question=question or _("For which customer?"),
        search=_("Search customers"),
        hint=_("Name, initials, phone tail, contact"),
        heading=start.heading,
        empty=empty
        or Empty(_("Search for a customer"), start.heading, reverse("customer_list"), _("To the customers")),
        not_found=Empty(
            _("Nothing found"), _("Try a shorter part of the name, the initials, or the last four digits of the phone.")
        ),
    )
