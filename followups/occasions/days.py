"""On which day an occasion falls, as plain dates; what customers have of their own is in their files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from borax.calendars.lunardate import LunarDate

from customers.birthdays import falling_on
from followups.models import Occasion

What = Occasion.What
OF_CUSTOMERS = (What.BIRTHDAY, What.FOUNDED, What.FIRST_ORDER)
SOLAR = {What.NEW_YEAR: (1, 1), What.NATIONAL: (10, 1)}
LUNAR = {What.SPRING: (1, 1), What.DRAGON: (5, 5), What.AUTUMN: (8, 15)}
SOLAR_CODE, LUNAR_CODE, LEAP_CODE = 0, 1, 2  # whose birthdays a line of `birthdays` is about (sql/occasions_own.sql)


def day_of(occasion: Occasion, today: date) -> date | None:
    """The next day of a holiday or of a day of one's own, today included; None when that is over."""
    if occasion.what == What.OWN:
        return occasion.on if occasion.on and occasion.on >= today else None
    return min(day for day in (_in_year(occasion.what, year) for year in (today.year, today.year + 1)) if day >= today)


def _in_year(what: str, year: int) -> date:
    if what in SOLAR:
        month, day = SOLAR[What(what)]
        return date(year, month, day)
    month, day = LUNAR[What(what)]
    return LunarDate(year, month, day).to_solar_date()


def birthdays(first: date, days: int) -> Iterator[tuple[str, int, date]]:
    """(month and day as files hold it, which calendar, the day) of all that is kept on these days."""
    for day in (first + timedelta(days=n) for n in range(days)):
        falling = falling_on(day)
        for code, kept in ((SOLAR_CODE, falling.solar), (LUNAR_CODE, falling.lunar), (LEAP_CODE, falling.leap)):
            for text in sorted(kept):
                yield text, code, day
