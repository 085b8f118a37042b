"""The list of saved views: one's own and the shared ones, of all lists."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.saved_views.models import SavedView
from accounts.saved_views.selectors import views_of
from ui import cells
from ui.listing import SAVED, WITH_VIEWS, Asked, Column, Empty, Listing, Tab


@dataclass(frozen=True)
class Row:
    """One view. `mine`: whether this person may rename and remove it."""

    view: SavedView
    pinned: bool
    mine: bool
    url: str

    @property
    def pk(self) -> int:
        return self.view.pk


def address_of(view: SavedView) -> str:
    """The list as the view asks for it; that of views where an update has taken the list away."""
    if view.listing not in WITH_VIEWS:
        return reverse("saved_view_list")
    asked = f"{view.query}&" if view.query else ""
    return f"{reverse(view.listing)}?{asked}{SAVED}={view.pk}"


def _draw(asked: Asked, page: list[SavedView]) -> Iterable[Row]:
    changeable = SavedView.objects.for_user(asked.user, "change").filter(pk__in=[row.pk for row in page])
    mine = set(changeable.values_list("pk", flat=True)) if asked.user.can("saved_view.change") else set()
    for row in page:
        yield Row(row, bool(row.pinned), row.pk in mine, address_of(row))  # type: ignore[attr-defined]


def _name(row: Row) -> SafeString:
    if row.view.retired_at:
        return format_html("<span data-user>{}</span>", row.view.name)
    return format_html('<a href="{}" data-user>{}</a>', row.url, row.view.name)


def _list(row: Row) -> str:
    known = WITH_VIEWS.get(row.view.listing)
    return str(known.called) if known else ""


def _owner(row: Row) -> SafeString | str:
    shared = cells.tag(str(_("shared")), "line") if row.view.shared else SafeString()
    return format_html("<span data-user>{}</span> {}", row.view.owner.name, shared)


def _acts(row: Row) -> SafeString | str:
    if row.view.retired_at:
        return _button("saved_view_restore", row.pk, _("Take back")) if row.mine else ""
    pin = _button("saved_view_unpin", row.pk, _("Unpin")) if row.pinned else _button("saved_view_pin", row.pk, _("Pin"))
    if not row.mine:
        return pin
    edit = format_html(
        '<a class="button quiet small" href="{}">{}</a>',
        cells.row_url("saved_view_edit", row.pk),
        pgettext("verb", "Edit"),
    )
    return format_html("{} {} {}", pin, edit, _button("saved_view_retire", row.pk, pgettext("verb", "Remove")))


def _button(name: str, pk: int, label: str) -> SafeString:
    return format_html(
        '<button class="button quiet small" form="act" formaction="{}">{}</button>', cells.row_url(name, pk), label
    )


def _empty(asked: Asked) -> Empty:
    if asked.tab.key == "removed":
        return Empty(_("No view is removed"), _("Removed views wait here and can be taken back."))
    text = _("Set filters, order and columns of a list and choose “Save as a view” under “Table”.")
    return Empty(_("No saved views yet"), text, reverse("customer_list"), _("Customers"))


SAVED_VIEWS = Listing(
    permission="saved_view.view",
    rows=lambda asked: views_of(asked.user),
    draw=_draw,
    caption=gettext_lazy("Saved views"),
    orders={"name": ("name", "pk"), "changed": ("updated_at", "pk")},
    tabs=(
        Tab("all", gettext_lazy("All"), lambda asked: Q(retired_at=None)),
        Tab("mine", gettext_lazy("Mine"), lambda asked: Q(retired_at=None, owner=asked.user.pk)),
        Tab("removed", gettext_lazy("Removed"), lambda asked: Q(retired_at__isnull=False, owner=asked.user.pk)),
    ),
    columns=(
        Column(gettext_lazy("View"), _name, sort="name"),
        Column(gettext_lazy("List"), _list),
        Column(gettext_lazy("By"), _owner),
        Column(gettext_lazy("Actions"), _acts, css="number acts", spoken=True),
    ),
    empty=_empty,
)
