"""Figures of the tier dashboard: sums that each published run left, added up over the owners a person may see.

Money is minor units of the company's currency. Never half a night: only published runs are read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet, Sum

from accounts.models import Team, User
from accounts.scope import reach_of
from segmentation.models import RunSum, ScoreRun

ORDER = ("S", "A", "B", "C", "D")  # tier codes, best first; each is also a colour slot 1-5
MONTHS = 12


@dataclass(frozen=True)
class Choice:
    """What the page's address asks for."""

    run: ScoreRun
    scheme: str = ""
    team: Team | None = None
    channel: int | None = None


@dataclass
class TierRow:
    """One tier of one run."""

    code: str
    customers: int = 0
    active: int = 0
    repeat: int = 0
    warned: int = 0
    revenue: int = 0
    month_revenue: int = 0

    @property
    def repurchase(self) -> float | None:
        """Customers with at least two orders among those with at least one, last 365 days; None without any."""
        return self.repeat / self.active if self.active else None

    @property
    def warned_share(self) -> float | None:
        return self.warned / self.customers if self.customers else None


@dataclass(frozen=True)
class Matrix:
    """Customers by tier at the month end before (rows) and as of the run (columns), in ORDER."""

    counts: list[list[int]]
    before: date | None

    def total(self, *, up: bool) -> int:
        pairs = ((i, j) for i in range(len(ORDER)) for j in range(len(ORDER)) if (j < i if up else j > i))
        return sum(self.counts[i][j] for i, j in pairs)

    @property
    def largest(self) -> tuple[str, str, int] | None:
        """The largest move as (from, to, customers)."""
        moves = [(n, i, j) for i, row in enumerate(self.counts) for j, n in enumerate(row) if i != j and n]
        if not moves:
            return None
        count, i, j = max(moves, key=lambda move: move[0])
        return ORDER[i], ORDER[j], count


def published_runs() -> QuerySet[ScoreRun]:
    """Published runs, the latest first."""
    return ScoreRun.objects.exclude(published_at=None).order_by("-as_of")


def month_runs(runs: Sequence[ScoreRun], until: ScoreRun) -> list[ScoreRun]:
    """Up to twelve runs, one a month: the last published of each month until `until`, oldest first."""
    last: dict[tuple[int, int], ScoreRun] = {}
    for run in runs:
        if run.as_of <= until.as_of:
            last.setdefault((run.as_of.year, run.as_of.month), run)
    return sorted(last.values(), key=lambda run: run.as_of)[-MONTHS:]


def sums(user: User, choice: Choice, runs: Sequence[ScoreRun]) -> QuerySet[RunSum]:
    """The rows of `runs` that this person's dashboards may add up."""
    rows = RunSum.objects.filter(run__in=runs).filter(reach(user))
    if choice.scheme:
        rows = rows.filter(tier_scheme=choice.scheme)
    if choice.team:
        rows = rows.filter(team__path__startswith=choice.team.path)
    return rows.filter(channel=choice.channel) if choice.channel else rows


def reach(user: User) -> Q:
    """Whose rows this person's dashboards count, for anything with an `owner`."""
    return reach_of(user).whose("owner", "dashboard.view")


def tiers_by_run(user: User, choice: Choice, runs: Sequence[ScoreRun]) -> dict[int, dict[str, TierRow]]:
    """run id -> tier code -> figures; one query for all runs."""
    rows = sums(user, choice, runs).values("run_id", "tier").order_by()
    found: dict[int, dict[str, TierRow]] = defaultdict(dict)
    for row in rows.annotate(
        n=Sum("customers"),
        active=Sum("active_customers"),
        repeat=Sum("repeat_customers"),
        in_warning=Sum("warned"),
        net=Sum("revenue"),
        month=Sum("month_revenue"),
    ):
        found[row["run_id"]][row["tier"]] = TierRow(
            row["tier"], row["n"], row["active"], row["repeat"], row["in_warning"], row["net"] or 0, row["month"] or 0
        )
    return found


def migration(user: User, choice: Choice, before: ScoreRun | None) -> Matrix:
    """The matrix of the chosen run against the month end before it."""
    counts = [[0] * len(ORDER) for _tier in ORDER]
    rows = sums(user, choice, [choice.run]).filter(tier__in=ORDER, tier_before__in=ORDER)
    for row in rows.values("tier_before", "tier").order_by().annotate(n=Sum("customers")):
        counts[ORDER.index(row["tier_before"])][ORDER.index(row["tier"])] += row["n"]
    return Matrix(counts, before.as_of if before else None)


def month_end_run(runs: Sequence[ScoreRun], run: ScoreRun) -> ScoreRun | None:
    """The run that stands for the month end before `run`: the last published one in an earlier month."""
    first = run.as_of.replace(day=1)
    return next((earlier for earlier in runs if earlier.as_of < first), None)


def same_month_a_year_ago(runs: Sequence[ScoreRun], run: ScoreRun) -> ScoreRun | None:
    """The last published run of the same month one year before."""
    day = run.as_of - timedelta(days=365)
    return next((r for r in runs if (r.as_of.year, r.as_of.month) == (day.year, day.month)), None)


def summed(rows: dict[str, TierRow]) -> TierRow:
    """All tiers of a run together, those never rated included."""
    total = TierRow("all")
    for row in rows.values():
        for name in ("customers", "active", "repeat", "warned", "revenue", "month_revenue"):
            setattr(total, name, getattr(total, name) + getattr(row, name))
    return total
