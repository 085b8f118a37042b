"""How long a planned contact takes: what a person says, else what its method usually takes. Knows no Django."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol

USUAL = {"visit": 60, "meeting": 60, "video": 45, "call": 15}  # minutes
SHORT = 10  # a message of any kind
CHOICES = (10, 15, 30, 45, 60, 90, 120, 180, 240, 480)
LONGEST = 24 * 60


class Planned(Protocol):
    """What is needed to know of a follow-up."""

    method: str
    minutes: int | None
    due_at: datetime | None


def minutes_of(planned: Planned) -> int:
    """How many minutes it takes."""
    return planned.minutes or USUAL.get(planned.method, SHORT)


def end_of(planned: Planned) -> datetime | None:
    """When it is over; None for a whole day."""
    return planned.due_at + timedelta(minutes=minutes_of(planned)) if planned.due_at else None


def overlap(one: Planned, other: Planned) -> bool:
    """Whether two timed ones need the person at the same time; one that begins as the other ends doesn't."""
    if one.due_at is None or other.due_at is None:
        return False
    length, other_length = timedelta(minutes=minutes_of(one)), timedelta(minutes=minutes_of(other))
    return one.due_at < other.due_at + other_length and other.due_at < one.due_at + length


def clashing(planned: Planned, others: Iterable[Planned]) -> list[Planned]:
    """Those of `others` that overlap with it."""
    return [other for other in others if other is not planned and overlap(planned, other)]
