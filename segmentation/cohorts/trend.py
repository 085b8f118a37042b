"""Net sales month by month and by tier, from what each month's last night added up: no order is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from django.utils.translation import gettext as _

from accounts.models import User
from core import clock
from core.company import currency
from customers.models import UNRATED
from intake.tablefiles import FigureTable
from segmentation import catalogue
from segmentation.models import ScoreRun
from segmentation.pages.figures import Choice, customers_url, month_runs, summed, tiers_by_run
from ui import charts, formatting

COMPARED = 3  # months


@dataclass(frozen=True)
class Month:
    """What was sold in a month (minor units), all of it and by tier as of its last night; `over`: to its end."""

    name: str
    short: str
    over: bool
    sold: int
    orders: int | None
    buyers: int | None
    named: Sequence[tuple[str, int]]
    url: str
    buyers_url: str

    @property
    def by_tier(self) -> list[int]:
        """In the order of the tiers, without their names."""
        return [amount for _name, amount in self.named]


class Trend:
    """Up to twelve months, the oldest first, over whom this person may count. One query."""

    def __init__(self, user: User, choice: Choice, runs: Sequence[ScoreRun]) -> None:
        self.choice, self.months_end = choice, month_runs(runs, choice.run)
        self.found = tiers_by_run(user, choice, self.months_end)
        sold = {code for rows in self.found.values() for code, row in rows.items() if row.month_revenue}
        names = {code: tier.name for code, tier in catalogue.by_code(choice.scheme).items() if code in sold}
        self.names = names | ({UNRATED: _("Unrated")} if UNRATED in sold else {})

    @cached_property
    def months(self) -> list[Month]:
        return [self._month(run) for run in self.months_end]

    def _month(self, run: ScoreRun) -> Month:
        rows = self.found.get(run.pk, {})
        total, choice = summed(rows), replace(self.choice, run=run)
        return Month(
            formatting.month(run.as_of),
            formatting.month_short(run.as_of),
            run.as_of == clock.month_end(run.as_of),
            total.month_revenue,
            total.month_orders,
            total.month_buyers,
            [(name, rows[code].month_revenue if code in rows else 0) for code, name in self.names.items()],
            customers_url(choice, sold="1"),
            customers_url(choice, sold="bought"),
        )

    @property
    def title(self) -> str:
        """How the last three whole months stand against the three before."""
        over = [month.sold for month in self.months if month.over]
        now, before = sum(over[-COMPARED:]), sum(over[-2 * COMPARED : -COMPARED])
        if len(over) < 2 * COMPARED or before <= 0:
            return _("Net sales by month")
        share = formatting.percent(abs(now - before) / before, 1)
        if now >= before:
            return _("Net sales of the last three whole months: up %(share)s on the three before") % {"share": share}
        return _("Net sales of the last three whole months: down %(share)s on the three before") % {"share": share}

    @property
    def drawing(self) -> str:
        running = [n for n, month in enumerate(self.months) if not month.over]
        return charts.columns(
            [month.short for month in self.months],
            [month.sold for month in self.months],
            self.title,
            fmt=lambda value: formatting.money_short(int(value), currency()),
            hot=running,
        )

    @property
    def table(self) -> FigureTable:
        """The numbers as a file has them."""
        code = currency()
        head = [
            _("Month"),
            f"{_('Net sales')} ({code})",
            _("Orders"),
            _("Buyers"),
            *(f"{name} ({code})" for name in self.names.values()),
        ]
        rows = [
            [
                month.name,
                formatting.major(month.sold, code),
                month.orders,
                month.buyers,
                *(formatting.major(amount, code) for amount in month.by_tier),
            ]
            for month in self.months
        ]
        return FigureTable("sales", _("Net sales by month"), head, rows)
