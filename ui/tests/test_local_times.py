"""Wall-clock times become the right instants across clock changes, and working days follow the published calendar."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import clock, workcalendar
from core.models import WorkDay

NEW_YORK, PARIS, SHANGHAI = ZoneInfo("America/New_York"), ZoneInfo("Europe/Paris"), ZoneInfo("Asia/Shanghai")


def local(day, at, zone):
    return clock.at_local(day, at, zone).astimezone(zone)


@pytest.mark.parametrize("at", [time(2, 0), time(2, 30), time(2, 59, 59)])
def test_a_time_that_is_skipped_becomes_the_first_moment_after(at):
    assert local(date(2026, 3, 8), at, NEW_YORK).strftime("%H:%M") == "03:00"
    assert local(date(2026, 3, 29), at, PARIS).strftime("%H:%M:%S") == "03:00:00"
    assert local(date(2026, 3, 8), at, SHANGHAI).time() == at


def test_a_time_that_comes_twice_means_the_first():
    assert clock.at_local(date(2026, 11, 1), time(1, 30), NEW_YORK).strftime("%H:%M") == "05:30"


@given(
    st.dates(date(2020, 1, 1), date(2035, 12, 31)),
    st.times(),
    st.sampled_from([NEW_YORK, PARIS, SHANGHAI, ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Africa/Casablanca")]),
)
def test_every_wall_time_has_an_instant_on_its_day_and_only_skipped_ones_move(day, at, zone):
    moment = local(day, at, zone)
    assert moment.date() == day
    moved = moment.replace(tzinfo=None) - datetime.combine(day, at)
    assert timedelta(0) <= moved <= timedelta(hours=1)


@pytest.mark.django_db
def test_swapped_days_of_the_published_calendar():
    assert not workcalendar.is_working(date(2026, 10, 1))
    assert workcalendar.is_working(date(2026, 10, 10))  # a Saturday that is worked
    assert workcalendar.next_working_day(date(2026, 10, 1)) == date(2026, 10, 8)
    assert not workcalendar.is_guessed(date(2026, 10, 1))


@pytest.mark.django_db
def test_a_year_nobody_published_is_weekends_and_known_holidays_and_marked():
    assert not workcalendar.is_working(date(2027, 10, 1))
    assert not workcalendar.is_working(date(2027, 10, 9))
    assert workcalendar.is_working(date(2027, 10, 11))
    assert workcalendar.is_guessed(date(2027, 10, 11))


@pytest.mark.django_db
def test_the_companys_own_days_win():
    WorkDay.objects.create(date=date(2026, 11, 24), working=False, name="Founding day")
    WorkDay.objects.create(date=date(2026, 11, 28), working=True)
    workcalendar.forget()
    assert workcalendar.next_working_day(date(2026, 11, 24)) == date(2026, 11, 25)
    assert workcalendar.next_working_day(date(2026, 11, 28)) == date(2026, 11, 28)
