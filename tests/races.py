"""Doing one thing from several connections at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connection

Result = TypeVar("Result")


def at_once(act: Callable[[int], Result], times: int) -> list[Result]:
    """What `act(0)` to `act(times - 1)` gave, each in a thread and on a connection of its own."""

    def alone(turn: int) -> Result:
        try:
            return act(turn)
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(alone, range(times)))
