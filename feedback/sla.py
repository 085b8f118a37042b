"""The clocks of a complaint: numbers in, result out. The first response runs in clock hours, day and night."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice

from feedback.states import PROMISE_RUNS

FIRST_RESPONSE_WITHIN = timedelta(hours=24)
# Working days within which a complaint is to be solved unless another time was promised; until that clock time.
PROMISE_DAYS: Mapping[str, int] = {"critical": 1, "high": 2, "normal": 3, "low": 5}
PROMISE_UNTIL = time(18, 0)
SHORT = 0.25  # a clock with less than this share left is short


def promise_day(severity: str, working_days: Iterator[date]) -> date:
    """The last of the working days that the severity allows; `working_days` begin after the day of arrival."""
    return next(islice(working_days, PROMISE_DAYS[severity] - 1, None))


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


def first_response_due(received_at: datetime) -> datetime:
    """When the customer must have heard from us at the latest."""
    return received_at + FIRST_RESPONSE_WITHIN


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
