"""The list of audit lines: who did what, to which row, from where, in words."""

from __future__ import annotations

import datetime as dt
import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.html import format_html, format_html_join, strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from accounts.audit_details import Change, Details, Note
from accounts.models import AuditEntry, ExportedRows, User
from accounts.row_names import Link, Names
from core.contributions import Act, ExportColumn, registry
from core.http import row_id
from ui import cells, formatting
from ui.exports import Export, Sheet
from ui.listing import Asked, Column, Empty, Filter, Listing, Words
from ui.templatetags import ui

LONGEST_VALUE = 80
SYSTEM = "system"  # in place of a person: what nobody did by hand


@dataclass(frozen=True)
class AuditRow:
    """A line in words; `link` names its row and leads there, where the reader may know of it."""

    entry: AuditEntry
    act: Act
    kind: str
    link: Link | None
    changes: list[Change]
    notes: list[Note]

    @property
    def pk(self) -> int:
        return self.entry.pk


def _rows(asked: Asked) -> QuerySet[AuditEntry]:
    return AuditEntry.objects.for_user(asked.user).select_related("by__role")


def _draw(asked: Asked, page: list[AuditEntry]) -> Iterable[AuditRow]:
    names = Names(asked.user, page)
    details = Details(names)
    for entry in page:
        named = registry().named_in_lines.get(entry.object_type)
        yield AuditRow(
            entry,
            registry().acts.get(entry.act) or Act(entry.act, entry.act),
            str(named.word) if named else entry.object_type,
            names.of(entry.object_type, entry.object_id),
            *details.of(entry),
        )


# --- filters ---------------------------------------------------------------------------------------------------------
def given(asked: Asked) -> dict[str, str]:
    """What the address says of each filter, meaningful or not."""
    return {one.key: asked.given.get(one.key, "").strip()[:LONGEST_VALUE] for one in asked.listing.filters}


def _act(asked: Asked, text: str) -> str | None:
    text = text.strip()
    return text if text in registry().acts else None


def _person(asked: Asked, text: str) -> int | str | None:
    text = text.strip()
    return text if text == SYSTEM else row_id(text)


def _object(asked: Asked, text: str) -> tuple[str, int | None] | None:
    """`customers.customer` or `customers.customer:17`."""
    label, _colon, pk = text.strip().partition(":")
    known = label in registry().named_in_lines and (not pk or row_id(pk) is not None)
    return (label, row_id(pk)) if known else None


def _is_object(asked: Asked, wanted: tuple[str, int | None]) -> Q:
    """Lines on this row, and the exports that took it out."""
    label, pk = wanted
    if pk is None:
        return Q(object_type=label)
    exports = ExportedRows.objects.filter(model=label, ids__contains=[pk]).values_list("entry_id", flat=True)
    return Q(object_type=label, object_id=pk) | Q(pk__in=list(exports))


def _person_words(asked: Asked, wanted: int | str) -> Words:
    if wanted == SYSTEM:
        return _("the system")
    found = User.objects.for_user(asked.user).filter(pk=wanted).first()
    return found.name if found else f"#{wanted}"


def _object_words(asked: Asked, wanted: tuple[str, int | None]) -> Words:
    label, pk = wanted
    word = str(registry().named_in_lines[label].word)
    return word if pk is None else f"{word} #{pk}"


def _day(asked: Asked, text: str) -> dt.date | None:
    try:
        day = parse_date(text.strip())
    except ValueError:
        return None
    return day if day and dt.date(2000, 1, 1) <= day <= dt.date(2200, 1, 1) else None


def _start(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))


# --- cells -----------------------------------------------------------------------------------------------------------
def _time(row: AuditRow) -> SafeString:
    return format_html("{}:{}", formatting.moment(row.entry.at), f"{row.entry.at:%S}")


def _who(row: AuditRow) -> SafeString:
    entry = row.entry
    if entry.by_name:
        place = f"{entry.by.role.name if entry.by else ''} {entry.address}".strip()
        name: SafeString | str = cells.person(entry.by_name)
    else:
        place = entry.address
        nobody = _("not signed in") if entry.address else _("the system")
        name = format_html('<span class="lettered" data-letter="—">{}</span>', nobody)
    return format_html('{} <small class="digits">{}</small>', name, place)


def _done(row: AuditRow) -> SafeString:
    """What was done, and to what."""
    return format_html("{} {}", ui.tag(row.act.word, row.act.tone or "info"), _on(row))


def _on(row: AuditRow) -> SafeString:
    entry, link = row.entry, row.link
    if not entry.object_type:
        return SafeString("")
    if link is None or not link.name:
        name = format_html('<span class="digits">#{}</span>', entry.object_id)
    elif link.url:
        name = format_html('<a class="linked" href="{}" data-user>{}</a>', link.url, link.name)
    else:
        name = cells.typed(link.name)
    return format_html(
        '{} {} <a class="button icon-only quiet small only-these" href="?object={}:{}" aria-label="{}" title="{}"></a>',
        row.kind,
        name,
        entry.object_type,
        entry.object_id,
        *[_("Only lines about this")] * 2,
    )


def _details(row: AuditRow) -> SafeString:
    """What was changed, a line each, and what else there is to say. The names of fields are drawn by the stylesheet."""
    changes = format_html_join(
        SafeString("<br>"),
        '<del data-field="{}" data-user>{}</del> → <ins data-user>{}</ins>',
        row.changes,
    )
    notes = format_html_join(" ", '<span class="small" data-field="{}">{}</span>', row.notes)
    return format_html("{} {}", changes, notes)


def _nothing(asked: Asked) -> Empty:
    text = _("No line fits these filters.")
    return Empty(_("Nothing matches"), text, reverse("audit_list"), _("Clear filters"), "file-text")


# --- as a file -------------------------------------------------------------------------------------------------------
def _draw_all(asked: Asked, page: Sequence[AuditEntry]) -> Iterable[AuditRow]:
    return _draw(asked, list(page))


def _plain(text: object) -> str:
    """What a cell of the page says, without its look."""
    return html.unescape(strip_tags(str(text)))


def _told_details(row: AuditRow) -> str:
    changes = [f"{name}: {before} → {after}" for name, before, after in row.changes]
    return "; ".join([*changes, *(f"{name}: {_plain(value)}" for name, value in row.notes)])


EXPORT = Export(
    permission="audit.export",
    audit_act="audit.export",
    home="audit_list",
    page="audit_export",
    title=gettext_lazy("Audit log"),
    counted=lambda n: ngettext("%(n)s line", "%(n)s lines", n) % {"n": f"{n:,}"},
    load=lambda rows: rows.select_related("by__role"),
    sheets=(
        Sheet(
            gettext_lazy("Audit log"),
            AuditEntry,
            (
                ExportColumn(gettext_lazy("Time"), lambda row: row.entry.at),
                ExportColumn(pgettext_lazy("did it", "Who"), lambda row: row.entry.by_name),
                ExportColumn(gettext_lazy("Act"), lambda row: str(row.act.word)),
                ExportColumn(gettext_lazy("kind"), lambda row: row.kind),
                ExportColumn(gettext_lazy("On"), lambda row: row.link.name if row.link else ""),
                ExportColumn(gettext_lazy("id"), lambda row: row.entry.object_id),
                ExportColumn(gettext_lazy("Details"), _told_details),
                ExportColumn(gettext_lazy("Address"), lambda row: row.entry.address),
                ExportColumn(gettext_lazy("request"), lambda row: row.entry.request_id),
            ),
            _draw_all,
        ),
    ),
)


# --- the listing -----------------------------------------------------------------------------------------------------
def _filter(key: str, label: Words, read: Any, where: Any, words: Any) -> Filter:
    """One of the form above the list, which shows its value itself."""
    return Filter(key, label, read=read, where=where, words=words, chip=False)


AUDIT = Listing(
    permission="audit.view",
    rows=_rows,
    draw=_draw,
    caption=gettext_lazy("Audit log"),
    orders={"at": ("-at", "-id")},
    filters=(
        _filter(
            "act",
            gettext_lazy("act"),
            _act,
            lambda asked, act: Q(act=act),
            lambda asked, act: registry().acts[act].word,
        ),
        _filter(
            "by",
            pgettext_lazy("did it", "who"),
            _person,
            lambda asked, pk: Q(by=None) if pk == SYSTEM else Q(by_id=pk),
            _person_words,
        ),
        _filter("object", pgettext_lazy("acted on", "on"), _object, _is_object, _object_words),
        _filter(
            "since",
            gettext_lazy("from"),
            _day,
            lambda asked, day: Q(at__gte=_start(day)),
            lambda a, d: formatting.day(d),
        ),
        _filter(
            "until",
            gettext_lazy("until"),
            _day,
            lambda asked, day: Q(at__lt=_start(day + dt.timedelta(days=1))),
            lambda asked, day: formatting.day(day),
        ),
        _filter(
            "address",
            gettext_lazy("address"),
            lambda asked, text: text.strip() or None,
            lambda asked, address: Q(address=address),
            lambda asked, address: address,
        ),
    ),
    columns=(
        Column(gettext_lazy("Time"), _time, css="digits"),
        Column(pgettext_lazy("did it", "Who"), _who),
        Column(gettext_lazy("Act"), _done),
        Column(gettext_lazy("Before → after"), _details, css="full wraps"),
    ),
    empty=_nothing,
    export=EXPORT,
    css="rows audit",
)
