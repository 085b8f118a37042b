"""The pages of a catalogue in Settings: who sees settings looks, who holds its rights changes it.

The doors stand in channels.py and fields.py; here is what happens behind them.
"""

from __future__ import annotations

from functools import partial

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.http import Request
from accounts.last_changes import last_changes
from core.http import row_id
from customers import services
from customers.catalogues.described import Catalogue
from customers.catalogues.entry_list import LISTINGS, customers_counted, customers_url
from customers.catalogues.forms import MergeEntryForm, entry_form
from customers.models import CatalogueRow
from customers.services.catalogues import acts_of
from ui.flow import act, edit_page, form_page
from ui.listing import Asked, list_page


def show(request: Request, catalogue: Catalogue) -> HttpResponse:
    """Those in use and the retired ones."""
    _may(request, catalogue.right("view"))
    return list_page(
        Asked(LISTINGS[catalogue.field], request),
        title=catalogue.title,
        template="customers/catalogues/entries.html",
        catalogue=catalogue,
        may_add=request.user.can(catalogue.right("add")),
        new_url=catalogue.url("new"),
        **last_changes(request.user, *acts_of(catalogue.model), naming=True),
    )


def new(request: Request, catalogue: Catalogue) -> HttpResponse:
    """A new one, at the end of the lists."""
    _may(request, "setting.view")
    return form_page(
        request,
        entry_form(catalogue.model, new=True),
        "customers/catalogues/entry_form.html",
        once=catalogue.model,
        save=lambda form: services.entry_add(catalogue.model, **form.values(), by=request.user),
        said=lambda made: _("“%(name)s” is offered from now on.") % {"name": made.name},
        then=catalogue.home,
        title=catalogue.new,
        catalogue=catalogue,
    )


def edit(request: Request, catalogue: Catalogue, pk: int) -> HttpResponse:
    """Its name in both languages, and what else it says."""
    _may(request, "setting.view")
    return edit_page(
        request,
        entry_form(catalogue.model),
        "customers/catalogues/entry_form.html",
        find=partial(_entry, catalogue, pk),
        save=lambda edited: services.entry_change(row=edited.row, changes=edited.changes, by=request.user),
        said=_("Saved. It is shown so everywhere at once."),
        then=catalogue.home,
        title=catalogue.change,
        catalogue=catalogue,
    )


def move(request: Request, catalogue: Catalogue, pk: int) -> HttpResponse:
    """Directly above or below another one."""
    _may(request, "setting.view")
    above, below = (row_id(request.POST.get(side, "")) for side in ("above", "below"))
    do = partial(services.entry_move, row=_entry(catalogue, pk), above=above, below=below, by=request.user)
    return act(request, do, then=catalogue.home)


def retire(request: Request, catalogue: Catalogue, pk: int) -> HttpResponse:
    """Offer it no longer."""
    _may(request, "setting.view")
    row = _entry(catalogue, pk)
    return act(
        request,
        partial(services.entry_retire, row=row, by=request.user),
        said=_("“%(name)s” isn't offered any more. Who has it keeps it.") % {"name": row.name},
        undo=catalogue.url("restore", pk),
        then=catalogue.home,
    )


def restore(request: Request, catalogue: Catalogue, pk: int) -> HttpResponse:
    """Offer it again."""
    _may(request, "setting.view")
    row = _entry(catalogue, pk)
    said = _("“%(name)s” is offered from now on.") % {"name": row.name}
    return act(request, partial(services.entry_restore, row=row, by=request.user), said=said, then=catalogue.home)


def merge(request: Request, catalogue: Catalogue, pk: int) -> HttpResponse:
    """Make two that mean the same one, with everything that has either."""
    _may(request, "setting.view")
    if not catalogue.model.merges:
        raise Http404
    row = _entry(catalogue, pk)
    return form_page(
        request,
        partial(MergeEntryForm, entry=row),
        "customers/catalogues/entry_merge.html",
        save=lambda form: services.entry_merge(row=row, into=form.cleaned_data["into"], by=request.user),
        said=lambda n: ngettext("Merged: %(n)s customer moved.", "Merged: %(n)s customers moved.", n) % {"n": f"{n:,}"},
        then=catalogue.home,
        catalogue=catalogue,
        entry=row,
        customers=customers_counted(request.user, catalogue.field, [pk]).get(pk, 0),
        customers_url=customers_url(catalogue.field, pk),
    )


def _entry(catalogue: Catalogue, pk: int) -> CatalogueRow:
    """One that stands for itself; what was merged is only a name of another."""
    return get_object_or_404(catalogue.model.rows(), pk=pk, merged_into=None)


def _may(request: Request, permission: str) -> None:
    if not request.user.can(permission):
        raise PermissionDenied
