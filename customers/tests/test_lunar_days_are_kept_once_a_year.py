"""Every birthday of either calendar is kept on exactly one day of each of its years, from 1950 to 2100."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise

import pytest
from borax.calendars.lunardate import LCalendars, LunarDate
from django.urls import reverse
from holidays.calendars.chinese import _ChineseLunisolar

from core import clock
from customers import birthdays
from customers.models import Customer

FIRST, LAST = LunarDate(1950, 1, 1).to_solar_date(), LunarDate(2100, 12, 29).to_solar_date()
# In these a moon is new so close to midnight that tables made ahead differ by a day.
UNSURE = {2057, 2089, 2097}
Key = tuple[str, bool, bool]  # MM-DD, lunar, of a leap month


@pytest.fixture(scope="module")
def kept() -> dict[Key, list[date]]:
    """On which days each birthday is kept, by walking through all of them."""
    found: dict[Key, list[date]] = defaultdict(list)
    for n in range((LAST - FIRST).days + 1):
        day = FIRST + timedelta(days=n)
        falling = birthdays.falling_on(day)
        for text in falling.solar:
            found[text, False, False].append(day)
        for text in falling.lunar:
            found[text, True, False].append(day)
        for text in falling.leap:
            found[text, True, True].append(day)
    return found


def test_each_lunar_birthday_is_kept_once_in_each_lunar_year(kept):
    years = list(range(1950, 2101))
    for month in range(1, 13):
        for day in range(1, 31):
            for leap in (False, True):
                days = kept[f"{month:02d}-{day:02d}", True, leap]
                found = [LunarDate.from_solar(one).year for one in days if one < date(2101, 1, 1)]
                # The last days of 2100 lie behind the end of the walk.
                assert found in (years, years[:-1]), (month, day, leap)


def test_it_is_the_day_itself_where_the_year_has_it_and_else_the_nearest_before(kept):
    for (text, lunar, leap), days in kept.items():
        if not lunar:
            continue
        month, day = int(text[:2]), int(text[3:])
        for one in days:
            moon = LunarDate.from_solar(one)
            in_leap = leap and LCalendars.leap_month(moon.year) == month
            last = LCalendars.ndays(moon.year, month, int(in_leap))
            assert (moon.month, bool(moon.leap), moon.day) == (month, in_leap, min(day, last))


def test_each_solar_birthday_is_kept_once_a_year_and_29_february_on_the_28th_of_other_years(kept):
    for (text, lunar, _leap), days in kept.items():
        if lunar:
            continue
        whole = [one.year for one in days if 1951 <= one.year <= 2099]
        assert whole == list(range(1951, 2100)), text
    leap_days = [one for one in kept["02-29", False, False] if one.year % 4 or one.year in (2100,)]
    assert {(one.month, one.day) for one in leap_days} == {(2, 28)}


def test_the_next_day_is_the_first_of_them_from_today_on(kept):
    for (text, lunar, leap), days in kept.items():
        for before, after in pairwise(days):
            asked = {"lunar": lunar, "leap": leap}
            assert birthdays.next_kept(text, first=before + timedelta(days=1), **asked) == after
            assert birthdays.next_kept(f"1940-{text}", first=after, **asked) == after


def test_another_table_of_the_lunar_calendar_says_the_same(kept):
    other = _ChineseLunisolar()
    for year in sorted({*range(1951, 2099)} - UNSURE):
        for text, theirs in (
            ("01-01", other.lunar_new_year_date(year)),
            ("05-05", other.dragon_boat_date(year)),
            ("08-15", other.mid_autumn_date(year)),
            ("09-09", other.double_ninth_date(year)),
        ):
            assert theirs[0] in kept[text, True, False], (year, text)


@pytest.mark.parametrize("text", [None, "", "02-30"])
def test_beyond_the_years_of_the_calendar_and_of_nobody_there_is_none(text):
    assert birthdays.next_kept(text, first=date(2101, 6, 1), lunar=True) is None


@pytest.mark.django_db
def test_the_page_says_when_it_is_kept_next_and_the_form_what_is_meant(cast, customer, sign_in, time_machine):
    lunar = {"birthday": "1990-02-30", "birthday_is_lunar": True, "kind": "person"}
    Customer.objects.filter(pk=customer.pk).update(**lunar)
    client = sign_in(cast.wang)
    day = birthdays.next_kept("02-30", first=clock.user_today(cast.wang), lunar=True)
    assert day is not None
    page = client.get(reverse("customer", args=[customer.pk])).content.decode()
    assert "1990-02-30, lunar calendar" in page
    assert f"kept next on {day.day} " in page
    form = client.get(reverse("customer_edit", args=[customer.pk])).content.decode()
    assert "kept on the 29th where the month has no 30th" in form
    assert "kept in the ordinary month" in form
