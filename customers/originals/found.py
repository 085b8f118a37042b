"""What the search finds of paper originals: by what they are and where they lie."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.contributions import Hit, SearchSource
from customers.models import PaperOriginal
from ui.templatetags import ui

SHORTEST = 2


def _papers(user: User, text: str, most: int) -> Sequence[PaperOriginal]:
    if len(text) < SHORTEST:
        return []
    rows = PaperOriginal.objects.for_user(user).select_related("customer", "holder").defer("customer__search_tokens")
    said = Q(title__icontains=text) | Q(place__icontains=text) | Q(handed_to__icontains=text)
    return list(rows.filter(said).order_by("title", "pk")[:most])


def _paper(user: User, row: PaperOriginal, text: str) -> Hit:
    return Hit(
        f"{reverse('original_list')}?{urlencode({'customer': str(row.customer_id)})}",
        row.title,
        [row.customer.name, row.place, row.holder.name],
        mark=ui.icon("folder-archive"),
        exact=row.title.casefold() == text.casefold(),
    )


PAPERS = SearchSource(
    "originals",
    _("Paper originals"),
    _("paper or place"),
    "original.view",
    find=_papers,
    draw=_paper,
    page="original_list",
    order=65,
)
