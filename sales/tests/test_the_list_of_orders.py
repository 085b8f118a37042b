"""The list of orders: in reach, narrowed, searched, and as a file with a line of an order in each row."""

import csv
import io
from datetime import timedelta
from decimal import Decimal

import openpyxl
import pytest
from django.urls import reverse

from core import clock
from customers.models import Channel, Customer
from sales import services
from sales.models import Order, Product

pytestmark = pytest.mark.django_db


@pytest.fixture
def orders(customer, cast):
    """Of 小王: a purchase of two lines. Of 外组: another."""
    product = Product.objects.create(sku="00042", name="轴承")
    lines = [
        services.Line(product=product, quantity=Decimal(3), unit_price=Decimal("12.5")),
        services.Line(product=None, description="=安装", quantity=Decimal(1), unit_price=Decimal("100")),
    ]
    at = clock.now() - timedelta(days=2)
    shop = Channel.objects.first()
    mine = services.order_create(customer=customer, by=cast.wang, lines=lines, ordered_at=at, channel=shop)
    theirs = Customer.objects.create(number="K9", name="外组客户", owner=cast.outsider, team=cast.north)
    foreign = services.order_create(customer=theirs, by=cast.outsider, lines=lines[:1], ordered_at=at)
    return mine, foreign


def listed(client, **query):
    return client.get(reverse("order_list"), query).content.decode()


def test_everybody_sees_orders_of_their_reach(orders, cast, sign_in):
    mine, foreign = orders
    text = listed(sign_in(cast.wang))
    assert mine.number in text
    assert foreign.number not in text
    assert "¥137.50" in text
    assert foreign.number in listed(sign_in(cast.admin))


def test_it_is_narrowed_by_what_is_asked_for(orders, cast, sign_in):
    mine, foreign = orders
    client = sign_in(cast.admin)
    today = clock.business_date().isoformat()
    for query in (
        {"customer": mine.customer_id},
        {"owner": cast.wang.pk},
        {"channel": mine.channel_id},
        {"q": mine.number},
    ):
        text = listed(client, **query)
        assert mine.number in text, query
        assert f">{foreign.number}<" not in text, query
    assert "Nothing fits" in listed(client, since=today)
    assert "Nothing fits" in listed(client, state="open", q="x")
    assert mine.number in listed(client, since="nonsense", owner="nonsense")


def test_a_line_of_an_order_is_a_row_of_the_file(orders, cast, sign_in):
    mine, _foreign = orders
    client = sign_in(cast.lead)
    sent = {"reason": "a talk", "file": "csv"}
    answer = client.post(reverse("order_export"), sent)
    head, *rows = csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig")))
    first, second = (dict(zip(head, row, strict=True)) for row in rows)
    assert first["Order number"].lstrip("'") == second["Order number"].lstrip("'") == mine.number
    assert (first["Product number"], first["Product"], first["Quantity"]) == ("'00042", "轴承", "3")
    assert (first["Unit price"], first["Amount of the line"], first["Currency"]) == ("12.5", "37.5", "CNY")
    assert second["Product"] == "'=安装"
    answer = client.post(reverse("order_export"), sent | {"file": "xlsx"})
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert book.sheetnames == ["Order lines", "Orders"]
    heads, row = book["Orders"].values
    order = dict(zip(heads, row, strict=True))
    assert (order["Total"], order["Counted amount (CNY)"]) == (137.5, 137.5)
    assert order["Channel"] == mine.channel.name


def test_orders_of_deleted_customers_are_left_out(orders, customer, cast, sign_in):
    mine, _foreign = orders
    Customer.objects.filter(pk=customer.pk).update(deleted_at=clock.now())
    assert mine.number not in listed(sign_in(cast.admin))
    assert Order.objects.filter(pk=mine.pk).exists()
