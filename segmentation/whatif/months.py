"""How the last months would have looked: the customers of each tier at month ends, as it was and by other rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from accounts.models import User
from segmentation.entries import ENTRIES
from segmentation.models import ScoreInterval, ScoreRun, Tier
from segmentation.selectors import in_force, published_runs
from segmentation.whatif.question import Question
from segmentation.whatif.rated import rated_rows
from ui import charts, formatting

MONTHS = 6


@dataclass(frozen=True)
class Month:
    """Tier -> customers at a month end: as they were stored, and by the rules asked about; None: can't be said."""

    on: date
    window_days: int
    was: Mapping[str, int]
    becomes: Mapping[str, int] | None = field(default=None)


def month_ends() -> list[ScoreRun]:
    """The runs that stand for the last ended months, oldest first: the last published of each."""
    runs = list(published_runs()[:400])
    last: dict[tuple[int, int], ScoreRun] = {}
    for run in runs:
        ended = (run.as_of + timedelta(days=1)).day == 1
        if ended or (run.as_of.year, run.as_of.month) != (runs[0].as_of.year, runs[0].as_of.month):
            last.setdefault((run.as_of.year, run.as_of.month), run)
    return sorted(last.values(), key=lambda run: run.as_of)[-MONTHS:]


def month_of(user: User, question: Question, run: ScoreRun) -> Month:
    """One month end; one query, and where other days are asked about their orders. Rules that look at further scores
    say nothing of it: these have no history."""
    if question.definition.further:
        rows = ScoreInterval.objects.for_user(user).filter(in_force(run.as_of), customer__deleted_at=None)
        rows = rows.filter(tier_scheme=question.scheme).order_by()
        return Month(run.as_of, run.window_days, dict(rows.values_list("tier").annotate(n=Count("pk"))))
    was, becomes = Counter[str](), Counter[str]()
    rated = rated_rows(user, question.scheme, question.definition, run, question.measured(run)).order_by()
    for before, after, n in rated.values_list("was", "becomes").annotate(n=Count("pk")):
        was[before] += n
        becomes[after] += n
    return Month(run.as_of, run.window_days, dict(was), dict(becomes))


@dataclass(frozen=True)
class Chart:
    """A stack of shares with its numbers."""

    title: str
    tiers: Sequence[Tier]
    drawn: Any
    head: list[str]
    rows: list[list[str]]


class Months:
    """What the page shows of them."""

    def __init__(self, question: Question, months: Sequence[Month]) -> None:
        self.question, self.months = question, months

    @property
    def unsaid(self) -> bool:
        """Whether the rules look at what is kept of the latest night only."""
        return self.question.definition.further

    @property
    def of_the_file(self) -> bool:
        """Whether the rules look at the file, of which no month keeps what it said."""
        return bool(self.question.definition.asked & ENTRIES.keys())

    @property
    def few(self) -> bool:
        """Whether there are fewer than six ended months with scores."""
        return len(self.months) < MONTHS

    @property
    def charts(self) -> list[Chart]:
        """As it was, and where it can be said by the rules."""
        return [self._was] if self.unsaid else [self._was, self._becomes]

    @property
    def _was(self) -> Chart:
        held = {code for month in self.months for code, n in month.was.items() if n}
        tiers = [tier for code, tier in self.question.before.items() if code in held or tier.in_use]
        return self._chart(_("As it was"), tiers, [month.was for month in self.months])

    @property
    def _becomes(self) -> Chart:
        counts = [month.becomes or {} for month in self.months]
        return self._chart(_("By these rules"), list(self.question.after.values()), counts)

    def _chart(self, title: str, tiers: Sequence[Tier], counts: Iterable[Mapping[str, int]]) -> Chart:
        found = list(counts)
        labels = [formatting.month_short(month.on) for month in self.months]
        names = [tier.name for tier in tiers]
        rows = [[one.get(tier.code, 0) for tier in tiers] for one in found]
        drawn = charts.stack(labels, rows, [tier.slot for tier in tiers], names, title, height=180)
        table = [
            [formatting.month(month.on), *[formatting.number(n) for n in row]]
            for month, row in zip(self.months, rows, strict=True)
        ]
        return Chart(title, tiers, drawn, [_("Month"), *names], table)

    @property
    def other_days(self) -> str:
        """The days that counted at those month ends, where they weren't the same for all."""
        found = sorted({month.window_days for month in self.months})
        return formatting.listed([formatting.number(days) for days in found]) if len(found) > 1 else ""
