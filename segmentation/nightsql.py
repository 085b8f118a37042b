"""What the SQL files of this app are filled with, beside the parameters of each."""

from typing import Any

from django.db.backends.utils import CursorWrapper

from core import sql
from customers.models import UNRATED, UNRATED_RANK, Kind, Lifecycle, Warn
from sales.models import Order
from segmentation.models import ChurnCase, Tier

# What an interval stores: a new one begins only when one of these moved.
VALUES = (
    "first_on",
    "last_order_on",
    "x",
    "last_on",
    "frequency",
    "purchase_days",
    "monetary",
    "r",
    "f",
    "m",
    "segment8",
    "group5",
    "grade4",
    "segment11",
    "tier_scheme",
    "rated_tier",
    "tier",
    "lifecycle",
    "warning",
)
WORDS: dict[str, Any] = {
    "unrated": UNRATED,
    "unrated_rank": UNRATED_RANK,
    **sql.choices(kind=Kind, lifecycle=Lifecycle, warn=Warn, scheme=Tier.Scheme, case=ChurnCase.State),
    **sql.choices(order=Order.State, order_kind=Order.Kind),
}


def run_sql(cursor: CursorWrapper, name: str, **params: Any) -> CursorWrapper:
    """Execute one file; returns the cursor, so that rows can be read from it."""
    return sql.run(cursor, "segmentation", name, WORDS | params, values=VALUES)
