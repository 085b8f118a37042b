"""One timeline over all apps: newest first, page by page, each part behind its own permission."""

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import RoleGrant
from core import clock
from customers import services
from customers.models import Interaction
from feedback.models import Complaint
from sales.models import Order
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
