"""One page about one customer, and what belongs to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.access import row_for
from accounts.decorators import needs
from accounts.http import Request
from accounts.masking import is_pool_only
from accounts.models import User
from accounts.scope import reach_of
from core import clock, company
from core.contributions import CustomerAction, registry
from customers import selectors
from customers.models import Customer
from followups.selectors import open_of, why
from ui.charts import columns
from ui.formatting import major, minor, money_round, money_short, month, month_short
from workbench.customer_page import panels
from workbench.customer_page.timeline import tabs, timeline
from workbench.customer_page.why import why_points

FOLLOW_UPS = 4
# What the page's own buttons ask for, beside those that apps contribute.
RIGHTS = (
    *("interaction.add", "follow_up.add", "contact.add", "contact.change"),
    *("customer.change", "customer.assign", "customer.delete", "customer.reveal"),
)


@require_safe
@needs("customer.view")
def customer(request: Request, pk: int) -> HttpResponse:
    """Everything this person may know of the customer, on one page."""
    row = panels.customer_page(request.user, pk)
    if row.limited:
        return render(
            request, "customers/pool.html", {"customer": row, "may_claim": request.user.can("customer.claim")}
        )
    show = request.GET.get("show", "") if request.GET.get("show") in tabs() else ""
    contacts = selectors.contacts_of(request.user, row)
    may, actions = _rights(request.user, row), _actions(request.user, row)
    context = {
        "customer": row,
        "facts": row.facts,
        "contacts": contacts,
        "may": may,
        "actions": actions,
        "menu": _menu(may, actions),
        "plans": _plans(request.user, row),
        "timeline": timeline(request.user, row, show=show),
        "shows": _shows(request, row, show),
        "show": show,
        "points": why_points(row.facts, clock.business_date()),
        "complete": panels.completeness(row, len(contacts)),
        "list": request.GET.get("list", ""),
        "touches_wanted": panels.TOUCHES_WANTED,
        **_bought(row),
    }
    return render(request, "customers/page.html", context)


def _actions(user: User, row: Customer) -> list[CustomerAction]:
    """What may be begun from this customer's page."""
    return [action for action in registry().customer_actions if reach_of(user).holds(row, action.permission)]


def _menu(may: Mapping[str, bool], actions: Sequence[CustomerAction]) -> str:
    """The classes of the menu of further actions, "" for none: on a wide screen those of apps stand beside it."""
    if may["customer_change"] or may["customer_assign"] or may["customer_delete"]:
        return "menu"
    return "" if all(action.on_phone for action in actions) else "menu phone"


def _rights(user: User, row: Customer) -> dict[str, bool]:
    """What the action row may offer, without a query: interaction_add, customer_change..."""
    rights = {name.replace(".", "_"): reach_of(user).holds(row, name) for name in RIGHTS}
    return rights | {"share": selectors.decides_on(user, row)}


def _plans(user: User, row: Customer) -> list[Any]:
    found = list(open_of(user, row)[:FOLLOW_UPS]) if user.can("follow_up.view") else []
    for plan in found:
        plan.customer = row
        plan.why = why(plan, clock.user_today(user))
    return found


def _bought(row: Customer) -> dict[str, Any]:
    """Chart and table of the purchases, with a sentence that states the finding."""
    found = panels.purchases(row)
    if found is None:
        return {"bought": None}
    code = company.currency()
    chart = columns(
        [month_short(first) for first in found.months],
        [max(float(major(value, code)), 0) for value in found.values],
        _("Purchases of the last 12 months, net, by month"),
        fmt=lambda value: money_short(minor(value, code), code) if value else "",
        hot=(len(found.values) - 1,),
    )
    table = [(month(first), money_round(n, code)) for first, n in zip(found.months, found.values, strict=True)]
    return {"bought": found, "chart": chart, "table": table, "table_head": (_("Month"), _("Net amount"))}


def _shows(request: Request, row: Customer, show: str) -> list[tuple[str, Any, bool]]:
    """The kinds of the timeline as links: address, label, whether it is the one shown."""
    base = reverse("customer", args=[row.pk])
    listed = {"list": request.GET["list"]} if request.GET.get("list") else {}
    return [
        (f"{base}?{urlencode({**listed, 'show': key})}#timeline", label, key == show) for key, label in tabs().items()
    ]


@require_safe
@needs("customer.view")
def customer_timeline(request: Request, pk: int) -> HttpResponse:
    """The entries after a cursor: a fragment for htmx, a page of their own without it."""
    row = row_for(Customer.objects.select_related("facts").defer("search_tokens"), request.user, pk)
    if is_pool_only(request.user, row):
        return redirect("customer", pk)
    show = request.GET.get("show", "")
    found = timeline(request.user, row, show=show, cursor=request.GET.get("cursor", ""))
    context = {"customer": row, "timeline": found, "show": show if show in tabs() else ""}
    part = request.headers.get("HX-Request") and not request.headers.get("HX-History-Restore-Request")
    return render(request, "customers/timeline_part.html" if part else "customers/timeline.html", context)
