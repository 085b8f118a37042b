"""The list of imports."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from intake import selectors
from intake.kinds import kind_of
from intake.models import ImportJob
from intake.selectors import Progress
from ui import cells, formatting
from ui.listing import Asked, Column, Empty, Listing
from ui.templatetags import ui


@dataclass(frozen=True)
class ImportRow:
    """A file that was brought in; the figures are None until they are known."""

    job: ImportJob
    kind: str
    progress: Progress | None
    rows: int | None
    new: int | None
    updated: int | None
    refused: int | None

    @property
    def pk(self) -> int:
        return self.job.pk


def _rows(asked: Asked) -> QuerySet[ImportJob]:
    return selectors.imports_of(asked.user)


def _draw(asked: Asked, page: list[ImportJob]) -> Iterable[ImportRow]:
    for job in page:
        counts, kind = job.counts, kind_of(job.kind)
        yield ImportRow(
            job,
            kind=str(kind.label),
            progress=selectors.progress_of(job),
            rows=counts.get("rows") or job.total_rows,
            new=counts.get(kind.new),
            updated=counts.get("updated"),
            refused=counts.get("errors"),
        )


# --- cells -----------------------------------------------------------------------------------------------------------
def _file(row: ImportRow) -> SafeString:
    return format_html(
        '<a href="{}" data-user>{}</a><span class="block tiny muted">{} · <span class="digits">{}</span></span>',
        cells.row_url("import_job", row.pk),
        row.job.file_name,
        row.kind,
        formatting.moment(row.job.created_at),
    )


def _state(row: ImportRow) -> SafeString:
    word = ui.tag(row.job.get_state_display(), selectors.tone_of(row.job))
    if row.progress is None:
        return word
    return format_html('{} <span class="digits tiny muted">{}%</span>', word, row.progress.percent)


def _refused(row: ImportRow) -> SafeString | str:
    if not row.refused:
        return formatting.number(row.refused)
    return format_html(
        '<a class="tone-danger strong" href="{}#refused">{}</a>',
        cells.row_url("import_job", row.pk),
        formatting.number(row.refused),
    )


def _by(row: ImportRow) -> SafeString:
    return cells.person(row.job.user.name) if row.job.user else ui.tag(_("command"), "line")


def _empty(asked: Asked) -> Empty:
    title = _("Nothing was imported yet")
    if not asked.user.can("import.add"):
        return Empty(title, _("Imports of your own appear here."))
    text = _("Bring customers or orders in from a CSV or Excel file. A dry run shows first what would happen.")
    return Empty(title, text, reverse("import_new"), _("New import"), "upload")


IMPORTS = Listing(
    permission="import.view",
    rows=_rows,
    draw=_draw,
    caption=gettext_lazy("Imports, latest first"),
    orders={"latest": ("-id",)},
    columns=(
        Column(gettext_lazy("File"), _file),
        Column(gettext_lazy("State"), _state),
        Column(gettext_lazy("Rows"), lambda row: formatting.number(row.rows), css="number"),
        Column(pgettext_lazy("count", "New"), lambda row: formatting.number(row.new), css="number"),
        Column(gettext_lazy("Updated"), lambda row: formatting.number(row.updated), css="number"),
        Column(gettext_lazy("Refused"), _refused, css="number"),
        Column(gettext_lazy("By"), _by),
    ),
    empty=_empty,
)
