"""Required fields in Settings: what the files of persons and companies are to hold, and who changed it."""

from __future__ import annotations

from functools import partial

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.decorators import FORM, READ, needs
from accounts.http import Request
from accounts.last_changes import last_changes
from customers import required, selectors, services
from customers.catalogues.forms import RequiredFieldsForm
from customers.models import Kind
from ui.flow import edit_page


@needs("setting.view", READ)
def required_fields(request: Request) -> HttpResponse:
    """Every field with what is asked of each kind."""
    rows = required.rows()
    kinds = [Kind(kind) for kind in required.FIELDS]
    asked = [
        (label, [getattr(rows[kind], name) if name in required.FIELDS[kind] else "" for kind in kinds])
        for name, label in required.LABELS.items()
    ]
    context = {
        "kinds": kinds,
        "asked": [
            (label, [(level, level and required.Level(level).label) for level in levels]) for label, levels in asked
        ],
        "incomplete": selectors.incomplete(request.user).count(),
        "may_change": request.user.can("setting.change"),
        **last_changes(request.user, services.REQUIRED_ACT),
    }
    return render(request, "customers/catalogues/required.html", context)


@needs("setting.change", FORM)
def required_fields_edit(request: Request, kind: str) -> HttpResponse:
    """Those of one kind of customer."""
    if kind not in required.FIELDS:
        raise Http404
    return edit_page(
        request,
        partial(RequiredFieldsForm, kind=kind),
        "customers/catalogues/required_edit.html",
        find=partial(required.row_of, kind),
        save=lambda edit: services.required_fields_change(
            row=edit.row, changes=edit.changes, version=edit.version, by=request.user
        ),
        said=_("Saved. It counts at once, also for the files that are there."),
        then=reverse("required_fields"),
        word=Kind(kind).label,
    )
