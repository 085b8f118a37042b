"""Writes of people to saved views."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from accounts.saved_views.models import LONGEST_QUERY, PinnedView, SavedView
from core import clock
from core.texts import unseen
from core.versions import save_version
from ui.listing import CHOOSE, SAVED, WITH_VIEWS

FIELDS = ("name", "query", "shared")
# What an address says that is no part of a view: a page of it, what was pressed, and which view it is.
PASSING = frozenset({"cursor", "page", "list", CHOOSE, SAVED})
LONGEST_READ = 10 * LONGEST_QUERY  # of what is sent; it shrinks by what is passing and by how it is written
MOST_VIEWS = 200  # of one person and list: each page of the list reads them


@transaction.atomic
def view_save(*, listing: str, name: str, query: str, by: User, shared: bool = False) -> SavedView:
    """A new one of one's own, among the tabs of its list; ValidationError by field.

    listing: the url name of a list that has views. query: the parameters of its address.
    """
    if listing not in WITH_VIEWS:
        raise ValidationError({"listing": _("Of this list no view can be saved.")})
    values = _checked({"name": name, "query": query, "shared": shared}, listing, by, None)
    _refuse_too_many(by.pk, listing)
    row = SavedView.objects.create(listing=listing, owner=by, created_by=by, updated_by=by, **values)
    PinnedView.objects.create(view=row, user=by)
    audit.record("saved_view.create", by=by, on=row)
    return row


@transaction.atomic
def view_change(*, view: SavedView, changes: Mapping[str, Any], version: int, by: User) -> None:
    """Another name or address, or for whom; written over the version that was read: StaleVersionError over a newer."""
    wanted = {name: value for name, value in changes.items() if name in FIELDS}
    new = {n: value for n, value in _checked(wanted, view.listing, by, view).items() if value != getattr(view, n)}
    if not new:
        return
    save_version(view, new, version=version, by=by)
    audit.record("saved_view.change", by=by, on=view, fields=sorted(new))


@transaction.atomic
def view_retire(*, view: SavedView, retired: bool, by: User) -> None:
    """Remove it from everybody's lists, or take it back; twice does no harm. ValidationError where the name is taken
    by now."""
    rows = SavedView.objects.filter(pk=view.pk, retired_at__isnull=retired)
    if not retired and rows.exists():
        _checked({"name": view.name}, view.listing, by, view)  # another may have got its name meanwhile
        _refuse_too_many(view.owner_id, view.listing)
    if rows.update(retired_at=clock.now() if retired else None, updated_at=clock.now(), updated_by=by):
        audit.record("saved_view.retire" if retired else "saved_view.restore", by=by, on=view)


def view_pin(*, view: SavedView, pinned: bool, by: User) -> None:
    """Among the tabs of its list for this person, or in the menu only; twice does no harm."""
    if pinned:
        PinnedView.objects.get_or_create(view=view, user=by)
    else:
        PinnedView.objects.filter(view=view, user=by).delete()


def address_kept(query: str) -> str:
    """The parameters of an address as a view keeps them, in their order; "" for none. One with a NUL character, which
    no page takes, would close the view for good."""
    given = parse_qsl(query.removeprefix("?"))
    return urlencode([(name, text) for name, text in given if name not in PASSING and "\0" not in name + text])


def as_given(query: str) -> QueryDict:
    """What a view asks for, as the parameters of a request."""
    return QueryDict(query)


def _refuse_too_many(owner: int, listing: str) -> None:
    if SavedView.objects.filter(owner=owner, listing=listing, retired_at=None).count() >= MOST_VIEWS:
        words = _(
            "Of this list there are %(n)s views already, the most there may be of one person. Remove one of them."
        )
        raise ValidationError(words % {"n": MOST_VIEWS})


def _checked(values: dict[str, Any], listing: str, by: User, stored: SavedView | None) -> dict[str, Any]:
    found, errors = dict(values), {}
    owner = stored.owner_id if stored else by.pk
    if "name" in found:
        found["name"] = name = " ".join(str(found["name"]).split())[:60]
        others = SavedView.objects.filter(owner=owner, listing=listing, name__iexact=name, retired_at=None)
        if unseen(name):
            errors["name"] = _("Give it a name.")
        elif others.exclude(pk=stored.pk if stored else None).exists():
            errors["name"] = _("There is a view “%(name)s” of this list already. Choose another name.") % {"name": name}
    if "query" in found:
        sent = str(found["query"])
        found["query"] = address_kept(sent) if len(sent) <= LONGEST_READ else sent
        if len(found["query"]) > LONGEST_QUERY:
            errors["query"] = _("So many filters don't fit into a view. Take some away and save it then.")
    if errors:
        raise ValidationError(errors)
    return found
