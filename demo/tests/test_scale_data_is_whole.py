"""`load_scale` sets indexes and triggers aside while millions of rows come in: afterwards all is as it was."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import F, Max, Min

from core import clock, sql
from customers.models import CustomerFacts, Interaction
from sales.models import Order, OrderLine
from segmentation.models import ToRate

SIZES = {"customers": 40, "orders": 400, "interactions": 200, "users": 2}
TABLES = [model._meta.db_table for model in (Order, OrderLine, Interaction)]


def watchers() -> tuple[set[str], set[tuple[str, ...]]]:
    """Indexes and foreign keys of the tables."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE tablename = ANY(%s)", [TABLES])
        return {definition for (definition,) in cursor.fetchall()}, set(sql.fetch("demo", "foreign_keys_of", [TABLES]))


@pytest.mark.django_db(transaction=True)  # it ends with a VACUUM
def test_rows_fit_each_other_and_tables_are_as_before(defaults):
    before = watchers()
    call_command("load_scale", **SIZES)
    assert watchers() == before
    assert (Order.objects.count(), OrderLine.objects.count(), Interaction.objects.count()) == (400, 400, 200)

    assert not Order.objects.filter(customer=None).exists()
    assert not OrderLine.objects.exclude(amount=F("order__amount") / 100.0).exists()
    assert not Interaction.objects.exclude(user=F("customer__owner")).exists()
    days = Order.objects.aggregate(first=Min("ordered_on"), last=Max("ordered_on"))
    assert days["last"] < clock.business_date()
    assert days["first"] >= clock.business_date() - timedelta(days=1096)
    busy = CustomerFacts.objects.order_by("-orders_total")[:8]  # a fifth of them
    assert sum(facts.orders_total for facts in busy) > 400 / 3

    Order.objects.filter(pk=Order.objects.earliest("pk").pk).update(state=Order.State.CANCELLED)
    assert ToRate.objects.exists(), "triggers are on again"
