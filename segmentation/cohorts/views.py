"""`/segmentation/purchases/`: who bought again, and how sales are spread, as of the last night or an earlier month."""

from __future__ import annotations

from typing import Any

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.decorators import READ, needs
from accounts.http import Request
from core.company import currency
from intake.tablefiles import file_links, tables_file
from segmentation.cohorts.amounts import Concentration
from segmentation.cohorts.heat import Heat
from segmentation.cohorts.periods import Grain
from segmentation.cohorts.trend import Trend
from segmentation.pages import figures, spans
from segmentation.pages.tier_dashboard import MOST_RUNS, choice_of, filters_of


@needs("dashboard.view", READ)
def purchases(request: Request) -> HttpResponseBase:
    """The heat map of months or quarters of first purchase, net sales by month, and the curve of sales."""
    runs = list(figures.published_runs().defer("counts")[:MOST_RUNS])
    months = {run.as_of.isoformat(): run for run in figures.month_runs(runs, runs[0])} if runs else {}
    # As of the end of a month that is offered, else of the last night, whatever day an address names.
    asked = {"run": request.GET["run"]} if request.GET.get("run") in months else {}
    choice = choice_of(request, spans.read(asked, runs) if runs else None)
    wanted = request.GET.get("grain", "")
    grain = Grain(wanted) if wanted in Grain.values else Grain.QUARTER
    context: dict[str, Any] = {"title": _("Purchase analysis"), "grain": grain, "grains": Grain.choices}
    if choice:
        heat, spread = Heat(request.user, choice, grain), Concentration(request.user, choice)
        trend = Trend(request.user, choice, runs)
        tables = [heat.table, trend.table, *([spread.table] if spread.parts else [])]
        if file := tables_file(request, f"purchases-{choice.run.as_of}", tables):
            return file
        context |= {"heat": heat, "trend": trend, "spread": spread, "currency": currency()}
        context["files"] = file_links(request, tables) if heat.rows else []
    return render(request, "segmentation/cohorts/page.html", context | filters_of(request, choice, runs))
