"""The days that the tier dashboard speaks of: a month, a quarter, a year or own days, in the address of the page.

A span ends with a published run, whose day is its last one, and is compared with the last run before its first day.
Its sales are added up from the sums of the runs at its month ends, so no order is read (docs/algorithms/dashboard.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from segmentation.models import ScoreRun
from ui import formatting


class Kind(TextChoices):
    """How long a span is."""

    MONTH = "month", gettext_lazy("Month")
    QUARTER = "quarter", gettext_lazy("Quarter")
    YEAR = "year", gettext_lazy("Year")
    OWN = "own", gettext_lazy("Own days")


MONTHS = {Kind.MONTH: 1, Kind.QUARTER: 3, Kind.YEAR: 12}
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Span:
    """From `first` to `last`, both counted."""

    kind: Kind
    first: date
    last: date

    @property
    def whole(self) -> bool:
        """Whether the month, quarter or year is over; own days always are."""
        if self.kind == Kind.OWN:
            return True
        return self.last == clock.month_end(shifted(begin_of(self.kind, self.last), MONTHS[self.kind] - 1))

    @property
    def words(self) -> str:
        """As people write it: by months where it has whole ones."""
        months = self.first.day == 1 and self.last == clock.month_end(self.last)
        if months and self.last == clock.month_end(self.first):
            return formatting.month(self.first)
        written = formatting.month if months else formatting.day_short
        return _("%(first)s – %(last)s") % {"first": written(self.first), "last": written(self.last)}

    def earlier(self) -> Span:
        """The one before: as many days of an own one, else the same part of the month, quarter or year before."""
        if self.kind == Kind.OWN:
            return Span(self.kind, self.first - (self.last - self.first) - DAY, self.first - DAY)
        months, first = MONTHS[self.kind], begin_of(self.kind, self.last)
        return Span(self.kind, shifted(first, -months), first - DAY if self.whole else shifted(self.last, -months))

    def sums(self) -> list[tuple[date, int]]:
        """The runs whose sales of the month to date add up to the sales of the span, with their signs.

        2026-08-10 – 2026-10-15: +08-31, +09-30, +10-15, and −08-09.
        """
        ends, month = [], self.first
        while (end := clock.month_end(month)) < self.last:
            ends.append((end, 1))
            month = end + DAY
        begun = [] if self.first.day == 1 else [(self.first - DAY, -1)]
        return [*ends, (self.last, 1), *begun]


@dataclass(frozen=True)
class Asked:
    """The span that an address asks for with the run at its end; `problem` says what of it can't be."""

    span: Span
    run: ScoreRun
    first: str = ""  # as typed
    last: str = ""
    problem: str = ""


def shifted(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first = date(year, month + 1, 1)
    return min(first + timedelta(days=day.day - 1), clock.month_end(first))


def begin_of(kind: Kind, day: date) -> date:
    """The first day of the month, quarter or year of a day."""
    if kind == Kind.YEAR:
        return date(day.year, 1, 1)
    month = day.month - (day.month - 1) % 3 if kind == Kind.QUARTER else day.month
    return date(day.year, month, 1)


def read(given: Mapping[str, str], runs: Sequence[ScoreRun]) -> Asked:
    """`span`, `run`, `from` and `to` of an address; `runs` are the published ones, the latest first."""
    run = next((run for run in runs if run.as_of.isoformat() == given.get("run", "")), runs[0])
    kind = Kind(given["span"]) if given.get("span") in Kind.values else Kind.MONTH
    if kind != Kind.OWN:
        return Asked(clipped(Span(kind, begin_of(kind, run.as_of), run.as_of), runs), run)
    first = given.get("from", "").strip() or begin_of(Kind.MONTH, run.as_of).isoformat()
    last = given.get("to", "").strip() or run.as_of.isoformat()
    month = Span(Kind.OWN, begin_of(Kind.MONTH, run.as_of), run.as_of)
    begun, ended = _day(first), _day(last)
    if begun is None or ended is None:
        return Asked(month, run, first, last, _("Write both days as year-month-day, such as 2026-03-31."))
    if begun > ended:
        return Asked(month, run, first, last, _("The first day comes after the last one."))
    until = next((run for run in runs if run.as_of <= ended), None)
    if until is None or until.as_of < begun:
        known = {"first": formatting.day(runs[-1].as_of), "last": formatting.day(runs[0].as_of)}
        problem = _("No night has counted these days. Known are days from %(first)s to %(last)s.") % known
        return Asked(month, run, first, last, problem)
    return Asked(clipped(Span(kind, begun, until.as_of), runs), until, first, last)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def run_before(runs: Sequence[ScoreRun], day: date) -> ScoreRun | None:
    """The last published run before a day."""
    return next((run for run in runs if run.as_of < day), None)


def clipped(span: Span, runs: Sequence[ScoreRun]) -> Span:
    """From the first month that any run knows on: before it, there were no orders or nobody has counted them."""
    return Span(span.kind, max(span.first, runs[-1].as_of.replace(day=1)), span.last)


def runs_of(span: Span, runs: Sequence[ScoreRun]) -> list[tuple[ScoreRun, int]] | None:
    """The runs of `Span.sums`; None where one of them is missing, so that nobody takes a part for the whole."""
    by_day = {run.as_of: run for run in runs}
    found = [(by_day.get(day), sign) for day, sign in span.sums()]
    kept = [(run, sign) for run, sign in found if run is not None]
    return kept if len(kept) == len(found) else None
