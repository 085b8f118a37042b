"""The consent texts in use and the retired ones, each with the version that holds today."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from customers.consents.shown import covers
from customers.models import ConsentText, ConsentWording
from ui import cells, formatting
from ui.listing import Asked, Column, Empty, Listing, Tab


@dataclass(frozen=True)
class TextRow:
    """A text; `wording`: the version that holds today, None while the first one is still to come."""

    text: ConsentText
    wording: ConsentWording | None

    @property
    def pk(self) -> int:
        return self.text.pk


def _draw(asked: Asked, page: list[ConsentText]) -> Iterable[TextRow]:
    today = clock.business_date()
    for text in page:
        valid = [row for row in text.wordings.all() if row.valid_from <= today]
        yield TextRow(text, max(valid, key=lambda row: (row.valid_from, row.number), default=None))


def _name(row: TextRow) -> SafeString:
    return format_html(
        '<a class="ink" href="{}" data-user>{}</a>', cells.row_url("consent_text", row.pk), row.text.name
    )


def _version(row: TextRow) -> str:
    if row.wording is None:
        return cells.DASH
    day = formatting.day(row.wording.valid_from)
    return _("%(number)s, since %(day)s") % {"number": row.wording.number, "day": day}


def _counts(asked: Asked, rows: QuerySet[ConsentText]) -> Mapping[str, int]:
    return rows.aggregate(used=Count("pk", filter=Q(is_active=True)), retired=Count("pk", filter=Q(is_active=False)))


def _empty(asked: Asked) -> Empty:
    if asked.tab.key == "retired":
        return Empty(_("No text is retired"), _("A retired text is offered no more; its versions stay readable."))
    text = _("The words that people agree to, in versions. Forms show them, and each consent says which it was.")
    if not asked.user.can("setting.change"):
        return Empty(_("No consent texts yet"), text)
    return Empty(_("No consent texts yet"), text, reverse("consent_text_new"), _("New text"), "plus")


CONSENT_TEXTS = Listing(
    permission="setting.view",
    rows=lambda asked: ConsentText.objects.prefetch_related("wordings"),
    draw=_draw,
    caption=gettext_lazy("Consent texts"),
    orders={"made": ("pk",)},
    tabs=(
        Tab("used", gettext_lazy("In use"), where=lambda asked: Q(is_active=True)),
        Tab("retired", gettext_lazy("Retired"), where=lambda asked: Q(is_active=False)),
    ),
    tab_counts=_counts,
    columns=(
        Column(gettext_lazy("Text"), _name),
        Column(gettext_lazy("What for"), lambda row: covers(row.text.channel, row.text.topic) or _("everything")),
        Column(gettext_lazy("Version today"), _version),
    ),
    empty=_empty,
)
