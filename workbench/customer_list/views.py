"""The customer list, its filter page and the way to the neighbour in it."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import row_for
from accounts.decorators import READ, needs
from accounts.http import Request
from accounts.masking import is_pool_only
from customers.models import UNRATED, Customer
from segmentation import catalogue
from segmentation.segments.inaddress import PARAMETER
from segmentation.segments.narrowing import choices
from ui import toasts
from ui.listing import Asked, list_page
from workbench.customer_list.listing import CUSTOMERS
from workbench.customer_list.narrowing import Narrowing


@needs(CUSTOMERS.permission, READ)
def customer_list(request: Request) -> HttpResponse:
    """The list that the address describes."""
    asked, user = Asked(CUSTOMERS, request), request.user
    return list_page(
        asked,
        title=_("Customers"),
        template="customers/list.html",
        all_filters=f"{reverse('customer_filters')}{asked.query()}",
        conditions=_conditions(asked) if user.can("segment.view") else "",
        gone=asked.narrowing.gone if isinstance(asked.narrowing, Narrowing) else "",
        may_add=user.can("customer.add"),
        may_import=user.can("import.add"),
        may_claim=user.can("customer.claim"),
        may_change=user.can("customer.change"),
        may_delete=user.can("customer.delete"),
        may_see_segments=user.can("segment.view"),
    )


def _conditions(asked: Asked) -> str:
    """Where conditions of which all or any must hold are put together; they come back beside what else is asked for."""
    left = {"list": asked.query(**{PARAMETER: None}).removeprefix("?")}
    now = {PARAMETER: asked.given[PARAMETER]} if PARAMETER in asked.given else {}
    return f"{reverse('conditions_new')}?{urlencode({**left, **now})}"


@needs(CUSTOMERS.permission, READ)
def customer_filters(request: Request) -> HttpResponse:
    """All filters as a form that leads back to the list."""
    asked = Asked(CUSTOMERS, request)
    narrowing = Narrowing(asked)
    form = narrowing.filter.form
    offered = {*dict(catalogue.choices()), *asked.given.getlist("tier"), UNRATED}
    tier = form.fields["tier"]
    tier.choices = [choice for choice in tier.choices if choice[0] in offered]
    context = {
        "list": asked,
        "form": form,
        "own": narrowing.own,
        "base": reverse("customer_list"),
        "segments": choices(request.user),
        "segment": asked.given.get("segment", ""),
    }
    return render(request, "customers/filters.html", context)


@needs(CUSTOMERS.permission, READ)
def customer_step(request: Request, pk: int, way: str) -> HttpResponse:
    """Lead to the previous or next customer of the list that the person came from."""
    row = row_for(Customer.objects.select_related("facts").defer("search_tokens"), request.user, pk)
    given = QueryDict(request.GET.get("list", ""))
    if is_pool_only(request.user, row):
        given = QueryDict("view=pool")  # its place in any other list would tell what is hidden
    found = Asked(CUSTOMERS, request, given).neighbour(row, backwards=way == "previous")
    if found is None:
        first = _("This is the first one of the list")
        toasts.info(request, first if way == "previous" else _("This is the last one of the list"))
    target = reverse("customer", args=[found.pk if found else pk])
    return redirect(f"{target}?{urlencode({'list': request.GET.get('list', '')})}")
