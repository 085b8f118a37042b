"""How complete files are, as lists sort and narrow by it: one expression over the customer's own row.

It says of a row what `required.percent_of` says of a file, and holds at once when the company asks for something else:
no percentage is stored (docs/adr/0056-completeness-in-lists.md). An index on the expression itself lets 1,000,000
customers be walked in its order. It is made anew when the settings change, and at each start where it is missing; until
then a list takes longer and shows the same.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from hashlib import sha256
from typing import Any, TypeVar

from django.db import OperationalError, connection, transaction
from django.db.models import Case, F, Index, IntegerField, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers import required
from customers.models import Customer, Kind

R = TypeVar("R", bound=QuerySet[Any])
PATH = "by_completeness"  # the name under which a row carries it
BANDS: Mapping[str, tuple[Any, int, int]] = {
    "full": (_("complete"), 100, 100),
    "high": (_("80 to 99 %"), 80, 99),
    "mid": (_("50 to 79 %"), 50, 79),
    "low": (_("less than half"), 0, 49),
}
NAMED_UP_TO = 1000
PATIENCE = "3s"  # for those who write customers while the index is made
_PREFIX = "customer_complete_"
log = logging.getLogger("keben.completeness")


def percentage() -> Case:
    """Of each row, by what is asked of its kind now; 100 where nothing is."""
    return Case(
        *(
            When(which, then=_share(required.counted(kind), named=named))
            for kind in Kind.values
            for which, named in ((Q(kind=kind, name=F("number")), False), (Q(kind=kind), True))
        ),
        default=Value(100),
        output_field=IntegerField(),
    )


def _share(names: tuple[str, ...], *, named: bool) -> Any:
    """Rounded as percent_of does; a file without a name of its own lacks one thing more."""
    count = len(names) + (not named)
    if not count:
        return Value(100)
    held: Any = Value(0)
    for name in names:
        held = held + Case(When(_lacks(name), then=Value(0)), default=Value(1), output_field=IntegerField())
    return (held * Value(200) + Value(count)) / Value(2 * count)


def _lacks(name: str) -> Q:
    """A contact person is told by the search words of the row, of which those of contacts come first (search.py)."""
    return ~Q(search_tokens__0__startswith="c:") if name == required.CONTACT else required.empty(name)


def asked_of_everybody(user: User) -> bool:
    """Whether this person may be told: not where the percentage holds a field that they don't read of everybody, or an
    order of the list would say who has it."""
    told = {*required.told_to(user), required.REACH}
    return all(name in told for kind in Kind.values for name in required.counted(kind))


# --- lists -----------------------------------------------------------------------------------------------------------
def with_percentage(rows: R) -> R:
    """Each row with its percentage, to show it and to sort by it."""
    return rows.annotate(**{PATH: percentage()})


def within(rows: QuerySet[Customer], low: int, high: int) -> QuerySet[Customer]:
    """Those between these percentages. Few are named by id, of many a page is full soon (customers/own/ordered.py)."""
    found = rows.alias(complete_within=percentage()).filter(complete_within__range=(low, high))
    few = list(found.order_by().values_list("pk", flat=True)[: NAMED_UP_TO + 1])
    return rows.filter(pk__in=few) if len(few) <= NAMED_UP_TO else found


# --- the index -------------------------------------------------------------------------------------------------------
def _index() -> Index | None:
    """None where one way to reach somebody counts by itself: contacts have it too, and stand in another table."""
    asked = {kind: required.counted(kind) for kind in Kind.values}
    if any(required.REACH in names for names in asked.values()):
        return None
    name = _PREFIX + sha256(repr(sorted(asked.items())).encode()).hexdigest()[:8]
    return Index(percentage().asc(), F("id").asc(), name=name, condition=Q(deleted_at=None))


def index_ensure() -> None:
    """Make the index of what is asked for now, and drop the one before it.

    Nobody waits for it: where customers are being written for longer than PATIENCE it is left to the next start.
    """
    index = _index()
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [_PREFIX])
            cursor.execute(
                "SELECT indexname FROM pg_indexes WHERE tablename = %s AND starts_with(indexname, %s)",
                [Customer._meta.db_table, _PREFIX],
            )
            there = {name for (name,) in cursor.fetchall()}
            with connection.schema_editor() as editor:
                for name in there - {index.name if index else ""}:
                    editor.execute(f"DROP INDEX {editor.quote_name(name)}")
                if index is not None and index.name not in there:
                    editor.add_index(Customer, index)
    except OperationalError:
        log.warning("the index of completeness has to wait for the next start")
