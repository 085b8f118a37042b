"""The list of audit lines: who did what, to which row, from where, in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import AuditEntry
from core.contributions import Act, registry
from core.http import row_id
from ui import cells, formatting
from ui.listing import Asked, Column, Empty, Filter, Listing
from ui.templatetags import ui
from workbench.audit.details import Change, Details, Note
from workbench.audit.row_names import Link, Names

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
    label, pk = wanted
    return Q(object_type=label) if pk is None else Q(object_type=label, object_id=pk)


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
    seconds = format_html('<small class="muted">:{}</small>', f"{row.entry.at:%S}")
    return format_html("{}{}", formatting.moment(row.entry.at), seconds)


def _who(row: AuditRow) -> SafeString:
    entry = row.entry
    if entry.by_name:
        place = f"{entry.by.role.name if entry.by else ''} {entry.address}".strip()
        name: SafeString | str = cells.typed(entry.by_name)
    else:
        place = entry.address
        name = format_html("<span>{}</span>", _("not signed in") if entry.address else _("the system"))
    small = format_html('<small class="digits">{}</small>', place)
    return format_html('<span class="who">{}{}{}</span>', cells.avatar(entry.by_name or "—"), name, small)


def _on(row: AuditRow) -> SafeString:
    entry, link = row.entry, row.link
    if not entry.object_type:
        return cells.DASH
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


def _filter(key: str, read: Any, where: Any) -> Filter:
    return Filter(key, key, read=read, where=where)


AUDIT = Listing(
    permission="audit.view",
    rows=_rows,
    draw=_draw,
    caption=gettext_lazy("Audit log"),
    orders={"at": ("-at", "-id")},
    filters=(
        _filter("act", _act, lambda asked, act: Q(act=act)),
        _filter("by", _person, lambda asked, pk: Q(by=None) if pk == SYSTEM else Q(by_id=pk)),
        _filter("object", _object, _is_object),
        _filter("since", _day, lambda asked, day: Q(at__gte=_start(day))),
        _filter("until", _day, lambda asked, day: Q(at__lt=_start(day + dt.timedelta(days=1)))),
        _filter("address", lambda asked, text: text.strip() or None, lambda asked, address: Q(address=address)),
    ),
    columns=(
        Column(gettext_lazy("Time"), _time, css="digits"),
        Column(pgettext_lazy("did it", "Who"), _who),
        Column(gettext_lazy("Act"), lambda row: ui.tag(row.act.word, row.act.tone or "info")),
        Column(gettext_lazy("On"), _on),
        Column(gettext_lazy("Before → after"), _details, css="full wraps"),
    ),
    empty=_nothing,
    css="rows audit",
)
