"""The 24-hour clock and the promise: which one runs, how much is left, when it is breached."""

from datetime import UTC, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest

from feedback import sla

CAME = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)  # a Saturday evening


def clock_after(hours, *, state="received", response=None, promise=None):
    return sla.clock(
        state=state,
        received_at=CAME,
        first_response_due_at=CAME + timedelta(hours=24),
        first_response_at=None if response is None else CAME + timedelta(hours=response),
        promised_at=None if promise is None else CAME + timedelta(hours=promise),
        now=CAME + timedelta(hours=hours),
    )


@pytest.mark.parametrize(
    ("hours", "short", "breached"), [(0, False, False), (18, False, False), (18.1, True, False), (24.1, False, True)]
)
def test_it_is_short_in_the_last_quarter_and_breached_after_the_end(hours, short, breached):
    clock = clock_after(hours)
    assert (clock.name, clock.short, clock.breached) == ("response", short, breached)


def test_after_the_first_response_the_promise_runs():
    clock = clock_after(10, response=1, promise=48)
    assert (clock.name, clock.left, clock.breached) == ("promise", timedelta(hours=38), False)


def test_a_passed_promise_is_a_breach_until_the_answer_is_given():
    assert clock_after(50, response=1, promise=48, state="resolving").breached
    assert not clock_after(50, response=1, promise=48, state="answered").breached


def test_without_a_promise_the_clock_shows_how_the_first_response_went():
    in_time, late = clock_after(30, response=2), clock_after(30, response=25)
    assert (in_time.breached, late.breached) == (False, True)
    assert in_time.left is None


def test_a_promise_before_the_arrival_is_simply_over():
    assert clock_after(1, response=0.5, promise=-1).breached


SHANGHAI = ZoneInfo("Asia/Shanghai")


def weekdays(start):
    return (day for n in count() if (day := start + timedelta(days=n)).weekday() < 5)


def due(amount, unit, came=CAME):
    work = sla.WorkTime(weekdays, time(9), time(18), SHANGHAI)
    return sla.due(came, amount, unit, work).astimezone(SHANGHAI).strftime("%a %d %H:%M")


def test_clock_hours_run_through_nights_and_weekends():
    assert due(24, sla.CLOCK_HOURS) == "Mon 23 04:00"


def test_working_days_begin_after_the_arrival_and_end_when_work_ends():
    shipped = {severity: due(*solution) for severity, (_response, solution) in sla.DEFAULTS.items()}
    assert shipped == {
        "critical": "Mon 23 18:00",
        "high": "Tue 24 18:00",
        "normal": "Wed 25 18:00",
        "low": "Fri 27 18:00",
    }


@pytest.mark.parametrize(
    ("hours", "came", "wanted"),
    [
        (4, datetime(2026, 11, 23, 2, 0, tzinfo=UTC), "Mon 23 14:00"),
        (9, datetime(2026, 11, 23, 1, 0, tzinfo=UTC), "Mon 23 18:00"),
        (4, datetime(2026, 11, 23, 8, 0, tzinfo=UTC), "Tue 24 11:00"),
        (4, datetime(2026, 11, 20, 12, 0, tzinfo=UTC), "Mon 23 13:00"),
        (20, CAME, "Wed 25 11:00"),
    ],
)
def test_working_hours_stand_still_at_night_and_on_days_off(hours, came, wanted):
    assert due(hours, sla.WORK_HOURS, came) == wanted
