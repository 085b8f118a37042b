"""Calendar months that follow each other, as addresses name them: `2026-11`, or `2026-09:2026-11`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from core import clock
from followups.visits import month_of
from ui import formatting

LONGEST = 12


@dataclass(frozen=True)
class Months:
    """`last` is the first day of the last one."""

    last: date
    count: int = 1

    @property
    def first(self) -> date:
        """Their first day."""
        return clock.months_back(self.last, self.count)[0]

    @property
    def end(self) -> date:
        """The day after their last."""
        return clock.next_month(self.last)

    @property
    def before(self) -> Months:
        """As many months just before."""
        return Months(clock.months_back(self.first, 2)[0], self.count)

    @property
    def text(self) -> str:
        """As an address says it."""
        last = f"{self.last:%Y-%m}"
        return last if self.count == 1 else f"{self.first:%Y-%m}:{last}"

    @property
    def words(self) -> str:
        """As people say it."""
        if self.count == 1:
            return formatting.month(self.last)
        said = {"first": formatting.month(self.first), "last": formatting.month(self.last)}
        return _("%(first)s to %(last)s") % said


def months_of(text: str, today: date) -> Months:
    """What an address asks for; today's month for anything that can't be read, twelve months at most."""
    first, _colon, last = text.partition(":")
    end = month_of(last or first, today)
    begin = month_of(first, end)
    count = (end.year - begin.year) * 12 + end.month - begin.month + 1
    return Months(end, min(max(count, 1), LONGEST))
