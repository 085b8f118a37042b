"""One fact of a customer's file: its form, what is saved, and how it then stands there.

Asked for by htmx (`hx-get` on the value) the answer is the part that takes the value's place: the form, the value once
it is saved, a question where two people changed it. Asked for otherwise it is a page with the same form.
"""

from __future__ import annotations

from functools import partial

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.decorators import FORM, needs
from accounts.http import Request
from accounts.masking import masked_copy
from customers import selectors
from customers.editing import save_file
from customers.models import Customer
from customers.onefield.forms import OneFieldForm, editable, is_fact
from customers.onefield.shown import line_of
from ui.flow import edit_page


@needs("customer.change", FORM)
def customer_field(request: Request, pk: int, name: str) -> HttpResponse:
    """Change one fact; with `?shown` only what it says now."""
    if not is_fact(name):
        raise Http404
    find = partial(selectors.customer_for, request.user, pk, "change")
    customer = find()
    if name not in editable(request.user, customer):
        raise PermissionDenied
    part = bool(request.headers.get("HX-Request"))
    here = reverse("customer_field", args=[pk, name])

    def value(row: Customer) -> HttpResponse:
        line = line_of(request.user, masked_copy(request.user, row), name)
        shown = {"line": line, "here": here, "again": True, "saved": request.method == "POST"}
        return render(request, "customers/onefield/value.html", shown)

    if part and "shown" in request.GET:
        return value(customer)
    return edit_page(
        request,
        partial(OneFieldForm, user=request.user, customer=customer, fact=name),
        "customers/onefield/form.html" if part else "customers/onefield/page.html",
        row=customer,
        find=find,
        initial={"tags": [tag.pk for tag in customer.tags.all()]} if name == "tags" else {},
        save=partial(save_file, request.user),
        said="" if part else _("Customer saved"),
        then=value if part else reverse("customer", args=[pk]),
        stale="customers/onefield/stale.html" if part else "ui/stale.html",
        customer=customer,
        here=here,
        part=part,
    )
