"""What orders say about a customer: first and last purchase, their number, and the stage that follows from them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction

from core import clock, sql
from customers.facts import Writer, written_by
from customers.models import CustomerFacts, Stage
from customers.stages import AFTER_SALE_DAYS
from sales.models import Order


def _stage_parameters() -> dict[str, Any]:
    """Parameters that all statements about stages have in common."""
    return {"days": AFTER_SALE_DAYS, **sql.choices(stage=Stage)}


def stages_move_on(today: date) -> int:
    """End the stage "after the deal" where its 90 days are over by the company's date; returns how many. Repeatable."""
    return sql.change("sales", "stages_move_on", {"today": today, **_stage_parameters()})


def end_after_sale(business_date: date) -> dict[str, int]:
    """The nightly job: stages as of today, also when the night is made up for later."""
    return {"stages": stages_move_on(clock.business_date())}


def stages_move_back(today: date) -> int:
    """Take back what `stages_move_on` did by a later day: nobody is a long-term customer since a day to come."""
    return sql.change("sales", "stages_move_back", {"today": today, **_stage_parameters()})


@transaction.atomic
def order_facts_refresh(customer_ids: Sequence[int]) -> None:
    """Write the order facts and stages of these customers from their orders, in one statement each.

    No version of a customer moves, so nobody who edits a file gets a conflict. Safe to repeat.
    """
    ids = sorted(set(customer_ids))
    if not ids:
        return
    there = set(CustomerFacts.objects.filter(pk__in=ids).values_list("pk", flat=True))
    missing = [CustomerFacts(customer_id=pk) for pk in ids if pk not in there]
    CustomerFacts.objects.bulk_create(missing, ignore_conflicts=True)  # somebody else may make one in between
    words = sql.choices(kind=Order.Kind, state=Order.State)
    sql.change("sales", "order_facts", {"ids": ids, **words}, facts=written_by(Writer.ORDERS))
    sql.change("sales", "order_stages", {"ids": ids, "today": clock.business_date(), **_stage_parameters()})
