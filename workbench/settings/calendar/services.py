"""Writes of the work calendar: days that differ from the usual. Every act is on record with the company."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from core import company, workcalendar
from core.models import WorkDay
from core.versions import StaleVersionError
from ui import formatting
from workbench.settings.calendar.reading import Entry

OFF, WORKING = "off", "working"
ACTS = ("calendar.week", "calendar.add", "calendar.name", "calendar.remove", "calendar.import")


def _forget() -> None:
    """Days are read again once they are written: before that another request would only remember the old ones."""
    transaction.on_commit(workcalendar.forget)


def _is(working: bool) -> str:
    return WORKING if working else OFF


@transaction.atomic
def days_add(*, first: date, until: date | None, working: bool, name: str, by: User) -> int:
    """Enter a day, or each of several in a row; ValidationError where one of them has been entered already."""
    days = [first + timedelta(days=n) for n in range(((until or first) - first).days + 1)]
    rows = [WorkDay(date=day, working=working, name=name.strip()) for day in days]
    made = WorkDay.objects.bulk_create(rows, ignore_conflicts=True)
    standing = WorkDay.objects.filter(date__in=days).exclude(working=working, name=name.strip()).order_by("date")
    if taken := standing.first():
        words = {
            "day": formatting.day(taken.date),
            "name": taken.name or (_("working day"), _("day off"))[not taken.working],
        }
        raise ValidationError(_("%(day)s has an entry already (%(name)s). Take it out first.") % words)
    last = {"last_day": until.isoformat()} if until and until != first else {}
    _forget()
    audit.record(
        "calendar.add",
        by=by,
        on=company.company(),
        day=first.isoformat(),
        **last,
        day_is=_is(working),
        day_name=name.strip(),
    )
    return len(made)


@transaction.atomic
def day_name(*, row: WorkDay, changes: Mapping[str, Any], by: User) -> None:
    """Call an entered day otherwise; StaleVersionError when somebody did so in between."""
    name = str(changes["name"]).strip()
    if not WorkDay.objects.filter(pk=row.pk, name=row.name).update(name=name):
        raise StaleVersionError(WorkDay.objects.get(pk=row.pk))
    _forget()
    audit.record("calendar.name", by=by, on=company.company(), day=row.date.isoformat(), day_name=[row.name, name])


@transaction.atomic
def day_remove(*, row: WorkDay, by: User) -> None:
    """Back to the usual; taken out twice it is on record once."""
    if WorkDay.objects.filter(pk=row.pk).delete()[0]:
        _forget()
        audit.record(
            "calendar.remove",
            by=by,
            on=company.company(),
            day=row.date.isoformat(),
            day_is=_is(row.working),
            day_name=row.name,
        )


@transaction.atomic
def days_import(*, entries: Collection[Entry], by: User) -> int:
    """Write the days of a list over what was entered for them; returns how many."""
    rows = [WorkDay(date=entry.date, working=entry.working, name=entry.name) for entry in entries]
    WorkDay.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["date"], update_fields=["working", "name"], batch_size=500
    )
    if rows:
        span = {"day": rows[0].date.isoformat(), "last_day": rows[-1].date.isoformat()}
        _forget()
        audit.record("calendar.import", by=by, on=company.company(), days=len(rows), **span)
    return len(rows)
