"""One timeline over all apps: newest first, page by page, each part behind its own permission."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import RoleGrant
from core import clock
from customers import services
from customers.models import Interaction, OwnerChange
from feedback.models import Complaint
from sales.models import Order, OrderLine, Product
from segmentation.models import ScoreRun, TierMove
from workbench.customer_page.timeline import timeline


@pytest.fixture
def history(cast, customer):
    """Entries of every kind, many of them at the same instant."""
    now = clock.now() - timedelta(hours=1)
    for n in range(25):
        Interaction.objects.create(
            customer=customer, user=cast.wang, kind="call", result="reached", occurred_at=now - timedelta(days=n // 5)
        )
        Order.objects.create(
            customer=customer,
            number=f"SO-{n}",
            ordered_at=now - timedelta(days=n // 5),
            ordered_on=now.date(),
            currency="CNY",
            total=38_400_00,
            amount=38_400_00,
        )
    Complaint.objects.create(
        number="C1",
        customer=customer,
        category="delivery",
        text="外包装破损",
        owner=cast.wang,
        received_at=now,
        first_response_due_at=now,
    )
    run = ScoreRun.objects.create(as_of=now.date(), started_at=now, published_at=now)
    TierMove.objects.create(customer=customer, run=run, on=now.date(), tier_before="B", tier_after="A", up=True)
    services.customer_transfer(customer=customer, to=cast.li, by=cast.lead, reason="换人")
    services.customer_transfer(customer=customer, to=cast.wang, by=cast.lead)


def all_of(user, customer, show=""):
    entries, cursor = [], ""
    while True:
        page = timeline(user, customer, show=show, cursor=cursor)
        entries += page.entries
        cursor = page.next_cursor
        if not cursor:
            return entries


def test_every_entry_is_there_once_and_newest_first(cast, customer, history):
    entries = all_of(cast.wang, customer)
    places = [(entry.kind, entry.row) for entry in entries]
    assert len(places) == len(set(places)) == 25 + 25 + 1 + 1 + 2
    assert [entry.at for entry in entries] == sorted((entry.at for entry in entries), reverse=True)


@pytest.mark.parametrize(
    ("show", "kinds"),
    [("log", {"interaction"}), ("orders", {"order"}), ("feedback", {"complaint"}), ("changes", {"move", "owner"})],
)
def test_one_kind_can_be_shown_alone(show, kinds, cast, customer, history):
    assert {entry.kind for entry in all_of(cast.wang, customer, show)} == kinds


def test_a_part_without_its_permission_is_not_there(cast, customer, history, sign_in):
    RoleGrant.objects.filter(role=cast.wang.role, permission__in=["order.view", "complaint.view"]).delete()
    text = sign_in(cast.wang).get(reverse("customer", args=[customer.pk])).content.decode()
    assert "SO-" not in text
    assert "外包装破损" not in text
    assert "38,400" not in text


def test_twin_with_the_permission_it_is(cast, customer, history, sign_in):
    text = sign_in(cast.wang).get(reverse("customer", args=[customer.pk])).content.decode()
    assert "SO-0" in text
    assert "38,400" in text


def test_more_is_a_fragment_for_scripts_and_a_page_without(cast, customer, history, sign_in):
    client, url = sign_in(cast.wang), reverse("customer_timeline", args=[customer.pk])
    assert "<html" in client.get(url).content.decode()
    assert "<html" not in client.get(url, headers={"HX-Request": "true"}).content.decode()


@pytest.mark.parametrize("cursor", ["x", "WyJ4IiwxLDJd", "%00"])
def test_a_broken_cursor_shows_the_beginning(cursor, cast, customer, history):
    assert len(timeline(cast.wang, customer, cursor=cursor).entries) == 20


# --- what entries say ------------------------------------------------------------------------------------------------
def lines(order, *sold):
    for product, quantity, amount in sold:
        OrderLine.objects.create(order=order, product=product, quantity=quantity, unit_price=amount, amount=amount)


@pytest.fixture
def bought(cast, customer):
    """A purchase of three goods and a fee, and the return of one of them."""
    tea, cups, bag = (
        Product.objects.create(sku=sku, name=name)
        for sku, name in [("T", "明前龙井 礼盒 250g"), ("C", "杯"), ("B", "<b>袋</b>")]
    )
    freight = Product.objects.create(sku="F", name="运费", flag=Product.Flag.FEE)
    day = {"ordered_on": clock.business_date(), "currency": "CNY", "customer": customer}
    purchase = Order.objects.create(number="SO-1", ordered_at=clock.now(), total=100, amount=100, **day)
    lines(purchase, (cups, 1, 20), (freight, 1, 900), (tea, "2.000", 300), (bag, 1, 10))
    back = Order.objects.create(
        number="RT-1", kind="return", ordered_at=clock.now() + timedelta(minutes=1), total=-20, amount=-20, **day
    )
    lines(back, (bag, "-1.5", -20))
    return purchase, back


def history_of(client, customer) -> str:
    page = client.get(reverse("customer", args=[customer.pk])).content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", page.split('id="timeline"')[1].split("</ol>")[0]).split())


def test_an_order_says_what_was_bought_and_a_return_what_came_back(cast, customer, bought, sign_in):
    shown = history_of(sign_in(cast.wang), customer)
    assert "Purchase ¥1 " in shown
    assert "明前龙井 礼盒 250g ×2 and 2 more SO-1" in shown
    assert "&lt;b&gt;袋&lt;/b&gt; ×1.5 RT-1" in shown
    assert "运费" not in shown
    assert "not stated" not in shown


def test_an_order_of_fees_alone_names_them_and_one_without_lines_nothing(cast, customer, bought, sign_in):
    OrderLine.objects.exclude(product__flag="fee").delete()
    shown = history_of(sign_in(cast.wang), customer)
    assert "运费 ×1 SO-1" in shown
    assert "×" not in shown.split("运费")[0]  # the return


def test_who_may_see_no_orders_reads_no_goods(cast, customer, bought, sign_in):
    RoleGrant.objects.filter(role=cast.wang.role, permission="order.view").delete()
    assert "龙井" not in history_of(sign_in(cast.wang), customer)


def test_goods_cost_no_query_more(cast, customer, bought, django_assert_max_num_queries):
    page = timeline(cast.wang, customer)  # the rights are read
    assert len(page.entries) == 2
    with django_assert_max_num_queries(1):
        timeline(cast.wang, customer)


def test_the_first_owner_is_told_as_a_new_file_and_a_later_one_as_taking_over(cast, sign_in):
    made = services.customer_create(by=cast.wang, name="新客户", owner=cast.wang, kind="person", phone="13900139000")
    client = sign_in(cast.wang)
    assert "New on file" in history_of(client, made)
    assert f"Owner: {cast.wang.name}" in history_of(client, made)
    OwnerChange.objects.filter(customer=made).update(at=clock.now() + timedelta(days=3))
    assert "Taken over" in history_of(client, made)
    assert "New on file" not in history_of(client, made)
