"""One-time buyers: who, when, what, how long such customers usually take; and the day expected on the customer list."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from customers.models import Customer, CustomerFacts
from sales.models import Order, OrderLine
from segmentation.buying.models import BuyingRhythm, UsualGap
from segmentation.models import ScoreBasis

pytestmark = pytest.mark.django_db


@pytest.fixture
def buyer(cast):
    today = clock.business_date()

    def make(number, days_ago, *, days=1, owner=cast.wang, lifecycle="first_time"):
        made = Customer.objects.create(number=number, name=f"客户{number}", kind="person", owner=owner, team=owner.team)
        on = today - timedelta(days=days_ago)
        facts = {"lifecycle": lifecycle, "last_order_on": on, "rated_order_on": on, "monetary": 88_000}
        CustomerFacts.objects.create(
            customer=made, tier="C", next_order_on=on + timedelta(days=25), next_order_by="tier", **facts
        )
        BuyingRhythm.objects.create(customer=made, days=days, last_on=on)
        order = Order.objects.create(
            number=f"O{number}",
            customer=made,
            ordered_at=clock.now(),
            ordered_on=on,
            currency="CNY",
            total=88_000,
            amount=88_000,
            state="completed",
        )
        OrderLine.objects.create(order=order, description="青瓷茶具", quantity=1, unit_price=880, amount=880)
        return made

    return make


@pytest.fixture
def usual():
    common = {"kept_on": clock.business_date(), "customers": 25, "low": 22, "middle": 34, "high": 46}
    UsualGap.objects.create(of="second", tier_scheme="b2c", **common)
    UsualGap.objects.create(of="repeat", tier_scheme="b2c", tier="C", **{**common, "middle": 25, "customers": 140})


def numbers(client, query=""):
    return [row.number for row in client.get(f"{reverse('second_purchase')}{query}").context["page"].rows]


def test_each_stands_where_such_customers_come_back(sign_in, cast, buyer, usual):
    buyer("EARLY", 10), buyer("DUE", 40), buyer("LATE", 60)
    buyer("TWICE", 40, days=2), buyer("LOST", 400, lifecycle="lost"), buyer("OTHERS", 40, owner=cast.outsider)
    client = sign_in(cast.wang)
    assert numbers(client) == ["DUE"]
    assert numbers(client, "?view=late") == ["LATE"]
    assert numbers(client, "?view=early") == ["EARLY"]
    assert numbers(client, "?view=all") == ["EARLY", "DUE", "LATE"]
    counts = client.get(reverse("second_purchase")).context["list"].counts
    assert counts == {"early": 1, "due": 1, "late": 1, "all": 3}


def test_it_says_what_they_bought_and_how_long_it_takes(sign_in, cast, buyer, usual):
    buyer("DUE", 40)
    page = sign_in(cast.wang).get(reverse("second_purchase")).content.decode()
    assert "青瓷茶具" in page
    assert "half did within 34 days, three of four within 46 (n = 25)" in page


def test_of_too_few_it_says_so(sign_in, cast, buyer):
    buyer("DUE", 40)
    client = sign_in(cast.wang)
    assert numbers(client, "?view=all") == ["DUE"]
    assert "Too few have come back" in client.get(reverse("second_purchase")).content.decode()


def test_the_file_says_when_and_by_what(sign_in, cast, buyer, usual):
    made = buyer("DUE", 40)
    page = sign_in(cast.wang).get(reverse("customer", args=[made.pk])).content.decode()
    assert "Next purchase" in page
    assert "as customers of this tier usually do: every 25 days (n = 140)" in page
    assert "half did within 34 days" in page


def test_the_list_of_customers_is_narrowed_and_sorted_by_it(sign_in, cast, buyer, usual):
    buyer("LATE", 40), buyer("SOON", 20), buyer("FAR", 1)
    client, url = sign_in(cast.wang), reverse("customer_list")

    def listed(query):
        return [row.number for row in client.get(f"{url}?{query}").context["page"].rows]

    assert listed("expected=late") == ["LATE"]
    assert listed("expected=7") == ["SOON"]
    assert listed("sort=expected") == ["LATE", "SOON", "FAR"]
    day = clock.business_date() - timedelta(days=15)
    assert f"~{day:%a} {day.day}" in client.get(f"{url}?expected=late").content.decode()


def test_many_cost_as_many_statements_as_one(sign_in, cast, buyer, usual):
    """Of everybody also the figures behind the scores, which no column of this list shows, come with the rows."""
    client = sign_in(cast.wang)
    for number in ("1", "2"):
        ScoreBasis.objects.create(customer=buyer(number, 40), tries=0, answered=0, reached=0, inbound=0, complaints=0)
    numbers(client)
    with CaptureQueriesContext(connection) as few:
        assert len(numbers(client)) == 2
    for number in ("3", "4", "5"):
        buyer(number, 40)
    with CaptureQueriesContext(connection) as more:
        assert len(numbers(client)) == 5
    assert len(more) == len(few)
    assert not [one for one in more if 'FROM "segmentation_scorebasis"' in one["sql"]]
