"""On which day what is to be planned goes, as pure arithmetic; knows nothing of Django.

The days are those that the person works. Each takes so many; what stands there already counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Why(StrEnum):
    """Why a follow-up is to stand on another day, the first that applies."""

    NO_DATE = "no_date"
    OVERDUE = "overdue"
    DAY_OFF = "day_off"
    FULL = "full"


@dataclass(frozen=True)
class Task:
    """What may move: its key, the day it stands on, and whether it keeps that day where it can (it has a time)."""

    key: str
    on: date | None
    fixed: bool = False


@dataclass(frozen=True)
class Placed:
    """A task that is to stand on another day."""

    key: str
    on: date
    why: Why


@dataclass(frozen=True)
class Placing:
    """What is proposed; how many stay where they are; how many find no room on these days."""

    placed: Sequence[Placed]
    stay: int
    no_room: int


def place(tasks: Sequence[Task], days: Sequence[date], standing: Mapping[date, int], per_day: int) -> Placing:
    """Place tasks, the most important first.

    A task stays on its day where that is one of `days` and has room; on each day the most important ones stay. Others
    go to the nearest day with room, those that are overdue or without a date to the first one.
    """
    room = {day: max(per_day - standing.get(day, 0), 0) for day in days}
    moving: list[tuple[Task, Why]] = []
    stay = 0
    for task in tasks:
        why = _why(task, days)
        if why is None and task.on is not None and (room[task.on] > 0 or task.fixed):
            room[task.on] = max(room[task.on] - 1, 0)
            stay += 1
        else:
            moving.append((task, why or Why.FULL))
    placed, no_room = [], 0
    for task, why in moving:
        wanted = task.on if task.on and why in (Why.FULL, Why.DAY_OFF) else None
        free = [day for day in days if room[day] > 0]
        if not free:
            no_room += 1
            continue
        day = min(free, key=lambda one: (abs((one - wanted).days), one)) if wanted else free[0]
        room[day] -= 1
        placed.append(Placed(task.key, day, why))
    return Placing(placed, stay, no_room)


def _why(task: Task, days: Sequence[date]) -> Why | None:
    if task.on is None:
        return Why.NO_DATE
    if task.on in days:
        return None
    return Why.OVERDUE if not days or task.on < days[0] else Why.DAY_OFF
