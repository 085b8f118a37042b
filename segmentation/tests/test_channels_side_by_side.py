"""Channels side by side: the worked example of docs/algorithms/channels.md, whose customers are counted, what has no
data, and that each number is the list behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from html import unescape
from typing import Any

import pytest
from django.db import transaction
from django.test import RequestFactory

from conftest import Cast, cast_made, signed_in
from customers.models import Channel, Customer, CustomerFacts
from sales.models import Order, OrderLine
from sales.services.facts import order_facts_refresh
from segmentation.channels import figures
from segmentation.channels.counting import arrivals_keep
from segmentation.channels.listing import CHANNEL_CUSTOMERS, gone
from segmentation.channels.models import Arrival, ArrivalCount, ToArrive
from segmentation.costs.entries import COSTS
from segmentation.costs.models import CostEntry
from segmentation.models import ScoreInterval
from ui.listing import Asked
from workbench.defaults import ensure_defaults

ON = date(2026, 11, 20)
YEAR = {"span": "year", "at": "2026-01-01"}


@pytest.fixture(scope="module")
def example(django_db_setup: None, django_db_blocker: Any) -> Iterator[Cast]:
    with django_db_blocker.unblock(), transaction.atomic():
        ensure_defaults()
        cast = cast_made()
        for name in ("Fair", "Website"):
            Channel.objects.get_or_create(code=name.lower(), defaults={"name_zh": name, "name_en": name})
        buyer("A", cast, "Fair", date(2026, 1, 10), tier="high")
        sell("A", date(2026, 2, 1), 10_000, cost=6_000)
        buyer("B", cast, "Fair", date(2026, 1, 10))
        sell("B", date(2026, 6, 1), 2_000)
        buyer("C", cast, "Fair", date(2026, 10, 30))
        buyer("D", cast, "Website", date(2026, 3, 1))
        sell("D", date(2025, 12, 20), 500)  # came with this order
        buyer("E", cast, "Website", date(2026, 3, 5), owner=cast.outsider)
        buyer("F", cast, "", date(2026, 3, 6))
        CostEntry.objects.create(
            channel=channel("Fair"), kind="acquisition", amount=90_000, spent_on=date(2026, 1, 9), booked_by=cast.lead
        )
        arrivals_keep(ON)
        yield cast
        transaction.set_rollback(True)


@pytest.fixture
def shop(example: Cast, db: None) -> Iterator[Cast]:
    with transaction.atomic():
        yield example
        transaction.set_rollback(True)


def channel(name: str) -> Channel:
    return Channel.objects.get(code=name.lower())


def noon(day: date) -> datetime:
    return datetime.combine(day, time(4), UTC)


def buyer(number: str, cast: Cast, by: str, made: date, tier: str = "ordinary", owner: Any = None) -> None:
    owner = owner or cast.wang
    customer = Customer.objects.create(
        number=number, name=number, kind="person", owner=owner, team=owner.team, channel=channel(by) if by else None
    )
    Customer.objects.filter(pk=customer.pk).update(created_at=noon(made))
    CustomerFacts.objects.create(customer=customer)
    ScoreInterval.objects.create(
        customer=customer, valid_from=made, tier_scheme="b2c", tier=TIERS[tier], lifecycle="prospect"
    )


TIERS = {"high": "A", "ordinary": "C"}


def sell(number: str, day: date, yuan: int, cost: int | None = None) -> None:
    customer = Customer.objects.get(number=number)
    order = Order.objects.create(
        number=f"{number}-{day}", customer=customer, ordered_at=noon(day), ordered_on=day, currency="CNY",
        total=yuan * 100, amount=yuan * 100,
    )  # fmt: skip
    OrderLine.objects.create(order=order, quantity=1, unit_price=yuan, amount=yuan, unit_cost=cost)
    order_facts_refresh([customer.pk])


def page(user: Any, **asked: Any) -> figures.Channels:
    count = ArrivalCount.objects.get()
    return figures.Channels(user, figures.read(user, {**YEAR, **asked}, count.on), count)


def row(found: figures.Channels, name: str) -> figures.ChannelRow:
    return next(one for one in found.rows if one.name == name)


def listed(user: Any, url: str, of: Any = CHANNEL_CUSTOMERS) -> Asked:
    request = RequestFactory().get(url)
    request.user = user
    return Asked(of, request)


def test_the_worked_example(shop: Cast) -> None:
    fair = row(page(shop.auditor), "Fair")
    assert (fair.customers, fair.converted, fair.judged, fair.young) == (3, 1, 2, 1)
    assert (fair.paid, fair.came, fair.each) == (90_000, 3, 30_000)
    assert (fair.revenue, fair.value, fair.margin, fair.margin_each) == (1_200_000, 400_000, 400_000, 133_333)
    assert fair.known == pytest.approx(10 / 12)
    assert (fair.upper, fair.upper_share.few) == (1, True)
    assert row(page(shop.auditor, within="200"), "Fair").converted == 2
    assert page(shop.auditor).total.customers == 5


def test_who_was_there_before_the_file_came_with_the_first_order(shop: Cast) -> None:
    assert row(page(shop.auditor), "Website").customers == 1
    earlier = row(page(shop.auditor, at="2025-05-01"), "Website")
    assert (earlier.customers, earlier.converted, earlier.revenue) == (1, 1, 50_000)


def test_what_nobody_entered_is_no_data(shop: Cast) -> None:
    website = row(page(shop.auditor), "Website")
    assert (website.paid, website.each, website.margin_each, website.revenue) == (None, None, None, 0)
    text = signed_in(shop.auditor).get("/segmentation/channels/", YEAR).content.decode()
    assert text.count("no data yet") >= 2
    assert "too few" in text


def test_each_counts_their_own_and_sees_costs_beyond_them_alone(shop: Cast) -> None:
    rep, lead = page(shop.outsider), page(shop.lead)
    assert [(one.name, one.customers) for one in rep.rows] == [("Website", 1)]
    assert not rep.costs
    assert "Acquisition cost" not in signed_in(shop.outsider).get("/segmentation/channels/", YEAR).content.decode()
    assert [(one.name, one.customers) for one in lead.rows] == [("Fair", 3), ("without a channel", 1)]
    assert row(lead, "Fair").each == 30_000
    agent = page(shop.agent)  # of the service: no costs, so no margin
    assert not agent.margins
    assert not agent.costs


@pytest.mark.parametrize("who", ["auditor", "lead", "wang"])
def test_each_number_is_the_list_behind_it(shop: Cast, who: str) -> None:
    user = getattr(shop, who)
    for asked in (
        {},
        {"span": "quarter", "at": "2026-02-03"},
        {"span": "own", "from": "2026-01-01", "to": "2026-12-31"},
    ):
        found = page(user, **asked)
        for one in [*found.rows, found.total]:
            numbers = {"all": one.customers, "judged": one.judged, "converted": one.converted, "young": one.young}
            for code, n in (numbers | {"upper": one.upper, "costed": one.with_cost}).items():
                assert listed(user, one.urls[code]).rows.count() == n, (one.name, code)
            behind = listed(user, one.urls["all"])
            assert sum(behind.rows.values_list("arrival__revenue", flat=True)) == one.revenue
            if one.paid is not None:
                entries = listed(user, one.paid_url, COSTS).rows
                assert sum(entries.values_list("amount", flat=True)) == one.paid


def test_who_went_since_is_told_on_the_list(shop: Cast) -> None:
    Customer.objects.filter(number="A").update(owner=shop.outsider, team=shop.north)
    fair = row(page(shop.wang), "Fair")
    behind = listed(shop.wang, fair.urls["all"])
    assert (fair.customers, behind.rows.count()) == (3, 2)
    assert gone(behind).startswith("1 more was counted")
    arrivals_keep(ON)
    assert row(page(shop.wang), "Fair").customers == 2


def test_a_night_between_reads_orders_of_whom_something_was_written(shop: Cast) -> None:
    sell("B", date(2026, 11, 1), 1_000)
    sell("A", date(2026, 11, 1), 1_000)
    ToArrive.objects.create(customer_id=Customer.objects.get(number="B").pk)
    arrivals_keep(ON + timedelta(days=1))
    known = dict(Arrival.objects.values_list("customer__number", "revenue"))
    assert (known["B"], known["A"]) == (300_000, 1_000_000)  # nothing had noted A
    assert not ToArrive.objects.exists()
    arrivals_keep(ON + timedelta(days=7))  # everybody once a week
    assert Arrival.objects.get(customer__number="A").revenue == 1_100_000
    Customer.objects.filter(number="A").update(deleted_at=noon(ON))
    arrivals_keep(ON + timedelta(days=7))
    assert not Arrival.objects.filter(customer__number="A").exists()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"span": "own", "from": "soon", "to": "2026-01-01"}, "Write both days as year-month-day"),
        ({"span": "own", "from": "2026-02-02", "to": "2026-01-01"}, "The first day comes after the last one."),
        ({"span": "own", "from": "2027-02-02", "to": "2027-03-01"}, "Customers are counted until"),
        ({"span": "week", "within": "-3", "team": "x", "scheme": "y", "at": "0001-01-01"}, "2026"),
    ],
)
def test_odd_addresses_say_what_is_wrong(shop: Cast, asked: dict[str, str], said: str) -> None:
    answer = signed_in(shop.auditor).get("/segmentation/channels/", asked)
    assert answer.status_code == 200
    assert said in re.sub(r"\s+", " ", unescape(answer.content.decode()))
    assert signed_in(shop.auditor).get("/segmentation/channels/customers/", asked).status_code == 200


def test_the_file_holds_what_the_page_shows(shop: Cast) -> None:
    answer = signed_in(shop.auditor).get("/segmentation/channels/", {**YEAR, "file": "csv", "table": "channels"})
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    fair = next(line for line in lines if line.startswith("Fair"))
    assert fair.split(",")[:8] == ["Fair", "3", "2", "1", "", "1", "900.00", "300.00"]
    assert len(lines) == 1 + 3 + 1
