"""The heat map of who bought again: a row for each month or quarter of first purchase, a column for each one since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from intake.tablefiles import FigureTable
from segmentation.cases.selectors import FEW
from segmentation.cohorts import periods
from segmentation.cohorts.models import CohortLook, CohortSum
from segmentation.cohorts.periods import Grain
from segmentation.pages.figures import Choice, customers_url, narrowed
from ui import formatting


@dataclass(frozen=True)
class Cell:
    """Of the customers of a row those who bought in a month or quarter since. `state`: "" where it is over, "running"
    while it isn't, "later" where it hasn't begun."""

    count: int
    share: float
    state: str
    url: str
    wash: int


@dataclass(frozen=True)
class Row:
    """Those who first bought in one month or quarter."""

    name: str
    customers: int
    url: str
    cells: Sequence[Cell]


class Heat:
    """What the night counted, added up over whom this person may count. One query.

    As of a month of the past it is what is known today of the months until its end, or until that of its quarter.
    """

    def __init__(self, user: User, choice: Choice, grain: Grain) -> None:
        self.grain = grain
        look = CohortLook.objects.select_related("run").first()
        counted = look.run if look else choice.run
        # The list behind a cell is of the night that counted it, in whose hands the customers were then.
        self.choice = replace(choice, run=counted)
        self.on = min(periods.end(periods.begin(choice.run.as_of, grain), grain), counted.as_of)
        wanted = {"grain": grain.value, "cohort__gte": periods.earliest(self.on, grain), "bought__lte": self.on}
        rows = narrowed(CohortSum, user, choice, **wanted).added(("cohort", "bought"), "customers") if look else ()
        self.found = {(cohort, bought): n for cohort, bought, n in rows}

    @property
    def told(self) -> list[tuple[date, int, list[dict[str, Any]]]]:
        """Each cohort by its first day: its customers, and those who bought in each month or quarter since."""
        found = []
        for row_of in periods.shown(self.on, self.grain):
            if (row_of, row_of) not in self.found:
                continue
            starts = [periods.later(row_of, self.grain, n) for n in range(1, periods.SHOWN[self.grain])]
            again = [
                {
                    "begin": start,
                    "customers": self.found.get((row_of, start), 0),
                    "over": not periods.running(self.on, start, self.grain),
                }
                for start in starts
                if start <= self.on
            ]
            found.append((row_of, self.found[row_of, row_of], again))
        return found

    @property
    def heads(self) -> list[str]:
        """How many months or quarters later; the last cohort has none yet."""
        return [f"+{n}" for n in range(1, periods.SHOWN[self.grain])]

    @cached_property
    def rows(self) -> list[Row]:
        """The oldest first; months and quarters in which nobody bought first are left out."""
        return [self._row(cohort) for cohort in periods.shown(self.on, self.grain) if (cohort, cohort) in self.found]

    def _row(self, cohort: Any) -> Row:
        base = self.found[cohort, cohort]
        asked = {"grain": self.grain.value, "cohort": cohort.isoformat()}
        cells = []
        for n in range(1, periods.SHOWN[self.grain]):
            start = periods.later(cohort, self.grain, n)
            count = self.found.get((cohort, start), 0)
            state = "later" if start > self.on else "running" if periods.running(self.on, start, self.grain) else ""
            url = customers_url(self.choice, **asked, bought=start.isoformat())
            cells.append(Cell(count, count / base, state, url, self._wash(count / base)))
        return Row(periods.name(cohort, self.grain), base, customers_url(self.choice, **asked), cells)

    @cached_property
    def _span(self) -> tuple[float, float]:
        """The smallest and the largest share of what is over: the ink tells them apart, however close they lie."""
        shares = [
            n / self.found[cohort, cohort]
            for (cohort, start), n in self.found.items()
            if start > cohort and not periods.running(self.on, start, self.grain)
        ]
        return min(shares, default=0), max(shares, default=1)

    def _wash(self, share: float) -> int:
        low, high = self._span
        return 2 + min(3, max(0, int((share - low) / ((high - low) or 1) * 4)))

    @cached_property
    def together(self) -> list[tuple[float | None, int]]:
        """Under each column the share of all whose month or quarter is over, and how many they are."""
        return [self._together(n) for n in range(periods.SHOWN[self.grain] - 1)]

    def _together(self, column: int) -> tuple[float | None, int]:
        over = [row for row in self.rows if row.cells[column].state == ""]
        base = sum(row.customers for row in over)
        return (sum(row.cells[column].count for row in over) / base if base else None), base

    @property
    def table(self) -> FigureTable:
        """The numbers as a file has them: customers, and below each other month or quarter those who bought again."""
        rows = [
            [row.name, row.customers, *(None if cell.state == "later" else cell.count for cell in row.cells)]
            for row in self.rows
        ]
        return FigureTable("again", _("Who bought again"), [_("First purchase"), _("Customers"), *self.heads], rows)

    @property
    def title(self) -> str:
        """How many buy again in the next one."""
        share, base = self.together[0] if self.rows else (None, 0)
        if share is None or base < FEW:
            return _("Who bought again")
        if self.grain == Grain.MONTH:
            return _("%(share)s bought again in the month after their first purchase") % {
                "share": formatting.percent(share, 1)
            }
        return _("%(share)s bought again in the quarter after their first purchase") % {
            "share": formatting.percent(share, 1)
        }
