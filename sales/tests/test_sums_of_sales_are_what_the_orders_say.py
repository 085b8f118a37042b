"""The stored sums of what each person's customers bought, with what was noted since, against the orders themselves."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
import time_machine
from django.db import connection, transaction
from django.db.models import Count, F, Sum

from accounts.models import User
from core import clock
from customers.models import Customer, OwnerChange
from customers.services import customer_create, customer_delete, customer_restore, customer_transfer
from sales import goals
from sales.goals import PURCHASES, Sold, net_sales, sold, sold_by
from sales.models import Order, SoldShare, SoldSince, SoldSum, ToSum
from sales.services import sums
from sales.services.sums import sold_sums_follow

NOW = datetime(2026, 6, 17, 9, tzinfo=UTC)
YEAR_AGO = clock.months_back(NOW.date(), 13)[0]  # the first month of which sums are kept
MONTHS = [*clock.months_back(YEAR_AGO, 2), *clock.months_back(NOW.date(), 3)]


def make_order(customer: Customer, at: datetime, amount: int, **more) -> Order:
    return Order.objects.create(
        **{"number": f"N{Order.all_objects.count()}-{clock.now():%H%M}-{random.random()}", "customer": customer},
        **{"ordered_at": at, "ordered_on": clock.business_date(at), "currency": "CNY", "total": amount},
        **{"amount": amount, **more},
    )


def live(people) -> dict:
    """What the sums are to be, reckoned order by order."""
    found = {}
    for month in MONTHS:
        whole = {"net": Sum("amount"), "purchases": Count("pk", filter=PURCHASES)}
        for row in sold_by(people, month).annotate(**whole):
            found[row["seller"], month] = Sold(row["net"], row["purchases"])
    return found


def agree(people) -> bool:
    """Whether all figures that pages show are what the orders say."""
    expected, ids = live(people), list(people)
    card = {pk: User.objects.values_list(net_sales(pk, MONTHS[-1])).get(pk=pk)[0] for pk in ids}
    return sold(ids, MONTHS) == expected and card == {
        pk: expected[pk, MONTHS[-1]].net if (pk, MONTHS[-1]) in expected else 0 for pk in ids
    }


def acts(cast, chance: random.Random) -> list[Callable[[], object]]:
    """What people, files and statements typed by hand do to orders, customers and who has them."""

    def customer() -> Customer:
        return chance.choice(list(Customer.all_objects.order_by("pk")))

    def orders():
        some = list(Order.all_objects.order_by("pk").values_list("pk", flat=True))
        return Order.all_objects.filter(pk__in=chance.sample(some, min(3, len(some))))

    def then() -> datetime:
        year = timedelta(days=chance.choice([0, 0, 335]))
        return NOW - year - timedelta(days=chance.randrange(-3, 90), hours=chance.randrange(24))

    def buy() -> Order:
        return make_order(customer(), then(), chance.randrange(1, 900), state=chance.choice(Order.State.values))

    def bring_back() -> Order:
        return make_order(customer(), then(), -chance.randrange(1, 900), kind=Order.Kind.RETURN)

    def move_in_time() -> None:
        at = then()
        orders().update(ordered_at=at, ordered_on=at.date())

    def give() -> None:
        of, to = customer(), chance.choice([cast.wang, cast.li, cast.lead, None])
        with time_machine.travel(then() if chance.random() < 0.5 else NOW, tick=False):
            customer_transfer(customer=of, to=to, by=cast.manager)

    def bin_or_back() -> None:
        of = customer()
        (customer_restore if of.deleted_at else customer_delete)(customer=of, by=cast.manager)

    return [
        *(buy, buy, buy, bring_back, give, give, move_in_time, bin_or_back),
        lambda: orders().update(state=chance.choice(Order.State.values)),
        lambda: orders().update(amount=F("amount") * 7 + 1),  # another rate of exchange
        lambda: orders().update(customer=customer()),  # two files are made one
        lambda: orders().update(deleted_at=chance.choice([None, NOW])),
        lambda: orders().delete(),
        lambda: OwnerChange.objects.filter(pk__in=OwnerChange.objects.order_by("?")[:1]).delete(),
        lambda: OwnerChange.objects.update(customer=customer()),
        lambda: Customer.all_objects.filter(pk=customer().pk).update(owner=chance.choice([cast.wang, cast.li, None])),
        sold_sums_follow,
        sold_sums_follow,
    ]


@pytest.fixture
def people(cast):
    for owner in (cast.wang, cast.wang, cast.li, cast.lead):
        customer_create(by=owner, name="甲", kind="company", owner=owner)
    return [cast.wang.pk, cast.li.pk, cast.lead.pk]


@pytest.mark.django_db
@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_is_written_the_figure_is_what_the_orders_say(cast, people, seed, monkeypatch):
    chance = random.Random(seed)
    with time_machine.travel(NOW, tick=False):
        for step in range(40):
            chance.choice(acts(cast, chance))()
            assert step % 2 or agree(people), f"after step {step}"
        make_order(Customer.objects.create(number="Z", name="乙", owner=cast.li), NOW, 500)
        sold_sums_follow()
        assert not ToSum.objects.exists()
        assert SoldSum.objects.exists()
        assert agree(people)
        few = live(people)
        monkeypatch.setattr(goals, "MANY", 1)  # of many people, who has a customer is asked of each order
        assert live(people) == few
        assert SoldSum.objects.aggregate(n=Sum("net"))["n"] == SoldShare.objects.aggregate(n=Sum("net"))["n"]


@pytest.mark.django_db
def test_an_order_that_no_trigger_notes_is_missed(cast, people):
    with time_machine.travel(NOW, tick=False):
        sold_sums_follow()
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE sales_order DISABLE TRIGGER sums_note_new")
        make_order(Customer.objects.first(), NOW, 500)
        assert not agree(people)


@pytest.mark.django_db
def test_months_are_kept_for_a_year_and_then_asked_for_live(cast, people):
    with time_machine.travel(NOW, tick=False):
        make_order(Customer.objects.first(), NOW, 500)
        make_order(Customer.objects.first(), NOW - timedelta(days=400), 700)
        sold_sums_follow()
        assert SoldSince.objects.get().month == YEAR_AGO
        assert SoldSum.objects.get().net == 500, "an order of months before has no sum"
        assert agree(people)
    with time_machine.travel(NOW + timedelta(days=396), tick=False):
        sold_sums_follow()
        assert not SoldSum.objects.exists()
        assert not SoldShare.objects.exists()
        assert agree(people)


@pytest.mark.django_db
def test_a_company_that_kept_fewer_months_adds_the_others_up(cast, people, monkeypatch):
    with time_machine.travel(NOW, tick=False):
        make_order(Customer.objects.first(), NOW, 500)
        make_order(Customer.objects.first(), NOW - timedelta(days=365), 700)
        with monkeypatch.context() as patch:
            patch.setattr(sums, "MONTHS_BEFORE", 2)
            sold_sums_follow()
        assert SoldSum.objects.get().net == 500
        sold_sums_follow()
        assert SoldSince.objects.get().month == YEAR_AGO
        assert sorted(SoldSum.objects.values_list("net", flat=True)) == [500, 700]
        assert agree(people)


@pytest.mark.django_db(transaction=True)
def test_an_order_that_is_being_written_meanwhile_is_counted_next_time(cast, people):
    """Whose transaction began before the sums were added up and ends after it is noted by a row that nobody saw."""
    first = Customer.objects.first()
    with time_machine.travel(NOW, tick=False):
        sold_sums_follow()
        make_order(first, NOW, 100)
        with transaction.atomic():
            make_order(first, NOW, 20)
            customer_transfer(customer=first, to=cast.li, by=cast.manager)
            other = Thread(target=_in_another_connection)
            other.start()
            other.join(60)
            assert not other.is_alive(), "nobody waits for anybody"
            assert SoldSum.objects.get().net == 100
            assert agree(people), "inside the transaction"
        assert agree(people), "once it is over"
        sold_sums_follow()
        assert agree(people)


def _in_another_connection() -> None:
    try:
        sold_sums_follow()
    finally:
        connection.close()
