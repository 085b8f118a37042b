"""The register of paper originals as a list: "where is the contract of X"."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.filters import named_filter
from accounts.models import User
from core.contributions import ExportColumn
from customers.columns import WHOSE, customer_cell
from customers.models import Customer, PaperOriginal
from customers.originals.reading import binned_for
from customers.selectors import customers_found
from ui import cells, formatting
from ui.bins import BinRow, bin_of
from ui.exports import Export, Sheet
from ui.listing import Asked, Column, Empty, Filter, Listing


@dataclass(frozen=True)
class OriginalRow:
    """A paper, with the way to its page for who may say where it went."""

    original: PaperOriginal
    url: str

    @property
    def pk(self) -> int:
        return self.original.pk


def _rows(asked: Asked) -> QuerySet[PaperOriginal]:
    rows = PaperOriginal.objects.for_user(asked.user).select_related("customer", "holder")
    return rows.defer("customer__search_tokens")


def _draw(asked: Asked, page: list[PaperOriginal]) -> Iterable[OriginalRow]:
    ids = [original.pk for original in page]
    changed = PaperOriginal.objects.for_user(asked.user, "change").filter(pk__in=ids)
    mine = set(changed.values_list("pk", flat=True))
    for original in page:
        yield OriginalRow(original, cells.row_url("original_edit", original.pk) if original.pk in mine else "")


def _title(row: OriginalRow) -> SafeString:
    original = row.original
    note = format_html('<span class="block tiny muted" data-user>{}</span>', original.note) if original.note else ""
    if not row.url:
        return format_html("<span data-user>{}</span>{}", original.title, note)
    return format_html('<a class="headline" href="{}" data-user>{}</a>{}', row.url, original.title, note)


def _customer(row: OriginalRow) -> SafeString:
    return customer_cell(row.original.customer)


def _place(row: OriginalRow) -> SafeString:
    original = row.original
    if not original.handed_to:
        return cells.typed(original.place)
    away = format_html("{} <span data-user>{}</span>", _("handed to"), original.handed_to)
    return format_html('<span data-user>{}</span><span class="block tiny tone-warn">{}</span>', original.place, away)


def _holder(row: OriginalRow) -> SafeString:
    holder = row.original.holder
    person = cells.person(holder.name)
    return person if holder.is_active else format_html("{} {}", person, cells.tag(_("switched off"), "warn"))


def _search(asked: Asked, rows: QuerySet[PaperOriginal]) -> QuerySet[PaperOriginal]:
    """By the paper, its place, to whom it went, who has it, or by what finds the customer."""
    customers = customers_found(asked.user, asked.q).order_by().values("pk")
    said = Q(title__icontains=asked.q) | Q(place__icontains=asked.q) | Q(handed_to__icontains=asked.q)
    return rows.filter(said | Q(holder__name__icontains=asked.q) | Q(customer__in=customers))


def _empty(asked: Asked) -> Empty:
    text = _("Signed contracts, certificates and whatever exists only on paper: where it lies, and who has it.")
    if not asked.user.can("original.add"):
        return Empty(_("No paper originals yet"), text)
    return Empty(_("No paper originals yet"), text, reverse("original_new"), _("Enter a paper"), "plus")


EXPORT = Export(
    permission="original.export",
    audit_act="original.export",
    home="original_list",
    page="original_export",
    title=gettext_lazy("Paper originals"),
    counted=lambda n: ngettext("%(n)s paper", "%(n)s papers", n) % {"n": f"{n:,}"},
    load=lambda rows: rows.select_related("customer__owner", "holder"),
    sheets=(
        Sheet(
            gettext_lazy("Paper originals"),
            PaperOriginal,
            (
                *WHOSE,
                ExportColumn(gettext_lazy("paper"), lambda row: row.title),
                ExportColumn(gettext_lazy("where it lies"), lambda row: row.place),
                ExportColumn(gettext_lazy("who has it"), lambda row: row.holder.name),
                ExportColumn(gettext_lazy("since"), lambda row: row.since),
                ExportColumn(gettext_lazy("handed to"), lambda row: row.handed_to),
                ExportColumn(gettext_lazy("note"), lambda row: row.note),
            ),
        ),
    ),
)
ORIGINALS = Listing(
    permission="original.view",
    rows=_rows,
    draw=_draw,
    caption=gettext_lazy("Paper originals, by name"),
    orders={"title": ("title", "id"), "since": ("-since", "-id"), "holder": ("holder__name", "id")},
    search=_search,
    hint=gettext_lazy("Paper, customer, place or person"),
    filters=(
        Filter(
            "away",
            gettext_lazy("Where"),
            read=lambda asked, text: text if text in ("yes", "no") else None,
            where=lambda asked, text: ~Q(handed_to="") if text == "yes" else Q(handed_to=""),
            words=lambda asked, text: _("handed to somebody outside") if text == "yes" else _("with us"),
            choices=lambda asked: (("no", _("with us")), ("yes", _("handed to somebody outside"))),
        ),
        named_filter("holder", gettext_lazy("Who has it"), User.objects, "holder"),
        named_filter("customer", gettext_lazy("Customer"), Customer.objects, "customer"),
    ),
    columns=(
        Column(gettext_lazy("Paper"), _title, sort="title"),
        Column(gettext_lazy("Customer"), _customer, phone=""),
        Column(gettext_lazy("Where it lies"), _place, phone=""),
        Column(gettext_lazy("Who has it"), _holder, sort="holder", phone=""),
        Column(gettext_lazy("Since"), lambda row: formatting.day(row.original.since), css="digits", sort="since"),
    ),
    empty=_empty,
    export=EXPORT,
    css="lines",
)


def _binned(row: BinRow) -> SafeString:
    line = '<span data-user>{}</span><span class="block tiny muted">{}</span>'
    return format_html(line, row.gone.title, cells.typed(row.gone.customer.name))


ORIGINAL_BIN = bin_of(
    permission="original.delete",
    rows=lambda asked: binned_for(asked.user),
    columns=(Column(gettext_lazy("Paper"), _binned),),
    caption=gettext_lazy("Deleted papers"),
    restore="original_restore",
    empty=lambda asked: Empty(
        _("The recycle bin is empty"),
        _("Deleted entries of the register wait here until somebody restores them."),
        reverse("original_list"),
        _("To the paper originals"),
    ),
)
