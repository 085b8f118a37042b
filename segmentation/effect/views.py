"""`/segmentation/effect/`: what became of the customers of each tier, month by month, and of new and existing ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.decorators import READ, needs
from accounts.http import Request
from core.company import currency
from customers.models import UNRATED
from intake.tablefiles import file_links, tables_file
from segmentation.cases.selectors import FEW
from segmentation.effect import figures
from segmentation.effect.figures import NO_DATA, Effects, Figure, Sums, Value
from segmentation.effect.listing import EFFECT_CUSTOMERS, gone, month_of, together
from segmentation.effect.models import EffectMonth, Standing
from segmentation.models import Tier
from segmentation.pages import figures as runs
from segmentation.pages.spans import Asked as AskedSpan
from segmentation.pages.spans import Kind, Span
from segmentation.pages.tier_dashboard import MOST_RUNS, choice_of, filters_of
from ui import formatting
from ui.listing import Asked, list_page

FIRST_SHOWN = "lost"


@dataclass(frozen=True)
class Cell:
    """A figure with the list of those it counts; `url` is empty where there is nobody or nothing to open."""

    label: Any
    value: Value
    url: str


@dataclass(frozen=True)
class Row:
    """A tier, or None for who had none; cells as the head of the table names them."""

    tier: Tier | None
    cells: Sequence[Cell]


@needs("dashboard.view", READ)
def tier_effect(request: Request) -> HttpResponseBase:
    """One month by tier, one figure over all months, and new against existing customers."""
    user, given = request.user, request.GET
    counted = figures.months()
    month = figures.chosen(counted, given.get("month", ""))
    asked = AskedSpan(Span(Kind.MONTH, month.first, month.run.as_of), month.run) if month else None
    choice = choice_of(request, asked)
    title = _("Does tiering work?")
    context: dict[str, Any] = {"title": title, "few": FEW, "no_data": NO_DATA}
    if month and choice:
        page = Effects(user, choice, counted)
        if file := tables_file(request, f"effect-{month.run.as_of}", [page.table, page.standing_table]):
            return file
        opens = user.can("score.view")
        wanted = given.get("figure", "")
        chosen = next((one for one in page.figures if one.code == wanted), None) or next(
            one for one in page.figures if one.code == FIRST_SHOWN
        )
        context |= {
            "month": month,
            "months": list(reversed(counted)),
            "figures": page.figures,
            "rows": [_row(page, month, page.figures, *row, opens=opens) for row in page.rows(month)],
            "total": _row(page, month, page.figures, None, page.total(month), opens=opens, whole=True),
            "chosen": chosen,
            "tabs": [(one.label, _here(request, figure=one.code), one is chosen) for one in page.figures],
            "course": [_course(page, chosen, code, opens=opens) for code in [*page.tiers, UNRATED]],
            "anybody": page.total(month).customers > 0,
            "standing": [_standing(page, month, one, opens=opens) for one in (Standing.NEW, Standing.EXISTING)],
            "files": file_links(request, [page.table, page.standing_table]),
            "currency": currency(),
        }
    every = list(runs.published_runs().defer("counts")[:MOST_RUNS])
    offered = filters_of(request, choice, every)
    return render(request, "segmentation/effect/page.html", offered | context)


def _here(request: Request, **changes: str) -> str:
    asked = {name: value for name, value in request.GET.items() if name != "file"}
    return f"?{urlencode(asked | changes)}#course"


def _row(
    page: Effects,
    month: EffectMonth,
    shown: Sequence[Figure],
    tier: Tier | None,
    sums: Sums,
    *,
    opens: bool,
    whole: bool = False,
) -> Row:
    code = "" if whole else tier.code if tier else UNRATED
    return Row(tier, [_cell(page, month, figure, code, sums, opens=opens) for figure in shown])


def _cell(page: Effects, month: EffectMonth, figure: Figure, tier: str, sums: Sums, *, opens: bool) -> Cell:
    value = figure.value(sums)
    there = value.hits and (value.known or value.kind != "change")
    return Cell(figure.label, value, page.url(month, figure.rows, tier) if opens and there else "")


def _course(page: Effects, figure: Figure, code: str, *, opens: bool) -> Row:
    """One figure of a tier over all months."""
    cells = [_cell(page, month, figure, code, page.of_tier(month, code), opens=opens) for month in page.months]
    return Row(page.tiers.get(code), cells)


def _standing(page: Effects, month: EffectMonth, standing: Standing, *, opens: bool) -> dict[str, Any]:
    """New or existing customers of a month; success is of the new those of all who hadn't bought."""
    sums, none = page.standing(month, standing), page.standing(month, Standing.NONE)
    new = standing == Standing.NEW
    success = Value("share", sums.customers if new else sums.buyers, sums.customers + (none.customers if new else 0))
    followed = next((one for one in page.figures if one.code == "followed"), None)
    buyers = sums.buyers

    def url(rows: str) -> str:
        return f"{page.url(month, rows)}&standing={standing.value}" if opens else ""

    return {
        "label": capfirst(str(standing.label)),
        "sums": sums,
        "success": success,
        "success_url": url("customers" if new else "bought") if success.hits else "",
        "buyers_url": url("bought") if buyers else "",
        "orders_each": formatting.number(sums.orders / buyers, 1) if buyers else formatting.DASH,
        "spent_each": formatting.money_round(round(sums.revenue / buyers), currency()) if buyers else formatting.DASH,
        "margin_each": formatting.money_round(round(sums.margin / buyers), currency())
        if buyers and sums.costed_share
        else "",
        "costed": formatting.percent(sums.costed_share) if sums.costed_share else "",
        "followed": followed.value(sums) if followed else None,
        "followed_url": url("followed") if followed and followed.value(sums).base else "",
    }


@needs(EFFECT_CUSTOMERS.permission, READ)
def tier_effect_customers(request: Request) -> HttpResponse:
    """The customers that a figure counted."""
    asked = Asked(EFFECT_CUSTOMERS, request)
    month = month_of(asked)
    days = ""
    if month:
        words = {"first": formatting.day(month.begun_on), "last": formatting.day(month.run.as_of)}
        days = _("From the night of %(first)s to that of %(last)s.") % words
    return list_page(
        asked,
        title=_("Customers behind the effect"),
        template="segmentation/effect/customers.html",
        sub=days,
        gone=gone(asked),
        together=together(asked),
    )
