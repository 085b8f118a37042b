"""Birthdays by the solar or the lunar calendar, whose days are others: 30 February and leap months exist there.

A birthday is stored as its text, 1990-02-28 or, of the lunar calendar alone, 02-30 without a year, beside two flags.
"""

from __future__ import annotations

import re
from calendar import isleap
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from borax.calendars.lunardate import InvalidLunarDateError, LCalendars, LunarDate
from django.db.models import Q
from django.db.models.functions import ExtractDay, ExtractMonth, Right
from django.db.models.lookups import In
from django.utils.translation import gettext as _

from core import clock
from core.digits import whole_number
from core.refusals import BadCellError
from intake import values
from ui import formatting

FIELDS = ("birthday", "birthday_is_lunar", "birthday_leap_month")
A_WEEK = 7  # days: those that Today and the list of customers look ahead
LONGEST = 60  # as people write it; what is stored is shorter
# Days of the year as `within` asks for them and the indexes of customers hold them.
BORN = Right("birthday", 5)  # 02-28, in its own calendar
FOUNDED = 100 * ExtractMonth("founded_on") + ExtractDay("founded_on")  # 228
FIRST, LAST = 1900, 2100  # lunar years that can be checked
_OLD_FORMS = str.maketrans("閏臘農曆陰舊陽", "闰腊农历阴旧阳")
_LUNAR = re.compile(r"\(? ?(?:[农阴旧]历|lunar(?: calendar)?) ?\)?:?", re.IGNORECASE)
_SOLAR = re.compile(r"\(? ?(?:[公阳新西]历|solar(?: calendar)?|gregorian) ?\)?:?", re.IGNORECASE)
_ONLY_LUNAR = re.compile("[闰初廿卅腊正冬]")
_MONTHS = ("", "正", "二", "三", "四", "五", "六", "七", "八", "九", "十", "冬", "腊")
_DIGITS = "〇一二三四五六七八九十"
_MONTH_DAY = re.compile(r"(?:-{0,2}|(\d{4})-)([闰Ll])?(\d{1,2})-(\d{1,2})")
_CHINESE = re.compile(
    r"(?:([\d〇零○一二三四五六七八九]{4}) ?年 ?)?(闰)? ?([正冬腊一二三四五六七八九十]{1,2}|\d{1,2}) ?月 ?"
    r"([初廿卅一二三四五六七八九十]{1,3}|\d{1,2}) ?[日号]?"
)


@dataclass(frozen=True)
class Birthday:
    """A day that is really in its calendar, as it is stored."""

    text: str
    lunar: bool = False
    leap: bool = False

    @property
    def fields(self) -> dict[str, Any]:
        """The values of FIELDS."""
        return dict(zip(FIELDS, (self.text or None, self.lunar, self.leap), strict=True))


def read(text: str, *, lunar: bool = False, leap: bool = False, order: str = "") -> Birthday:
    """The birthday of 1990-02-28, 农历二月三十, lunar 2023-02-30, 2023年闰二月初五; BadCellError says what is wrong.

    The flags say what the text doesn't; `order` that of day, month and year where the text leaves it open.
    """
    if len(text) > LONGEST:
        raise _unreadable(text)
    bare = " ".join(values.plain(text).translate(_OLD_FORMS).split())
    if _SOLAR.search(bare):
        bare, lunar = _SOLAR.sub("", bare).strip(), False
    elif _LUNAR.search(bare) or _ONLY_LUNAR.search(bare):
        bare, lunar = _LUNAR.sub("", bare).strip(), True
    if not lunar:
        if leap:
            raise BadCellError(_("Only the lunar calendar has leap months. Say that it is a lunar birthday."))
        return Birthday(values.past_day(bare, order).isoformat())
    year, written_leap, month, day = _lunar_parts(bare, order, text)
    leap = leap or written_leap
    _check_lunar(year, month, day, leap, text)
    return Birthday(f"{year:04d}-{month:02d}-{day:02d}" if year else f"{month:02d}-{day:02d}", lunar=True, leap=leap)


def checked(sent: Mapping[str, Any], stored: Any = None) -> dict[str, Any]:
    """FIELDS to store when `sent` of them came; what the customer `stored` has already may stay as it is."""
    before = Birthday("")
    if stored is not None:
        before = Birthday(stored.birthday or "", stored.birthday_is_lunar, stored.birthday_leap_month)
    text, lunar = sent.get("birthday", before.text) or "", sent.get("birthday_is_lunar", before.lunar)
    same_day = (text, lunar) == (before.text, before.lunar)
    found = Birthday(text, lunar, sent.get("birthday_leap_month", same_day and before.leap))
    if not text:
        found = Birthday("", lunar)
    elif found != before:
        found = read(text, lunar=lunar, leap=found.leap)
    return {name: value for name, value in found.fields.items() if name in sent or value != before.fields[name]}


def fit(lunar: Birthday, other: Birthday) -> bool:
    """Whether both can be one person's birthday: the same day; a lunar one without year leaves that open."""
    return len(lunar.text) < len("1990-02-28") or len(other.text) < len("1990-02-28") or _solar(lunar) == _solar(other)


def describe(text: str, *, lunar: bool, leap: bool) -> str:
    """A stored birthday in words."""
    if not lunar:
        return formatting.day(date.fromisoformat(text))
    if leap:
        return _("%(day)s, lunar calendar, leap month") % {"day": text}
    return _("%(day)s, lunar calendar") % {"day": text}


@dataclass(frozen=True)
class Falling:
    """Whose birthday a day is, as the month and day (MM-DD) that files hold: solar, lunar, lunar of a leap month."""

    solar: frozenset[str]
    lunar: frozenset[str]
    leap: frozenset[str]


def falling_on(day: date) -> Falling:
    """Birthdays that are kept on `day`.

    29 February is kept on the 28th in other years, a lunar 30th on the 29th of a shorter month, and a birthday in a
    leap month in the month of the same number where the year has no such leap month.
    """
    solar = {f"{day:%m-%d}"}
    if (day.month, day.day) == (2, 28) and not isleap(day.year):
        solar.add("02-29")
    moon = LunarDate.from_solar(day)
    days = {moon.day, 30} if moon.day == 29 and LCalendars.ndays(moon.year, moon.month, moon.leap) == 29 else {moon.day}
    kept = frozenset(f"{moon.month:02d}-{number:02d}" for number in days)
    no_leap_month = LCalendars.leap_month(moon.year) != moon.month
    return Falling(
        frozenset(solar),
        frozenset() if moon.leap else kept,
        kept if moon.leap or no_leap_month else frozenset(),
    )


def within(first: date, days: int) -> Q:
    """Customers whose birthday is kept, or whose company was founded, on one of these days of the year."""
    falling = [falling_on(first + timedelta(days=n)) for n in range(days)]
    solar, lunar, leap = (
        sorted(set().union(*(getattr(one, name) for one in falling))) for name in ("solar", "lunar", "leap")
    )
    days_founded = [100 * int(day[:2]) + int(day[3:]) for day in solar]
    return (
        Q(In(BORN, solar), birthday_is_lunar=False)
        | Q(In(BORN, lunar), birthday_is_lunar=True, birthday_leap_month=False)
        | Q(In(BORN, leap), birthday_is_lunar=True, birthday_leap_month=True)
        | Q(In(FOUNDED, days_founded), founded_on__lt=first)
    )


def kept_on(text: str | None, *, first: date, days: int, lunar: bool = False, leap: bool = False) -> date | None:
    """On which of these days a stored birthday is kept."""
    for day in (first + timedelta(days=n) for n in range(days)):
        falling = falling_on(day)
        kept = falling.leap if leap else falling.lunar if lunar else falling.solar
        if text and text[-len("02-28") :] in kept:
            return day
    return None


def next_kept(text: str | None, *, first: date, lunar: bool = False, leap: bool = False) -> date | None:
    """The next day from `first` on which a stored birthday is kept, by the rules of `falling_on`; None where none is
    stored, or beyond the years that the calendar knows."""
    if not text:
        return None
    month, day = int(text[-5:-3]), int(text[-2:])
    try:
        begun = LunarDate.from_solar(first).year if lunar else first.year
        return next(on for year in (begun, begun + 1) if (on := _kept_in(year, month, day, lunar, leap)) >= first)
    except (InvalidLunarDateError, ValueError, StopIteration):
        return None


def _kept_in(year: int, month: int, day: int, lunar: bool, leap: bool) -> date:
    """The day of a year of its calendar."""
    if not lunar:
        return date(year, month, 28 if (month, day) == (2, 29) and not isleap(year) else day)
    in_leap = leap and LCalendars.leap_month(year) == month
    last = LCalendars.ndays(year, month, int(in_leap))
    return LunarDate(year, month, min(day, last), int(in_leap)).to_solar_date()


def _solar(birthday: Birthday) -> date:
    year, month, day = map(int, birthday.text.split("-"))
    return LunarDate(year, month, day, int(birthday.leap)).to_solar_date() if birthday.lunar else date(year, month, day)


def _lunar_parts(bare: str, order: str, text: str) -> tuple[int, bool, int, int]:
    """(year or 0, whether the month is a leap month, month, day) as they are written."""
    if found := _MONTH_DAY.fullmatch(bare):
        month, day = int(found[3]), int(found[4])
        if not found[1] and order.startswith("d"):
            month, day = day, month
        return int(found[1] or 0), bool(found[2]), month, day
    if found := _CHINESE.fullmatch(bare):
        figures = "".join(str(_DIGITS.index(c)) if c in _DIGITS else c for c in re.sub("[零○]", "〇", found[1] or "0"))
        return int(figures), bool(found[2]), _chinese_month(found[3], text), _chinese_day(found[4], text)
    try:
        year, month, day = values.figures(bare, order)
    except values.AskOrderError:
        raise
    except BadCellError as error:
        raise _unreadable(text) from error
    return year, False, month, day


def _chinese_month(word: str, text: str) -> int:
    if (number := whole_number(word)) is not None:
        return number
    word = {"一": "正", "十一": "冬", "十二": "腊"}.get(word, word)
    if word not in _MONTHS:
        raise _unreadable(text)
    return _MONTHS.index(word)


def _chinese_day(word: str, text: str) -> int:
    """30 of 三十 or 卅, 5 of 初五, 21 of 廿一 or 二十一."""
    if (number := whole_number(word)) is not None:
        return number
    word = word.removeprefix("初").replace("廿", "二十").replace("卅", "三十")
    tens, ten, ones = word.rpartition("十")
    parts = [tens or "一", ones or "〇"] if ten else ["〇", ones]
    if any(part not in _DIGITS or len(part) != 1 for part in parts):
        raise _unreadable(text)
    return 10 * _DIGITS.index(parts[0]) + _DIGITS.index(parts[1])


def _check_lunar(year: int, month: int, day: int, leap: bool, text: str) -> None:
    """BadCellError unless the day is there: that of a known year in the calendar, else in some year."""
    if not (1 <= month <= 12 and 1 <= day <= 30):
        raise BadCellError(
            _("“%(value)s”: lunar months go from 1 to 12, their days from 1 to 30.") % {"value": values.shown(text)}
        )
    if not year:
        return
    if not FIRST <= year <= LAST:
        raise BadCellError(
            _("“%(value)s”: lunar years from %(first)s to %(last)s can be stored. Leave the year out.")
            % {"value": values.shown(text), "first": FIRST, "last": LAST}
        )
    try:
        solar = LunarDate(year, month, day, int(leap)).to_solar_date()
    except InvalidLunarDateError as error:
        raise BadCellError(
            _("“%(value)s”: the lunar calendar of %(year)s has no such day. Check month, day and leap month.")
            % {"value": values.shown(text), "year": year}
        ) from error
    if solar > clock.business_date():
        raise BadCellError(_("“%(value)s” lies in the future.") % {"value": values.shown(text)})


def _unreadable(text: str) -> BadCellError:
    return BadCellError(
        _("“%(value)s” is no lunar birthday. Write 1990-02-30, 02-30 without the year, or L02-05 in a leap month.")
        % {"value": values.shown(text)}
    )
