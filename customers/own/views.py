"""Own fields in Settings: who sees settings looks, who changes settings defines them."""

from __future__ import annotations

from functools import partial

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.decorators import FORM, POST, READ, needs
from accounts.http import Request
from accounts.last_changes import last_changes
from core.http import row_id
from customers import services
from customers.models import OwnField, OwnKind
from customers.own.definitions import KIND_WORDS, OwnFieldForm
from customers.own.listing import OWN_FIELDS
from customers.services.own import OWN_ACTS
from ui.flow import act, edit_page, form_page
from ui.listing import Asked, list_page


@needs("setting.view", READ)
def own_field_list(request: Request) -> HttpResponse:
    """Those in use and the retired ones."""
    return list_page(
        Asked(OWN_FIELDS, request),
        title=_("Own fields"),
        template="customers/own/list.html",
        may_change=request.user.can("setting.change"),
        **last_changes(request.user, *OWN_ACTS, naming=True),
    )


@needs("setting.change", FORM)
def own_field_new(request: Request) -> HttpResponse:
    """First of what kind, which stays; then the field."""
    kind = request.GET.get("kind", "")
    if kind not in OwnKind.values:
        here = reverse("own_field_new")
        kinds = [(f"{here}?kind={one}", word) for one, word in KIND_WORDS.items()]
        return render(request, "customers/own/kinds.html", {"kinds": kinds})
    return form_page(
        request,
        partial(OwnFieldForm, kind=kind),
        "customers/own/form.html",
        once=OwnField,
        save=lambda form: services.own_field_add(kind=kind, by=request.user, **form.values()),
        said=lambda made: _("“%(name)s” stands in the customers' files from now on.") % {"name": made.name},
        then=reverse("own_field_list"),
        title=_("New own field"),
        kind=KIND_WORDS[kind],
    )


@needs("setting.change", FORM)
def own_field_edit(request: Request, pk: int) -> HttpResponse:
    """Its names, for whom it is, who reads it, what may be chosen."""
    find = partial(get_object_or_404, OwnField, pk=pk)
    field = find()
    return edit_page(
        request,
        partial(OwnFieldForm, kind=field.kind, field=field),
        "customers/own/form.html",
        row=field,
        find=find,
        save=lambda edit: services.own_field_change(
            row=edit.row, changes=edit.changes, version=edit.version, by=request.user
        ),
        said=_("Saved. It is shown so everywhere at once."),
        then=reverse("own_field_list"),
        title=_("Change own field"),
        kind=KIND_WORDS[field.kind],
    )


@needs("setting.change", POST)
def own_field_move(request: Request, pk: int) -> HttpResponse:
    """Directly above or below another one."""
    above, below = (row_id(request.POST.get(side, "")) for side in ("above", "below"))
    field = get_object_or_404(OwnField, pk=pk)
    do = partial(services.own_field_move, row=field, above=above, below=below, by=request.user)
    return act(request, do, then=reverse("own_field_list"))


@needs("setting.change", POST)
def own_field_retire(request: Request, pk: int) -> HttpResponse:
    """It stands nowhere any more, and what files hold of it stays."""
    field = get_object_or_404(OwnField, pk=pk)
    return act(
        request,
        partial(services.own_field_retire, row=field, by=request.user),
        said=_("“%(name)s” stands nowhere any more. What the files hold of it is kept.") % {"name": field.name},
        undo=reverse("own_field_restore", args=[pk]),
        then=reverse("own_field_list"),
    )


@needs("setting.change", POST)
def own_field_restore(request: Request, pk: int) -> HttpResponse:
    """Use it again, with what files hold of it."""
    field = get_object_or_404(OwnField, pk=pk)
    said = _("“%(name)s” stands in the customers' files from now on.") % {"name": field.name}
    return act(
        request,
        partial(services.own_field_restore, row=field, by=request.user),
        said=said,
        then=reverse("own_field_list"),
    )
