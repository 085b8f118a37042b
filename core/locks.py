"""One at a time across processes: PostgreSQL advisory locks held by a connection of their own.

A lock dies with its connection, so a killed process never leaves one behind. Who has finished gives it back before: a
busy server notices late that a connection was closed, and the next one would be turned away meanwhile.
"""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import Error, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper


@contextmanager
def only_one(name: str, *, wait: bool = False) -> Iterator[bool]:
    """Hold the lock `name` (yields True) or yield False at once when somebody else holds it and `wait` is off."""
    holder = _own_connection()
    try:
        with holder.cursor() as cursor:
            try:
                yield _acquire(cursor, zlib.crc32(name.encode()), wait)
            finally:
                with suppress(Error):  # the server is gone, and the lock with it
                    cursor.execute("SELECT pg_advisory_unlock_all()")
    finally:
        holder.close()


def _own_connection() -> BaseDatabaseWrapper:
    holder = connections.create_connection("default")
    # Tests run against the test database, which `connection` knows and a fresh connection doesn't.
    holder.settings_dict["NAME"] = connection.settings_dict["NAME"]
    return holder


def _acquire(cursor: CursorWrapper, key: int, wait: bool) -> bool:
    if wait:
        cursor.execute("SELECT pg_advisory_lock(%s)", [key])
        return True
    cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
    return bool(cursor.fetchone()[0])
