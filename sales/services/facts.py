"""What orders say about a customer: first and last purchase, their number, and the stage that follows from them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import connection, transaction

from core import clock
from customers.models import CustomerFacts

AFTER_SALE_DAYS = 90

# A purchase: completed, worth something, not taken back as a whole by returns that are linked to it.
_FACTS = """
    WITH orders AS MATERIALIZED (
        SELECT id, customer_id, kind, ordered_on, total, amount, return_of_id
        FROM sales_order WHERE customer_id = ANY(%(ids)s) AND deleted_at IS NULL AND state = 'completed'
    ), returned AS (
        SELECT return_of_id AS id, sum(total) AS total
        FROM orders WHERE kind = 'return' AND return_of_id IS NOT NULL GROUP BY return_of_id
    ), bought AS (
        SELECT o.customer_id, min(o.ordered_on) AS first_on, max(o.ordered_on) AS last_on, count(*) AS orders
        FROM orders o LEFT JOIN returned r ON r.id = o.id
        WHERE o.kind = 'purchase' AND o.amount > 0 AND o.total + COALESCE(r.total, 0) > 0
        GROUP BY o.customer_id
    ), wanted AS (
        SELECT t.id, b.first_on, b.last_on, COALESCE(b.orders, 0) AS orders
        FROM unnest(%(ids)s::bigint[]) AS t(id) LEFT JOIN bought b ON b.customer_id = t.id
    )
    UPDATE customers_customerfacts f
    SET first_order_on = w.first_on, last_order_on = w.last_on, orders_total = w.orders
    FROM wanted w
    WHERE f.customer_id = w.id
      AND (f.first_order_on, f.last_order_on, f.orders_total)
          IS DISTINCT FROM (w.first_on, w.last_on, w.orders::integer)
"""

# An order moves a customer on; old orders that are entered late never take a running conversation back.
_STAGES = f"""
    WITH last AS (
        SELECT f.customer_id, f.last_order_on AS on_day, f.last_order_on + {AFTER_SALE_DAYS} AS ends,
               f.last_order_on + {AFTER_SALE_DAYS} > %(today)s AS fresh
        FROM customers_customerfacts f
        WHERE f.customer_id = ANY(%(ids)s) AND f.last_order_on IS NOT NULL
    )
    UPDATE customers_customer c
    SET stage = CASE WHEN l.fresh THEN 'after_sale' ELSE 'long_term' END,
        stage_since = CASE WHEN l.fresh THEN l.on_day ELSE l.ends END
    FROM last l
    WHERE c.id = l.customer_id AND c.stage <> 'paused'
      AND (c.stage = 'first_contact' OR c.stage_since IS NULL OR l.on_day >= c.stage_since)
      AND (c.stage, c.stage_since) IS DISTINCT FROM (
          CASE WHEN l.fresh THEN 'after_sale' ELSE 'long_term' END,
          CASE WHEN l.fresh THEN l.on_day ELSE l.ends END)
"""  # noqa: S608 - constants only

# Nobody has to order again for it: 90 days after the deal a customer is a long-term one.
_AGED = f"""
    UPDATE customers_customer SET stage = 'long_term', stage_since = stage_since + {AFTER_SALE_DAYS}
    WHERE stage = 'after_sale' AND stage_since + {AFTER_SALE_DAYS} <= %(today)s AND deleted_at IS NULL
"""  # noqa: S608 - constants only


_REJUVENATED = f"""
    UPDATE customers_customer SET stage = 'after_sale', stage_since = stage_since - {AFTER_SALE_DAYS}
    WHERE stage = 'long_term' AND stage_since > %(today)s
"""  # noqa: S608 - constants only


def stages_move_on(today: date) -> int:
    """End the stage "after the deal" where its 90 days are over by the company's date; returns how many. Repeatable."""
    with connection.cursor() as cursor:
        cursor.execute(_AGED, {"today": today})
        return cursor.rowcount


def stages_move_back(today: date) -> int:
    """Take back what `stages_move_on` did by a later day: nobody is a long-term customer since a day to come."""
    with connection.cursor() as cursor:
        cursor.execute(_REJUVENATED, {"today": today})
        return cursor.rowcount


@transaction.atomic
def order_facts_refresh(customer_ids: Sequence[int]) -> None:
    """Write the order facts and stages of these customers from their orders, in one statement each.

    No version of a customer moves, so nobody who edits a file gets a conflict. Safe to repeat.
    """
    ids = sorted(set(customer_ids))
    if not ids:
        return
    _make_facts(ids)
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, {"ids": ids})
        cursor.execute(_STAGES, {"ids": ids, "today": clock.business_date()})


def _make_facts(ids: Sequence[int]) -> None:
    there = set(CustomerFacts.objects.filter(pk__in=ids).values_list("pk", flat=True))
    CustomerFacts.objects.bulk_create(
        [CustomerFacts(customer_id=pk) for pk in ids if pk not in there], ignore_conflicts=True
    )
