"""What is left of the 24 hours of a visit stands on top of Today, and in the visit's own row."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine

from customers.models import Customer, CustomerFacts
from followups.services import follow_up_create

pytestmark = pytest.mark.django_db
TEN = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai
TODAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def _ten():
    with time_machine.travel(TEN, tick=False):
        yield


def visit(owner, name, days, at, method="visit"):
    made = Customer.objects.create(number=name, name=name, owner=owner, team=owner.team, stage="long_term")
    CustomerFacts.objects.create(customer=made, tier="A", tier_rank=2, lifecycle="repeat")
    due_on = TODAY + timedelta(days=days)
    return follow_up_create(customer=made, assignee=owner, due_on=due_on, due_time=at, method=method, by=owner)


def words(markup):
    return " ".join(re.sub(r"<[^>]+>", " ", markup).split())


def page_of(client):
    client.cookies["django_language"] = "en"
    return client.get("/").content.decode()


def strip(page):
    return words(page.split('class="progress card"')[1].split("</section>")[0])


def row(page, name):
    (found,) = (one for one in page.split("data-row>")[1:] if f">{name}</a>" in one.split("</p>")[0])
    return words(found.split("</li>")[0])


def test_the_next_to_run_out_stands_in_the_progress_of_the_day(cast, sign_in):
    visit(cast.wang, "昨天下午", -1, time(15))
    visit(cast.wang, "昨天中午", -1, time(12, 30))
    visit(cast.wang, "前天", -2, time(15))
    page = page_of(sign_in(cast.wang))
    assert "3 visits to write up 2 h 30 min left" in strip(page)
    assert re.search(r'class="to-write-up.*?href="/interactions/new/\?customer=\d+&amp;visit=\d+', page, re.DOTALL)


def test_where_all_are_late_it_says_by_how_much(cast, sign_in):
    visit(cast.wang, "前天", -2, time(8))
    assert "1 visit to write up 1 d 2 h late" in strip(page_of(sign_in(cast.wang)))


def test_the_row_says_its_hours_and_other_rows_their_days(cast, sign_in):
    visit(cast.wang, "昨天下午", -1, time(15))
    visit(cast.wang, "前天", -2, time(8))
    visit(cast.wang, "电话", -1, None, method="call")
    visit(cast.wang, "下午再去", 0, time(15))
    page = page_of(sign_in(cast.wang))
    assert "5 h to write up" in row(page, "昨天下午")
    assert "Write-up 1 d late" in row(page, "前天")
    assert "1 day overdue" in row(page, "电话")
    assert "Today 15:00" in row(page, "下午再去")


def test_without_a_visit_that_is_over_nothing_is_counted_down(cast, sign_in):
    visit(cast.wang, "下午再去", 0, time(15))
    assert "to write up" not in page_of(sign_in(cast.wang))


def test_leads_are_told_of_their_own_visits_too(cast, sign_in):
    visit(cast.lead, "组长的", -1, time(15))
    assert "1 visit to write up 5 h left" in strip(page_of(sign_in(cast.lead)))


def test_the_card_says_where_those_are_that_it_has_no_room_for(cast, sign_in):
    for n in range(7):
        visit(cast.wang, f"客户{n}", -1, time(15))
    page = page_of(sign_in(cast.wang))
    assert "5 of 7 shown: the others stand among what is overdue" in words(page.split('id="visits"')[1])
