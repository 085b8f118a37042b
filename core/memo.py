"""What a process remembers of the database for a while: small tables that nearly every page reads.

Another process sees a change when its own memory is old; the one that makes it calls `forget`.
"""

import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")
_all: "list[Memo[Any]]" = []
ages = True  # off in tests that count queries: how many seconds they take says nothing


class Memo(Generic[T]):
    """The answer of `read`, asked for anew when it is older than `seconds`.

    What `read` answers is shared by all requests of the process: nobody may change it.
    """

    def __init__(self, read: Callable[[], T], *, seconds: float = 60) -> None:
        self._read, self._seconds = read, seconds
        self._kept: tuple[float, T] | None = None
        _all.append(self)

    def __call__(self) -> T:
        kept = self._kept
        if kept is None or (ages and time.monotonic() - kept[0] > self._seconds):
            self._kept = kept = (time.monotonic(), self._read())
        return kept[1]

    def forget(self) -> None:
        """Ask again at the next call."""
        self._kept = None


def forget_all() -> None:
    """Between tests: each begins as a process that has just started."""
    for memo in _all:
        memo.forget()
