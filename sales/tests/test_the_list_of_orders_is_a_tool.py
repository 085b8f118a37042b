"""The list of orders: every fact narrows it, totals mix no currencies, chosen rows and columns go out as they stand."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from conftest import Cast
from core import clock
from customers.models import Customer
from sales import services
from sales.models import ExchangeRate, Order, Product
from segmentation.models import Segment

pytestmark = pytest.mark.django_db
LIST = reverse("order_list")


@pytest.fixture
def orders(customer: Customer, cast: Cast) -> dict[str, Order]:
    """Of 小王: in yuan, in dollars, cancelled, and a return. Of 外组: one worth 8,765.43."""
    ExchangeRate.objects.create(date=clock.business_date() - timedelta(days=100), code="USD", rate=7)
    bearing = Product.objects.create(sku="B-1", name="轴承")
    theirs = Customer.objects.create(number="K9", name="外组客户", owner=cast.outsider, team=cast.north)

    def made(of: Customer, by: Any, price: str, days: int, **more: Any) -> Order:
        lines = [services.Line(product=bearing, quantity=Decimal(1), unit_price=Decimal(price))]
        at = clock.now() - timedelta(days=days)
        return services.order_create(customer=of, by=by, lines=lines, ordered_at=at, **more)

    found = {
        "yuan": made(customer, cast.wang, "100", 40, region="华东", payment_method="wechat"),
        "dollar": made(customer, cast.wang, "50", 0),
        "cancelled": made(customer, cast.wang, "30", 0, state=Order.State.CANCELLED),
        "foreign": made(theirs, cast.outsider, "8765.43", 0),
    }
    Order.objects.filter(pk=found["yuan"].pk).update(source="shop")
    Order.objects.filter(pk=found["dollar"].pk).update(currency="USD", rate=7, amount=350_00)
    return found


def page(client: Any, **query: Any) -> str:
    return str(client.get(LIST, query, headers={"Accept-Language": "en"}).content.decode())


def shown(text: str, orders: dict[str, Order]) -> set[str]:
    return {name for name, order in orders.items() if f">{order.number}<" in text}


def test_every_fact_narrows_it(orders: dict[str, Order], cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.admin)
    everything, mine = set(orders), {"yuan", "dollar", "cancelled"}
    for query, found in (
        ({"period": "today"}, everything - {"yuan"}),
        ({"currency": "USD"}, {"dollar"}),
        ({"least": "350", "most": "8,000"}, {"dollar"}),  # 50 dollars are 350 yuan
        ({"region": "东"}, {"yuan"}),
        ({"paid": "wechat"}, {"yuan"}),
        ({"source": "file"}, {"yuan"}),
        ({"source": "hand", "period": "year"}, everything - {"yuan"}),
        ({"item": "轴承"}, everything),
        ({"by": cast.wang.pk}, mine),
        ({"team": cast.north.pk}, {"foreign"}),
        ({"returned": "no"}, everything),
        ({"returned": "yes"}, set()),
        ({"only": f"{orders['yuan'].pk}.{orders['foreign'].pk}"}, {"yuan", "foreign"}),
        ({"only": "x"}, set()),  # never everybody
        ({"segment": "999"}, set()),
    ):
        assert shown(page(client, **query), orders) == found, query


def test_a_segment_that_somebody_may_not_use_shows_nobody(orders: dict[str, Order], cast: Cast, sign_in: Any) -> None:
    tree = {"version": 1, "match": "all", "parts": [{"field": "region", "how": "is", "text": "x"}]}
    hidden = Segment.objects.create(owner=cast.outsider, name="机密名", shared=False, tree=tree)
    text = page(sign_in(cast.wang), segment=hidden.pk)
    assert "机密名" not in text
    assert not shown(text, orders)


@pytest.mark.parametrize("sort", ["-day", "amount", "-amount", "customer", "-customer", "number", "-number", "entered"])
def test_each_order_of_it_goes_through_all_pages(
    sort: str, orders: dict[str, Order], cast: Cast, sign_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    Order.objects.filter(pk=orders["dollar"].pk).update(customer=None)
    client, seen, address = sign_in(cast.admin), [], f"{LIST}?sort={sort}"
    monkeypatch.setattr("core.paging.keyset_page.__kwdefaults__", {"cursor": None, "size": 2})
    for _page in range(3):
        text = client.get(address).content.decode()
        seen += [name for name in orders if f">{orders[name].number}<" in text]
        if 'rel="next"' not in text:
            break
        address = LIST + text.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    assert sorted(seen) == sorted(orders)


def test_totals_mix_no_currencies_and_count_only_what_is_in_reach(
    orders: dict[str, Order], cast: Cast, sign_in: Any
) -> None:
    query = {"totals": "1", "columns": ["amount", "total", "counts"]}
    text = page(sign_in(cast.wang), **query)
    foot = text.split("<tfoot")[1].split("</tfoot>")[0]
    assert "Total: 3" in foot
    assert "¥480" in foot  # 100 + 350 + 30 in the company's currency
    assert "¥130" in foot
    assert "$50" in foot
    assert "¥450" in foot  # the cancelled one counts nothing
    assert "8,765.43" not in text
    assert "9,245.43" in page(sign_in(cast.admin), **query)


def test_amounts_out_of_reach_are_told_by_no_filter_sort_sum_or_file(
    orders: dict[str, Order], cast: Cast, sign_in: Any
) -> None:
    client, canaries = sign_in(cast.wang), ("8,765.43", "8765.43", orders["foreign"].number, "外组客户")
    asked = ({"least": "8765"}, {"sort": "-amount"}, {"totals": "1"}, {"q": "外组"}, {"only": orders["foreign"].pk})
    for query in asked:
        assert not any(canary in page(client, **query) for canary in canaries if canary != query.get("q")), query
    lead = sign_in(cast.lead)
    sent = {"reason": "check", "file": "csv"}
    only = f"{orders['foreign'].pk}.{orders['yuan'].pk}"
    answer = lead.post(f"{reverse('order_export')}?only={only}&columns=amount", sent)
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert orders["yuan"].number in text
    assert not any(canary in text for canary in canaries)


def test_ticked_rows_and_all_of_the_list_go_out_with_the_chosen_columns(
    orders: dict[str, Order], cast: Cast, sign_in: Any
) -> None:
    client, export = sign_in(cast.admin), reverse("order_export")
    chosen = "?columns=total&columns=currency&columns=products"
    ticked = {"ids": [orders["yuan"].pk, orders["dollar"].pk], "view": chosen, "next": LIST}
    where = client.post(export, ticked)["Location"]
    assert where.startswith(export)
    answer = client.post(where, {"reason": "check", "file": "csv"}, headers={"Accept-Language": "en"})
    head, *rows = csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig")))
    assert head == ["Order number", "Ordered at", "Total", "Currency", "Products"]
    assert {tuple(row[2:]) for row in rows} == {("100.00", "CNY", "轴承"), ("50.00", "USD", "轴承")}
    told = AuditEntry.objects.get(act="order.export").details
    assert "2" in told["told"]["en"]
    whole = client.post(export, {"all": "1", "ids": [orders["yuan"].pk], "view": "?currency=USD"})["Location"]
    assert "only" not in whole
    assert "currency=USD" in whole


def test_odd_input_never_fails(orders: dict[str, Order], cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.wang)
    for key in (
        "period",
        "least",
        "most",
        "currency",
        "region",
        "item",
        "by",
        "team",
        "source",
        "returned",
        "only",
        "segment",
    ):
        for text in ("9" * 40, "1e999", "NaN", "-", "½", "𝟏𝟐", "' OR 1=1", "%", "1.2.x"):
            assert client.get(LIST, {key: text}).status_code == 200, (key, text)
    assert client.get(LIST, {"choose": "filters", "least": "abc", "since": "0000-00-00"}).status_code == 200


def test_the_page_of_all_filters_offers_only_ones_people(orders: dict[str, Order], cast: Cast, sign_in: Any) -> None:
    text = page(sign_in(cast.wang), choose="filters", currency="USD", sort="amount")
    assert 'name="least"' in text
    assert 'name="sort" value="amount"' in text
    assert '<option value="USD" selected>' in text
    assert 'name="owner"' not in text
    assert cast.outsider.name not in text
    assert 'name="owner"' in page(sign_in(cast.admin), choose="filters")


def test_columns_cost_the_same_with_one_row_and_with_many(
    orders: dict[str, Order], cast: Cast, sign_in: Any, django_assert_max_num_queries: Any
) -> None:
    from sales.orderlist import ORDERS

    client = sign_in(cast.admin)
    keys = [column.key for column in ORDERS.columns if column.key]
    page(client)
    with django_assert_max_num_queries(16):
        text = page(client, columns=keys)
    assert text.count('<th scope="col"') >= len(keys)
