"""Spans of days that people ask for by a word. Pure: "this month" of a saved view is the month of who opens it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta

Span = tuple[date, date]  # both days included


def _month(day: date, months: int, back: int = 0) -> Span:
    """The span of so many months that the day lies in, counted from January; or one further back."""
    first = (day.year * 12 + (day.month - 1) // months * months) - back * months
    return _first(first), _first(first + months) - timedelta(days=1)


def _first(count: int) -> date:
    return date(count // 12, count % 12 + 1, 1)


def _week(day: date, back: int = 0) -> Span:
    monday = day - timedelta(days=day.weekday(), weeks=back)
    return monday, monday + timedelta(days=6)


SPANS: Mapping[str, Callable[[date], Span]] = {
    "today": lambda day: (day, day),
    "yesterday": lambda day: (day - timedelta(days=1), day - timedelta(days=1)),
    "week": _week,
    "last_week": lambda day: _week(day, 1),
    "month": lambda day: _month(day, 1),
    "last_month": lambda day: _month(day, 1, 1),
    "quarter": lambda day: _month(day, 3),
    "last_quarter": lambda day: _month(day, 3, 1),
    "year": lambda day: _month(day, 12),
    "last_year": lambda day: _month(day, 12, 1),
}
