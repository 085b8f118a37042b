"""Reads of saved views."""

from __future__ import annotations

from urllib.parse import parse_qsl

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import User
from accounts.saved_views.models import PinnedView, SavedView
from accounts.saved_views.services import address_kept
from ui.listing import SAVED, Asked, SavedTab


def views_of(user: User) -> QuerySet[SavedView]:
    """One's own views and the shared ones, with their owners and whether they are `pinned` for this person."""
    pins = PinnedView.objects.filter(user=user, view=OuterRef("pk"))
    return SavedView.objects.for_user(user).select_related("owner").annotate(pinned=Exists(pins))


def tabs_of(asked: Asked) -> list[SavedTab]:
    """The views of this list, by name, for its page; one query."""
    if not asked.user.can("saved_view.view"):
        return []
    given, here = asked.given.get(SAVED, ""), None
    tabs = []
    for row in views_of(asked.user).filter(listing=asked.listing.home, retired_at=None).order_by("name", "pk"):
        current = given == str(row.pk)
        if current and here is None:
            here = _said(address_kept(asked.query()))
        tabs.append(
            SavedTab(
                pk=row.pk,
                name=row.name,
                url=f"?{row.query}&{SAVED}={row.pk}" if row.query else f"?{SAVED}={row.pk}",
                pinned=bool(row.pinned),  # type: ignore[attr-defined]
                current=current,
                changed=current and here != _said(row.query),
                own=row.owner_id == asked.user.pk,
                version=row.version,
            )
        )
    return tabs


def _said(query: str) -> list[tuple[str, str]]:
    """What an address says, whatever order filters were set in; the order of columns counts."""
    return sorted(parse_qsl(query), key=lambda pair: pair[0])
