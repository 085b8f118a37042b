"""What a customer and its contacts have said about being written to."""

from __future__ import annotations

from functools import partial

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import row_for
from accounts.decorators import FORM, READ, needs
from accounts.http import Request
from accounts.masking import masked_copy
from accounts.scope import ScopedQuerySet, reach_of
from core import clock
from customers import services
from customers.consents.forms import ConsentForm
from customers.consents.rule import current, withdrawn
from customers.models import Consent, Contact, Customer
from ui.flow import form_page


def _customers() -> ScopedQuerySet:
    return Customer.objects.select_related("facts", "owner").defer("search_tokens")


@needs("consent.view", READ)
def consent_list(request: Request, pk: int) -> HttpResponse:
    """All statements, the last one first: it is the one that counts."""
    customer = row_for(_customers(), request.user, pk, "consent.view")
    rows = list(current(customer.pk))
    gone = withdrawn(rows)
    context = {
        "customer": masked_copy(request.user, customer),
        "consents": [(row, gone.get(row.pk)) for row in rows],
        "may_add": reach_of(request.user).holds(customer, "consent.add"),
    }
    return render(request, "customers/consents/page.html", context)


@needs("consent.add", FORM)
def consent_new(request: Request, pk: int) -> HttpResponse:
    """Write one down."""
    customer = row_for(_customers(), request.user, pk, "consent.add")
    contacts = Contact.objects.for_user(request.user).filter(customer=customer).order_by("-is_primary", "id")
    return form_page(
        request,
        partial(ConsentForm, contacts=contacts, name=customer.name),
        "customers/consents/form.html",
        once=Consent,
        initial={"at": clock.now()},
        save=lambda form: services.consent_record(customer=customer, by=request.user, **form.values()),
        said=_("Recorded. It counts from now on."),
        then=reverse("consent_list", args=[customer.pk]),
        customer=customer,
    )
