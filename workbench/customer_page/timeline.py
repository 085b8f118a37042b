"""One timeline from all apps in one query: a union of the parts that the person may see, keyset by time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import JSONObject
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import cursors
from core.composed import composed
from core.contributions import TimelineEntry, TimelinePart, Words, registry
from customers.models import Customer
from ui.formatting import local_day

SIZE = 20
Found: TypeAlias = tuple[str, datetime, int, dict[str, Any]]  # kind, moment, row, data


@dataclass(frozen=True)
class Timeline:
    """Entries, newest first, and the cursor of the following ones."""

    entries: list[TimelineEntry]
    next_cursor: str | None


def tabs() -> dict[str, Words]:
    """The choices above the history: code -> label, "" for all of it."""
    return {"": _("All")} | {tab.code: tab.label for tab in registry().timeline_tabs.values()}


def timeline(user: User, customer: Customer, *, show: str = "", cursor: str = "") -> Timeline:
    """Up to 20 entries of the tab `show` (empty = all), after `cursor`."""
    tab = show if show in registry().timeline_tabs else ""
    wanted = (part for part in registry().timeline.values() if not tab or part.tab == tab)
    parts = tuple(part.kind for part in wanted if user.can(part.permission))
    if not parts:
        return Timeline([], None)
    of = f"timeline:{customer.pk}"
    after = cursors.unpack(cursor, of=of)
    if after is None:
        rows = _latest(user, parts, pk=customer.pk)
    else:
        rows = list(_rows(user, parts, (datetime.fromisoformat(after[0]), after[1], after[2]), customer.pk))
    entries: list[TimelineEntry] = []
    shown_month = None
    for kind, at, row, data in rows[:SIZE]:
        part = registry().timeline[kind]
        entry = TimelineEntry(kind, at, row, data, part.template)
        part.describe(customer, entry)
        month = local_day(at).replace(day=1)
        entry.month, shown_month = (month if month != shown_month else None), month  # the first of a month heads it
        entries.append(entry)
    if len(rows) <= SIZE:
        return Timeline(entries, None)
    last = entries[-1]
    return Timeline(entries, cursors.pack([last.at.isoformat(), last.kind, last.row], of=of))


@composed
def _latest(user: User, parts: Sequence[str], *, pk: int) -> QuerySet[Any, Found]:
    return _rows(user, parts, None, pk)


def _rows(
    user: User, parts: Sequence[str], place: tuple[datetime, str, int] | None, customer_id: int
) -> QuerySet[Any, Found]:
    """The rows of these parts after `place`, one more than are shown."""
    first, *others = (_of_part(registry().timeline[kind], user, customer_id, place) for kind in parts)
    union = first.union(*others, all=True).order_by("-moment", "-part", "-row") if others else first
    return union[: SIZE + 1]


def _of_part(part: TimelinePart, user: User, customer_id: int, place: tuple[datetime, str, int] | None) -> QuerySet:
    rows = part.rows(user, customer_id)
    for told in registry().told(part.kind):
        rows = rows.exclude(told.rows()) if user.can(told.permission) else rows
    rows = rows.annotate(moment=part.at, part=Value(part.kind), row=F("pk"), data=JSONObject(**part.fields))
    if place is not None:
        rows = rows.filter(_before(part.kind, place))
    return rows.order_by("-moment", "-row").values_list("part", "moment", "row", "data")[: SIZE + 1]


def _before(kind: str, place: tuple[datetime, str, int]) -> Q:
    """Later in the list than the last entry shown: by time, then kind, then row."""
    at, last_kind, row = place
    if kind < last_kind:
        return Q(moment__lte=at)
    earlier = Q(moment__lt=at)
    return earlier | Q(moment=at, pk__lt=row) if kind == last_kind else earlier
