"""`/needs/`: what customers wait for; noting one, moving it with a tap, and where it has been."""

from __future__ import annotations

from functools import partial

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.access import row_for
from accounts.decorators import FORM, POST, READ, needs
from accounts.http import Request
from core import clock
from customers.choosing import choose_customer
from customers.models import Contact, Customer
from customers.services.stages import UndoTooLateError
from sales.needs import services
from sales.needs.forms import NeedForm
from sales.needs.listing import NEEDS
from sales.needs.models import Need
from sales.needs.reading import WORDS, need_for
from ui import formatting
from ui.flow import act, edit_page, form_page
from ui.listing import Asked, list_page

STEPS_SHOWN = 50


@needs(NEEDS.permission, READ)
def need_list(request: Request) -> HttpResponse:
    """The needs of one's customers."""
    return list_page(
        Asked(NEEDS, request),
        title=pgettext("of a customer", "Needs"),
        template="sales/needs/list.html",
        may_add=request.user.can("need.add"),
    )


@needs("need.add", FORM)
def need_new(request: Request) -> HttpResponse:
    """Note a need of a customer."""
    wanted = request.GET.get("customer", "")
    if not wanted:
        return choose_customer(request, "need.add", _("Enter a need"), question=_("Who needs something?"))
    customer = row_for(Customer.objects.defer("search_tokens"), request.user, wanted, "need.add")
    return form_page(
        request,
        partial(NeedForm, user=request.user, contacts=_contacts(request, customer.pk)),
        "sales/needs/form.html",
        initial={"since": clock.business_date(), "state": Need.State.OPEN},
        draft=f"need:{customer.pk}",
        once=Need,
        save=lambda form: services.need_add(customer=customer, by=request.user, **form.values()),
        said=_("The need is noted."),
        then=reverse("customer", args=[customer.pk]),
        customer=customer,
    )


@needs("need.change", FORM)
def need(request: Request, pk: int) -> HttpResponse:
    """Its words, how far it has come, and who moved it when."""
    find = partial(need_for, request.user, pk)
    row = find()
    steps = row.steps.select_related("by", "product").order_by("-at", "-pk")[:STEPS_SHOWN]
    return edit_page(
        request,
        partial(NeedForm, user=request.user, contacts=_contacts(request, row.customer_id)),
        "sales/needs/need.html",
        row=row,
        find=find,
        draft=f"need_change:{pk}",
        save=lambda edit: services.need_change(
            need=edit.row, changes=edit.changes, version=edit.version, by=request.user
        ),
        said=_("Saved"),
        then=reverse("customer", args=[row.customer_id]),
        customer=row.customer,
        steps=list(steps),
    )


@needs("need.change", POST)
def need_move(request: Request, pk: int) -> HttpResponse:
    """Offered, met or open again: one tap, with an undo."""
    row = need_for(request.user, pk)
    to = request.POST.get("to", "")
    return act(
        request,
        partial(services.need_move, need=row, to=to, by=request.user),
        said=formatting.labelled(row.text, WORDS.get(to, "")),
        undo=lambda moved: reverse("need_move_back", args=[pk]) if moved else "",
        then=reverse("customer", args=[row.customer_id]),
    )


@needs("need.change", POST)
def need_move_back(request: Request, pk: int) -> HttpResponse:
    """Take one's own last step back within 10 minutes."""
    row = need_for(request.user, pk)
    return act(
        request,
        partial(services.need_move_back, need=row, by=request.user),
        said=_("Taken back"),
        refused={UndoTooLateError: _("Only your own step of the last 10 minutes can be taken back.")},
        then=reverse("customer", args=[row.customer_id]),
    )


def _contacts(request: Request, customer_id: int) -> QuerySet[Contact]:
    rows = Contact.objects.for_user(request.user).filter(customer=customer_id)
    return rows.order_by("-is_primary", "id")
