"""A visit that is over and not written up: one notice while its 24 hours still run, at an hour when people are up."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from accounts.models import User
from core import clock
from followups import selectors
from followups.models import Notice
from followups.services import follow_up_cancel, follow_up_create, visit_notices_make

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 23)  # yesterday
SHANGHAI = ZoneInfo("Asia/Shanghai")


def visit_of(customer, at=None, **more):
    values = {"method": "visit", "due_on": MONDAY, "due_time": at, "by": customer.owner, **more}
    return follow_up_create(customer=customer, assignee=customer.owner, **values)


def told_at(moments):
    """The first of the moments at which the notice is made."""
    for moment in moments:
        with time_machine.travel(moment, tick=False):
            if visit_notices_make():
                return moment.astimezone(SHANGHAI)
    return None


def hours_from(begin, count=40):
    return [begin + timedelta(minutes=30 * n) for n in range(2 * count)]


@pytest.mark.parametrize(
    ("at", "day", "hour"),
    [
        (None, 24, "18:00"),  # over with its day, so until the end of the day after
        (time(18, 0), 24, "12:00"),
        (time(16, 0), 24, "10:00"),
        (time(10, 0), 24, "08:30"),  # 04:00 is night, the morning is early enough
        (time(7, 0), 23, "20:00"),  # the morning would be too late
    ],
)
def test_six_hours_before_the_end_and_never_at_night(make, at, day, hour):
    visit_of(make(), at)
    found = told_at(hours_from(datetime(2026, 11, 22, 22, 30, tzinfo=UTC)))
    assert (found.day, f"{found:%H:%M}") == (day, hour)


def test_once_however_often_it_is_looked_for_and_it_opens_the_form(make, cast):
    customer = make("恒远")
    visit = visit_of(customer, time(18))
    with time_machine.travel(datetime(2026, 11, 24, 5, 0, tzinfo=UTC), tick=False):
        assert [visit_notices_make() for _ in range(3)] == [1, 0, 0]
        (row,) = [selectors.notice_row(notice) for notice in selectors.notices_with_names(cast.wang)]
        assert row.title == "Visit not written up yet: the time for it ends 24 Nov 10:00"
        assert row.url == f"/interactions/new/?customer={customer.pk}&visit={visit.pk}"


def test_who_has_written_it_up_or_called_it_off_hears_nothing(make, cast, log_contact):
    done, off = make(), make()
    visit_of(done)
    called_off = visit_of(off)
    log_contact(done, kind="visit")
    follow_up_cancel(follow_up=called_off, by=cast.wang)
    visit_of(make(), method="call")
    with time_machine.travel(datetime(2026, 11, 24, 5, 0, tzinfo=UTC), tick=False):
        assert visit_notices_make() == 0


def test_a_notice_goes_when_the_visit_is_written_up(make, cast, log_contact):
    customer = make()
    visit_of(customer, time(18))
    with time_machine.travel(datetime(2026, 11, 24, 5, 0, tzinfo=UTC), tick=False):
        visit_notices_make()
        assert selectors.unread(cast.wang).count() == 1
        log_contact(customer, kind="visit", occurred_at=clock.now() - timedelta(hours=20))
        assert selectors.unread(cast.wang).count() == 0


def test_the_clock_is_that_of_the_person_who_goes(make, cast):
    User.objects.filter(pk=cast.wang.pk).update(time_zone="America/New_York")
    cast.wang.refresh_from_db()
    visit_of(make(owner=cast.wang))
    found = told_at(hours_from(datetime(2026, 11, 23, 4, 0, tzinfo=UTC), 60))
    assert found.astimezone(ZoneInfo("America/New_York")).strftime("%d %H:%M") == "24 18:00"


def test_after_a_long_break_of_the_server_nobody_hears_of_what_is_long_past(make):
    visit_of(make())
    with time_machine.travel(datetime(2026, 11, 28, 5, 0, tzinfo=UTC), tick=False):
        assert visit_notices_make() == 0
    assert not Notice.objects.exists()
