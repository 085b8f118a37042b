"""Every figure of the team board opens the list behind it, which says the same number: net sales and 24 hours too."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from core import clock
from customers.models import Customer, CustomerFacts
from customers.services import customer_create, customer_transfer, interaction_log
from sales.models import Target
from sales.services import Line, order_create
from ui import formatting

pytestmark = pytest.mark.django_db


@pytest.fixture
def month():
    return clock.business_date().replace(day=1)


def sell(customer, by, price, kind="purchase"):
    line = Line(quantity=Decimal(1), unit_price=Decimal(price), description="x")
    return order_create(customer=customer, by=by, ordered_at=clock.now(), lines=[line], kind=kind)


@pytest.fixture
def given_away(customer, cast):
    """小王 sold for 300 and took 100 back, sold for 50 to a customer whom 小李 has now, and who sold for 7 since."""
    sell(customer, cast.wang, 300)
    sell(customer, cast.wang, 100, kind="return")
    other = customer_create(by=cast.wang, name="转手客户", kind="company", owner=cast.wang)
    sell(other, cast.wang, 50)
    customer_transfer(customer=other, to=cast.li, by=cast.manager)
    sell(Customer.objects.get(pk=other.pk), cast.li, 7)
    return other


def row_of(page, person):
    return next(row for row in page.context["rows"] if row.person.user == person)


def test_net_sales_open_the_orders_of_whose_customer_it_was_then(given_away, cast, sign_in):
    client = sign_in(cast.manager)
    board = client.get(reverse("team"))
    assert f'href="{row_of(board, cast.wang).sales_url}"'.replace("&", "&amp;") in board.content.decode()
    for person, total, count in ((cast.wang, 250_00, 3), (cast.li, 7_00, 1)):
        row = row_of(board, person)
        assert row.person.sales == total
        orders = client.get(row.sales_url)
        assert orders.context["net_sales"].total == total
        assert orders.context["net_sales"].elsewhere == 0
        assert orders.context["list"].rows.count() == count
        assert f"together {formatting.money(total, 'CNY')}" in orders.content.decode()
        assert person.name in orders.content.decode()
    whole = client.get(board.context["sales_url"])
    assert whole.context["net_sales"].total == board.context["sales"] == 257_00


def test_what_the_list_cant_show_is_said_with_its_sum(given_away, cast, sign_in):
    """小王 still has the sale on the board, and can't open the customer any more."""
    client = sign_in(cast.wang)
    board = client.get(reverse("team"))
    assert row_of(board, cast.wang).person.sales == 250_00
    orders = client.get(row_of(board, cast.wang).sales_url)
    sums = orders.context["net_sales"]
    assert (sums.total, sums.elsewhere, sums.elsewhere_total) == (200_00, 1, 50_00)
    assert sums.total + sums.elsewhere_total == row_of(board, cast.wang).person.sales
    assert f"1 more order of {formatting.money(50_00, 'CNY')} counts" in " ".join(orders.content.decode().split())
    assert "转手客户" not in orders.content.decode()


def test_a_filter_of_the_form_keeps_the_month_and_the_person(given_away, cast, month, sign_in):
    client = sign_in(cast.manager)
    query = {"sold": f"{month:%Y-%m}", "seller": cast.wang.pk, "kind": "return"}
    page = client.get(reverse("order_list"), query)
    assert page.context["net_sales"].total == -100_00
    text = page.content.decode()
    assert f'name="sold" value="{month:%Y-%m}"' in text
    assert f'name="seller" value="{cast.wang.pk}"' in text


@pytest.mark.parametrize("query", [{"sold": "2026-13"}, {"sold": "x", "seller": "1"}, {"seller": "1"}])
def test_what_cant_be_read_is_said(given_away, cast, sign_in, query):
    page = sign_in(cast.manager).get(reverse("order_list"), query)
    assert page.status_code == 200
    assert page.context["net_sales"] is None
    assert "could not be read and were left out" in page.content.decode()


def test_nobody_reads_the_net_sales_of_strangers(given_away, cast, month, sign_in):
    stranger = customer_create(by=cast.outsider, name="外组客户", kind="company", owner=cast.outsider)
    sell(stranger, cast.outsider, 999)
    page = sign_in(cast.manager).get(reverse("order_list"), {"sold": f"{month:%Y-%m}", "seller": cast.outsider.pk})
    assert "999" not in page.content.decode()
    assert page.context["net_sales"].total == 257_00


def test_targets_that_are_counts_open_what_was_reached(given_away, customer, cast, month, sign_in):
    sell(customer, cast.wang, 0)
    for metric in ("orders", "visits"):
        Target.objects.create(user=cast.wang, month=month, metric=metric, value=9)
    for kind in ("visit", "meeting", "call"):
        interaction_log(customer=customer, by=cast.wang, kind=kind, result="reached")
    client = sign_in(cast.manager)
    goals = row_of(client.get(reverse("team")), cast.wang).goals
    assert [(goal.metric, goal.reached) for goal, _url in goals] == [("orders", 2), ("visits", 2)]
    for goal, url in goals:
        assert client.get(url).context["list"].rows.count() == goal.reached, url


# --- within 24 hours -------------------------------------------------------------------------------------------------
@pytest.fixture
def visits(customer, cast, monkeypatch):
    """On the 20th 小王 wrote up a visit at once and a meeting of three days before; 小李 a visit, and a call."""
    now = clock.business_date().replace(day=20)
    at = clock.at_local(now, clock.time(15), clock.user_zone(cast.wang))
    monkeypatch.setattr(clock, "now", lambda: at)
    CustomerFacts.objects.get_or_create(pk=customer.pk)
    three = {"occurred_at": at - timedelta(days=3), "late_reason": "在路上"}
    interaction_log(customer=customer, by=cast.wang, kind="visit", result="reached", occurred_at=at)
    interaction_log(customer=customer, by=cast.wang, kind="meeting", result="reached", **three)
    interaction_log(customer=customer, by=cast.lead, kind="visit", result="reached", occurred_at=at)
    interaction_log(customer=customer, by=cast.lead, kind="call", result="reached", occurred_at=at)


def test_the_share_within_24_hours_opens_its_visits_with_late_ones_marked(visits, cast, sign_in):
    client = sign_in(cast.manager)
    board = client.get(reverse("team"))
    row = row_of(board, cast.wang)
    page = client.get(row.visits_url)
    text = page.content.decode()
    assert page.context["counted"].share == row.person.on_time == 0.5
    assert page.context["list"].rows.count() == row.person.logged == 2
    assert text.count(">Late</span>") == 1
    assert "在路上" in text
    assert "50% written up in time: 1 of 2" in " ".join(text.split())
    late = client.get(f"{row.visits_url}&late=yes")
    assert late.context["list"].rows.count() == row.person.late == 1
    whole = client.get(board.context["visits_url"])
    assert whole.context["counted"].share == board.context["on_time"]
    assert whole.context["list"].rows.count() == 3


def test_visits_at_customers_of_others_are_counted_without_being_shown(visits, customer, cast, sign_in):
    customer_transfer(customer=customer, to=cast.li, by=cast.manager)
    client = sign_in(cast.wang)
    page = client.get(row_of(client.get(reverse("team")), cast.wang).visits_url)
    assert page.context["counted"].share == 0.5
    assert page.context["counted"].elsewhere == 2
    assert customer.name not in page.content.decode()
