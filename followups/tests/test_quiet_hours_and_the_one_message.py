"""Nothing leaves in a person's quiet hours, and who wants one message in the morning gets one: nothing is lost or told
twice, in whatever zone and through the nights in which clocks change."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail as outgoing
from django.test import override_settings

from accounts import reaching
from accounts.models import User
from core import clock, company, dispatcher
from core.models import Company, OutboxMail
from core.notices import tell
from core.tests.http_sink import http_sink
from followups.models import Notice
from followups.services import notices_read_all, reminder_create

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
NIGHTS = [
    ("America/New_York", date(2027, 3, 14)),  # 02:00 becomes 03:00
    ("America/New_York", date(2027, 11, 7)),  # 02:00 becomes 01:00
    ("Europe/Paris", date(2027, 3, 28)),
    ("Europe/Paris", date(2027, 10, 31)),
    ("Asia/Shanghai", date(2027, 3, 14)),
]


@pytest.fixture
def sink():
    with http_sink() as running, override_settings(SMS_URL=f"{running.url}/sms"):
        yield running


def person(cast, **fields):
    values = {"mobile": "+8613800000001", "notice_ways": {"assigned": ["sms"], "reminder": ["sms"]}, "quiet": "own"}
    values |= {"quiet_from": time(22), "quiet_until": time(8)}
    User.objects.filter(pk=cast.wang.pk).update(**{**values, **fields})
    return User.objects.get(pk=cast.wang.pk)


def at(day, hour, minute=0, zone=SHANGHAI):
    return clock.at_local(day, time(hour, minute), zone)


def told(wang, n, moment, kind="assigned"):
    with time_machine.travel(moment, tick=False):
        tell(user=wang, kind=kind, key=f"{kind}:{n}", numbers={"by_name": "Li", "customers": n}, url="/inbox/")


def run(begin, end, step=timedelta(minutes=5), times=2):
    """The sender in every step, twice; when how many left."""
    found: dict[datetime, Counter[str]] = {}
    moment = begin
    while moment <= end:
        with time_machine.travel(moment, tick=False):
            done = sum((dispatcher.dispatch() for _n in range(times)), Counter())
        if done["sent"]:
            found[moment] = done
        moment += step
    return found


DAY = date(2026, 12, 1)


def test_what_comes_up_in_quiet_hours_leaves_at_their_end(cast, sink):
    wang = person(cast)
    told(wang, 1, at(DAY, 23))
    found = run(at(DAY, 23), at(DAY + timedelta(days=1), 9), timedelta(minutes=30))
    assert list(found) == [at(DAY + timedelta(days=1), 8)]
    assert len(sink.asked) == 1


def test_mail_waits_as_well(cast):
    wang = person(cast, notice_mails={"assigned": True}, notice_ways={})
    told(wang, 1, at(DAY, 2))
    assert list(run(at(DAY, 2), at(DAY, 9), timedelta(minutes=30))) == [at(DAY, 8)]
    assert len(outgoing.outbox) == 1


def test_ones_own_reminder_comes_at_its_minute_and_that_of_somebody_else_waits(cast, sink):
    wang = person(cast)
    with time_machine.travel(at(DAY, 12), tick=False):
        reminder_create(user=wang, by=wang, due_at=at(DAY, 23), text="own", channel="sms")
        reminder_create(user=wang, by=cast.admin, due_at=at(DAY, 23), text="theirs", channel="sms")
    found = run(at(DAY, 22), at(DAY + timedelta(days=1), 9), timedelta(minutes=30))
    assert list(found) == [at(DAY, 23), at(DAY + timedelta(days=1), 8)]
    assert ["own" in asked.json()["text"] for asked in sink.asked] == [True, False]


def test_the_company_says_when_for_who_has_chosen_nothing(cast, sink):
    Company.objects.update(quiet_from=time(21), quiet_until=time(7, 30))
    company.forget()
    wang = person(cast, quiet="company", quiet_from=None, quiet_until=None)
    assert reaching.quiet_until(wang, at(DAY, 21)) == at(DAY + timedelta(days=1), 7, 30)
    assert reaching.quiet_until(wang, at(DAY, 7, 30)) is None
    assert reaching.quiet_until(person(cast, quiet="none"), at(DAY, 23)) is None


def test_quiet_hours_that_were_set_after_the_message_count_too(cast, sink):
    """They are asked for when it goes."""
    wang = person(cast, quiet="none")
    told(wang, 1, at(DAY, 23))
    person(cast)
    assert list(run(at(DAY, 23), at(DAY + timedelta(days=1), 9), timedelta(hours=1))) == [
        at(DAY + timedelta(days=1), 8)
    ]


@pytest.mark.parametrize(("zone", "day"), NIGHTS)
@pytest.mark.parametrize("away", [None, (1, 9)])
def test_each_reminder_of_a_channel_once_at_the_right_local_minute_on_any_night(cast, sink, zone, day, away):
    """The company is in Shanghai. With the sender away from 01:00 to 09:00 all come when it is back."""
    here = ZoneInfo(zone)
    wang = person(cast, time_zone=zone, quiet_from=time(0, 15), quiet_until=time(6))
    times = [time(0, 30), time(1, 30), time(2, 30), time(9)]
    with time_machine.travel(at(day, 0, zone=here) - timedelta(hours=4), tick=False):
        for one in times:
            moment = clock.at_local(day, one, here)
            reminder_create(user=wang, by=wang, due_at=moment, text=f"own {one:%H:%M}", channel="sms")
            reminder_create(user=wang, by=cast.admin, due_at=moment, text=f"theirs {one:%H:%M}", channel="sms")
    seen: dict[str, datetime] = {}
    moment, end = at(day, 0, zone=here), at(day, 9, 30, zone=here)
    while moment <= end:
        if not (away and clock.at_local(day, time(away[0]), here) <= moment < clock.at_local(day, time(away[1]), here)):
            with time_machine.travel(moment, tick=False):
                for _n in range(2):
                    dispatcher.dispatch()
            for asked in sink.asked:
                text = asked.json()["text"].split("\n")[1]
                assert text not in seen, f"{text} came twice"
                seen[text] = moment
            sink.asked.clear()
        moment += timedelta(minutes=5)
    back, quiet_ends = clock.at_local(day, time(9), here), clock.at_local(day, time(6), here)
    for one in times:
        due = clock.at_local(day, one, here)
        gone = bool(away) and clock.at_local(day, time(away[0]), here) <= due < back
        assert seen[f"own {one:%H:%M}"] == (back if gone else due)
        waits = due < quiet_ends
        assert seen[f"theirs {one:%H:%M}"] == (back if away and waits else quiet_ends if waits else due)
    assert len(seen) == 2 * len(times)


# --- one message in the morning ---------------------------------------------------------------------------------------
def test_one_message_tells_of_all_that_came_since_the_last_one(cast):
    wang = person(cast, quiet="none", digest=True, notice_mails={"assigned": True, "taken": True}, notice_ways={})
    for n, hour in enumerate((9, 13, 23), start=1):
        told(wang, n, at(DAY, hour))
    told(wang, 9, at(DAY + timedelta(days=1), 9))
    found = run(at(DAY, 9), at(DAY + timedelta(days=3), 9), timedelta(minutes=30))
    assert list(found) == [at(DAY + timedelta(days=days), 8, 30) for days in (1, 2)]
    assert [message.subject for message in outgoing.outbox] == ["3 notices", "1 notice"]
    lines = [line for message in outgoing.outbox for line in message.body.splitlines() if line.startswith("·")]
    assert len(lines) == len(set(lines)) == 4


def test_what_cant_wait_comes_at_once_all_the_same(cast):
    wang = person(cast, quiet="none", digest=True, notice_ways={"back": ["sms"]}, notice_mails={"visit": True})
    assert not reaching.waits_for_morning(wang, "back")
    assert not reaching.waits_for_morning(wang, "visit")
    assert reaching.waits_for_morning(wang, "assigned")


def test_what_was_read_in_the_app_by_then_isnt_told(cast, sink):
    wang = person(cast, quiet="none", digest=True)
    told(wang, 1, at(DAY, 9))
    with time_machine.travel(at(DAY, 10), tick=False):
        notices_read_all(user=wang)
    assert run(at(DAY, 10), at(DAY + timedelta(days=1), 9), timedelta(minutes=30)) == {}
    assert OutboxMail.objects.get().state == OutboxMail.State.CANCELLED


def test_changing_ones_mind_in_between_tells_nothing_twice(cast):
    wang = person(cast, quiet="none", digest=True, notice_mails={"assigned": True}, notice_ways={})
    told(wang, 1, at(DAY, 9))
    wang = person(cast, quiet="none", digest=False, notice_mails={"assigned": True}, notice_ways={})
    told(wang, 2, at(DAY, 10))
    wang = person(cast, quiet="none", digest=True, notice_mails={"assigned": True}, notice_ways={})
    told(wang, 3, at(DAY, 11))
    run(at(DAY, 9), at(DAY + timedelta(days=2), 9), timedelta(minutes=30))
    assert len(outgoing.outbox) == 2  # the second at once, the others together
    assert [message.body.count("·") for message in outgoing.outbox] == [0, 2]


def test_a_message_of_the_morning_waits_for_longer_quiet_hours(cast, sink):
    wang = person(cast, digest=True, quiet_until=time(10))
    told(wang, 1, at(DAY, 12))
    found = run(at(DAY, 12), at(DAY + timedelta(days=1), 11), timedelta(minutes=30))
    assert list(found) == [at(DAY + timedelta(days=1), 10)]


def test_a_notice_that_is_told_just_before_the_message_goes_with_the_next_one(cast, sink):
    """A transaction that is still open at 08:30 must not be left out of both."""
    wang = person(cast, quiet="none", digest=True)
    told(wang, 1, at(DAY, 8, 28))
    assert Notice.objects.get().digest_on == DAY + timedelta(days=1)
    told(wang, 2, at(DAY, 8, 20))
    assert Notice.objects.get(key="assigned:2").digest_on == DAY
