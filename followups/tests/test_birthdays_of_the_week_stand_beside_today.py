"""The card beside Today: birthdays, lunar ones too, and founding days of one's own customers within seven days."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
import time_machine
from django.urls import reverse

from customers import services
from customers.models import Customer, CustomerFacts
from followups.models import FollowUp, Occasion
from followups.occasions.planning import occasions_make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _tuesday():
    """24 November 2026, the 16th of the tenth lunar month."""
    with time_machine.travel(datetime(2026, 11, 24, 2, 0, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def person(cast):
    def make(name, **fields):
        owner = fields.pop("owner", cast.wang)
        customer = services.customer_create(by=cast.manager, owner=owner, name=name, kind=fields.pop("kind", "person"))
        Customer.objects.filter(pk=customer.pk).update(**fields)
        CustomerFacts.objects.get_or_create(pk=customer.pk)
        return customer

    return make


@pytest.fixture
def week(person, cast):
    """Who has a day within seven days, in its order; around them some who haven't."""
    names = [
        person("今天", birthday="1990-11-24"),
        person("农历", birthday="1988-10-18", birthday_is_lunar=True),
        person("公司", kind="company", founded_on="2016-11-28"),
        person("最后一天", birthday="1979-11-30"),
    ]
    person("下一天", birthday="1979-12-01")
    person("昨天", birthday="1979-11-23")
    person("农历的日子按公历", birthday="1979-11-25", birthday_is_lunar=True)
    person("别人的", birthday="1990-11-24", owner=cast.li)
    return names


def card(client):
    drawn = client.get(reverse("today")).context["rail"].cards
    return next((one.shows for one in drawn if one.card.key == "celebrations"), None)


def listed(client, url):
    return {row.pk for row in client.get(url).context["list"].page.rows}


def test_they_stand_in_the_order_of_their_days_and_the_figure_opens_them(week, cast, sign_in):
    client = sign_in(cast.wang)
    shown = card(client)
    assert [one.pk for one in shown.rows] == [customer.pk for customer in week]
    assert [one.words for one in shown.rows] == [
        "birthday",
        "birthday, lunar calendar",
        "founded 10 years ago",
        "birthday",
    ]
    assert shown.all == 4
    page = client.get(reverse("today")).content.decode()
    url = re.search(r'href="([^"]*birthday=week)"', page)[1].replace("&amp;", "&")
    assert listed(client, url) == {customer.pk for customer in week}


def test_whom_a_follow_up_greets_stands_there_no_second_time(week, cast, sign_in):
    Occasion.objects.filter(what="birthday").update(is_active=True, days_before=0, kind="", tiers=[], industry=None)
    occasions_make()
    greeted = set(FollowUp.objects.filter(reason_code="OCCASION").values_list("customer_id", flat=True))
    assert greeted
    client = sign_in(cast.wang)
    shown = card(client)
    assert not {one.pk for one in shown.rows} & greeted
    assert (shown.all, shown.planned) == (
        4,
        FollowUp.objects.filter(assignee=cast.wang, reason_code="OCCASION").count(),
    )
    planned = client.get(f"{reverse('follow_up_list')}?whose=mine&occasion=week").context["list"].page.rows
    assert len(planned) == shown.planned
    FollowUp.objects.filter(reason_code="OCCASION").update(state="done")
    assert not {one.pk for one in card(client).rows} & greeted, "nor once it is done"


def test_without_any_there_is_no_card(cast, sign_in):
    assert card(sign_in(cast.wang)) is None
