"""What the SQL files of this app are filled with, beside the parameters of each."""

from collections.abc import Mapping
from typing import Any

from django.db.backends.utils import CursorWrapper

from core import sql
from customers.facts import FACTS, FURTHER_SCORES, Writer, written_by
from customers.models import (
    UNRATED,
    UNRATED_RANK,
    CustomerFacts,
    Interaction,
    InteractionResult,
    Kind,
    Lifecycle,
    Loyalty,
    Satisfaction,
    Warn,
)
from sales.models import Order
from segmentation.models import ChurnCase, ScoreBasis, ScoreInterval, SumShare, Tier

# What an interval stores: a new one begins only when one of these moved.
PERIOD = ("id", "customer_id", "valid_from", "valid_to")
VALUES = tuple(field.column for field in ScoreInterval._meta.concrete_fields if field.column not in PERIOD)
# Those of them that are a judgement; the others are figures that it is made of, which move with every order.
JUDGED = ("r", "f", "m", "segment8", "group5", "grade4", "segment11", "tier", "lifecycle", "warning")

# The facts of the night; what isn't taken from the scores as it is, judged.sql and present.sql make.
NIGHTS_FACTS = written_by(Writer.NIGHT)
OF_OTHERS = ("tier", "tier_rank", "warning", "value_at_risk")  # made of what people set and closed as well
MADE = ("tier", "tier_rank", "warning", "value_at_risk", "frequency_class", "amount_class", "rated_order_on")
# The figures behind the further scores that standing.sql keeps.
SEEN = tuple(field.column for field in ScoreBasis._meta.concrete_fields if not field.primary_key)
# What the sums count of a customer.
SHARES = tuple(field.column for field in SumShare._meta.concrete_fields if not field.primary_key)
# What a facts row needs beside these and those of the orders: the defaults of the columns that can't be empty.
_REST = [
    field
    for field in CustomerFacts._meta.concrete_fields
    if not field.null and field.name in FACTS and FACTS[field.name].writer not in (Writer.NIGHT, Writer.ORDERS)
]
# Whose orders are read: those of night_subjects, of those of them who bought, or of all who haven't gone.
OF_SUBJECTS = "o.customer_id IN (SELECT customer_id FROM night_subjects)"
OF_BUYERS = "o.customer_id IN (SELECT customer_id FROM night_subjects WHERE bought)"
OF_ALL = (
    "o.customer_id IS NOT NULL"
    " AND o.customer_id NOT IN (SELECT id FROM customers_customer WHERE deleted_at IS NOT NULL)"
)
LISTS: dict[str, str | tuple[str, ...]] = {
    "values": VALUES,
    "judged": JUDGED,
    "facts": NIGHTS_FACTS,
    "own": tuple(name for name in NIGHTS_FACTS if name not in OF_OTHERS),
    "scored": tuple(name for name in NIGHTS_FACTS if name not in (*MADE, *FURTHER_SCORES)),
    "further": FURTHER_SCORES,
    "seen": SEEN,
    "shares": SHARES,
    "whose": OF_ALL,
    "others": tuple(field.column for field in _REST),
    "others_empty": tuple(f"%(empty_{field.column})s" for field in _REST),
}
WORDS: dict[str, Any] = {
    "unrated": UNRATED,
    "unrated_rank": UNRATED_RANK,
    "hashed": "off",  # order days of everybody (days.sql)
    **sql.choices(kind=Kind, lifecycle=Lifecycle, warn=Warn, scheme=Tier.Scheme, case=ChurnCase.State),
    **sql.choices(order=Order.State, order_kind=Order.Kind),
    **sql.choices(direction=Interaction.Direction, result=InteractionResult),
    **sql.choices(satisfaction=Satisfaction, loyalty=Loyalty),
    **{f"empty_{field.column}": field.get_default() for field in _REST},
}


def run_sql(
    cursor: CursorWrapper, name: str, *, rating: str = "", parts: Mapping[str, str] | None = None, **params: Any
) -> CursorWrapper:
    """Execute one file; returns the cursor, so that rows can be read from it. `rating` gives the tier, where
    asked; `parts` are other pieces of SQL for its braces."""
    return sql.run(cursor, "segmentation", name, WORDS | params, **(LISTS | {"rating": rating} | dict(parts or {})))


def piece(name: str, **parts: str) -> str:
    """A file that is a piece of others."""
    return sql.text("segmentation", name, **(LISTS | parts))
