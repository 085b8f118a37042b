"""Writes of sales: one verb, one function, one transaction, one audit line.

Callers authorise first (accounts.access.row_for); these functions keep the data right.
"""

from sales.services.facts import order_facts_refresh
from sales.services.orders import (
    Line,
    order_create,
    order_delete,
    order_restore,
    order_return,
    order_update,
    returnable,
)
from sales.services.products import product_save
from sales.services.targets import target_delete, target_set

__all__ = [
    "Line",
    "order_create",
    "order_delete",
    "order_facts_refresh",
    "order_restore",
    "order_return",
    "order_update",
    "product_save",
    "returnable",
    "target_delete",
    "target_set",
]
