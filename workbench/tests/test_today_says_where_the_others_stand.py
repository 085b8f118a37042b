"""The figure of a part of Today is the number of its rows, or the part says where the others of the figure stand."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from customers.models import Customer, CustomerFacts
from followups.services import follow_up_create, follow_up_snooze
from segmentation.models import ChurnCase
from workbench.today import queue

pytestmark = pytest.mark.django_db
TEN = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai
TODAY = date(2026, 11, 24)


@pytest.fixture(autouse=True)
def _ten():
    with time_machine.travel(TEN, tick=False):
        yield


def person(owner, warned=False):
    number = f"W{Customer.all_objects.count():06d}"
    made = Customer.objects.create(number=number, name=number, owner=owner, team=owner.team, stage="long_term")
    facts = {"warning": "red", "value_at_risk": 100} if warned else {}
    CustomerFacts.objects.create(customer=made, tier="A", tier_rank=2, lifecycle="repeat", **facts)
    if warned:
        ChurnCase.objects.create(customer=made, level="red", opened_on=TODAY, level_since=TODAY, value_at_risk=100)
    return made


def plan(customer, days=0, **more):
    due_on, owner = TODAY + timedelta(days=days), customer.owner
    return follow_up_create(customer=customer, assignee=owner, due_on=due_on, by=owner, **more)


@pytest.fixture
def day(cast):
    """Three due and one put off, two overdue of which one is put off, win-back tasks and warnings of every kind."""
    for _n in range(3):
        plan(person(cast.wang))
    for days in (0, -1):
        row = plan(person(cast.wang), days)
        follow_up_snooze(follow_up=row, until=TEN + timedelta(hours=4), by=cast.wang)
    plan(person(cast.wang), -1)
    for _n in range(4):
        plan(person(cast.wang, warned=True), source="warning")
    plan(person(cast.wang, warned=True), 5)
    plan(person(cast.wang, warned=True))  # planned by a person: it stands among what is due


def said(client):
    """The parts of the page: heading, figure and what stands under it in words, and how many rows."""
    client.cookies["django_language"] = "en"
    page = client.get("/").content.decode()
    found = {}
    for part in page.split('class="queue-group"')[1:]:
        key = re.search(r'id="g-(\w+)"', part)[1]
        figure = int(re.search(r'class="count">(\d+)<', part)[1])
        apart = re.search(r'class="apart">([^<]*)<', part)
        found[key] = (figure, apart[1] if apart else "", part.split('id="pick-day"')[0].count("data-row>"))
    return found


def test_each_part_says_where_the_others_of_its_figure_stand(day, cast, sign_in):
    assert said(sign_in(cast.wang)) == {
        "overdue": (2, "1 here, 1 put off until later", 1),
        "today": (9, "4 here, 4 under churn warnings, 1 put off until later", 4),
        "put_off": (2, "", 2),
        "warning": (6, "4 for today, 1 planned for later, 1 among what is overdue or due", 4),
    }


def test_the_places_add_up_to_the_figure(day, cast):
    for part in queue.sections(cast.wang):
        counted = [int(n) for n in re.findall(r"\d+", part.apart)]
        assert sum(counted) == part.count if counted else part.count == part.total, part.key


def test_a_task_without_an_open_warning_is_told_beside_the_figure(cast, sign_in):
    person(cast.wang, warned=True)
    plan(person(cast.wang), source="warning")
    figure, apart, rows = said(sign_in(cast.wang))["warning"]
    assert (figure, rows) == (1, 2)
    assert apart == "1 for today, besides 1 to win back without an open warning of yours"


def test_a_part_that_was_cut_says_how_many_of_its_rows_stand_there(cast, sign_in):
    for _n in range(23):
        plan(person(cast.wang), -1)
    client = sign_in(cast.wang)
    assert said(client)["overdue"] == (23, "", queue.PER_SECTION)
    assert f"{queue.PER_SECTION} of 23 shown." in client.get("/").content.decode()


def test_a_day_whose_rows_all_stand_in_one_place_explains_nothing(cast, sign_in):
    plan(person(cast.wang))
    assert said(sign_in(cast.wang)) == {"today": (1, "", 1)}
