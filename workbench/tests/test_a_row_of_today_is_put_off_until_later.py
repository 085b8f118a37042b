"""A row of Today is put off until later the same day: it waits at the end, and comes back with a notice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.models import AuditEntry
from core import clock
from customers.models import Customer, CustomerFacts
from followups.models import FollowUp
from followups.selectors import snooze_choices, unread
from followups.services import follow_up_complete, follow_up_create, follow_up_reschedule, follow_up_snooze
from workbench.today import queue

pytestmark = pytest.mark.django_db
TEN = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai
TODAY = TEN.date()


@pytest.fixture(autouse=True)
def _ten():
    with time_machine.travel(TEN, tick=False):
        yield


def plan(name, user, days=0, **more):
    made = Customer.objects.create(number=name, name=name, owner=user, team=user.team, stage="long_term")
    CustomerFacts.objects.create(pk=made.pk, tier="A", tier_rank=2, lifecycle="repeat")
    due_on = TODAY + timedelta(days=days)
    return follow_up_create(customer=made, assignee=user, due_on=due_on, by=user, **more)


def parts(user):
    return {part.key: [row.customer.name for row in part.rows] for part in queue.sections(user)}


def at(hour, minute=0):
    return time_machine.travel(TEN + timedelta(hours=hour - 10, minutes=minute), tick=False)


def put_off(client, row, until):
    return client.post(reverse("follow_up_snooze", args=[row.pk]), {"until": until, "next": "/"}, follow=True)


def test_it_waits_at_the_end_and_is_back_at_its_minute_with_a_notice(cast, sign_in):
    late, due = plan("逾期", cast.wang, -1), plan("今天", cast.wang)
    answer = put_off(sign_in(cast.wang), late, "14:00").content.decode()
    assert "逾期: back at 14:00." in answer
    assert "Until 14:00" in answer
    assert parts(cast.wang) == {"today": ["今天"], "put_off": ["逾期"]}
    with at(13, 59):
        assert not unread(cast.wang).exists()
        assert list(parts(cast.wang)) == ["today", "put_off"]
    with at(14):
        assert unread(cast.wang).get().source_id == late.pk
        assert parts(cast.wang) == {"overdue": ["逾期"], "today": ["今天"]}
        page = sign_in(cast.wang).get(reverse("inbox")).content.decode()
        assert "Call: you put it off until now" in page
    late.refresh_from_db()
    assert (late.due_on, late.due_time, late.version) == (TODAY - timedelta(days=1), None, 1), "no appointment"
    assert due.snoozed_until is None


def test_the_figures_stay_those_of_the_list(cast, sign_in):
    late = [plan(f"逾期{n}", cast.wang, -1) for n in range(2)]
    plan("今天", cast.wang)
    client = sign_in(cast.wang)
    put_off(client, late[0], "14:00")
    found = {part.key: part for part in queue.sections(cast.wang)}
    assert (found["overdue"].count, found["overdue"].waiting) == (2, 1)
    assert (found["today"].count, found["today"].waiting) == (1, 1)
    assert sum(part.due for part in found.values()) == 3
    assert client.get("/").context["planned"] == 3


def test_undo_brings_it_back_and_takes_the_notice_along(cast, sign_in):
    row = plan("今天", cast.wang)
    client = sign_in(cast.wang)
    answer = put_off(client, row, "hour").content.decode()
    url = reverse("follow_up_wake", args=[row.pk])
    assert f'action="{url}"' in answer
    client.post(url, {"next": "/"})
    assert parts(cast.wang) == {"today": ["今天"]}
    with at(11, 1):
        assert not unread(cast.wang).exists()
    acts = AuditEntry.objects.filter(object_id=row.pk).order_by("pk").values_list("act", flat=True)
    assert list(acts)[1:] == ["follow_up.snooze", "follow_up.wake"]


def test_put_off_again_tells_once(cast, sign_in):
    row = plan("今天", cast.wang)
    client = sign_in(cast.wang)
    for until in ("14:00", "17:00", "14:00"):
        put_off(client, row, until)
    with at(18):
        assert unread(cast.wang).count() == 1


@pytest.mark.parametrize("act", ["done", "moved"])
def test_what_was_done_or_moved_meanwhile_is_not_told(cast, act):
    row = plan("今天", cast.wang)
    follow_up_snooze(follow_up=row, until=TEN + timedelta(hours=1), by=cast.wang)
    row = FollowUp.objects.get(pk=row.pk)
    if act == "done":
        follow_up_complete(follow_up=row, by=cast.wang)
    else:
        follow_up_reschedule(follow_up=row, due_on=TODAY + timedelta(days=3), by=cast.wang)
    with at(12):
        assert not unread(cast.wang).exists()


def test_only_times_that_are_ahead_are_offered_and_taken(cast, sign_in):
    assert [value for value, _words in snooze_choices(cast.wang)] == ["hour", "14:00", "17:00"]
    row = plan("今天", cast.wang)
    with at(15):
        assert [value for value, _words in snooze_choices(cast.wang)] == ["hour", "17:00"]
        assert "That time has passed" in put_off(sign_in(cast.wang), row, "14:00").content.decode()
    with at(23, 30):
        assert snooze_choices(cast.wang) == []
        assert "no longer today" in put_off(sign_in(cast.wang), row, "hour").content.decode()
    assert FollowUp.objects.get(pk=row.pk).snoozed_until is None


def test_the_hour_is_that_of_the_persons_own_day(cast, sign_in):
    cast.wang.time_zone = "Europe/Berlin"  # 03:00 there
    cast.wang.save()
    row = plan("柏林", cast.wang)
    put_off(sign_in(cast.wang), row, "14:00")
    assert FollowUp.objects.get(pk=row.pk).snoozed_until == datetime(2026, 11, 24, 13, 0, tzinfo=UTC)


def test_a_closed_one_says_so(cast, sign_in):
    row = plan("今天", cast.wang)
    follow_up_complete(follow_up=row, by=cast.wang)
    assert "was closed in the meantime" in put_off(sign_in(cast.wang), row, "hour").content.decode()
    assert clock.now() == TEN
