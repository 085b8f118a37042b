"""Which days a calendar shows, and which come before and after. Knows no Django."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

MONDAY, SUNDAY = 0, 6  # as date.weekday() counts
AGENDA_DAYS = 14


class View(StrEnum):
    """How the days stand: seven columns, a month of weeks, or one list."""

    WEEK = "week"
    MONTH = "month"
    AGENDA = "agenda"


def day_of(text: str) -> date | None:
    """A day as an address has it; None for anything else."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year < 2100 else None


@dataclass(frozen=True)
class Span:
    """The days from `first` to `last` that a view shows around `day`."""

    view: View
    day: date
    first: date
    last: date

    def __iter__(self) -> Iterator[date]:
        return (self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))

    @property
    def before(self) -> date:
        """A day of the span before this one."""
        if self.view == View.MONTH:
            return (self.day.replace(day=1) - timedelta(days=1)).replace(day=1)
        return self.first - (self.last - self.first) - timedelta(days=1)

    @property
    def after(self) -> date:
        """A day of the span after this one."""
        if self.view == View.MONTH:
            return (self.day.replace(day=28) + timedelta(days=4)).replace(day=1)
        return self.last + timedelta(days=1)

    def belongs(self, day: date) -> bool:
        """Whether the day is one of those asked for: the weeks of a month begin and end outside of it."""
        return self.view != View.MONTH or (day.year, day.month) == (self.day.year, self.day.month)


def span_of(view: View, day: date, week_starts: int | None) -> Span:
    """The week of `day`, or the weeks of its month. An agenda begins with `day`; so does a week where no weekday is
    said to begin it (None)."""
    if view == View.AGENDA:
        return Span(view, day, day, day + timedelta(days=AGENDA_DAYS - 1))
    if view == View.WEEK:
        first = _week_of(day, week_starts)
        return Span(view, day, first, first + timedelta(days=6))
    month = day.replace(day=1)
    last = (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return Span(view, day, _week_of(month, week_starts), _week_of(last, week_starts) + timedelta(days=6))


def _week_of(day: date, week_starts: int | None) -> date:
    return day if week_starts is None else day - timedelta(days=(day.weekday() - week_starts) % 7)
