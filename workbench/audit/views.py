"""`/settings/audit/`: who did what, to which row, from where. The table only grows."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.decorators import needs
from accounts.http import Request
from accounts.models import AuditEntry, User
from core import clock
from core.contributions import Act, registry
from core.http import row_id
from core.paging import keyset_page
from intake.export import MOST_ROWS, csv_file
from workbench.audit.details import Details
from workbench.audit.names import Names

ORDER = ("-at", "-id")


@require_safe
@needs("audit.view")
def audit_list(request: Request) -> HttpResponse:
    """Acts, newest first; filters in the address, a wrong value is said and ignored."""
    rows, asked, wrong = _filtered(request)
    page = keyset_page(rows.select_related("by__role"), order=ORDER, cursor=request.GET.get("cursor"))
    _put_in_words(request.user, page.rows)
    context = {
        "page": page,
        "asked": asked,
        "wrong": wrong,
        "filtered": any(asked.values()),
        "acts": sorted(((act.code, act.word) for act in registry().acts.values()), key=lambda pair: str(pair[1])),
        "people": User.objects.for_user(request.user).filter(pk__in=_recent_people()).order_by("name"),
        "may_export": request.user.can("audit.export"),
        "zone": timezone.get_current_timezone_name(),
    }
    return render(request, "settings/audit.html", context)


@require_POST
@needs("audit.export")
def audit_export(request: Request) -> HttpResponse:
    """The filtered acts as CSV, at most 100,000; the export is an act itself."""
    rows, asked, _wrong = _filtered(request)
    count = min(rows.count(), MOST_ROWS)
    audit.record("audit.export", by=request.user, rows=count, filter={k: v for k, v in asked.items() if v})
    return csv_file("audit", rows.order_by(*ORDER), request.user)


# --- filters ---------------------------------------------------------------------------------------------------------
def _filtered(request: Request) -> tuple[QuerySet, dict[str, str], list[str]]:
    """The rows, what was asked, and the names of values that make no sense."""
    source = request.GET if request.method == "GET" else request.POST
    asked = {name: source.get(name, "").strip()[:80] for name in ("act", "by", "object", "since", "until", "address")}
    rows = AuditEntry.objects.for_user(request.user)
    wrong: list[str] = []
    for name, value in asked.items():
        if value:
            try:
                rows = FILTERS[name](rows, value)
            except ValueError:
                wrong.append(value)
                asked[name] = ""
    return rows, asked, wrong


def _by(rows: QuerySet, value: str) -> QuerySet:
    if value == "system":
        return rows.filter(by=None)
    return rows.filter(by_id=_number(value))


def _number(value: str) -> int:
    found = row_id(value)
    if found is None:
        raise ValueError(value)
    return found


def _object(rows: QuerySet, value: str) -> QuerySet:
    """`customers.customer` or `customers.customer:17`."""
    label, _colon, pk = value.partition(":")
    if label not in registry().named_in_lines:
        raise ValueError(value)
    rows = rows.filter(object_type=label)
    return rows.filter(object_id=_number(pk)) if pk else rows


def _act(rows: QuerySet, value: str) -> QuerySet:
    if value not in registry().acts:
        raise ValueError(value)
    return rows.filter(act=value)


def _start(value: str, days: int = 0) -> dt.datetime:
    day = parse_date(value)
    if day is None or not dt.date(2000, 1, 1) <= day <= dt.date(2200, 1, 1):
        raise ValueError(value)
    midnight = dt.datetime.combine(day + dt.timedelta(days=days), dt.time.min)
    return timezone.make_aware(midnight)


FILTERS: dict[str, Any] = {
    "act": _act,
    "by": _by,
    "object": _object,
    "since": lambda rows, value: rows.filter(at__gte=_start(value)),
    "until": lambda rows, value: rows.filter(at__lt=_start(value, days=1)),
    "address": lambda rows, value: rows.filter(address=value),
}


def _recent_people() -> QuerySet:
    """Who did something in the last 90 days, to choose from."""
    since = clock.now() - dt.timedelta(days=90)
    # unscoped: only names of people that the reader may see come of it
    return AuditEntry.objects.filter(at__gte=since).exclude(by=None).values("by").distinct()


# --- words -----------------------------------------------------------------------------------------------------------
def _put_in_words(user: User, entries: list[AuditEntry]) -> None:
    """Give each line its words, and its row's name and address where the reader may open it."""
    names = Names(user, entries)
    details = Details(names)
    for entry in entries:
        act = registry().acts.get(entry.act) or Act(entry.act, entry.act)
        entry.act_word, entry.tone = act.word, act.tone
        named = registry().named_in_lines.get(entry.object_type)
        entry.object_word = named.word if named else entry.object_type
        entry.only_url = f"?object={entry.object_type}:{entry.object_id}"
        entry.named = names.of(entry.object_type, entry.object_id)
        entry.changes, entry.notes = details.of(entry)
