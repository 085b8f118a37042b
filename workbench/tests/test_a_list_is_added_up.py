"""The row below a list: what its columns come to over all its rows, of what the person reads in them and no more."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from conftest import Cast
from core import clock
from customers.models import Customer, CustomerFacts, OwnField
from customers.services import tokens_refresh
from sales.models import Order

pytestmark = pytest.mark.django_db
LIST = reverse("customer_list")
COLUMNS = "&columns=sales&columns=complaints&columns=health"


@pytest.fixture
def book(cast: Cast) -> list[Customer]:
    """Sixty customers of 小王's, one of 外组's and one in the pool: each with an order of 1 yuan and a complaint."""
    owners = [*[cast.wang] * 60, cast.outsider, None]
    rows = Customer.objects.bulk_create(
        Customer(number=f"T{n}", name=f"客户{n}", name_sort=f"{n:03}", owner=owner) for n, owner in enumerate(owners)
    )
    CustomerFacts.objects.bulk_create(CustomerFacts(customer=row, open_complaints=1, health=50) for row in rows)
    tokens_refresh([row.pk for row in rows])
    today, now = clock.business_date(), timezone.now()
    Order.objects.bulk_create(
        Order(
            customer=row,
            number=f"O{n}{old}",
            state="completed",
            total=100,
            amount=100,
            ordered_on=today - timedelta(days=old),
            ordered_at=now - timedelta(days=old),
        )
        for n, row in enumerate(rows)
        for old in (1, 500)
    )
    return rows


def foot(client: Any, query: str) -> str:
    page = client.get(f"{LIST}?{query}", headers={"Accept-Language": "en"}).content.decode()
    return page.partition("<tfoot")[2].partition("</tfoot>")[0]


def test_all_rows_count_and_not_only_the_page(sign_in: Any, cast: Cast, book: list[Customer]) -> None:
    row = foot(sign_in(cast.wang), f"view=mine&totals=1{COLUMNS}")
    assert "Total: 60" in row
    assert "¥60<" in row  # of twelve months, as the cells say it
    assert ">60<" in row
    assert "average 50.0" in row


def test_a_filter_counts_for_it(sign_in: Any, cast: Cast, book: list[Customer]) -> None:
    Customer.objects.filter(number__in=("T1", "T2")).update(region="苏州")
    assert "Total: 2" in foot(sign_in(cast.wang), "view=mine&region=苏州&totals=1")


def test_it_stands_there_on_wish_and_stays_with_filters(sign_in: Any, cast: Cast, book: list[Customer]) -> None:
    client = sign_in(cast.wang)
    plain = client.get(f"{LIST}?view=mine", headers={"Accept-Language": "en"}).content.decode()
    assert "<tfoot" not in plain
    assert "totals=1" in plain  # the way to it
    assert 'name="totals" value="1"' in client.get(f"{LIST}?view=mine&totals=1").content.decode()


def test_of_the_pool_nothing_is_added_that_its_rows_hide(sign_in: Any, cast: Cast, book: list[Customer]) -> None:
    row = foot(sign_in(cast.wang), f"view=pool&totals=1{COLUMNS}")
    assert "Total: 1" in row
    assert "¥" not in row
    every = foot(sign_in(cast.wang), f"view=all&q=客户&totals=1{COLUMNS}")  # a search shows the pool beside one's own
    assert "Total: 61" in every
    assert "¥60<" in every
    assert ">60<" in every


def test_who_sees_no_orders_is_told_no_sum(sign_in: Any, cast: Cast, book: list[Customer]) -> None:
    cast.wang.role.grants.filter(permission="order.view").delete()
    assert "¥" not in foot(sign_in(cast.wang), f"view=mine&totals=1{COLUMNS}")


def test_own_figures_are_added_for_who_reads_them_of_everybody(sign_in: Any, cast: Cast, book: list[Customer]) -> None:
    OwnField.objects.create(code="seats", kind="figure", name_en="Seats", name_zh="席位")
    OwnField.objects.create(code="budget", kind="money", name_en="Budget", name_zh="预算", readers="confidential")
    Customer.objects.filter(owner=cast.wang).update(own={"seats": "2.5", "budget": 1000})
    asked = "totals=1&columns=own_seats&columns=own_budget"
    mine = foot(sign_in(cast.wang), f"view=mine&{asked}")
    assert (">150<" in mine, "¥600" in mine) == (True, True)
    others = foot(sign_in(cast.agent), f"view=all&{asked}")
    assert (">150<" in others, "¥" in others) == (True, False)


def test_one_statement_adds_up_everything(sign_in: Any, cast: Cast, book: list[Customer]) -> None:
    client = sign_in(cast.wang)
    for query in ("view=mine", "view=mine&totals=1"):
        client.get(f"{LIST}?{query}{COLUMNS}")  # what a process works out once
    with CaptureQueriesContext(connection) as without:
        client.get(f"{LIST}?view=mine{COLUMNS}")
    with CaptureQueriesContext(connection) as adding:
        client.get(f"{LIST}?view=mine&totals=1{COLUMNS}")
    assert len(adding) - len(without) == 1


def test_orders_are_added_up_in_the_companys_currency(sign_in: Any, cast: Cast, book: list[Customer]) -> None:
    page = sign_in(cast.wang).get(f"{reverse('order_list')}?totals=1").content.decode()
    assert "¥120<" in page.partition("<tfoot")[2]
