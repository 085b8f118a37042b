"""What the search finds of needs: by their words."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from core.contributions import Hit, SearchSource
from sales.needs.models import UNSETTLED, Need
from ui.templatetags import ui

SHORTEST = 2


def _needs(user: User, text: str, most: int) -> Sequence[Need]:
    """Those that wait."""
    if len(text) < SHORTEST:
        return []
    rows = Need.objects.for_user(user).filter(state__in=UNSETTLED, text__icontains=text)
    return list(rows.select_related("customer").defer("customer__search_tokens").order_by("-since", "-pk")[:most])


def _need(user: User, row: Need, text: str) -> Hit:
    return Hit(
        reverse("customer", args=[row.customer_id]),
        row.text,
        [row.customer.name, row.get_state_display()],
        mark=ui.icon("lightbulb"),
        exact=row.text.casefold() == text.casefold(),
    )


NEEDS = SearchSource(
    "needs",
    pgettext_lazy("of a customer", "Needs"),
    _("words of a need"),
    "need.view",
    find=_needs,
    draw=_need,
    page="need_list",
    order=55,
)
