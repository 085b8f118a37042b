"""Reminders of people in several zones, through the nights in which clocks change: each once, at its own local minute.

The company is in Shanghai. The sender runs each five minutes, twice at a time, or not at all from 01:00 to 09:00.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail as outgoing

from core import clock, dispatcher
from followups import selectors
from followups.services import reminder_create

pytestmark = pytest.mark.django_db
TIMES = [time(0, 30), time(1, 30), time(2, 30), time(3, 0), time(9, 0)]
STEP = timedelta(minutes=5)
# The night in which a zone's clocks change, and one in which nothing does.
NIGHTS = [
    ("America/New_York", date(2027, 3, 14)),  # 02:00 becomes 03:00
    ("America/New_York", date(2027, 11, 7)),  # 02:00 becomes 01:00
    ("Europe/Paris", date(2027, 3, 28)),
    ("Europe/Paris", date(2027, 10, 31)),
    ("Asia/Shanghai", date(2027, 3, 14)),
]


@pytest.fixture
def remind_at(cast):
    """`remind_at(zone, day)` sets a person of that zone a mail for each of TIMES; the instants by their text."""

    def remind(zone: str, day: date) -> dict[str, datetime]:
        cast.wang.time_zone = zone
        cast.wang.save()
        moments = {f"{at:%H:%M}": clock.at_local(day, at, ZoneInfo(zone)) for at in TIMES}
        for text, moment in moments.items():
            reminder_create(user=cast.wang, by=cast.wang, due_at=moment, text=text, channel="email")
        return moments

    return remind


def sent(
    begin: datetime, end: datetime, *, times: int = 1, away: tuple[time, time] | None = None
) -> dict[str, datetime]:
    """Run the sender from begin to end; the moment at which each text went out. Nothing may go out twice."""
    found: dict[str, datetime] = {}
    moment = begin
    while moment <= end:
        local = moment.time()
        if away is None or not away[0] <= local < away[1]:
            with time_machine.travel(moment, tick=False):
                for _ in range(times):
                    dispatcher.dispatch()
        for message in outgoing.outbox:
            text = message.subject.removeprefix("Reminder: ")
            assert text not in found, "told twice"
            found[text] = moment
        outgoing.outbox.clear()
        moment = (moment.astimezone(ZoneInfo("UTC")) + STEP).astimezone(begin.tzinfo)
    return found


@pytest.mark.parametrize(("zone", "day"), NIGHTS)
@pytest.mark.parametrize("senders", [1, 2])
def test_each_goes_out_once_within_the_step_after_its_minute(remind_at, zone, day, senders):
    with time_machine.travel(datetime.combine(day, time(), ZoneInfo(zone)) - timedelta(hours=12), tick=False):
        moments = remind_at(zone, day)
    begin = datetime.combine(day, time(0), ZoneInfo(zone)) - timedelta(hours=1)
    found = sent(begin, begin + timedelta(hours=12), times=senders)
    assert found.keys() == moments.keys()
    for text, moment in moments.items():
        assert timedelta(0) <= found[text] - moment < STEP, text


@pytest.mark.parametrize(("zone", "day"), NIGHTS)
def test_after_a_night_without_a_sender_each_goes_out_once_when_it_is_back(remind_at, zone, day):
    with time_machine.travel(datetime.combine(day, time(), ZoneInfo(zone)) - timedelta(hours=12), tick=False):
        moments = remind_at(zone, day)
    begin = datetime.combine(day, time(0), ZoneInfo(zone)) - timedelta(hours=1)
    found = sent(begin, begin + timedelta(hours=13), away=(time(1), time(9)))
    back = clock.at_local(day, time(9), ZoneInfo(zone))
    assert found == {text: back if text != "00:30" else moments[text] for text in moments}


@pytest.mark.parametrize(("zone", "day"), NIGHTS)
def test_in_the_app_it_stands_from_its_minute_on_without_any_sender(remind_at, cast, zone, day):
    with time_machine.travel(datetime.combine(day, time(), ZoneInfo(zone)) - timedelta(hours=12), tick=False):
        moments = remind_at(zone, day)
    for text, moment in moments.items():
        for seconds, there in ((-1, False), (0, True)):
            with time_machine.travel(moment + timedelta(seconds=seconds), tick=False):
                assert (text in {notice.text for notice in selectors.notices(cast.wang)}) is there, text
