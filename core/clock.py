"""Now, today and business dates. Stored times are UTC; a business date is a date in the company's zone."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from core import company

NIGHT_BEGINS = time(2, 0)
_correction = timedelta(0)


_standing: ContextVar[datetime | None] = ContextVar("time_stands_still", default=None)


def now() -> datetime:
    """The present moment, aware, UTC: this machine's, corrected where the database's clock says otherwise."""
    return _standing.get() or timezone.now() + _correction


@contextmanager
def standing_at(moment: datetime) -> Iterator[None]:
    """Meanwhile this is the present moment."""
    token = _standing.set(moment)
    try:
        yield
    finally:
        _standing.reset(token)


def correct(by: timedelta) -> None:
    """From now on add `by` to this process's own clock (core/clockguard.py measures it)."""
    global _correction
    _correction = by


def business_date(moment: datetime | None = None) -> date:
    """The company-zone date of `moment` (default: now)."""
    return (moment or now()).astimezone(company.zone()).date()


def days_since(then: datetime | date) -> int:
    """Days from `then` until today, both as the company counts them: the one number behind every "34 days ago"."""
    return (business_date() - (business_date(then) if isinstance(then, datetime) else then)).days


def last_ended_day(moment: datetime | None = None) -> date:
    """The last company-zone day that has ended."""
    return business_date(moment) - timedelta(days=1)


def due_nights(moment: datetime | None = None, days: int = 7) -> list[date]:
    """Business dates of the last `days` nights whose 02:00 on the following day has passed, oldest first."""
    local = (moment or now()).astimezone(company.zone())
    last = local.date() - timedelta(days=1 if local.time() >= NIGHT_BEGINS else 2)
    return [last - timedelta(days=back) for back in range(days - 1, -1, -1)]


def user_zone(user: Any) -> ZoneInfo:
    """The person's own zone, else the company's."""
    return ZoneInfo(getattr(user, "time_zone", "") or company.company().time_zone)


def user_today(user: Any) -> date:
    """Today's date where this person is."""
    return now().astimezone(user_zone(user)).date()


def at_local(day: date, local_time: time, zone: ZoneInfo) -> datetime:
    """The instant of a wall-clock time; one that a clock change skips becomes the first moment after it.

    A time that comes twice means the first of the two.
    """
    wall = datetime.combine(day, local_time, tzinfo=zone)
    instant = wall.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return instant
    return _clock_change(wall.replace(fold=1).astimezone(UTC), instant, zone)


def _clock_change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The first instant with the new offset; the change lies between the two."""
    offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        before, after = (middle, after) if middle.astimezone(zone).utcoffset() == offset else (before, middle)
    return after.replace(microsecond=0)


def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """First instant of `day` in `zone` and first instant of the next day, aware."""
    return at_local(day, time.min, zone), at_local(day + timedelta(days=1), time.min, zone)


def month_end(day: date) -> date:
    """The last day of the month."""
    return next_month(day) - timedelta(days=1)


def next_month(day: date) -> date:
    """The first of the month after."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def months_back(day: date, count: int) -> list[date]:
    """The firsts of the last `count` months, the one of `day` included, oldest first."""
    last = day.year * 12 + day.month - 1
    return [date(n // 12, n % 12 + 1, 1) for n in range(last - count + 1, last + 1)]
