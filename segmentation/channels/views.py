"""`/segmentation/channels/`: which channel brings good customers, and the customers behind each figure."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.decorators import READ, needs
from accounts.http import Request
from accounts.models import Team
from accounts.selectors import team_labels
from core import clock
from core.company import currency
from intake.tablefiles import file_links, tables_file
from segmentation import catalogue
from segmentation.cases.selectors import FEW
from segmentation.channels import figures
from segmentation.channels.listing import CHANNEL_CUSTOMERS, gone, together
from segmentation.pages.spans import Kind
from ui.listing import Asked, list_page


@needs("dashboard.view", READ)
def channel_quality(request: Request) -> HttpResponseBase:
    """The channels of a span side by side."""
    user, count = request.user, figures.last_count()
    on = count.on if count else clock.last_ended_day()
    wanted = figures.read(user, request.GET, on)
    context: dict[str, Any] = {"title": _("Channel quality"), "count": count, "wanted": wanted}
    if count:
        page = figures.Channels(user, wanted, count)
        if file := tables_file(request, f"channels-{wanted.span.first}-{wanted.span.last}", [page.table]):
            return file
        context |= {"page": page, "files": file_links(request, [page.table]) if page.rows else []}
    context |= {
        "few": FEW,
        "kinds": Kind.choices,
        "periods": figures.offered(wanted.span.kind, on, wanted.span.first),
        "within": sorted({*figures.WITHIN, wanted.within}),
        "teams": team_labels(Team.objects.for_user(user)),
        "schemes": catalogue.schemes(),
        "currency": currency(),
        "may_note": user.can("cost.change"),
        "may_see_costs": user.can("cost.view"),
        "may_see_channels": user.can("channel.change"),
    }
    return render(request, "segmentation/channels/page.html", context)


@needs(CHANNEL_CUSTOMERS.permission, READ)
def channel_customers(request: Request) -> HttpResponse:
    """The customers whom a figure of a channel counts."""
    asked = Asked(CHANNEL_CUSTOMERS, request)
    return list_page(
        asked,
        title=_("Customers who came by a channel"),
        template="segmentation/channels/customers.html",
        sub=together(asked),
        gone=gone(asked),
    )
