"""The sheets of teams in reach, the newest first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.filters import team_filter
from customers.models import ReviewSheet
from customers.reviews.sheet import Sheet, sheet_of
from ui import cells, formatting
from ui.listing import Asked, Column, Empty, Listing, Tab


@dataclass(frozen=True)
class SheetRow:
    """A sheet with its figures."""

    row: ReviewSheet
    sheet: Sheet
    url: str

    @property
    def pk(self) -> int:
        return int(self.row.pk)


def _rows(asked: Asked) -> QuerySet[ReviewSheet]:
    return ReviewSheet.objects.for_user(asked.user).select_related("team", "signed_by")


def _draw(asked: Asked, page: list[ReviewSheet]) -> Iterable[SheetRow]:
    for row in page:
        yield SheetRow(row, sheet_of(row), cells.row_url("quality_review", row.pk))


def _month(row: SheetRow) -> SafeString:
    return format_html('<a class="headline" href="{}">{}</a>', row.url, formatting.month(row.row.month))


def _signed(row: SheetRow) -> SafeString:
    if row.row.signed_at is None:
        return cells.tag(_("open"), "warn")
    who = row.row.signed_by.name if row.row.signed_by else ""
    day = formatting.day_short(row.row.signed_at)
    return format_html('<span class="digits">{}</span> · <span data-user>{}</span>', day, who)


REVIEWS = Listing(
    permission="review.view",
    rows=_rows,
    draw=_draw,
    caption=gettext_lazy("Monthly reviews"),
    orders={"month": ("-month", "-pk")},
    tabs=(
        Tab("open", gettext_lazy("To sign off"), where=lambda asked: Q(signed_at=None)),
        Tab("signed", gettext_lazy("Signed off"), where=lambda asked: Q(signed_at__isnull=False)),
    ),
    filters=(team_filter("team__path"),),
    columns=(
        Column(gettext_lazy("Month"), _month),
        Column(gettext_lazy("Team"), lambda row: row.row.team.name, typed=True),
        Column(
            gettext_lazy("Completeness"), lambda row: formatting.percent(row.sheet.whole.completeness, 1), css="number"
        ),
        Column(gettext_lazy("To verify"), lambda row: formatting.percent(row.sheet.whole.stale_share, 1), css="number"),
        Column(gettext_lazy("Signed off"), _signed),
    ),
    empty=lambda asked: Empty(
        _("No review here"),
        _("At the end of each month a sheet is made for each team whose people have customers."),
        icon="check",
    ),
)
