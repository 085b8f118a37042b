"""One planner of a customer at a time: whoever reads and writes follow-ups of a customer holds its facts row.

Everybody locks in one order, so that nobody waits in a circle: customers, then facts, each by their ids, then
follow-ups. Files are locked without their keys (`no_key`), as every new row that names a customer holds that key.
"""

from __future__ import annotations

from collections.abc import Iterable

from customers.models import Customer, CustomerFacts


def hold(customer_ids: Iterable[int]) -> None:
    """Wait until nobody else plans for these customers, and keep it so until the transaction ends.

    What is read afterwards is what the others have left. A customer without a facts row gets one.
    """
    wanted = sorted(set(customer_ids))
    held = _held(wanted)
    if missing := set(wanted) - held:
        there = Customer.all_objects.filter(pk__in=missing).values_list("pk", flat=True)
        CustomerFacts.objects.bulk_create([CustomerFacts(customer_id=pk) for pk in there], ignore_conflicts=True)
        _held(wanted)


def _held(wanted: list[int]) -> set[int]:
    rows = CustomerFacts.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk")
    return set(rows.values_list("pk", flat=True))
