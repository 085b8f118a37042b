"""Password hashing: Argon2id at a cost that protects, two at a time, so that sign-ins never take the whole machine."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.auth.hashers import Argon2PasswordHasher

AT_ONCE = 2  # per process
LONGEST_WAIT = 2.0  # seconds; a hash takes some 30 ms, so whoever waits longer stands behind a flood

_slots = threading.BoundedSemaphore(AT_ONCE)


class BusyError(Exception):
    """Too many passwords are being hashed in this process; try again in `seconds`."""

    seconds = 2


@contextmanager
def hashing_slot() -> Iterator[None]:
    """Wait for one of the slots; BusyError rather than a thread that waits for long."""
    if not _slots.acquire(timeout=LONGEST_WAIT):
        raise BusyError
    try:
        yield
    finally:
        _slots.release()


class ModestArgon2(Argon2PasswordHasher):
    """The least that OWASP asks for (19 MiB, two passes, one lane).

    Django's default of 100 MiB and eight lanes lets a few parallel sign-ins take all cores. Hashes of that time are
    still understood; they are written anew when their owner signs in.
    """

    memory_cost = 19 * 1024
    time_cost = 2
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        """As Django's, in a slot."""
        with hashing_slot():
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        """As Django's, in a slot."""
        with hashing_slot():
            return super().verify(password, encoded)
