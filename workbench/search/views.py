"""The search of palette and top bar."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.decorators import needs
from accounts.http import Request
from accounts.masking import masked_all
from customers import selectors
from segmentation import catalogue

FOUND_AT_ONCE = 8


@require_safe
@needs("customer.view")
def search(request: Request) -> HttpResponse:
    """The first hits as links, for the palette; without text none."""
    text = request.GET.get("q", "").strip()[:100]
    rows = selectors.customers_found(request.user, text).select_related("facts", "owner") if text else []
    found = masked_all(request.user, rows.order_by("name_sort", "pk")[:FOUND_AT_ONCE]) if text else []
    for customer in found:
        customer.tier = catalogue.tier_of(customer)
    template = "customers/search_hits.html" if request.headers.get("HX-Request") else "customers/search.html"
    return render(request, template, {"found": found, "q": text})
