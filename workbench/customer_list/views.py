"""The customer list, its filter page and the way to the neighbour in it."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.access import row_for
from accounts.decorators import needs
from accounts.http import Request
from accounts.masking import is_pool_only
from customers.models import Customer
from ui import toasts
from workbench.customer_list import cells, chips
from workbench.customer_list.columns import heads, shows_owner
from workbench.customer_list.listing import Listing, neighbour

EMPTY_VIEWS = {
    "high": (_("No high-value customers here"), _("They appear after the next nightly scoring.")),
    "unplanned": (_("Everybody has a next step"), _("Customers without a planned follow-up appear here.")),
    "warned": (_("No churn warnings"), _("Customers who buy less than they used to appear here.")),
    "pool": (_("The pool is empty"), _("All customers have an owner.")),
}


@require_safe
@needs("customer.view")
def customer_list(request: Request) -> HttpResponse:
    """The list that the address describes."""
    listing, user = Listing(request), request.user
    may_assign, may_tag = user.can("customer.assign"), user.can("customer.change")
    cells.draw(listing.page.rows)
    title, text = EMPTY_VIEWS.get(listing.view, ("", ""))
    context = {
        "listing": listing,
        "page": listing.page,
        "chips": chips.chips(listing),
        "quick": chips.quick(listing),
        "heads": heads(listing),
        "show_owner": shows_owner(listing),
        "ignored": ", ".join(listing.ignored),
        "kept": [(name, value) for name, value in listing.kept if name != "q"],
        "base": reverse("customer_list"),
        "back": quote(listing.path),
        "clear_url": f"{reverse('customer_list')}?view={listing.view}",
        "may_add": user.can("customer.add"),
        "may_import": user.can("import.add"),
        "may_claim": user.can("customer.claim"),
        "may_delete": user.can("customer.delete"),
        "may_assign": may_assign,
        "may_tag": may_tag,
        "bulk": may_assign or may_tag,
        "empty_title": title,
        "empty_text": text,
    }
    return render(request, "customers/list.html", context)


@require_safe
@needs("customer.view")
def customer_filters(request: Request) -> HttpResponse:
    """All filters as a form that leads back to the list."""
    listing = Listing(request)
    clear_url = f"{reverse('customer_list')}?view={listing.view}"
    context = {"listing": listing, "form": listing.filter.form, "clear_url": clear_url}
    return render(request, "customers/filters.html", context)


@require_safe
@needs("customer.view")
def customer_step(request: Request, pk: int, way: str) -> HttpResponse:
    """Lead to the previous or next customer of the list that the person came from."""
    row = row_for(Customer.objects.select_related("facts").defer("search_tokens"), request.user, pk)
    asked = QueryDict(request.GET.get("list", ""))
    if is_pool_only(request.user, row):
        asked = QueryDict("view=pool")  # its place in any other list would tell what is hidden
    found = neighbour(Listing(request, asked), row, backwards=way == "previous")
    if found is None:
        toasts.info(
            request,
            gettext("This is the first one of the list")
            if way == "previous"
            else gettext("This is the last one of the list"),
        )
    target = reverse("customer", args=[found.pk if found else pk])
    return redirect(f"{target}?{urlencode({'list': request.GET.get('list', '')})}")
