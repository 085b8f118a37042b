"""Recycle bins: the deleted rows of an app, the latest on top, each with its way back and perhaps out for good.

A bin is a `Listing` of its own look (templates/ui/bin.html); the app says which rows, what names one, and where the
buttons lead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ui import cells
from ui.listing import Asked, Column, Empty, Listing, Words, list_page
from ui.templatetags import ui


@dataclass(frozen=True)
class BinRow:
    """A deleted row, masked; `removable`: this person may remove it for good."""

    gone: Any
    removable: bool = False

    @property
    def pk(self) -> int:
        return self.gone.pk


def bin_of(
    *,
    permission: str,
    rows: Callable[[Asked], QuerySet[Any]],
    columns: tuple[Column, ...],
    caption: Words,
    restore: str,
    empty: Callable[[Asked], Empty],
    removable: Callable[[Asked, Any], bool] = lambda asked, row: False,
) -> Listing:
    """The listing of a bin. Cells get a `BinRow`; `restore` is the url name that takes a row out again.

    `removable` says which rows this person may remove for good: a button for that opens the page's dialog
    (`bin_page(purge=...)`), which names the row by its `name` and `number`.
    """

    def draw(asked: Asked, page: list[Any]) -> Iterable[BinRow]:
        return [BinRow(row, removable(asked, row)) for row in page]

    def acts(row: BinRow) -> SafeString:
        take_back = format_html(
            '<button class="button small" form="act" formaction="{}" data-icon="undo-2">{}</button>',
            cells.row_url(restore, row.pk),
            _("Restore"),
        )
        return format_html('<div class="row end">{}{}</div>', take_back, _remover(row) if row.removable else "")

    return Listing(
        permission=permission,
        rows=rows,
        draw=draw,
        caption=caption,
        orders={"deleted": ("-deleted_at", "-pk")},
        columns=(
            *columns,
            Column(gettext_lazy("Deleted"), lambda row: ui.since(row.gone.deleted_at)),
            Column(gettext_lazy("by"), lambda row: cells.person(row.gone.deleted_by and row.gone.deleted_by.name)),
            Column(gettext_lazy("Act"), acts, css="full", spoken=True),
        ),
        empty=empty,
    )


def _remover(row: BinRow) -> SafeString:
    """Opens the one dialog of the page for this row (static/js/app.js)."""
    return format_html(
        '<button class="button small quiet" type="button" data-dialog="purge" data-icon="trash-2"'
        ' data-pk="{}" data-name="{}" data-number="{}">{}</button>',
        str(row.pk),
        row.gone.name,
        row.gone.number,
        _("Remove for good"),
    )


def bin_page(
    asked: Asked, *, title: Words, sub: Words, home: str, home_label: Words, purge: str = "", warning: Words = ""
) -> HttpResponse:
    """The page of a bin; `home` is the url name of the list that its rows came from.

    `purge`: the url name that removes a row for good, `warning`: what goes with it.
    """
    return list_page(
        asked,
        title=title,
        template="ui/bin.html",
        sub=sub,
        home=reverse(home),
        home_label=home_label,
        purge=reverse(purge, args=[0]) if purge and any(row.removable for row in asked.drawn) else "",
        warning=warning,
    )
