"""Numbers that the company sets itself (core.contributions.Number) as they hold now.

What was set is a row of `NumberChange`, which only grows: the newest of a key holds, and all of them are its history.
"""

from __future__ import annotations

from datetime import timedelta

from core.contributions import registry
from core.memo import Memo
from core.models import NumberChange


def _set() -> dict[str, int]:
    return dict(NumberChange.objects.order_by("key", "-pk").distinct("key").values_list("key", "value"))


# Other processes know a change within a minute.
numbers_set: Memo[dict[str, int]] = Memo(_set)


def number(key: str) -> int:
    """What holds now; never beyond what the product can do, even if its limits were others when it was set."""
    one = registry().numbers[key]
    return min(one.most, max(one.least, numbers_set().get(key, one.default)))


def days(key: str) -> timedelta:
    """The same of a number of days."""
    return timedelta(days=number(key))
