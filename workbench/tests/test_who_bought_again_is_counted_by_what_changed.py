"""Who bought again is counted of the customers of whom something was written; the sums are those of a count of all."""

from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.urls import reverse

from conftest import cast_made
from customers.models import Channel, Customer
from customers.services.files import customer_delete, customer_purge, customer_restore
from customers.services.owners import customer_transfer
from sales.models import Order
from segmentation import night
from segmentation.cohorts.models import CohortLook, CohortShare, CohortSum, ToCount
from segmentation.cohorts.nightly import cohorts_count, cohorts_keep
from segmentation.selectors import latest_run
from workbench.tests.scored import make, order
from workbench.tests.test_a_figure_of_the_tiers_opens_its_list import listed

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 26)
NEXT = ON + timedelta(days=1)
CELL = ("grain", "cohort", "bought", "owner", "team", "channel", "tier_scheme", "customers")


@pytest.fixture(scope="module")
def company(django_db_setup, django_db_blocker):
    """Eight customers who bought in some of fourteen months."""
    with django_db_blocker.unblock(), transaction.atomic():
        cast = cast_made()
        for n in range(8):
            customer = make(f"C{n}", cast.wang if n % 2 else cast.li, cast.shanghai)
            for month in range(n, 14, n + 2):
                order(customer, date(2025, 10, 5) + timedelta(days=30 * month), 10_000 + n)
        night.rescore(ON)
        cohorts_keep(ON)
        yield cast
        transaction.set_rollback(True)


@pytest.fixture
def shop(company, db):
    return company


def cells():
    return sorted(CohortSum.objects.values_list(*CELL), key=str)


def shares():
    return sorted(CohortShare.objects.values_list("customer_id", "owner_id", "channel_id", "first", "months"), key=str)


def one(number):
    return Customer.all_objects.get(number=number)


def late(shop):
    order(one("C3"), date(2025, 2, 1), 500)


def new(shop):
    order(make("NEW", shop.wang, shop.shanghai), NEXT, 900)


def cancelled(shop):
    Order.objects.filter(customer=one("C0")).order_by("ordered_on").first().delete()
    Order.objects.filter(customer=one("C1")).update(state=Order.State.CANCELLED)


def handed_over(shop):
    customer_transfer(customer=one("C2"), to=shop.outsider, by=shop.admin)


def other_channel(shop):
    Customer.objects.filter(number="C4").update(channel=Channel.objects.first())


def other_kind(shop):
    Customer.objects.filter(number="C4").update(kind="company")


def deleted(shop):
    customer_delete(customer=one("C5"), by=shop.manager)


def erased(shop):
    Order.objects.filter(customer=one("C5")).delete()
    deleted(shop)
    customer_purge(customer=one("C5"), by=shop.admin)


def merged_orders(shop):
    Order.objects.filter(customer=one("C6")).update(customer=one("C7"))


def nothing(shop):
    pass


@pytest.mark.parametrize(
    "change",
    [late, new, cancelled, handed_over, other_channel, other_kind, deleted, erased, merged_orders, nothing],
    ids=lambda change: change.__name__,
)
def test_the_sums_of_few_are_those_of_everybody(shop, change):
    change(shop)
    night.rescore(NEXT)
    assert cohorts_keep(NEXT)["counted"] < Customer.objects.count()
    assert not ToCount.objects.exists()
    few = cells(), shares()
    with connection.cursor() as cursor:
        cohorts_count(cursor, latest_run(), None)
    assert (cells(), shares()) == few
    assert few[0]


def test_an_order_dated_ahead_counts_on_its_day(shop):
    order(one("C7"), NEXT + timedelta(days=1), 700)
    night.rescore(NEXT)
    cohorts_keep(NEXT)
    before = cells()
    later = NEXT + timedelta(days=1)
    night.rescore(later)
    cohorts_keep(later)
    assert cells() != before
    few = cells()
    with connection.cursor() as cursor:
        cohorts_count(cursor, latest_run(), None)
    assert cells() == few


def test_a_customer_taken_out_of_the_bin_is_counted_again(shop):
    before = cells()
    deleted(shop)
    night.rescore(NEXT)
    cohorts_keep(NEXT)
    customer_restore(customer=one("C5"), by=shop.manager)
    night.rescore(NEXT)
    cohorts_keep(NEXT)
    assert cells() == before


def test_a_month_of_the_past_is_shown_from_the_same_sums(sign_in, shop):
    night.rescore(date(2026, 8, 31))
    cohorts_keep(ON)
    client = sign_in(shop.auditor)
    for grain, until in (("month", date(2026, 8, 31)), ("quarter", date(2026, 9, 30))):
        context = client.get(reverse("purchases"), {"grain": grain, "run": "2026-08-31"}).context
        heat = context["heat"]
        assert heat.on == until
        assert max(bought for _cohort, bought in heat.found) <= until
        figures = [(cell.url, cell.count) for row in heat.rows for cell in row.cells if cell.count]
        assert [(url, listed(shop.auditor, url)) for url, _n in figures] == figures
        assert figures
    text = client.get(reverse("purchases"), {"run": "2026-08-31"}).content.decode()
    assert "is told from what is known today" in text


def test_a_run_that_is_taken_back_lets_everybody_be_counted_anew(shop):
    CohortLook.objects.get().run.delete()
    night.rescore(NEXT)
    CohortSum.objects.update(customers=99)
    cohorts_keep(NEXT)
    assert 99 not in CohortSum.objects.values_list("customers", flat=True)


def test_a_night_of_few_asks_nobody_else(shop):
    late(shop)
    night.rescore(NEXT)
    Order.objects.filter(customer=one("C4")).update(state=Order.State.CANCELLED)
    ToCount.objects.filter(customer_id=one("C4").pk).delete()  # as if nothing had noted it
    before = CohortShare.objects.get(customer_id=one("C4").pk).months
    assert cohorts_keep(NEXT) == {"counted": 1}
    assert CohortShare.objects.get(customer_id=one("C4").pk).months == before
