"""Working days: rows of the table `WorkDay` first, then the libraries, then weekends.

Mainland companies get the published calendar with its swapped days; a year that isn't published yet falls back to the
known holidays and weekends (`is_guessed` says so). Companies elsewhere start with weekends and enter their holidays.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache

import chinese_calendar
import holidays
from chinese_calendar import constants

from core import company
from core.memo import Memo
from core.models import WorkDay

MAINLAND = ("Asia/Shanghai", "Asia/Urumqi", "Asia/Chongqing", "Asia/Harbin", "PRC")
_PUBLISHED = frozenset(day.year for day in constants.holidays)


def is_working(day: date) -> bool:
    """Whether the company works on `day`."""
    own = _own_days().get(day)
    return _by_library(day) if own is None else own


def next_working_day(day: date) -> date:
    """`day` itself when the company works on it, else the next day on which it does."""
    return next(working_days(day))


def working_days(start: date) -> Iterator[date]:
    """Working days from `start` on, in order, without end."""
    own, day = _own_days(), start
    while True:
        if own[day] if day in own else _by_library(day):
            yield day
        day += timedelta(days=1)


def is_guessed(day: date) -> bool:
    """True when nobody has published the holidays of that year yet: weekends plus known holidays are used."""
    return _mainland() and day.year not in _PUBLISHED and day not in _own_days()


def forget() -> None:
    """Read the table again, after a change of it."""
    _own_days.forget()


_own_days: Memo[dict[date, bool]] = Memo(lambda: dict(WorkDay.objects.values_list("date", "working")))


def _by_library(day: date) -> bool:
    if not _mainland():
        return day.weekday() < 5
    if day.year in _PUBLISHED:
        return chinese_calendar.is_workday(day)
    return day.weekday() < 5 and day not in _known_holidays(day.year)


def _mainland() -> bool:
    return company.company().time_zone in MAINLAND


@lru_cache(maxsize=16)
def _known_holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("CN", years=year))
