"""The clocks of a complaint: numbers in, result out. How long each runs is the company's choice by severity."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import islice

from feedback.states import PROMISE_RUNS

SHORT = 0.25  # a clock with less than this share left is short

CLOCK_HOURS, WORK_HOURS, WORK_DAYS = "hours", "work", "days"
# What every installation begins with: (amount, unit) of the first response and of the solution, by severity.
DEFAULTS: Mapping[str, tuple[tuple[int, str], tuple[int, str]]] = {
    "critical": ((24, CLOCK_HOURS), (1, WORK_DAYS)),
    "high": ((24, CLOCK_HOURS), (2, WORK_DAYS)),
    "normal": ((24, CLOCK_HOURS), (3, WORK_DAYS)),
    "low": ((24, CLOCK_HOURS), (5, WORK_DAYS)),
}


@dataclass(frozen=True)
class WorkTime:
    """When the company works: the days from one on, and the hours of each in its zone."""

    days_from: Callable[[date], Iterator[date]]
    opens: time
    closes: time
    zone: tzinfo

    def of(self, day: date) -> tuple[datetime, datetime]:
        """From when until when `day` is worked."""
        ends = [datetime.combine(day, end, self.zone).astimezone(UTC) for end in (self.opens, self.closes)]
        return ends[0], ends[1]


def due(received_at: datetime, amount: int, unit: str, work: WorkTime) -> datetime:
    """`amount` later: hours by the clock, hours in which work is done, or the evening of the n-th working day after."""
    if unit == CLOCK_HOURS:
        return received_at + timedelta(hours=amount)
    came_on = received_at.astimezone(work.zone).date()
    if unit == WORK_DAYS:
        day = next(islice(work.days_from(came_on + timedelta(days=1)), amount - 1, None))
        return work.of(day)[1]
    left = timedelta(hours=amount)
    for day in work.days_from(came_on):
        begins, ends = work.of(day)
        begins = max(begins, received_at)
        if begins + left <= ends:
            return begins + left
        left -= max(ends - begins, timedelta(0))
    raise AssertionError("working days never end")


@dataclass(frozen=True)
class Clock:
    """One running or stopped clock. `name`: response or promise; `share` of the time used, 0-1, None if unknown."""

    name: str
    due_at: datetime | None
    started_at: datetime
    stopped_at: datetime | None
    left: timedelta | None
    share: float | None

    @property
    def breached(self) -> bool:
        """Over the limit, running or stopped."""
        if self.stopped_at is not None:
            return self.due_at is not None and self.stopped_at > self.due_at
        return self.left is not None and self.left < timedelta(0)

    @property
    def span(self) -> timedelta | None:
        """Time left, or time over the limit: which of the two says `breached`."""
        return None if self.left is None else abs(self.left)

    @property
    def percent(self) -> float:
        """The share used, 0-100, for a bar."""
        return round(100 * (self.share or 0), 1)

    @property
    def short(self) -> bool:
        """Running, in time, and less than a quarter left."""
        return not self.breached and self.stopped_at is None and self.share is not None and self.share > 1 - SHORT


def clock(
    *,
    state: str,
    received_at: datetime,
    first_response_due_at: datetime,
    first_response_at: datetime | None,
    promised_at: datetime | None,
    now: datetime,
) -> Clock:
    """The clock that counts now: the first response until it is given, then the promise until the answer."""
    if first_response_at is None:
        return _running("response", received_at, first_response_due_at, now)
    if state in PROMISE_RUNS and promised_at is not None:
        return _running("promise", received_at, promised_at, now)
    return Clock("response", first_response_due_at, received_at, first_response_at, None, None)


def _running(name: str, started_at: datetime, due_at: datetime, now: datetime) -> Clock:
    whole = (due_at - started_at).total_seconds()
    share = min(1.0, max(0.0, (now - started_at).total_seconds() / whole)) if whole > 0 else 1.0
    return Clock(name, due_at, started_at, None, due_at - now, share)
