"""Entry templates in Settings: who sees settings looks, who changes settings keeps them; their empty files."""

from __future__ import annotations

from functools import partial

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.decorators import FORM, POST, READ, needs
from accounts.http import Request
from accounts.last_changes import last_changes
from customers import services
from customers.entry.definitions import EntryTemplateForm
from customers.entry.files import FORMATS, empty_file
from customers.entry.listing import ENTRY_TEMPLATES
from customers.imports.customer_file import CUSTOMERS
from customers.models import EntryTemplate, Kind
from customers.services.entry import ENTRY_ACTS
from intake.kinds import may_import
from ui.flow import act, edit_page, form_page
from ui.listing import Asked, list_page

KINDS = (Kind.COMPANY, Kind.PERSON)


@needs("setting.view", READ)
def entry_template_list(request: Request) -> HttpResponse:
    """Those in use and the retired ones."""
    return list_page(
        Asked(ENTRY_TEMPLATES, request),
        title=_("Entry templates"),
        template="customers/entry/list.html",
        may_change=request.user.can("setting.change"),
        **last_changes(request.user, *ENTRY_ACTS, naming=True),
    )


@needs("setting.change", FORM)
def entry_template_new(request: Request) -> HttpResponse:
    """First of which kind of customer, which stays; then the template."""
    kind = request.GET.get("kind", "")
    if kind not in KINDS:
        here = reverse("entry_template_new")
        kinds = [(f"{here}?kind={one}", one.label) for one in KINDS]
        return render(request, "customers/entry/kinds.html", {"kinds": kinds})
    return form_page(
        request,
        partial(EntryTemplateForm, user=request.user, kind=kind),
        "customers/entry/form.html",
        once=EntryTemplate,
        initial={"asks": _usual(kind), "first_owner": "self"},
        save=lambda form: services.entry_template_add(kind=kind, by=request.user, **form.values()),
        said=lambda made: _("“%(name)s” is offered to whoever enters a customer.") % {"name": made.name},
        then=reverse("entry_template_list"),
        title=_("New template"),
        kind=Kind(kind).label,
    )


def _usual(kind: str) -> list[dict[str, object]]:
    """What a new template begins with."""
    names = ("contact_name", "phone", "email", "notes") if kind == Kind.COMPANY else ("phone", "email", "notes")
    return [{"name": name, "must": False} for name in names]


@needs("setting.change", FORM)
def entry_template_edit(request: Request, pk: int) -> HttpResponse:
    """Its names, what it asks for and what it begins with; its kind stays."""
    find = partial(get_object_or_404, EntryTemplate, pk=pk)
    row = find()
    return edit_page(
        request,
        partial(EntryTemplateForm, user=request.user, kind=row.kind, row=row),
        "customers/entry/form.html",
        row=row,
        find=find,
        initial={"tags": [tag.pk for tag in row.tags.all()]},
        save=lambda edit: services.entry_template_change(
            row=edit.row, changes=edit.changes, version=edit.version, by=request.user
        ),
        said=_("Saved. The next form asks so."),
        then=reverse("entry_template_list"),
        title=_("Change template"),
        kind=Kind(row.kind).label,
    )


@needs("setting.change", POST)
def entry_template_retire(request: Request, pk: int) -> HttpResponse:
    """It is offered no more."""
    row = get_object_or_404(EntryTemplate, pk=pk)
    return act(
        request,
        partial(services.entry_template_retire, row=row, by=request.user),
        said=_("“%(name)s” is offered no more.") % {"name": row.name},
        undo=reverse("entry_template_restore", args=[pk]),
        then=reverse("entry_template_list"),
    )


@needs("setting.change", POST)
def entry_template_restore(request: Request, pk: int) -> HttpResponse:
    """Offer it again."""
    row = get_object_or_404(EntryTemplate, pk=pk)
    return act(
        request,
        partial(services.entry_template_restore, row=row, by=request.user),
        said=_("“%(name)s” is offered to whoever enters a customer.") % {"name": row.name},
        then=reverse("entry_template_list"),
    )


@needs("import.add", READ)
def entry_template_file(request: Request, pk: int, kind: str) -> HttpResponseBase:
    """An empty file with its headings, for who may bring in customers."""
    if kind not in FORMATS or not may_import(request.user, CUSTOMERS):
        raise Http404
    return empty_file(request.user, get_object_or_404(EntryTemplate, pk=pk, is_active=True), kind)
