"""From a customer's page: a file of everything that is stored about the customer, or about one contact person."""

from __future__ import annotations

from functools import partial

from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.access import row_for
from accounts.decorators import FORM, needs
from accounts.http import Request
from accounts.limits import LimitReachedError
from core import clock
from core.http import row_id
from customers.disclosure.files import archive
from customers.disclosure.forms import DisclosureForm
from customers.disclosure.reading import everything
from customers.disclosure.services import disclosure_note
from customers.models import Contact, Customer
from ui.flow import form_page


@needs("customer.disclose", FORM)
def customer_disclose(request: Request) -> HttpResponse:
    """Of whom and why; then the archive, in full: who holds the right reads all of it here and nowhere else."""
    wanted = row_id(request.GET.get("customer", ""))
    if wanted is None:
        return redirect("customer_list")
    rows = Customer.objects.defer("search_tokens")
    customer: Customer = row_for(rows, request.user, wanted, "disclose")
    contacts = Contact.objects.for_user(request.user).filter(customer=customer).order_by("name", "pk")

    def save(form: DisclosureForm) -> HttpResponse:
        contact = form.cleaned_data["contact"]
        reason = form.cleaned_data["reason"]
        disclosure_note(customer=customer, contact=contact, by=request.user, reason=reason)
        subject = contact or customer
        sheets = everything(subject, record=request.user.can("audit.view"))
        whose = f"{customer.number}-{contact.pk}" if contact else customer.number
        name = f"{whose}-{clock.business_date():%Y-%m-%d}.zip"
        return FileResponse(archive(subject, sheets), as_attachment=True, filename=name)  # type: ignore[return-value]

    return form_page(
        request,
        partial(DisclosureForm, customer=customer, contacts=contacts),
        "customers/disclosure/page.html",
        save=save,
        refused=(LimitReachedError,),
        then=reverse("customer", args=[customer.pk]),
        customer=customer,
    )
