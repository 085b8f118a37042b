"""`/segmentation/churn-model/ID/customers/`: the customers behind the figures of a forecast."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.decorators import FORM, READ, needs
from accounts.http import Request
from core.company import currency
from core.contributions import ExportColumn
from core.http import row_id
from customers.columns import WHOSE, owner_cell, tiered_customer_cell
from customers.models import Customer, Warn
from customers.search import searched
from intake.export import export_page
from segmentation.catalogue import catalogue
from segmentation.models import Tier
from segmentation.proof.models import Forecast, ForecastRow
from segmentation.proof.narrowing import (
    BOUGHT,
    FALLEN,
    LEFT,
    WARNED,
    WATCHED,
    Narrow,
    where_group,
    where_level,
    where_outcome,
)
from segmentation.proof.selectors import VIEW, figures_of, rows_of
from segmentation.proof.words import counted_no_more
from ui import formatting
from ui.exports import Export, Sheet
from ui.listing import Asked, Column, Empty, Filter, Listing, choice_filter, list_page

LEVELS = {
    WARNED: gettext_lazy("with a warning"),
    Warn.RED.value: Warn.RED.label,
    Warn.YELLOW.value: Warn.YELLOW.label,
}
GROUPS = {
    WATCHED: gettext_lazy("could be warned"),
    FALLEN: gettext_lazy("could be warned, and the chance had fallen enough"),
}
OUTCOMES = {LEFT: gettext_lazy("bought nothing"), BOUGHT: gettext_lazy("bought")}
WHOLE = 100  # percent
MONEY = "order.view"  # who sees no orders sees no value at risk


@dataclass(frozen=True)
class Row:
    """A customer with what was predicted then, and what became of it."""

    pk: int
    customer: Customer
    tier: Tier | None
    row: ForecastRow


def _percent(label: Any, key: str, compare: str, words: Any) -> Filter:
    def read(asked: Asked, text: str) -> int | None:
        wanted = row_id(text)
        return wanted if wanted is not None and wanted <= WHOLE else None

    return Filter(
        key,
        label,
        read=read,
        where=lambda asked, percent: Q(**{compare: percent}),
        words=lambda asked, percent: words % {"n": percent},
    )


FILTERS = (
    choice_filter("outcome", gettext_lazy("What became of it"), OUTCOMES.items, where_outcome, offered=True),
    choice_filter("level", gettext_lazy("Warning then"), LEVELS.items, where_level, offered=True),
    choice_filter("group", gettext_lazy("Counted"), GROUPS.items, where_group),
    _percent(gettext_lazy("Chance then"), "low", "percent__gte", gettext_lazy("from %(n)s%%")),
    _percent(gettext_lazy("Chance then"), "below", "percent__lt", gettext_lazy("below %(n)s%%")),
)


def listing_of(forecast: Forecast, *, money: bool) -> Listing:
    """The list of one forecast. `money`: with the value at risk."""

    def rows(asked: Asked) -> QuerySet[ForecastRow]:
        found = rows_of(asked.user, forecast)
        if forecast.judged_at:
            found = found.exclude(bought=None)
        return found.select_related("customer__owner", "customer__facts").defer("customer__search_tokens")

    def draw(asked: Asked, page: list[ForecastRow]) -> Iterable[Row]:
        tiers = catalogue()
        for row in page:
            yield Row(row.pk, row.customer, tiers.get((row.tier_scheme, row.tier)), row)

    def narrowed(asked: Asked, found: QuerySet[Any]) -> QuerySet[Any]:
        customers = searched(Customer.objects.for_user(asked.user), asked.user, asked.q)
        return found.filter(customer__in=customers.order_by().values("pk"))

    return Listing(
        permission=VIEW,
        rows=rows,
        draw=draw,
        caption=gettext_lazy("Customers of the forecast"),
        orders=({"value": ("value", "pk")} if money else {}) | {"chance": ("percent", "pk")},
        first_sort="-value" if money else "chance",
        filters=FILTERS,
        search=narrowed,
        hint=gettext_lazy("Name, initials, phone tail, contact"),
        columns=(
            Column(gettext_lazy("Customer"), lambda row: tiered_customer_cell(row.customer, row.tier)),
            Column(gettext_lazy("Warning then"), lambda row: row.row.get_level_display(), phone=""),
            Column(gettext_lazy("Chance then"), _chance, css="number", sort="chance"),
            Column(gettext_lazy("What became of it"), _became),
            Column(
                gettext_lazy("Owner"),
                owner_cell,
                phone="",
            ),
            Column(
                gettext_lazy("Value at risk"),
                lambda row: formatting.money_round(row.row.value, currency()),
                css="number lead",
                sort="value",
                phone="",
                shown=lambda asked: money,
            ),
        ),
        named=lambda row: row.customer.name,
        empty=lambda asked: Empty(_("Nobody here"), _("The figure counts nobody who is still yours.")),
        css="lines",
        export=_export(forecast, draw, money=money),
    )


def _export(forecast: Forecast, draw: Callable[..., Iterable[Row]], *, money: bool) -> Export:
    value = ExportColumn(gettext_lazy("value at risk"), lambda row: row.row.value, money=True)
    return Export(
        permission="customer.export",
        audit_act="forecast.export",
        home="forecast_list",
        page="forecast_export",
        args=(forecast.pk,),
        title=gettext_lazy("Customers of the forecast"),
        counted=lambda n: ngettext("%(n)s customer", "%(n)s customers", n) % {"n": f"{n:,}"},
        load=lambda rows: rows.select_related("customer__owner", "customer__team", "customer__facts"),
        sheets=(
            Sheet(
                gettext_lazy("Customers of the forecast"),
                ForecastRow,
                (
                    *WHOSE,
                    ExportColumn(gettext_lazy("predicted on"), lambda row: forecast.as_of),
                    ExportColumn(gettext_lazy("tier then"), lambda row: getattr(row.tier, "name", "")),
                    ExportColumn(gettext_lazy("warning then"), lambda row: row.row.get_level_display()),
                    ExportColumn(gettext_lazy("chance then (%)"), lambda row: row.row.percent),
                    ExportColumn(gettext_lazy("what became of it"), _became),
                    *((value,) if money else ()),
                ),
                draw,
            ),
        ),
    )


def _chance(row: Row) -> str:
    return formatting.DASH if row.row.percent is None else f"{row.row.percent}%"


def _became(row: Row) -> str:
    if row.row.bought is None:
        return _("not known yet")
    return str(OUTCOMES[BOUGHT if row.row.bought else LEFT])


@needs(VIEW, FORM)
def forecast_export(request: Request, pk: int) -> HttpResponse:
    """The same as a file."""
    forecast = get_object_or_404(Forecast, pk=pk)
    made: HttpResponse = export_page(listing_of(forecast, money=request.user.can(MONEY)))(request)
    return made


@needs(VIEW, READ)
def forecast_list(request: Request, pk: int) -> HttpResponse:
    """Whom a figure of the page counts, as far as they are this person's now."""
    forecast = get_object_or_404(Forecast, pk=pk)
    asked = Asked(listing_of(forecast, money=request.user.can(MONEY)), request)
    figure = Narrow.read(asked.values).count(figures_of(request.user, [forecast])[forecast.pk])
    missing = 0 if asked.q else figure - asked.rows.count()
    return list_page(
        asked,
        title=_("Who was judged") if forecast.judged_at else _("Who will be judged"),
        template="segmentation/proof/list.html",
        forecast=forecast,
        missing=counted_no_more(missing) if forecast.rows_kept else "",
    )
