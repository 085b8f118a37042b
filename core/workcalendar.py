"""Working days: rows of the table `WorkDay` first, then the published calendar, then the company's working week.

Mainland companies get the published calendar with its swapped days; a year that isn't published yet falls back to the
known holidays (`is_guessed` says so). Companies elsewhere start with their working week and enter their holidays.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

import holidays
from chinese_calendar import constants
from django.utils.translation import get_language

from core import company
from core.memo import Memo
from core.models import WorkDay

MAINLAND = ("Asia/Shanghai", "Asia/Urumqi", "Asia/Chongqing", "Asia/Harbin", "PRC")
_PUBLISHED = frozenset(day.year for day in constants.holidays)
_NAMES = {holiday.value: holiday.chinese for holiday in constants.Holiday}


class Why(StrEnum):
    """What decides whether a day is worked."""

    OWN = "entered"  # the company's own entry
    SWAPPED = "swapped"  # a day of a weekend that the published calendar has worked
    HOLIDAY = "holiday"
    WEEK = "week"  # the company's working week


@dataclass(frozen=True)
class KnownDay:
    """What is known of one day: whether it is worked, why, and what it is called (a holiday, an own entry)."""

    date: date
    working: bool
    why: Why
    name: str = ""


def is_working(day: date) -> bool:
    """Whether the company works on `day`."""
    own = _own_days().get(day)
    return _by_rule(day, _week()) if own is None else own[0]


def is_closed(day: date) -> bool:
    """Whether the company is closed on `day`, whatever its week says: for a holiday or by its own entry."""
    own = _own_days().get(day)
    if own is not None:
        return not own[0]
    return _mainland() and day not in constants.workdays and day in _off(day)


def next_working_day(day: date) -> date:
    """`day` itself when the company works on it, else the next day on which it does."""
    return next(working_days(day))


def working_days(start: date) -> Iterator[date]:
    """Working days from `start` on, in order, without end."""
    own, week, day = _own_days(), _week(), start
    while True:
        if own[day][0] if day in own else _by_rule(day, week):
            yield day
        day += timedelta(days=1)


def is_guessed(day: date) -> bool:
    """True when nobody has published the holidays of that year yet: the week and the known holidays are used."""
    return year_is_guessed(day.year) and day not in _own_days()


def year_is_guessed(year: int) -> bool:
    """The same of a year as a whole."""
    return _mainland() and year not in _PUBLISHED


def explained(day: date) -> KnownDay:
    """The day with what decides over it; names in the current language."""
    own = _own_days().get(day)
    return usual(day) if own is None else KnownDay(day, own[0], Why.OWN, own[1])


def usual(day: date) -> KnownDay:
    """The same without the company's own entry."""
    week = _week()
    if not _mainland():
        return KnownDay(day, day.isoweekday() in week, Why.WEEK)
    if day in constants.workdays:
        return KnownDay(day, True, Why.SWAPPED, _published_name(constants.workdays[day]))
    if day in constants.holidays:
        return KnownDay(day, False, Why.HOLIDAY, _published_name(constants.holidays[day]))
    if day.year not in _PUBLISHED and day in _known_holidays(day.year):
        return KnownDay(day, False, Why.HOLIDAY, _known_name(day))
    return KnownDay(day, day.isoweekday() in week, Why.WEEK)


def forget() -> None:
    """Read the table again, after a change of it."""
    _own_days.forget()


_own_days: Memo[dict[date, tuple[bool, str]]] = Memo(
    lambda: {day: (working, name) for day, working, name in WorkDay.objects.values_list("date", "working", "name")}
)


def _week() -> frozenset[int]:
    return _weekdays(company.company().working_week)


@lru_cache(maxsize=16)
def _weekdays(digits: str) -> frozenset[int]:
    return frozenset(int(digit) for digit in digits)


def _by_rule(day: date, week: frozenset[int]) -> bool:
    """Whether the day is worked without an own entry: `usual` without words, for loops over many days."""
    if not _mainland():
        return day.isoweekday() in week
    if day in constants.workdays:
        return True
    return day.isoweekday() in week and day not in _off(day)


def _off(day: date) -> Collection[date]:
    """The holidays of that year, as published or as known."""
    return constants.holidays if day.year in _PUBLISHED else _known_holidays(day.year)


def _mainland() -> bool:
    return company.company().time_zone in MAINLAND


@lru_cache(maxsize=16)
def _known_holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("CN", years=year))


@lru_cache(maxsize=32)
def _known_names(year: int, language: str) -> dict[date, str]:
    return dict(holidays.country_holidays("CN", years=year, language=language))


def _known_name(day: date) -> str:
    return _known_names(day.year, "zh_CN" if _chinese() else "en_US").get(day, "")


def _published_name(english: str) -> str:
    return _NAMES.get(english, english) if _chinese() else english


def _chinese() -> bool:
    return (get_language() or "").startswith("zh")
