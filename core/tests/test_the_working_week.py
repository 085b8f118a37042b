"""Which days are worked: the company's week, over it the published calendar, over that its own entries."""

from datetime import date

import pytest
from django.utils import translation

from core import company, workcalendar
from core.models import Company, WorkDay
from core.workcalendar import Why

pytestmark = pytest.mark.django_db


def set_company(**values):
    company.company()
    Company.objects.update(**values)
    company.forget()


def why(day: date) -> tuple[bool, Why, str]:
    known = workcalendar.explained(day)
    assert known.working == workcalendar.is_working(day)
    return known.working, known.why, known.name


def test_published_holidays_and_swapped_days_go_before_the_week():
    set_company(working_week="123456")
    with translation.override("en"):
        assert why(date(2026, 11, 28)) == (True, Why.WEEK, ""), "a Saturday of six-day weeks"
        assert why(date(2026, 10, 3)) == (False, Why.HOLIDAY, "National Day"), "a Saturday within the holiday"
        assert why(date(2026, 9, 20)) == (True, Why.SWAPPED, "National Day"), "a Sunday that is worked"
    with translation.override("zh-hans"):
        assert why(date(2026, 10, 1)) == (False, Why.HOLIDAY, "国庆节")


def test_a_year_nobody_published_has_the_known_holidays_by_name():
    with translation.override("zh-hans"):
        assert why(date(2027, 2, 8)) == (False, Why.HOLIDAY, "春节")
    assert workcalendar.year_is_guessed(2027)
    assert not workcalendar.year_is_guessed(2026)


def test_an_own_entry_goes_before_everything():
    WorkDay.objects.create(date=date(2026, 10, 1), working=True, name="盘点")
    workcalendar.forget()
    assert why(date(2026, 10, 1)) == (True, Why.OWN, "盘点")
    assert workcalendar.usual(date(2026, 10, 1)).why == Why.HOLIDAY


def test_elsewhere_only_the_week_and_own_entries_count():
    set_company(time_zone="Europe/Berlin", working_week="2345")
    assert why(date(2026, 10, 1)) == (True, Why.WEEK, "")
    assert why(date(2026, 11, 23)) == (False, Why.WEEK, "")
    assert not workcalendar.year_is_guessed(2027)


@pytest.mark.parametrize("week", ["", "8", "21", "11"])
def test_the_database_refuses_a_week_that_is_none(week):
    company.company()
    with pytest.raises(Exception, match="week"):
        Company.objects.update(working_week=week)
