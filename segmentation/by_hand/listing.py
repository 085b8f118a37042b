"""All tiers that were set by hand: those that stand, those that end soon, and those that are over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from accounts.filters import named_filter, team_filter
from accounts.models import User
from core.contributions import ExportColumn
from customers.columns import WHOSE, customer_cell
from customers.models import Customer
from customers.search import searched
from segmentation import catalogue
from segmentation.by_hand.selectors import ends_soon, in_force, over, override_rows, with_what_a_row_shows
from segmentation.models import Tier, TierOverride
from ui import cells, formatting
from ui.exports import Export, Sheet
from ui.listing import Asked, Cell, Column, Empty, Filter, Listing, Tab


@dataclass(frozen=True)
class Row:
    """One tier set by hand; `rated`: what the scores give now."""

    override: TierOverride
    customer: Customer
    tier: Tier | None
    rated: Tier | None

    @property
    def pk(self) -> int:
        return self.override.pk

    @property
    def ended(self) -> str:
        """Who ended it, or that another one or the last day did."""
        if self.override.ended_at is None:
            return ""
        if self.override.ended_by:
            return _("ended by %(name)s") % {"name": self.override.ended_by.name}
        return _("replaced")


def _draw(asked: Asked, page: list[TierOverride]) -> Iterable[Row]:
    named = catalogue.catalogue()
    for row in page:
        tier, rated = named.get((row.tier_scheme, row.tier)), named.get((row.tier_scheme, row.rated))
        yield Row(row, row.customer, tier, rated)


def _set_by(row: Row) -> Cell:
    return cells.person_cell(row.override.by.name if row.override.by else None)


def _until(row: Row) -> str:
    day = formatting.day_short(row.override.expires_on)
    return f"{day} · {row.ended}" if row.ended else day


def _counts(asked: Asked, rows: QuerySet[TierOverride]) -> Mapping[str, int]:
    tabs = {"now": in_force(asked.today), "soon": ends_soon(asked.today), "over": over(asked.today)}
    return rows.order_by().aggregate(**{key: Count("pk", filter=where) for key, where in tabs.items()})


def _search(asked: Asked, rows: QuerySet[TierOverride]) -> QuerySet[TierOverride]:
    customers = searched(Customer.objects.for_user(asked.user), asked.user, asked.q)
    return rows.filter(customer__in=customers.order_by().values("pk"))


def _empty(asked: Asked) -> Empty:
    if asked.tab.key == "over":
        return Empty(_("None here"), _("No tier that was set by hand has ended yet."), icon="hand")
    text = _("On a customer's page, “Tier by hand” sets one with its reason and its last day.")
    return Empty(_("No tier is set by hand"), text, reverse("customer_list"), _("Customers"), icon="hand")


FILTERS = (
    team_filter("customer__team__path"),
    named_filter("owner", gettext_lazy("Owner"), User.objects, "customer__owner"),
    named_filter("by", gettext_lazy("Set by"), User.objects, "by"),
    Filter(
        "tier",
        gettext_lazy("Tier"),
        read=lambda asked, text: text if text in dict(catalogue.every_choice()) else None,
        where=lambda asked, code: Q(tier=code),
        words=lambda asked, code: dict(catalogue.every_choice()).get(code, code),
        choices=lambda asked: catalogue.choices(),
    ),
)
EXPORT = Export(
    permission="tier_override.export",
    audit_act="tier_override.export",
    home="tiers_by_hand",
    page="tiers_by_hand_export",
    title=gettext_lazy("Tiers set by hand"),
    counted=lambda n: ngettext("%(n)s tier set by hand", "%(n)s tiers set by hand", n) % {"n": f"{n:,}"},
    load=with_what_a_row_shows,
    sheets=(
        Sheet(
            gettext_lazy("Tiers set by hand"),
            TierOverride,
            (
                *WHOSE,
                ExportColumn(gettext_lazy("tier"), lambda row: getattr(row.tier, "name", "")),
                ExportColumn(gettext_lazy("rated"), lambda row: getattr(row.rated, "name", "")),
                ExportColumn(gettext_lazy("reason"), lambda row: row.override.reason),
                ExportColumn(gettext_lazy("set by"), lambda row: getattr(row.override.by, "name", "")),
                ExportColumn(gettext_lazy("set on"), lambda row: row.override.created_at),
                ExportColumn(gettext_lazy("until"), lambda row: row.override.expires_on),
                ExportColumn(pgettext_lazy("of a tier set by hand", "ended at"), lambda row: row.override.ended_at),
                ExportColumn(
                    pgettext_lazy("of a tier set by hand", "ended by"),
                    lambda row: getattr(row.override.ended_by, "name", ""),
                ),
            ),
            lambda asked, page: _draw(asked, list(page)),
        ),
    ),
)
OVERRIDES = Listing(
    permission="tier_override.view",
    rows=lambda asked: override_rows().for_user(asked.user),
    draw=_draw,
    caption=gettext_lazy("Tiers set by hand"),
    orders={"until": ("expires_on", "pk"), "set": ("created_at", "pk")},
    tabs=(
        Tab("now", gettext_lazy("In force"), lambda asked: in_force(asked.today), order="until"),
        Tab("soon", gettext_lazy("End within 30 days"), lambda asked: ends_soon(asked.today), order="until"),
        Tab("over", gettext_lazy("Over"), lambda asked: over(asked.today), order="-until"),
    ),
    tab_parameter="view",
    tab_counts=_counts,
    filters=FILTERS,
    search=_search,
    hint=gettext_lazy("Name, initials, phone tail, contact"),
    columns=(
        Column(gettext_lazy("Customer"), lambda row: customer_cell(row.customer)),
        Column(gettext_lazy("Tier"), lambda row: cells.tier_cell(row.tier), css="lead", phone=""),
        Column(gettext_lazy("Rated"), lambda row: cells.tier_cell(row.rated)),
        Column(gettext_lazy("Reason"), lambda row: row.override.reason, css="full", phone="", typed=True),
        Column(gettext_lazy("Set by"), _set_by),
        Column(gettext_lazy("Set on"), lambda row: formatting.day_short(row.override.created_at), sort="set"),
        Column(gettext_lazy("Until"), _until, sort="until"),
    ),
    named=lambda row: row.customer.name,
    empty=_empty,
    export=EXPORT,
)
