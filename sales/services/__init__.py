"""Writes of sales: one verb, one function, one transaction, one audit line.

Callers authorise first (accounts.access.row_for); these functions keep the data right.
"""

from sales.services.facts import order_facts_refresh
from sales.services.lines import Line, lines_of
from sales.services.orders import order_create, order_delete, order_restore, order_return, order_update
from sales.services.products import product_save
from sales.services.returns import return_lines
from sales.services.stages import end_after_sale, stages_move_back, stages_move_on
from sales.services.targets import target_delete, target_set

__all__ = [
    "Line",
    "end_after_sale",
    "lines_of",
    "order_create",
    "order_delete",
    "order_facts_refresh",
    "order_restore",
    "order_return",
    "order_update",
    "product_save",
    "return_lines",
    "stages_move_back",
    "stages_move_on",
    "target_delete",
    "target_set",
]
