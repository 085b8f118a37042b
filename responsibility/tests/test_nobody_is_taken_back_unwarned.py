"""Customers whom nobody looks after go back into the pool: only if the company wants it, and after a warning."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from customers.models import Customer, CustomerFacts, OwnerChange, PoolRules, Stage
from followups.models import Notice
from responsibility.models import ReclaimWarning
from responsibility.pool.selectors import standing
from responsibility.pool.services import reclaim
from sales.models import Order

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)
NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def held(cast):
    """A customer of 小王's whom somebody contacted so many days ago."""

    def make(days, name="沉睡", *, owner=None, stage=Stage.LONG_TERM, **facts):
        made = Customer.objects.create(
            number=f"K{name}", name=name, owner=owner or cast.wang, team=cast.shanghai, stage=stage
        )
        Customer.objects.filter(pk=made.pk).update(created_at=NOON - timedelta(days=900))
        facts = {"last_contact_at": NOON - timedelta(days=days), **facts}
        CustomerFacts.objects.update_or_create(pk=made.pk, defaults=facts)
        return made

    return make


def rules(**wanted):
    PoolRules.objects.update_or_create(pk=1, defaults={"reclaims": True, **wanted})


def night():
    """What one night did, in the end."""
    return [dict(counts) for counts in reclaim(TODAY)][-1]


def warned():
    return dict(ReclaimWarning.objects.values_list("customer__name", "goes_on"))


def owners():
    return dict(Customer.objects.values_list("name", "owner__name"))


# --- whose protection is over ----------------------------------------------------------------------------------------
def test_shipped_nobody_is_taken_back(held):
    held(900)
    assert not list(reclaim(TODAY))
    assert not ReclaimWarning.objects.exists()


@pytest.mark.parametrize(
    ("days", "facts", "is_over"),
    [
        (90, {}, True),
        (82, {}, False),  # ends after the days of warning
        (83, {}, True),
        (120, {"tier": "high"}, False),  # protected for 180 days
        (180, {"tier": "high"}, True),
        (40, {"tier": "low"}, True),  # for 30: less than the company's number
        (100, {"tier": "low", "lifecycle": "loyal"}, False),  # of several the longest
        (200, {"last_order_on": TODAY - timedelta(days=10)}, False),
        (200, {"open_complaints": 1}, False),
    ],
)
def test_days_of_tier_and_lifecycle_count_instead_of_the_companys(days, facts, is_over, held):
    rules(protected_days=90, tier_days={"high": 180, "low": 30}, lifecycle_days={"loyal": 365})
    held(days, **facts)
    night()
    assert bool(warned()) == is_over


def test_an_open_order_protects_for_longer(held):
    rules(protected_days=90, deal_days=180)
    for name, state in (("在谈", Order.State.OPEN), ("已成", Order.State.COMPLETED)):
        customer = held(100, name=name)
        days = {"ordered_at": NOON, "ordered_on": TODAY, "amount": 1, "total": 1}
        Order.objects.create(customer=customer, number=name, source="hand", state=state, **days)
    night()
    assert set(warned()) == {"已成"}


def test_a_paused_customer_and_a_new_owner_stay(held, cast):
    rules(protected_days=90)
    held(300, name="暂停", stage=Stage.PAUSED)
    given = held(300, name="新主")
    OwnerChange.objects.create(customer=given, from_user=cast.li, to_user=cast.wang)
    night()
    assert not warned()


# --- warned first ----------------------------------------------------------------------------------------------------
def test_the_owner_is_told_once_and_days_later_the_customer_goes(held, cast):
    rules(warned_days=7)
    held(400, name="甲")
    held(400, name="乙")
    assert night() == {"reclaim_warned": 2, "reclaimed": 0}
    assert night() == {"reclaim_warned": 0, "reclaimed": 0}
    (notice,) = Notice.objects.filter(user=cast.wang, kind="reclaim_warned")
    assert notice.numbers == {"customers": 2, "day": "2026-12-01"}
    with time_machine.travel(NOON + timedelta(days=6), tick=False):
        assert night()["reclaimed"] == 0
    with time_machine.travel(NOON + timedelta(days=7), tick=False):
        assert night()["reclaimed"] == 2
    assert owners() == {"甲": None, "乙": None}
    assert set(OwnerChange.objects.values_list("from_user__name", "to_user", "by")) == {("小王", None, None)}
    assert not ReclaimWarning.objects.exists()


def test_a_contact_keeps_the_customer(held):
    rules()
    customer = held(400)
    night()
    CustomerFacts.objects.filter(pk=customer.pk).update(last_contact_at=NOON)
    with time_machine.travel(NOON + timedelta(days=7), tick=False):
        assert night() == {"reclaim_warned": 0, "reclaimed": 0}
    assert owners() == {"沉睡": "小王"}
    assert not warned()


def test_a_new_owner_is_warned_anew(held, cast):
    rules()
    customer = held(400)
    night()
    Customer.objects.filter(pk=customer.pk).update(owner=cast.li)
    with time_machine.travel(NOON + timedelta(days=7), tick=False):
        assert night() == {"reclaim_warned": 1, "reclaimed": 0}
    assert warned() == {"沉睡": date(2026, 12, 8)}


def test_switched_off_the_warnings_go(held):
    rules()
    held(400)
    night()
    rules(reclaims=False)
    assert not list(reclaim(TODAY))
    assert not warned()


# --- shown -----------------------------------------------------------------------------------------------------------
def test_the_list_and_the_customers_page_say_when_it_goes(held, cast, sign_in):
    rules()
    customer = held(400, name="要走")
    held(400, name="外人", owner=cast.outsider)
    night()
    client = sign_in(cast.wang)
    listed = client.get(reverse("leaving_list")).content.decode()
    assert "要走" in listed
    assert "外人" not in listed
    page = client.get(reverse("customer", args=[customer.pk])).content.decode()
    assert "goes back into the pool from" in page
    assert "外人" in sign_in(cast.admin).get(reverse("leaving_list")).content.decode()


def test_the_page_of_rules_counts_whom_they_would_concern(held):
    held(400, name="甲")
    held(85, name="乙")
    held(10, name="丙")
    assert (standing().over, standing().soon) == (1, 1)
