"""Timing: repeated calls, percentiles, and what they mean beside a floor."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

WARM = 10  # each thread of a server has a database connection of its own to warm up


@dataclass(frozen=True)
class Timing:
    """Milliseconds of `calls` calls; `queries` is the largest number of SQL statements of one call, if counted."""

    name: str
    calls: int
    p50: float
    p95: float
    queries: int | None = None
    floor_p50: float | None = None

    @property
    def ratio(self) -> float | None:
        """How many times the raw-SQL floor of the same run."""
        return round(self.p50 / self.floor_p50, 2) if self.floor_p50 else None

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"ratio": self.ratio}

    def line(self) -> str:
        floor = f"  floor {self.floor_p50:7.2f} ms  ratio {self.ratio}" if self.floor_p50 else ""
        queries = f"  {self.queries} queries" if self.queries is not None else ""
        return f"{self.name:<28} p50 {self.p50:7.2f} ms  p95 {self.p95:7.2f} ms{queries}{floor}"


def measure(call: Callable[[], Any], times: int, *, warm: int = WARM) -> tuple[float, float]:
    """(p50, p95) in milliseconds of `times` calls after `warm` uncounted ones."""
    for _n in range(warm):
        call()
    spent = sorted(_timed(call) for _n in range(times))
    return round(statistics.median(spent), 2), round(spent[max(0, round(0.95 * len(spent)) - 1)], 2)


def _timed(call: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    call()
    return (time.perf_counter() - begun) * 1000
