"""`/segmentation/costs/entries/`: what was paid for customers and channels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.filters import named_filter, team_filter
from accounts.models import User
from core.company import currency
from core.contributions import ExportColumn
from core.http import row_id
from customers.columns import WHOSE, customer_cell
from customers.models import Customer
from customers.search import searched
from customers.selectors import known_channels
from segmentation.costs import selectors
from segmentation.costs.models import CostEntry, CostKind
from ui import cells, formatting
from ui.exports import Export, Sheet
from ui.listing import Asked, Cell, Column, Empty, Filter, Listing, Tab, Words, choice_filter

KEPT = Q(removed_at=None)


@dataclass(frozen=True)
class EntryRow:
    """An entry; without a customer it is of a channel."""

    entry: CostEntry
    customer: Customer | None

    @property
    def pk(self) -> int:
        return self.entry.pk

    @property
    def name(self) -> str:
        """Of whom or of what."""
        named = self.customer or self.entry.channel
        return str(named.name) if named else ""


def _draw(asked: Asked, page: list[CostEntry]) -> Iterable[EntryRow]:
    return (EntryRow(entry, entry.customer) for entry in page)


def _whose(row: EntryRow) -> Cell | SafeString | str:
    return customer_cell(row.customer) if row.customer else _("Channel: %(name)s") % {"name": row.name}


def _kind(row: EntryRow) -> SafeString:
    url = cells.row_url("cost_entry", row.pk)
    return format_html('<a class="linked" href="{}">{}</a>', url, capfirst(row.entry.get_kind_display()))


def _counts(asked: Asked, rows: QuerySet[CostEntry]) -> Mapping[str, int]:
    return rows.order_by().aggregate(
        all=Count("pk", filter=KEPT),
        customers=Count("pk", filter=KEPT & Q(channel=None)),
        channels=Count("pk", filter=KEPT & Q(customer=None)),
        removed=Count("pk", filter=~KEPT),
    )


def _search(asked: Asked, rows: QuerySet[CostEntry]) -> QuerySet[CostEntry]:
    found = searched(Customer.objects.for_user(asked.user), asked.user, asked.q)
    return rows.filter(customer__in=found.order_by().values("pk"))


def _empty(asked: Asked) -> Empty:
    if asked.tab.key == "removed":
        return Empty(_("Nothing was removed"), _("Entries that were removed stand here and can be put back."))
    text = _("Gifts, travel, services and what it cost to win a customer are noted here, for a customer or a channel.")
    if not asked.user.can("cost.change"):
        return Empty(_("No costs are noted"), text, icon="receipt")
    return Empty(_("No costs are noted"), text, reverse("cost_new"), _("Note a cost"), "receipt")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _day_filter(key: str, label: Words, lookup: str) -> Filter:
    return Filter(
        key,
        label,
        read=lambda asked, text: _day(text),
        where=lambda asked, day: Q(**{lookup: day}),
        words=lambda asked, day: formatting.day(day),
    )


EXPORT = Export(
    permission="cost.export",
    audit_act="cost.export",
    home="cost_list",
    page="cost_export",
    title=gettext_lazy("Cost entries"),
    counted=lambda n: ngettext("%(n)s cost entry", "%(n)s cost entries", n) % {"n": f"{n:,}"},
    load=lambda rows: rows.select_related("customer__facts", "customer__owner", "channel", "created_by"),
    sheets=(
        Sheet(
            gettext_lazy("Cost entries"),
            CostEntry,
            (
                *WHOSE,
                ExportColumn(gettext_lazy("channel"), lambda row: getattr(row.entry.channel, "name", "")),
                ExportColumn(gettext_lazy("kind of cost"), lambda row: row.entry.get_kind_display()),
                ExportColumn(gettext_lazy("amount"), lambda row: row.entry.amount, money=True),
                ExportColumn(gettext_lazy("spent on"), lambda row: row.entry.spent_on),
                ExportColumn(gettext_lazy("note"), lambda row: row.entry.note),
                ExportColumn(gettext_lazy("outside number"), lambda row: row.entry.reference),
                ExportColumn(gettext_lazy("noted by"), lambda row: getattr(row.entry.created_by, "name", "")),
            ),
            lambda asked, page: _draw(asked, list(page)),
        ),
    ),
)
COSTS = Listing(
    permission="cost.view",
    rows=lambda asked: selectors.every_entry().for_user(asked.user),
    draw=_draw,
    caption=gettext_lazy("Cost entries"),
    orders={"day": ("-spent_on", "-pk"), "amount": ("-amount", "-pk")},
    tabs=(
        Tab("all", gettext_lazy("All"), lambda asked: KEPT),
        Tab("customers", gettext_lazy("Of customers"), lambda asked: KEPT & Q(channel=None)),
        Tab("channels", gettext_lazy("Of channels"), lambda asked: KEPT & Q(customer=None)),
        Tab("removed", gettext_lazy("Removed"), lambda asked: ~KEPT),
    ),
    tab_counts=_counts,
    filters=(
        named_filter("customer", gettext_lazy("Customer"), Customer.objects, "customer"),
        Filter(
            "channel",
            gettext_lazy("Channel"),
            read=lambda asked, text: row_id(text) or None,
            where=lambda asked, pk: Q(channel=pk),
            words=lambda asked, pk: {row.pk: row.name for row in known_channels()}.get(pk, formatting.DASH),
        ),
        team_filter("customer__team__path"),
        named_filter("owner", gettext_lazy("Owner"), User.objects, "customer__owner"),
        choice_filter("kind", gettext_lazy("Kind of cost"), lambda: CostKind.choices, offered=True),
        _day_filter("from", gettext_lazy("Spent from"), "spent_on__gte"),
        _day_filter("to", gettext_lazy("Spent until"), "spent_on__lte"),
    ),
    search=_search,
    hint=gettext_lazy("Name, initials, phone tail, contact"),
    columns=(
        Column(gettext_lazy("Customer or channel"), _whose, css="lead"),
        Column(gettext_lazy("Kind of cost"), _kind),
        Column(gettext_lazy("Note"), lambda row: row.entry.note, css="full", typed=True),
        Column(gettext_lazy("Spent on"), lambda row: formatting.day_short(row.entry.spent_on), sort="day"),
        Column(
            gettext_lazy("Amount"),
            lambda row: formatting.money(row.entry.amount, currency()),
            css="number",
            sort="amount",
        ),
        Column(
            gettext_lazy("Noted by"),
            lambda row: cells.person_cell(row.entry.created_by.name if row.entry.created_by else None),
        ),
        Column(
            gettext_lazy("Removed on"),
            lambda row: formatting.day_short(row.entry.removed_at),
            shown=lambda asked: asked.tab.key == "removed",
        ),
    ),
    named=lambda row: row.name,
    empty=_empty,
    export=EXPORT,
)
