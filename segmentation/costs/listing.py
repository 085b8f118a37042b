"""`/segmentation/costs/customers/`: what each customer brought and cost; who is served too much or too little."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.filters import named_filter, team_filter
from accounts.models import User
from accounts.scope import reach_of
from core.company import currency
from core.contributions import ExportColumn
from core.http import row_id
from customers import selectors as customers
from customers.columns import WHOSE, owner_cell, tiered_customer_cell
from customers.models import UNRATED, Customer, Kind
from customers.search import searched
from segmentation import catalogue
from segmentation.costs.figures import COSTED, OTHERWISE, came_where
from segmentation.costs.models import Economics, Verdict
from segmentation.costs.selectors import cost_settings, last_count
from segmentation.models import Tier
from segmentation.tiers import scheme_for
from ui import cells, formatting
from ui.exports import Export, Sheet
from ui.listing import Asked, Column, Empty, Filter, Listing, Tab, Words


@dataclass(frozen=True)
class EconomicsRow:
    """A customer with what the last count said of it."""

    economics: Economics
    customer: Customer
    tier: Tier | None

    @property
    def pk(self) -> int:
        return self.economics.pk


def _rows(asked: Asked) -> QuerySet[Economics]:
    rows = Economics.objects.for_user(asked.user).filter(customer__deleted_at=None)
    rows = rows.filter(reach_of(asked.user).whose("customer__owner", "cost.view"))
    return with_what_a_row_shows(rows)


def with_what_a_row_shows(rows: QuerySet[Economics]) -> QuerySet[Economics]:
    """With customer, facts and owner."""
    return rows.select_related("customer__facts", "customer__owner").defer("customer__search_tokens")


def _draw(asked: Asked, page: list[Economics]) -> Iterable[EconomicsRow]:
    return (EconomicsRow(row, row.customer, catalogue.tier_of(row.customer)) for row in page)


def _money(amount: int | None) -> str:
    return formatting.money_round(amount, currency())


def _contribution(row: EconomicsRow) -> SafeString | str:
    found = row.economics
    words = _("no data yet") if found.contribution is None else _money(found.contribution)
    return format_html('<a class="linked" href="{}">{}</a>', cells.row_url("customer_costs", row.pk), words)


def _counts(asked: Asked, rows: QuerySet[Economics]) -> Mapping[str, int]:
    return rows.order_by().aggregate(
        much=Count("pk", filter=Q(verdict=Verdict.MUCH)), little=Count("pk", filter=Q(verdict=Verdict.LITTLE))
    )


def _search(asked: Asked, rows: QuerySet[Economics]) -> QuerySet[Economics]:
    found = searched(Customer.objects.for_user(asked.user), asked.user, asked.q)
    return rows.filter(customer__in=found.order_by().values("pk"))


def _empty(asked: Asked) -> Empty:
    if cost_settings().hourly_cost is None:
        text = _("Nobody has entered what an hour of work costs, so upkeep is no data yet and nobody is judged.")
        may = asked.user.can("tier_rule.change")
        return Empty(_("No data yet"), text, reverse("cost_settings") if may else "", _("Set it") if may else "")
    return Empty(_("Nobody here"), _("Upkeep and margin are compared each night."))


def _of_tier(asked: Asked, code: str) -> Q:
    return Q(customer__facts__tier=code)


def _of_scheme(asked: Asked, scheme: str) -> Q:
    return Q(customer__kind__in=[kind for kind in Kind.values if scheme_for(kind) == scheme])


def _channel_words(asked: Asked, pk: int) -> Words:
    found = customers.known_channels().filter(pk=pk).first()
    return found.name if found else formatting.DASH


CAME = {
    COSTED: gettext_lazy("came by a channel whose cost was entered"),
    OTHERWISE: gettext_lazy("came otherwise in these months"),
}
FILTERS = (
    Filter(
        "tier",
        gettext_lazy("Tier"),
        read=lambda asked, text: text if text == UNRATED or text in dict(catalogue.every_choice()) else None,
        where=_of_tier,
        words=lambda asked, code: dict(catalogue.every_choice()).get(code, _("unrated")),
        choices=lambda asked: catalogue.choices(),
    ),
    Filter(
        "scheme",
        gettext_lazy("Scheme"),
        read=lambda asked, text: text if text in Tier.Scheme.values else None,
        where=_of_scheme,
        words=lambda asked, code: catalogue.scheme_name(code),
    ),
    Filter(
        "came",
        gettext_lazy("Acquisition"),
        read=lambda asked, text: text if text in CAME else None,
        where=lambda asked, how: came_where(asked.user, count, how) if (count := last_count()) else Q(pk__in=[]),
        words=lambda asked, how: CAME[how],
    ),
    team_filter("customer__team__path"),
    named_filter("owner", gettext_lazy("Owner"), User.objects, "customer__owner"),
    Filter(
        "channel",
        gettext_lazy("Channel"),
        read=lambda asked, text: row_id(text) or None,
        where=lambda asked, pk: Q(customer__channel=pk),
        words=_channel_words,
    ),
)
EXPORT = Export(
    permission="cost.export",
    audit_act="economics.export",
    home="economics_list",
    page="economics_export",
    title=gettext_lazy("What customers cost"),
    counted=lambda n: ngettext("%(n)s customer", "%(n)s customers", n) % {"n": f"{n:,}"},
    load=with_what_a_row_shows,
    sheets=(
        Sheet(
            gettext_lazy("What customers cost"),
            Economics,
            (
                *WHOSE,
                ExportColumn(gettext_lazy("tier"), lambda row: getattr(row.tier, "name", "")),
                ExportColumn(gettext_lazy("counted on"), lambda row: row.economics.on),
                ExportColumn(gettext_lazy("net sales"), lambda row: row.economics.revenue, money=True),
                ExportColumn(gettext_lazy("of these with known cost"), lambda row: row.economics.costed, money=True),
                ExportColumn(gettext_lazy("margin"), lambda row: row.economics.margin, money=True),
                ExportColumn(gettext_lazy("discounts"), lambda row: row.economics.discount, money=True),
                ExportColumn(gettext_lazy("minutes"), lambda row: row.economics.minutes),
                ExportColumn(gettext_lazy("gifts and others"), lambda row: row.economics.entered, money=True),
                ExportColumn(gettext_lazy("upkeep"), lambda row: row.economics.upkeep, money=True),
                ExportColumn(gettext_lazy("contribution"), lambda row: row.economics.contribution, money=True),
                ExportColumn(gettext_lazy("acquisition cost"), lambda row: row.economics.acquisition, money=True),
                ExportColumn(gettext_lazy("served"), lambda row: row.economics.get_verdict_display()),
            ),
            lambda asked, page: _draw(asked, list(page)),
        ),
    ),
)
ECONOMICS_LIST = Listing(
    permission="cost.view",
    rows=_rows,
    draw=_draw,
    caption=gettext_lazy("What customers cost"),
    orders={
        "contribution": ("contribution", "customer"),
        "upkeep": ("upkeep", "customer"),
        "margin": ("margin", "customer"),
    },
    tabs=(
        Tab("all", gettext_lazy("All"), order="-contribution"),
        Tab("much", gettext_lazy("Served too much"), lambda asked: Q(verdict=Verdict.MUCH), order="-upkeep"),
        Tab("little", gettext_lazy("Served too little"), lambda asked: Q(verdict=Verdict.LITTLE), order="-margin"),
    ),
    tab_parameter="view",
    tab_counts=_counts,
    filters=FILTERS,
    search=_search,
    hint=gettext_lazy("Name, initials, phone tail, contact"),
    columns=(
        Column(gettext_lazy("Customer"), lambda row: tiered_customer_cell(row.customer, row.tier)),
        Column(gettext_lazy("Contribution"), _contribution, css="number", sort="contribution"),
        Column(gettext_lazy("Margin"), lambda row: _money(row.economics.margin), css="number", sort="margin"),
        Column(gettext_lazy("Upkeep"), lambda row: _money(row.economics.upkeep), css="number", sort="upkeep"),
        Column(gettext_lazy("Minutes"), lambda row: formatting.number(row.economics.minutes), css="number"),
        Column(
            gettext_lazy("Owner"),
            owner_cell,
        ),
    ),
    named=lambda row: row.customer.name,
    empty=_empty,
    export=EXPORT,
    css="lines",
)
