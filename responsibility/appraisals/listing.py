"""Appraisals of oneself and one's people, the latest first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.filters import named_filter
from accounts.models import User
from responsibility.appraisals.forms import period_words
from responsibility.appraisals.models import Appraisal
from ui import cells, formatting
from ui.listing import Asked, Column, Empty, Listing, Tab

SIGNED = Q(lead_signed_at__isnull=False, person_signed_at__isnull=False)


@dataclass(frozen=True)
class AppraisalRow:
    """One sheet."""

    sheet: Appraisal
    url: str

    @property
    def pk(self) -> int:
        return self.sheet.pk


def _rows(asked: Asked) -> QuerySet[Appraisal]:
    return Appraisal.objects.for_user(asked.user).select_related("person", "lead")


def _draw(asked: Asked, page: list[Appraisal]) -> Iterable[AppraisalRow]:
    return [AppraisalRow(sheet, cells.row_url("appraisal", sheet.pk)) for sheet in page]


def _person(row: AppraisalRow) -> SafeString:
    return format_html('<a class="headline" href="{}" data-user>{}</a>', row.url, row.sheet.person.name)


def _state(row: AppraisalRow) -> SafeString:
    if row.sheet.is_closed:
        return cells.tag(str(_("signed by both")), "ok")
    if row.sheet.lead_signed_at or row.sheet.person_signed_at:
        return cells.tag(str(_("signed by one")), "accent")
    return cells.tag(str(_("being written")), "line")


def _counts(asked: Asked, rows: QuerySet[Appraisal]) -> Mapping[str, int]:
    return rows.order_by().aggregate(open=Count("pk", filter=~SIGNED), signed=Count("pk", filter=SIGNED))


def _empty(asked: Asked) -> Empty:
    words = _("A sheet per person and month or quarter: figures, strengths, measures, signed by both.")
    if not asked.user.can("appraisal.add"):
        return Empty(_("No appraisals here"), words, icon="clipboard-check")
    return Empty(_("No appraisals here"), words, reverse("appraisal_new"), _("Begin a sheet"), "plus")


APPRAISALS = Listing(
    permission="appraisal.view",
    rows=_rows,
    draw=_draw,
    caption=gettext_lazy("Appraisals"),
    orders={"begins": ("-begins", "-pk")},
    tabs=(
        Tab("open", gettext_lazy("To be signed"), where=lambda asked: ~SIGNED),
        Tab("signed", gettext_lazy("Signed"), where=lambda asked: SIGNED),
    ),
    tab_counts=_counts,
    filters=(named_filter("person", gettext_lazy("Person"), User.objects, "person"),),
    columns=(
        Column(gettext_lazy("Person"), _person),
        Column(gettext_lazy("Period"), lambda row: period_words(row.sheet.begins, row.sheet.months)),
        Column(gettext_lazy("Supervisor"), lambda row: row.sheet.lead.name if row.sheet.lead else "", typed=True),
        Column(gettext_lazy("Grade"), lambda row: row.sheet.grade or formatting.DASH),
        Column(gettext_lazy("State"), _state),
    ),
    empty=_empty,
)
