"""Doing one thing from several connections at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

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


def beside(act: Callable[[], Any]) -> threading.Thread:
    """Begin `act` on another connection; it has got as far as it gets when this returns."""

    def alone() -> None:
        try:
            act()
        finally:
            connection.close()

    thread = threading.Thread(target=alone)
    thread.start()
    thread.join(0.5)
    return thread
