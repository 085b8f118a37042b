"""How long the database may look for whom a segment means: counts for a moment, lists somewhat longer.

A shared segment may be dear for who holds many customers, whoever built it: it must neither keep a page waiting nor
the database busy. Who asks is told what to do instead (`TOO_LONG`, and templates/errors/504.html of a list).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from django.db import DatabaseError, OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from core.faults import Fault, fault_of

COUNTING = 4.0  # seconds
ONE_OF_MANY = 1.0  # of each segment of a list that couldn't be counted together
LISTING = 15.0
NAMED = "segment"  # in the address of a list that is narrowed to one

TOO_LONG = _(
    "This takes too long to count. Take a condition out, or ask for a shorter time, such as “in the last 90 days”."
)


class TooLongError(Exception):
    """The database was stopped."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Every statement within takes so long at most; else TooLongError. What was written within is taken back then."""
    within = connection.in_atomic_block  # else the setting ends with the transaction
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            limit = f"{int(seconds * 1000)}ms"
            # The list is read from left to right: the first is what was set before.
            text = "SELECT current_setting('statement_timeout'), set_config('statement_timeout', %s, TRUE)"
            cursor.execute(text, [limit])
            before = cursor.fetchone()[0]
            yield
            if within:
                cursor.execute("SELECT set_config('statement_timeout', %s, TRUE)", [before])
    except OperationalError as error:
        if fault_of(error) is Fault.TOO_SLOW:
            raise TooLongError from error
        raise


def limit_lists(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Pages and answers of the API that the address narrows to a segment: what takes longer is said to (504)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if NAMED not in request.GET:
            return get_response(request)
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, FALSE)", [f"{int(LISTING * 1000)}ms"])
        try:
            return get_response(request)
        finally:
            # A connection that is lost, or a transaction that is broken, takes the setting with it.
            with suppress(DatabaseError), connection.cursor() as cursor:
                cursor.execute("RESET statement_timeout")

    return middleware
