"""What orders say about a customer: first and last purchase, their number, and the stage that follows from them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from accounts.models import User
from core import clock, sql
from customers.facts import Writer, written_by
from customers.models import Customer, CustomerFacts
from sales.models import Order
from sales.revisits import CYCLE_NEEDS, LATE_AFTER_CYCLES
from sales.services.stages import stage_parameters


def merged_orders_count(*, customer_ids: Sequence[int], by: User | None) -> None:
    """Handler of customers_merged: orders came to these customers, or went."""
    order_facts_refresh(customer_ids)


@transaction.atomic
def order_facts_refresh(customer_ids: Sequence[int]) -> int:
    """Write the order facts and stages of these customers from their orders, in one statement each.

    Returns how many stages moved. No version of a customer moves, so nobody who edits a file gets a conflict. Safe to
    repeat.
    """
    ids = sorted(set(customer_ids))
    if not ids:
        return 0
    # Before their facts, by their ids, as everybody who writes both: nobody waits in a circle.
    list(Customer.all_objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk").values_list("pk"))
    there = set(CustomerFacts.objects.filter(pk__in=ids).values_list("pk", flat=True))
    missing = [CustomerFacts(customer_id=pk) for pk in ids if pk not in there]
    CustomerFacts.objects.bulk_create(missing, ignore_conflicts=True)  # somebody else may make one in between
    words: dict[str, Any] = sql.choices(kind=Order.Kind, state=Order.State)
    words |= {"late_after": LATE_AFTER_CYCLES, "cycle_needs": CYCLE_NEEDS}
    sql.change("sales", "order_facts", {"ids": ids, **words}, facts=written_by(Writer.ORDERS))
    return sql.change("sales", "order_stages", {"ids": ids, "today": clock.business_date(), **stage_parameters()})
