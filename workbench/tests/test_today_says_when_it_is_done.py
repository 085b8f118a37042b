"""After the last row Today says what was done and what comes next; a row reaches its customer by WeChat and map."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from accounts.models import MaskRule
from customers.models import Customer, CustomerFacts
from followups.services import follow_up_complete, follow_up_create, follow_up_snooze

pytestmark = pytest.mark.django_db
FRIDAY = datetime(2026, 11, 27, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai; the next working day is Monday
TODAY = FRIDAY.date()


@pytest.fixture(autouse=True)
def _friday():
    with time_machine.travel(FRIDAY, tick=False):
        yield


def person(name, user, **more):
    facts = {"tier": "A", "tier_rank": 2, "lifecycle": "repeat", "next_follow_up_on": None} | more.pop("facts", {})
    made = Customer.objects.create(number=name, name=name, owner=user, team=user.team, stage="long_term", **more)
    CustomerFacts.objects.create(pk=made.pk, **facts)
    return made


def plan(customer, days=0):
    due_on = TODAY + timedelta(days=days)
    return follow_up_create(customer=customer, assignee=customer.owner, due_on=due_on, by=customer.owner)


def words(page):
    """What stands in the card of the queue."""
    text = page.content.decode().split('class="card queue-card"')[1].split("rail-column")[0]
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def test_after_the_last_row_it_says_what_was_done_and_what_comes(cast, sign_in):
    customer = person("一", cast.wang)
    done = [plan(customer), plan(customer, -1)]
    for days in (1, 3, 3, 4):  # Saturday, Monday twice, Tuesday
        plan(customer, days)
    client = sign_in(cast.wang)
    for row in done:
        assert "Done for today" not in words(client.get("/"))
        follow_up_complete(follow_up=row, by=cast.wang)
    said = words(client.get("/"))
    assert "Done for today 2 follow-ups handled 3 follow-ups are planned until Mon 30 Nov." in said
    assert "Every customer has been planned for the coming week." in said


def test_a_day_without_work_is_clear_and_names_whom_nothing_is_planned_for(cast, sign_in):
    plan(person("一", cast.wang), 20)
    said = words(sign_in(cast.wang).get("/"))
    assert "Today is clear Nothing is planned until Mon 30 Nov. 1 customer has no plan for the next 7 days" in said
    assert "Done for today" not in said


def test_who_has_nothing_at_all_is_told_where_to_begin(cast, sign_in):
    said = words(sign_in(cast.wang).get("/"))
    assert "Nothing waits for you" in said
    assert "Claim one from the unassigned pool or enter a new one" in said


def test_what_goes_on_after_the_planned_work_is_told_apart(cast, sign_in):
    row = plan(person("一", cast.wang))
    person("没有计划", cast.wang)
    client = sign_in(cast.wang)
    assert "Everything planned for today is done" not in words(client.get("/"))
    follow_up_complete(follow_up=row, by=cast.wang)
    assert "Everything planned for today is done" in words(client.get("/"))


def test_when_all_was_put_off_it_says_when_it_comes_back(cast, sign_in):
    row = plan(person("一", cast.wang))
    follow_up_snooze(follow_up=row, until=FRIDAY + timedelta(hours=4), by=cast.wang)
    assert "what you put off comes back from 14:00 on" in words(sign_in(cast.wang).get("/"))


# --- WeChat and map --------------------------------------------------------------------------------------------------
def test_the_menu_of_a_row_copies_the_wechat_id_and_opens_the_map(cast, sign_in):
    plan(person("一", cast.wang, wechat="wx-yi", address="常州市北江路 488 号", region="江苏"))
    page = sign_in(cast.wang).get("/").content.decode()
    assert 'data-copy="wx-yi"' in page
    assert "https://uri.amap.com/search?" in page


def test_neither_stands_there_for_who_reads_them_masked_or_where_nothing_is_known(cast, sign_in):
    MaskRule.objects.filter(role=cast.wang.role, field_class__in=("phone", "address")).update(mode="mask")
    plan(person("一", cast.wang, wechat="wx-yi", address="常州市北江路 488 号", region="江苏"))
    plan(person("二", cast.wang))
    page = sign_in(cast.wang).get("/").content.decode()
    assert "data-copy" not in page.split('class="card queue-card"')[1].split("rail-column")[0]
    assert "wx-yi" not in page
    assert "amap.com" not in page
