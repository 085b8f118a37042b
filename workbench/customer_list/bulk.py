"""What is done with many customers of the list at once: first the question, then the act.

Whom it is about, the ticked rows or all of the list, is decided when the question is asked, and comes back signed with
the answer: who joined the list meanwhile isn't handed over unseen. It answers no other question and nobody else's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core import signing
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.decorators import POST, needs
from accounts.http import Request
from accounts.masking import masked_all
from core.http import row_id, safe_next
from customers import forms, services
from customers.models import Customer, Tag
from ui import formatting, toasts
from ui.listing import Asked
from workbench.customer_list.listing import CUSTOMERS

MOST_AT_ONCE = 10_000
SHOWN = 10
SALT = "customers chosen in the list"


@needs("customer.assign", POST)
def customers_assign(request: Request) -> HttpResponse:
    """Hand the chosen customers over."""

    def hand_over(customers: list[Customer], form: forms.TransferForm) -> str:
        moved = services.customers_transfer(customers=customers, by=request.user, **form.cleaned_data)
        return ngettext("%(n)s customer handed over", "%(n)s customers handed over", moved) % {"n": moved}

    return _bulk(request, "assign", forms.TransferForm, "customers/assign.html", hand_over)


@needs("customer.change", POST)
def customers_tag(request: Request) -> HttpResponse:
    """Put a tag on the chosen customers."""

    def put_tag(customers: list[Customer], form: forms.TagForm) -> str:
        name = form.cleaned_data.get("new_tag", "").strip()
        tag: Tag = services.tag_create(name=name, by=request.user) if name else form.cleaned_data["tag"]
        count = services.customers_tag(customer_ids=[customer.pk for customer in customers], tag=tag, by=request.user)
        return ngettext("%(n)s customer tagged", "%(n)s customers tagged", count) % {"n": count}

    return _bulk(request, "change", forms.TagForm, "customers/tag.html", put_tag)


def _bulk(
    request: Request,
    action: str,
    form_class: type[Any],
    template: str,
    do: Callable[[list[Customer], Any], str],
) -> HttpResponse:
    """Customers out of reach are left out silently: the answer doesn't show which exist."""
    user, back = request.user, safe_next(request, reverse("customer_list"))
    answered = "confirm" in request.POST
    try:
        ids = _chosen(request, salt := f"{SALT}: {action} by {user.pk}")
    except signing.BadSignature:
        toasts.error(request, _("The form was changed on its way. Nothing was saved; open the page again."))
        return redirect(back)
    rows = Customer.objects.for_user(user, action).filter(pk__in=ids)
    customers = list(rows.select_related("owner", "facts").defer("search_tokens").order_by("name_sort", "pk"))
    if not customers:
        toasts.error(request, _("Choose at least one customer that you may change."))
        return redirect(back)
    form = form_class(request.POST if answered else None, user=user)
    if form.is_bound and form.is_valid():
        toasts.success(request, do(customers, form))
        return redirect(back)
    context = {
        "form": form,
        "customers": masked_all(user, customers[:SHOWN]),
        "count": len(customers),
        "more": formatting.number(max(len(customers) - SHOWN, 0)),
        "left": len(ids) - len(customers) if "all" in request.POST else 0,
        "cut": MOST_AT_ONCE if len(ids) == MOST_AT_ONCE else 0,
        "chosen": signing.dumps(ids, salt=salt, compress=True),
        "back": back,
    }
    return render(request, template, context, status=422 if form.errors else 200)


def _chosen(request: Request, salt: str) -> list[int]:
    """The ids that a question was asked about; without one those of the ticked rows, or of the first ten thousand rows
    of the list that `view` describes. BadSignature where what the question said was changed.
    """
    if "chosen" in request.POST:
        return signing.loads(request.POST["chosen"], salt=salt)
    if "all" in request.POST:
        asked = Asked(CUSTOMERS, request, QueryDict(request.POST.get("view", "").removeprefix("?")))
        return list(asked.rows.order_by("pk").values_list("pk", flat=True)[:MOST_AT_ONCE])
    wanted = (row_id(value) for value in request.POST.getlist("ids")[:MOST_AT_ONCE])
    return [pk for pk in wanted if pk is not None]
