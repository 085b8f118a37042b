"""`/segmentation/preferences/`: what the customers of each tier buy, and what more or fewer of them buy than before."""

from __future__ import annotations

from typing import Any

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.decorators import READ, needs
from accounts.http import Request
from core.http import row_id
from intake.tablefiles import file_links, tables_file
from segmentation.pages import spans
from segmentation.pages.tier_dashboard import choice_of, filters_of
from segmentation.preferences.figures import Preferences, counts
from segmentation.selectors import latest_run

SALES = "sales"


@needs("dashboard.view", READ)
def preferences(request: Request) -> HttpResponseBase:
    """As of the last end of a month that was counted, or the one that the address names."""
    found = counts()
    runs = [count.run for count in found]
    choice = choice_of(request, spans.read({"run": request.GET.get("run", "")}, runs)) if runs else None
    by_sales = request.GET.get("by") == SALES
    context: dict[str, Any] = {"title": _("What each tier buys"), "by_sales": by_sales}
    if choice:
        nth = row_id(request.GET.get("page", "")) or 1
        shown = Preferences(request.user, choice, found, by_sales=by_sales, page=nth)
        if shown.all and (file := tables_file(request, f"preferences-{choice.run.as_of}", shown.tables)):
            return file
        context["shown"] = shown
        context["files"] = file_links(request, shown.tables) if shown.all else []
        context["previous_url"], context["next_url"] = (_page(request, shown, shown.page + step) for step in (-1, 1))
    else:
        context["rated"] = latest_run() is not None
    return render(request, "segmentation/preferences/page.html", context | filters_of(request, choice, runs))


def _page(request: Request, shown: Preferences, nth: int) -> str:
    """The address of another page; empty where there is none."""
    if not 1 <= nth <= shown.pages:
        return ""
    asked = request.GET.copy()
    asked["page"] = str(nth)
    return f"?{asked.urlencode()}"
