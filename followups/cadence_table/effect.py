"""What a change of the cadence table would do to the open automatic dates, told before it is made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db import connection, transaction

from accounts.masking import masked
from accounts.models import User
from core import clock, sql
from core.workcalendar import next_working_day
from customers.models import Customer
from followups.cadence_table.table import Table
from followups.models import CadenceRule
from followups.planning import situations_under

EXACT_UP_TO = 20_000  # customers; of more every so many are looked at, so that nobody waits for the page
Found = tuple[int, date | None, date | None, bool | None, bool]
MOVED, ENDED, BEGUN = "moved", "ended", "begun"


@dataclass(frozen=True)
class Met:
    """A customer whose date would change: from `was` (None: no date yet) to `becomes` (None: no date any more).

    Who stands on the review list of the quarter, before or then, has its day and none of their own.
    """

    customer: Customer
    was: date | None
    becomes: date | None
    was_review: bool = False
    becomes_review: bool = False


@dataclass(frozen=True)
class TableEffect:
    """How many open automatic dates move, how many end, how many customers get one; `about`: estimated.

    `rows`: some of those that `shows` names, the ones that move farthest first; `more`: how many more there are.
    """

    moved: int
    ended: int
    begun: int
    about: bool
    shows: str = ""
    rows: list[Met] = field(default_factory=list)
    more: int = 0

    @property
    def nothing(self) -> bool:
        return not (self.moved or self.ended or self.begun)


@transaction.atomic
def effect_of(rules: Iterable[CadenceRule], reader: User | None = None, shows: str = "", most: int = 0) -> TableEffect:
    """The effect if these were the lines of the table, with at most `most` customers that `reader` may see of those
    whose date does what `shows` says. Writes nothing but temporary tables."""
    # unscoped: a table for everybody; only numbers leave this function, and customers of the reader
    every = -(-Customer.objects.count() // EXACT_UP_TO) or 1
    only = None
    if every > 1:
        only = list(Customer.objects.extra(where=["id %% %s = 0"], params=[every]).values_list("pk", flat=True))
    with connection.cursor() as cursor:
        params = situations_under(cursor, Table(rules), only)
        moved, ended, begun = sql.run(cursor, "followups", "effect", params).fetchone()
        found = sql.run(cursor, "followups", "effect_rows", {"what": shows}).fetchall() if shows else []
    rows = _named(reader, found[:most]) if reader else []
    return TableEffect(
        moved * every, ended * every, begun * every, every > 1, shows, rows, len(found) - len(found[:most])
    )


def _named(reader: User, found: list[Found]) -> list[Met]:
    today = clock.business_date()
    names = Customer.objects.for_user(reader).select_related("facts").defer("search_tokens")
    customers = names.in_bulk([row[0] for row in found])
    return [
        Met(
            masked(reader, customers[pk]),
            was,
            next_working_day(max(becomes, today)) if becomes else None,
            bool(was_review),
            becomes_review,
        )
        for pk, was, becomes, was_review, becomes_review in found
        if pk in customers
    ]
