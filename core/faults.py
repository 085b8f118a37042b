"""What broke around us and not in our code: a full disk, a database that went away. For each there is a sentence."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from enum import Enum

import psycopg2

FULL = (errno.ENOSPC, errno.EDQUOT)
DISK_FULL = "53100"
CANCELLED = "57014"
GONE = ("08", "57P", "53300")  # no connection, a server that stops or starts, one that takes no more


class Fault(Enum):
    """What it was."""

    DISK_FULL = "disk_full"
    DATABASE_AWAY = "database_away"
    TOO_SLOW = "too_slow"  # what a statement with a limit of time took


def fault_of(error: BaseException | None) -> Fault | None:
    """The fault behind an error, or behind one of its causes; None when it is ours."""
    for one in _with_causes(error):
        if isinstance(one, OSError) and one.errno in FULL:
            return Fault.DISK_FULL
        if isinstance(one, psycopg2.Error):
            if one.pgcode == DISK_FULL:
                return Fault.DISK_FULL
            if one.pgcode == CANCELLED:
                return Fault.TOO_SLOW
            if isinstance(one, psycopg2.InterfaceError) or _is_gone(one):
                return Fault.DATABASE_AWAY
    return None


def _is_gone(error: psycopg2.Error) -> bool:
    """The driver gives no code where no server answered."""
    if error.pgcode is None:
        return isinstance(error, psycopg2.OperationalError)
    return error.pgcode.startswith(GONE)


def _with_causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
