"""The night of scores beside its raw-SQL floor: one of everybody, and one of those whose scores can have moved.

Each is measured in a transaction that is taken back, on the day after the last night, with an average day's orders and
entries of the log before it. `rescore` must have run. Both nights must have written the same rows.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from django.core.management.base import CommandError
from django.db import connection, transaction

from core import clock, sql
from customers.models import Interaction
from sales.models import Order
from segmentation import night
from segmentation.subjects import last_look

NAME = "night"
LIKE_DAYS_BEFORE = 120  # a day that no span of the scores begins or ends with


@dataclass(frozen=True)
class NightTiming:
    """Seconds of one kind of night, how many customers it looked at, and what it is compared with."""

    name: str
    seconds: float
    looked_at: int
    changed: int
    of: str
    ratio: float

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def line(self) -> str:
        looked = f"{self.looked_at} looked at, {self.changed} changed"
        return f"{self.name:<28} {self.seconds:8.2f} s  {looked}  {self.ratio} of {self.of}"


def measure_night() -> list[NightTiming]:
    """The floor, then a night of everybody, then one of few. CommandError where no night is there to follow."""
    look = last_look()
    if look is None:
        raise CommandError("There is no night to follow: run rescore first.")
    day = look.as_of + timedelta(days=1)
    if day == clock.month_end(day):
        day += timedelta(days=1)  # a month's end makes new cut-points and computes everybody: two days pass instead
    floor, _counts, _nothing = _taken_back(day, lambda: _floor(day))
    whole, everybody, said_of_all = _taken_back(day, lambda: night.score(day, full=True))
    ordinary, few, said_of_few = _taken_back(day, lambda: night.score(day))
    if few["looked_at"] == few["customers"]:
        raise CommandError(f"The night as of {day} computes everybody by itself; run rescore and measure then.")
    if set(said_of_few) != set(said_of_all):
        differ = sorted({name for name, *_rest in set(said_of_few) ^ set(said_of_all)})
        raise CommandError(f"A night of few writes something else into {', '.join(differ)}: {few} against {everybody}.")
    return [
        NightTiming("night, floor", round(floor, 2), everybody["customers"], 0, "floor", 1.0),
        NightTiming("night, everybody", *_said(whole, everybody), "floor", round(whole / floor, 2)),
        NightTiming("night, few", *_said(ordinary, few), "everybody", round(ordinary / whole, 3)),
    ]


def _said(seconds: float, counts: dict[str, Any]) -> tuple[float, int, int]:
    return round(seconds, 2), counts["looked_at"], counts["changed"]


def _taken_back(day: date, act: Callable[[], Any]) -> tuple[float, Any, list[tuple[Any, ...]]]:
    """Seconds, what `act` returns, and what the tables hold then."""
    with transaction.atomic():
        words = sql.choices(order=Order.State, direction=Interaction.Direction)
        with connection.cursor() as cursor:
            sql.run(cursor, "demo", "night_day", words | {"as_of": day, "like": day - timedelta(days=LIKE_DAYS_BEFORE)})
            # What a night finds in life: statistics and a visibility map as of a few hours ago.
            cursor.execute("ANALYZE sales_order, segmentation_torate")
        begun = time.perf_counter()
        found = act()
        spent = time.perf_counter() - begun
        written = sql.fetch("demo", "night_said")
        transaction.set_rollback(True)
    return spent, found, written


def _floor(day: date) -> None:
    words = sql.choices(order=Order.State, direction=Interaction.Direction)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('work_mem', %s, true), set_config('max_parallel_workers_per_gather', '2', true)",
            [night.WORK_MEM],
        )
        month_end = day.replace(day=1) - timedelta(days=1)
        sql.run(cursor, "demo", "night_floor", words | {"as_of": day, "month_end": month_end})
