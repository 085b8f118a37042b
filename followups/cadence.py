"""Planned days as pure arithmetic: days in, days out; knows nothing of Django.

`working` answers whether a day is worked. Dates are calendar dates without a zone.
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

REVISIT_DAYS = (7, 30, 90)
CHAIN_GIVES_WAY = 3  # a chain day within so many days of a plan day takes its place
CHAIN_LATE_DAYS = 6  # a chain day missed by more than this is left out
CLOSES_WITHIN = 7
PER_DAY = 10
SPREAD_OVER = 60  # working days

Working = Callable[[date], bool]


def moved_to_work(day: date, working: Working) -> date:
    """`day`, or the next day that is worked."""
    while not working(day):
        day += timedelta(days=1)
    return day


def plan_day(since: date, every_days: int, today: date, working: Working) -> date | None:
    """The day of the next contact, `every_days` after `since`; None when that day has passed (see `spread`)."""
    due = since + timedelta(days=every_days)
    return None if due < today else moved_to_work(due, working)


def spread(count: int, loads: Sequence[int], per_day: int) -> list[int]:
    """For `count` tasks in order of importance, the index of the working day of each.

    `loads` are the tasks that stand on each coming working day. A day takes tasks up to `per_day`; what finds no room
    at all is dealt out evenly.
    """
    free = [index for index, load in enumerate(loads) for _ in range(max(per_day - load, 0))]
    return [free[place] if place < len(free) else place % len(loads) for place in range(count)]


def per_day(count: int) -> int:
    """How many tasks a day takes: ten, or as many as bring all of them within a quarter."""
    return max(PER_DAY, -(-count // SPREAD_OVER))


def chain_day(first_order_on: date, today: date, done: frozenset[int] = frozenset()) -> int | None:
    """Which of the days 7, 30, 90 after the first order comes next; None when the chain has ended."""
    for days in REVISIT_DAYS:
        late = (today - first_order_on).days - days
        if days not in done and late <= CHAIN_LATE_DAYS:
            return days
    return None


def chain_wins(chain_on: date, plan_on: date | None) -> bool:
    """Whether the revisit takes the place of the plan: it comes earlier, or at most three days later."""
    return plan_on is None or chain_on <= plan_on + timedelta(days=CHAIN_GIVES_WAY)
