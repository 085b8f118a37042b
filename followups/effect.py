"""What a change of the cadence table would do to the open automatic dates, told before it is made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection, transaction

from core import sql
from customers.models import Customer
from followups.models import CadenceRule
from followups.planning import situations_under
from followups.table import Table

EXACT_UP_TO = 20_000  # customers; of more every so many are looked at, so that nobody waits for the page


@dataclass(frozen=True)
class Effect:
    """How many open automatic dates move, how many end, how many customers get one; `about`: estimated."""

    moved: int
    ended: int
    begun: int
    about: bool

    @property
    def nothing(self) -> bool:
        return not (self.moved or self.ended or self.begun)


@transaction.atomic
def effect_of(rules: Iterable[CadenceRule]) -> Effect:
    """Were these the lines of the table. Reads and writes nothing but tables of its own."""
    # unscoped: a table for everybody; only numbers leave this function
    every = -(-Customer.objects.count() // EXACT_UP_TO) or 1
    only = None
    if every > 1:
        only = list(Customer.objects.extra(where=["id %% %s = 0"], params=[every]).values_list("pk", flat=True))
    with connection.cursor() as cursor:
        params = situations_under(cursor, Table(rules), only)
        moved, ended, begun = sql.run(cursor, "followups", "effect", params).fetchone()
    return Effect(moved * every, ended * every, begun * every, every > 1)
