"""Who may see a customer follows it: news come as notices, as long as they may see it, by the kinds they want."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from core import clock
from customers import services
from customers.models import Customer, CustomerFacts, Follower
from feedback.services import complaint_create
from followups.models import Notice
from sales.services import Line, order_create
from segmentation.following import moves_told
from segmentation.models import ScoreRun, TierMove

pytestmark = pytest.mark.django_db


@pytest.fixture
def followed(customer, cast):
    """小王's customer, which her lead follows."""
    CustomerFacts.objects.get_or_create(pk=customer.pk)
    services.customer_follow(customer=customer, by=cast.lead)
    return customer


def told(person, kind):
    return Notice.objects.filter(user=person, kind=kind)


def inbox(client) -> str:
    return " ".join(client.get(reverse("inbox")).content.decode().split())


def bought(customer, by):
    return order_create(
        customer=customer, by=by, ordered_at=clock.now(), lines=[Line(quantity=1, unit_price=10, description="轴承")]
    )


def test_a_tap_follows_and_another_stops(customer, cast, sign_in):
    client, page = sign_in(cast.lead), reverse("customer", args=[customer.pk])
    assert 'aria-pressed="false"' in client.get(page).content.decode()
    client.post(reverse("customer_follow", args=[customer.pk]), {"on": "1"})
    client.post(reverse("customer_follow", args=[customer.pk]), {"on": "1"})
    assert Follower.objects.get().user == cast.lead
    assert 'aria-pressed="true"' in client.get(page).content.decode()
    listed = client.get(reverse("customer_list"), {"view": "followed"})
    assert [row.pk for row in listed.context["list"].page.rows] == [customer.pk]
    client.post(reverse("customer_follow", args=[customer.pk]))
    assert not Follower.objects.exists()
    acts = AuditEntry.objects.filter(act__startswith="customer.").values_list("act", flat=True).order_by("pk")
    assert list(acts) == ["customer.follow", "customer.unfollow"]


def test_a_new_owner_a_complaint_and_an_order_are_told(followed, cast, sign_in):
    complaint = complaint_create(customer=followed, by=cast.wang, text="外壳裂了", category="product", severity="high")
    order = bought(followed, cast.wang)
    services.customer_transfer(customer=followed, to=cast.li, by=cast.manager)
    text = inbox(sign_in(cast.lead))
    assert f"New complaint {complaint.number}: high" in text
    assert f"New order {order.number}" in text
    assert f"{cast.li.name} looks after this customer now, before {cast.wang.name}" in text


def test_a_new_tier_is_told_once_for_a_night(followed, cast, sign_in):
    for _run in range(2):
        ScoreRun.objects.all().delete()
        run = ScoreRun.objects.create(as_of=date(2026, 11, 23), started_at=clock.now(), published_at=clock.now())
        TierMove.objects.create(
            customer=followed, run=run, on=run.as_of, tier_scheme="b2b", tier_before="B", tier_after="A", up=True
        )
        moves_told(run)
    assert told(cast.lead, "followed_tier").count() == 1
    assert "Up from Potential to Key" in inbox(sign_in(cast.lead))


def test_who_did_it_and_who_hears_otherwise_get_no_second_notice(followed, cast):
    for person in (cast.wang, cast.li):
        services.customer_follow(customer=followed, by=person)
    bought(followed, cast.wang)
    services.customer_transfer(customer=followed, to=cast.li, by=cast.lead)
    assert not told(cast.wang, "followed_order").exists()
    for person in (cast.lead, cast.wang, cast.li):
        assert not told(person, "followed_owner").exists()


def test_whoever_lost_access_hears_nothing(customer, cast, sign_in):
    CustomerFacts.objects.get_or_create(pk=customer.pk)
    services.customer_share(customer=customer, user=cast.li, by=cast.lead)
    services.customer_follow(customer=customer, by=cast.li)
    bought(customer, cast.wang)
    assert told(cast.li, "followed_order").count() == 1
    services.customer_unshare(customer=customer, user_id=cast.li.pk, by=cast.lead)
    bought(Customer.objects.get(pk=customer.pk), cast.wang)
    services.customer_transfer(customer=Customer.objects.get(pk=customer.pk), to=cast.manager, by=cast.lead)
    assert told(cast.li, "followed_order").count() == 1
    assert not told(cast.li, "followed_owner").exists()
    assert "New order M" not in inbox(sign_in(cast.li)), "what was told before isn't shown either"


def test_a_kind_can_be_switched_off(followed, cast, sign_in):
    type(cast.lead).objects.filter(pk=cast.lead.pk).update(notices_muted=["followed_order"])
    bought(followed, cast.wang)
    complaint_create(customer=followed, by=cast.wang, text="外壳裂了", category="product")
    text = inbox(sign_in(cast.lead))
    assert "New order M" not in text
    assert "New complaint" in text


def test_of_many_at_once_one_notice_leads_to_the_list(cast, sign_in):
    given = [services.customer_create(by=cast.wang, owner=cast.wang, name=f"客户{n}") for n in range(7)]
    for customer in given:
        services.customer_follow(customer=customer, by=cast.lead)
    services.customers_transfer(customers=given, to=cast.li, by=cast.manager)
    notice = told(cast.lead, "followed_owner").get()
    assert notice.url.endswith("?view=followed")
    assert "7 customers you follow have new owners" in inbox(sign_in(cast.lead))


def test_one_in_the_pool_alone_is_not_followed(cast, sign_in):
    pooled = services.customer_create(by=cast.manager, owner=None, name="公海客户")
    sign_in(cast.outsider).post(reverse("customer_follow", args=[pooled.pk]), {"on": "1"})
    assert not Follower.objects.exists()
