"""The purchase that the revisits count from: the first one, or one after more than twice the customer's own cycle."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import company
from customers.models import CustomerFacts
from sales.models import Order
from sales.revisits import revisits_from
from sales.services import order_facts_refresh

FIRST = date(2025, 1, 1)


def days(*offsets):
    return [FIRST + timedelta(days=offset) for offset in offsets]


@pytest.mark.parametrize(
    ("bought", "since"),
    [
        ([], None),
        ([5], 5),
        ([0, 10, 20, 90], 0),  # two intervals are no cycle yet
        ([0, 10, 20, 30, 50], 0),  # twice the cycle isn't more than twice
        ([0, 10, 20, 30, 51], 51),
        ([0, 10, 20, 30, 51, 60], 51),  # the next one in time leaves them running
        ([0, 10, 20, 30, 51, 60, 200], 200),
    ],
)
def test_the_first_one_and_later_only_one_that_came_late(bought, since):
    assert revisits_from(days(*bought)) == (None if since is None else days(since)[0])


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 400), max_size=12))
def test_the_statement_for_many_says_the_same(customer, bought):
    Order.all_objects.all().delete()
    Order.objects.bulk_create(
        Order(
            number=f"M{n}",
            customer=customer,
            ordered_at=datetime.combine(day, datetime.min.time(), ZoneInfo("UTC")),
            ordered_on=day,
            currency=company.currency(),
            total=100,
            amount=100,
        )
        for n, day in enumerate(days(*bought))
    )
    order_facts_refresh([customer.pk])
    assert CustomerFacts.objects.get(pk=customer.pk).revisits_from == revisits_from(sorted(set(days(*bought))))
