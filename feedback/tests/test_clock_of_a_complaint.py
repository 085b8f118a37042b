"""The 24-hour clock and the promise: which one runs, how much is left, when it is breached."""

from datetime import UTC, date, datetime, timedelta

import pytest

from feedback import sla

CAME = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)  # a Saturday evening


def clock_after(hours, *, state="received", response=None, promise=None):
    return sla.clock(
        state=state,
        received_at=CAME,
        first_response_due_at=sla.first_response_due(CAME),
        first_response_at=None if response is None else CAME + timedelta(hours=response),
        promised_at=None if promise is None else CAME + timedelta(hours=promise),
        now=CAME + timedelta(hours=hours),
    )


def test_the_first_response_runs_through_nights_and_weekends():
    assert sla.first_response_due(CAME) == datetime(2026, 11, 22, 20, 0, tzinfo=UTC)


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


def test_the_solution_is_due_in_working_days_by_severity():
    working = [date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 25), date(2026, 11, 26), date(2026, 11, 27)]
    days = {severity: sla.promise_day(severity, iter(working)).day for severity in sla.PROMISE_DAYS}
    assert days == {"critical": 23, "high": 24, "normal": 25, "low": 27}
