"""The customer list, its filter page and the search of palette and top bar."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.decorators import needs
from accounts.masking import masked_all
from crm.customer_pages import cells, chips, tiers
from crm.customer_pages.columns import heads, shows_owner
from crm.customer_pages.listing import Listing
from customers import selectors

FOUND_AT_ONCE = 8
EMPTY_VIEWS = {
    "high": (_("No high-value customers here"), _("They appear after the next nightly scoring.")),
    "unplanned": (_("Everybody has a next step"), _("Customers without a planned follow-up appear here.")),
    "warned": (_("No churn warnings"), _("Customers who buy less than they used to appear here.")),
    "pool": (_("The pool is empty"), _("All customers have an owner.")),
}


@require_safe
@needs("customer.view")
def customer_list(request: HttpRequest) -> HttpResponse:
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
def customer_filters(request: HttpRequest) -> HttpResponse:
    """All filters as a form that leads back to the list."""
    listing = Listing(request)
    clear_url = f"{reverse('customer_list')}?view={listing.view}"
    context = {"listing": listing, "form": listing.filter.form, "clear_url": clear_url}
    return render(request, "customers/filters.html", context)


@require_safe
@needs("customer.view")
def search(request: HttpRequest) -> HttpResponse:
    """The first hits as links, for the palette; without text none."""
    text = request.GET.get("q", "").strip()[:100]
    rows = selectors.customers_found(request.user, text).select_related("facts", "owner") if text else []
    found = masked_all(request.user, rows.order_by("name_sort", "pk")[:FOUND_AT_ONCE]) if text else []
    for customer in found:
        customer.tier = tiers.tier_of(customer)
    template = "customers/search_hits.html" if request.headers.get("HX-Request") else "customers/search.html"
    return render(request, template, {"found": found, "q": text})
