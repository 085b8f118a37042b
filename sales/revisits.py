"""From which purchase the revisits count, as pure arithmetic; sql/order_facts.sql says the same for many customers."""

from collections.abc import Sequence
from datetime import date
from statistics import median

LATE_AFTER_CYCLES = 2  # a purchase later than so many of the customer's own cycles begins as if it were the first
CYCLE_NEEDS = 3  # intervals between purchase days, before a customer has a cycle of their own


def revisits_from(days: Sequence[date]) -> date | None:
    """The newest purchase day that begins the revisits: the first one, or one after more than twice the own cycle.

    `days` are the days with a purchase, ascending, each once. The own cycle is the median of the intervals before that
    day, known from three intervals on. None without a purchase.
    """
    found: date | None = None
    gaps: list[int] = []
    for before, day in zip([None, *days], days, strict=False):
        if before is None:
            found = day
            continue
        gap = (day - before).days
        if len(gaps) >= CYCLE_NEEDS and gap > LATE_AFTER_CYCLES * median(gaps):
            found = day
        gaps.append(gap)
    return found
