"""The register of paper originals: entering, finding, moving, and who has had one."""

from __future__ import annotations

from functools import partial

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.access import row_for
from accounts.decorators import FORM, POST, READ, needs
from accounts.http import Request
from core import clock
from customers import services
from customers.choosing import choose_customer
from customers.models import Customer, PaperOriginal
from customers.originals.forms import ChangeForm, OriginalForm
from customers.originals.listing import ORIGINAL_BIN, ORIGINALS
from customers.originals.reading import binned_for, holders_for, original_for
from ui.bins import bin_page
from ui.flow import act, edit_page, form_page
from ui.listing import Asked, list_page

MOVES_SHOWN = 50


@needs(ORIGINALS.permission, READ)
def original_list(request: Request) -> HttpResponse:
    """Where which paper is."""
    return list_page(
        Asked(ORIGINALS, request),
        title=_("Paper originals"),
        sub=_("What exists only on paper: where it lies, who has it, and to whom it went."),
        template="customers/originals/list.html",
        may_delete=request.user.can("original.delete"),
        may_add=request.user.can("original.add"),
    )


@needs("original.delete", READ)
def original_bin(request: Request) -> HttpResponse:
    """Deleted entries that this person may bring back."""
    return bin_page(
        Asked(ORIGINAL_BIN, request),
        title=_("Recycle bin"),
        sub=_("Deleted entries of the register of paper originals."),
        home="original_list",
        home_label=_("Paper originals"),
    )


@needs("original.add", FORM)
def original_new(request: Request) -> HttpResponse:
    """Enter a paper of a customer."""
    wanted = request.GET.get("customer", "")
    if not wanted:
        return choose_customer(request, "original.add", _("Enter a paper"), question=_("Whose paper is it?"))
    customer = row_for(Customer.objects.defer("search_tokens"), request.user, wanted, "original.add")
    return form_page(
        request,
        partial(OriginalForm, people=holders_for(request.user)),
        "customers/originals/form.html",
        initial={"holder": request.user.pk, "since": clock.business_date()},
        draft=f"original:{customer.pk}",
        once=PaperOriginal,
        save=lambda form: services.original_add(customer=customer, by=request.user, **form.values()),
        said=_("The paper is in the register."),
        then=reverse("customer", args=[customer.pk]),
        customer=customer,
    )


@needs("original.change", FORM)
def original_edit(request: Request, pk: int) -> HttpResponse:
    """Say where it went, and see where it has been."""
    find = partial(original_for, request.user, pk)
    original = find()
    moves = original.moves.select_related("holder", "by").order_by("-at", "-pk")[:MOVES_SHOWN]
    return edit_page(
        request,
        partial(ChangeForm, people=holders_for(request.user, original.holder)),
        "customers/originals/edit.html",
        row=original,
        find=find,
        draft=f"original_edit:{pk}",
        save=lambda edit: services.original_change(
            original=edit.row, changes=edit.changes, version=edit.version, by=request.user
        ),
        said=_("Saved."),
        then=_list_of(original),
        customer=original.customer,
        moves=list(moves),
        may_delete=request.user.can("original.delete"),
    )


@needs("original.delete", POST)
def original_delete(request: Request, pk: int) -> HttpResponse:
    """Into the recycle bin, with an undo."""
    original = row_for(PaperOriginal.objects.all(), request.user, pk, "delete")
    return act(
        request,
        partial(services.original_delete, original=original, by=request.user),
        said=_("%(name)s: deleted.") % {"name": original.title},
        undo=reverse("original_restore", args=[pk]),
        then=_list_of(original),
    )


@needs("original.delete", POST)
def original_restore(request: Request, pk: int) -> HttpResponse:
    """Out of the recycle bin."""
    original = binned_for(request.user).filter(pk=pk).first()
    if original is None:
        raise Http404
    return act(
        request,
        partial(services.original_restore, original=original, by=request.user),
        said=_("%(name)s: restored.") % {"name": original.title},
        then=_list_of(original),
    )


def _list_of(original: PaperOriginal) -> str:
    return f"{reverse('original_list')}?{urlencode({'customer': original.customer_id})}"
