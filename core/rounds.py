"""The parts of the dispatcher's round: what goes wrong in one, or with one of its rows, stops nothing else.

It is logged by its name, and the part stands on the health page (core/health.py) for as long as that goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import structlog

from core import clockguard
from core.faults import fault_of

log = structlog.get_logger(__name__)
PREFIX = "stumbles:"  # of the sign that a part gives instead of its result
Row = TypeVar("Row")


def part(name: str, work: Callable[[], int]) -> int:
    """What `work` returns; 0 where it failed."""
    return each(name, lambda _whole: work(), ["the whole part"])


def together(name: str, work: Callable[[Sequence[Row]], int], rows: Sequence[Row], at_once: int) -> int:
    """The same as `each` for work that takes many rows in one transaction: where it breaks, each row by itself, so that
    only the bad one is left out."""
    done = 0
    for start in range(0, len(rows), at_once):
        batch = rows[start : start + at_once]
        try:
            done += work(batch)
        except Exception as error:
            if fault_of(error) is not None:
                raise
            done += each(name, lambda row: work([row]), batch)
    return done


def each(name: str, work: Callable[[Row], int], rows: Iterable[Row]) -> int:
    """The sum of what `work` returns for each row; it has a transaction of its own for each. What is broken around us,
    such as a database that went away, is raised: it isn't the row's fault, and the round begins anew."""
    done, failed = 0, 0
    for row in rows:
        try:
            done += work(row)
        except Exception as error:
            if fault_of(error) is not None:
                raise
            log.exception("a part of the round failed", part=name, row=str(getattr(row, "pk", row)))
            failed += 1
    if failed:
        clockguard.note(f"{PREFIX}{name}", rows=failed)
    return done
