"""A year as twelve months of days, each with what decides over it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core import clock, workcalendar
from core.workcalendar import KnownDay, Why
from ui import formatting

YEARS = range(2000, 2101)


@dataclass(frozen=True)
class Month:
    """One month: its days as links or texts, and in words what is special about it."""

    first: date
    days: SafeString
    notes: list[tuple[str, str, bool]]  # (days, words, entered by the company)
    working: int


@dataclass(frozen=True)
class Year:
    """The months, how many days are worked, and whether the official calendar isn't known yet."""

    number: int
    months: list[Month]
    working: int
    own: list[KnownDay]
    guessed: bool


def year_of(number: int, *, editable: bool) -> Year:
    """The calendar of a year; days lead to their page where it is `editable`."""
    first = date(number, 1, 1)
    days = [workcalendar.explained(first + timedelta(days=n)) for n in range((date(number + 1, 1, 1) - first).days)]
    today = clock.business_date()
    months = []
    for _key, found in groupby(days, key=lambda day: day.date.month):
        known = list(found)
        drawn = format_html_join("", "{}", ((_drawn(day, today, editable),) for day in known))
        months.append(Month(known[0].date, drawn, list(_notes(known)), sum(day.working for day in known)))
    own = [day for day in days if day.why is Why.OWN]
    return Year(number, months, sum(day.working for day in days), own, workcalendar.year_is_guessed(number))


def said(day: KnownDay) -> str:
    """Working day · National Day"""
    word = _("working day") if day.working else _("day off")
    return f"{word} · {day.name}" if day.name else word


def _drawn(day: KnownDay, today: date, editable: bool) -> SafeString:
    css = f"day {day.why}" if day.working else f"day {day.why} off"
    if day.date == today:
        css += " today"
    first = format_html(' data-weekday="{}"', day.date.isoweekday()) if day.date.day == 1 else ""
    label = f"{formatting.day(day.date)}: {said(day)}"
    if not editable:
        return format_html('<span class="{}"{} title="{}">{}</span>', css, first, label, day.date.day)
    url = reverse("calendar_day", args=[day.date.isoformat()])
    return format_html(
        '<a class="{}"{} href="{}" title="{}" aria-label="{}">{}</a>', css, first, url, label, label, day.date.day
    )


def _notes(days: list[KnownDay]) -> Iterator[tuple[str, str, bool]]:
    """Holidays, swapped and own days, those of one kind in a row as one: ("1-7", "National Day", False)."""
    special = [day for day in days if day.why is not Why.WEEK]
    run: list[KnownDay] = []
    for day in special:
        if run and not (day.date - run[-1].date == timedelta(days=1) and _alike(day, run[-1])):
            yield _note(run)
            run = []
        run.append(day)
    if run:
        yield _note(run)


def _alike(one: KnownDay, other: KnownDay) -> bool:
    return (one.working, one.why, one.name) == (other.working, other.why, other.name)


def _note(run: list[KnownDay]) -> tuple[str, str, bool]:
    first, last = run[0].date.day, run[-1].date.day
    days = str(first) if first == last else f"{first}–{last}"
    one = run[0]
    if one.why is Why.SWAPPED:
        words = _("worked (%(name)s)") % {"name": one.name}
    elif one.why is Why.OWN:
        words = said(one)
    else:
        words = one.name
    return days, words, one.why is Why.OWN
