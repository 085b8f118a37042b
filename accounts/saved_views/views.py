"""`/saved-views/`: the list of them, the form that saves one, and the buttons."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import row_for
from accounts.decorators import FORM, POST, READ, needs
from accounts.http import Request
from accounts.saved_views import services
from accounts.saved_views.forms import SavedViewForm
from accounts.saved_views.listing import SAVED_VIEWS, address_of
from accounts.saved_views.models import SavedView
from core.http import row_id
from core.versions import StaleVersionError
from ui.flow import act, edit_page, form_page
from ui.listing import WITH_VIEWS, Asked, list_page

ROWS = SavedView.objects.select_related("owner")


@needs(SAVED_VIEWS.permission, READ)
def saved_view_list(request: Request) -> HttpResponse:
    """One's own and the shared ones."""
    return list_page(Asked(SAVED_VIEWS, request), title=_("Saved views"), template="accounts/saved_views/list.html")


@needs("saved_view.add", FORM)
def saved_view_new(request: Request) -> HttpResponse:
    """Save the list that the address names, as it asks for it."""
    listing, query = request.GET.get("listing", ""), request.GET.get("query", "")
    if listing not in WITH_VIEWS:
        raise Http404
    kept = services.address_kept(query)
    back = f"{reverse(listing)}?{kept}" if kept else reverse(listing)
    return form_page(
        request,
        SavedViewForm,
        "accounts/saved_views/form.html",
        once=SavedView,
        save=lambda form: services.view_save(listing=listing, query=query, by=request.user, **form.values()),
        said=lambda made: _("“%(name)s” stands among the views of this list.") % {"name": made.name},
        then=address_of,
        back=back,
        title=_("Save as a view"),
        label=_("Save view"),
        asked=Asked(WITH_VIEWS[listing], request, given=services.as_given(kept)),
    )


@needs("saved_view.change", FORM)
def saved_view_edit(request: Request, pk: int) -> HttpResponse:
    """Another name, or for whom."""
    row = row_for(ROWS, request.user, pk, "change")
    return edit_page(
        request,
        SavedViewForm,
        "accounts/saved_views/form.html",
        row=row,
        find=partial(row_for, ROWS, request.user, pk, "change"),
        save=lambda edit: services.view_change(
            view=edit.row, changes=edit.changes, version=edit.version, by=request.user
        ),
        said=_("Saved"),
        then=reverse("saved_view_list"),
        title=row.name,
        label=_("Save"),
        asked=_asked(request, row),
    )


def _asked(request: Request, view: SavedView) -> Asked | None:
    known = WITH_VIEWS.get(view.listing)
    return Asked(known, request, given=services.as_given(view.query)) if known else None


@needs("saved_view.change", POST)
def saved_view_update(request: Request, pk: int) -> HttpResponse:
    """Let the view ask for what its list asks for now."""
    row = row_for(ROWS, request.user, pk, "change")
    version = row_id(request.POST.get("version", "")) or 0
    changes = {"query": request.POST.get("query", "")}
    return act(
        request,
        partial(services.view_change, view=row, changes=changes, version=version, by=request.user),
        said=_("“%(name)s” is saved as the list stands now.") % {"name": row.name},
        refused={StaleVersionError: _("This view was changed in the meantime. Open it again.")},
        then=lambda _made: address_of(row_for(ROWS, request.user, pk)),
        or_to=address_of(row),
    )


@needs("saved_view.view", POST)
def saved_view_pin(request: Request, pk: int) -> HttpResponse:
    """Among the tabs of its list, for this person."""
    return _pinned(request, pk, pinned=True)


@needs("saved_view.view", POST)
def saved_view_unpin(request: Request, pk: int) -> HttpResponse:
    """In the menu of its list only."""
    return _pinned(request, pk, pinned=False)


def _pinned(request: Request, pk: int, *, pinned: bool) -> HttpResponse:
    row = row_for(ROWS, request.user, pk)
    words = _("“%(name)s” stands among the tabs.") if pinned else _("“%(name)s” stands in the menu of the table.")
    return _pressed(
        request,
        partial(services.view_pin, view=row, pinned=pinned, by=request.user),
        said=words % {"name": row.name},
        undo=reverse("saved_view_unpin" if pinned else "saved_view_pin", args=[pk]),
    )


@needs("saved_view.change", POST)
def saved_view_retire(request: Request, pk: int) -> HttpResponse:
    """Take it from everybody's lists."""
    return _retired(request, pk, retired=True)


@needs("saved_view.change", POST)
def saved_view_restore(request: Request, pk: int) -> HttpResponse:
    """Take it back."""
    return _retired(request, pk, retired=False)


def _retired(request: Request, pk: int, *, retired: bool) -> HttpResponse:
    row = row_for(ROWS, request.user, pk, "change")
    words = _("“%(name)s” is removed.") if retired else _("“%(name)s” is back.")
    return _pressed(
        request,
        partial(services.view_retire, view=row, retired=retired, by=request.user),
        said=words % {"name": row.name},
        undo=reverse("saved_view_restore" if retired else "saved_view_retire", args=[pk]),
    )


def _pressed(request: Request, do: Any, **how: Any) -> HttpResponse:
    return act(request, do, then=reverse("saved_view_list"), **how)
