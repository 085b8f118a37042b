"""One page about one customer, and what belongs to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from accounts.access import row_for
from accounts.decorators import READ, needs
from accounts.http import Request
from accounts.masking import is_pool_only
from accounts.scope import reach_of
from core.contributions import registry
from customers import selectors
from customers.attachments.rights import reads_in_full
from customers.comments.forms import CommentForm
from customers.duplicates.moved import survivor_of
from customers.models import Contact, Customer
from customers.services import pool_look
from segmentation.catalogue import tier_of
from workbench.customer_page.briefing import briefing_of
from workbench.customer_page.panels import Drawn, customer_page
from workbench.customer_page.timeline import tabs, timeline

# What the page's own menu asks for, beside the actions that apps contribute.
RIGHTS = ("customer.change", "customer.assign", "customer.delete")


@require_safe
@needs("customer.view")
def customer(request: Request, pk: int) -> HttpResponse:
    """Everything this person may know of the customer, on one page."""
    try:
        page = customer_page(request.user, pk)
    except Http404:
        now = survivor_of(pk)
        if now is None or not selectors.customers_for(request.user).filter(pk=now).exists():
            raise
        return redirect("customer", now, permanent=False)  # an undo may bring the old one back
    row = page.customer
    if page.places is None:
        pool_look(customer=row, by=request.user)
        may_claim = request.user.can("customer.claim")
        return render(request, "customers/pool.html", {"customer": row, "tier": tier_of(row), "may_claim": may_claim})
    show = request.GET.get("show", "") if request.GET.get("show") in tabs() else ""
    reach = reach_of(request.user)
    actions = [action for action in registry().customer_actions if reach.holds(row, action.permission)]
    may = {name.replace(".", "_"): reach.holds(row, name) for name in RIGHTS}
    # On a phone the actions of apps stand in the menu as well; where it holds nothing else, only a phone shows it.
    menu = "menu" if any(may.values()) else "" if all(action.on_phone for action in actions) else "menu phone"
    may_comment = reach.holds(row, "interaction.add")
    context = {
        "customer": row,
        "places": page.places,
        "may": may | {"share": selectors.decides_on(request.user, row)},
        "actions": actions,
        "call": _reached_by(row, page.places["left"], "phone"),
        "wechat": _reached_by(row, page.places["left"], "wechat"),
        "mail": _reached_by(row, page.places["left"], "email"),
        "menu": menu,
        "timeline": timeline(request.user, row, show=show),
        "may_comment": may_comment,
        "comment_form": CommentForm() if may_comment else None,
        "files_shown": reads_in_full(request.user, row),
        "shows": _shows(request, row, show),
        "show": show,
    }
    if "list" in request.GET:  # which may be empty: the list as it opens
        given = request.GET["list"]
        lists = registry().every(lambda part: part.customer_lists)
        context |= {"list": given, "place": next((one.place(request, row, given) for one in lists), None)}
    # Beside a list only the customer is asked for; see static/js/drawer.js.
    return render(
        request, "customers/beside.html" if request.headers.get("HX-Request") else "customers/page.html", context
    )


def _reached_by(row: Customer, panels: Sequence[Drawn], way: str) -> Customer | Contact | None:
    """Whose phone, WeChat or e-mail the head offers: the customer's own, else that of the first contact who is read in
    full."""
    contacts = next((drawn.shows.contacts for drawn in panels if drawn.panel.key == "people"), [])
    return next((one for one in [row, *contacts] if getattr(one, way) and way not in one.masked_names), None)


def _shows(request: Request, row: Customer, show: str) -> list[tuple[str, Any, bool]]:
    """The kinds of the timeline as links: address, label, whether it is the one shown."""
    base = reverse("customer", args=[row.pk])
    listed = {"list": request.GET["list"]} if "list" in request.GET else {}
    return [
        (f"{base}?{urlencode({**listed, 'show': key})}#timeline", label, key == show) for key, label in tabs().items()
    ]


@needs("customer.view", READ)
def customer_briefing(request: Request, pk: int) -> HttpResponse:
    """What to know before a contact, for the phone and for paper; who sees the customer in the pool only is led to its
    page."""
    page = customer_page(request.user, pk)
    if page.places is None:
        return redirect("customer", pk)
    context = {"customer": page.customer, "tier": tier_of(page.customer), "brief": briefing_of(request.user, page)}
    return render(request, "customers/briefing.html", context)


@require_safe
@needs("customer.view")
def customer_timeline(request: Request, pk: int) -> HttpResponse:
    """The entries after a cursor: a fragment for htmx, a page of their own without it."""
    row = row_for(Customer.objects.select_related("facts").defer("search_tokens"), request.user, pk)
    if is_pool_only(request.user, row):
        return redirect("customer", pk)
    show = request.GET.get("show", "")
    found = timeline(request.user, row, show=show, cursor=request.GET.get("cursor", ""))
    context = {
        "customer": row,
        "timeline": found,
        "show": show if show in tabs() else "",
        "may_comment": reach_of(request.user).holds(row, "interaction.add"),
        "files_shown": reads_in_full(request.user, row),
    }
    part = request.headers.get("HX-Request") and not request.headers.get("HX-History-Restore-Request")
    return render(request, "customers/timeline_part.html" if part else "customers/timeline.html", context)
