"""Figures of the tier dashboard: sums that each published run left, added up over the owners a person may see.

Money is minor units of the company's currency. Never half a night: only published runs are read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, FilteredRelation, Q, QuerySet
from django.urls import reverse

from accounts.models import Team, User
from accounts.scope import reach_of
from customers.models import UNRATED
from segmentation.models import PotentialSum, RunSum, ScoreInterval, ScoreRun
from segmentation.pages.spans import Span
from segmentation.pages.whose import whose
from segmentation.selectors import in_force
from segmentation.together import Sums, Together, sums_of

MONTHS = 12


@dataclass(frozen=True)
class Choice:
    """What the page's address asks for."""

    run: ScoreRun
    span: Span
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
    month_orders: int | None = None  # None: no night has counted them
    month_buyers: int | None = None

    @property
    def repurchase(self) -> float | None:
        """Customers with at least two orders among those with at least one in the days that count; None without any."""
        return self.repeat / self.active if self.active else None

    @property
    def warned_share(self) -> float | None:
        return self.warned / self.customers if self.customers else None


# The columns of RunSum that a TierRow holds, in its order.
SUMMED = (
    *("customers", "active_customers", "repeat_customers", "warned"),
    *("revenue", "month_revenue", "month_orders", "month_buyers"),
)


@dataclass(frozen=True)
class Matrix:
    """Customers by tier at the month end before and as of the run.

    `codes` are the tiers the page speaks of. Who was in none of them before has arrived, who is in none of them now has
    left: with these two the columns add up to the customers of each tier.
    """

    found: dict[tuple[str, str], int]
    before: date | None
    codes: Sequence[str]

    @property
    def counts(self) -> list[list[int]]:
        """Those who had a tier and have one: rows before, columns now, in the order of `codes`."""
        return [[self.found.get((old, new), 0) for new in self.codes] for old in self.codes]

    @property
    def arrived(self) -> list[int]:
        """Who is in a tier now and had none before."""
        found = self.found.items()
        return [sum(n for (old, new), n in found if new == code and old not in self.codes) for code in self.codes]

    @property
    def left(self) -> list[int]:
        """Who had a tier before and has none now."""
        found = self.found.items()
        return [sum(n for (old, new), n in found if old == code and new not in self.codes) for code in self.codes]

    def total(self, *, up: bool) -> int:
        size, counts = range(len(self.codes)), self.counts
        return sum(counts[i][j] for i in size for j in size if (j < i if up else j > i))

    @property
    def largest(self) -> tuple[str, str, int] | None:
        """The largest move as (from, to, customers)."""
        moves = [(n, i, j) for i, row in enumerate(self.counts) for j, n in enumerate(row) if i != j and n]
        if not moves:
            return None
        count, i, j = max(moves, key=lambda move: move[0])
        return self.codes[i], self.codes[j], count


def published_runs() -> QuerySet[ScoreRun]:
    """Published runs, the latest first."""
    return ScoreRun.objects.exclude(published_at=None).order_by("-as_of")


def month_runs(runs: Sequence[ScoreRun], until: ScoreRun, months: int = MONTHS) -> list[ScoreRun]:
    """Up to so many runs, one a month: the last published of each month until `until`, oldest first."""
    last: dict[tuple[int, int], ScoreRun] = {}
    for run in runs:
        if run.as_of <= until.as_of:
            last.setdefault((run.as_of.year, run.as_of.month), run)
    return sorted(last.values(), key=lambda run: run.as_of)[-months:]


def sums(user: User, choice: Choice, runs: Sequence[ScoreRun]) -> Sums:
    """The rows of `runs` that this person's dashboards may add up."""
    return narrowed(RunSum, user, choice, run__in=runs)


def potential_sums(user: User, choice: Choice) -> dict[tuple[str, str], tuple[int, int]]:
    """(class of amount, band of potential) -> customers and what they bring, of the latest run; empty of others."""
    rows = narrowed(PotentialSum, user, choice, run=choice.run)
    found = rows.added(("amount_class", "potential"), "customers", "revenue")
    return {(amount, band): (n, net) for amount, band, n, net in found}


def narrowed(model: type[Together], user: User, choice: Choice, **asked: Any) -> Sums:
    """Of a table's sums those of `asked` that this person's dashboards add up under the filters of the page."""
    return sums_of(model, user, "dashboard.view", choice.team).narrowed(**under(choice), **asked)


def under(choice: Choice) -> dict[str, Any]:
    """The filters of the page but for the team, which says whose sums are added up."""
    asked = {"tier_scheme": choice.scheme, "channel": choice.channel}
    return {name: value for name, value in asked.items() if value}


def customers_url(choice: Choice, **more: str) -> str:
    """The customers behind a figure, as of its run."""
    asked: dict[str, Any] = {
        "view": "all",
        "run": choice.run.as_of.isoformat(),
        "scheme": choice.scheme,
        "team": choice.team.pk if choice.team else "",
        "channel": choice.channel or "",
    }
    return f"{reverse('customer_list')}?{urlencode({k: v for k, v in asked.items() if v} | more)}"


def reach(user: User) -> Q:
    """Whose rows this person's dashboards count, for anything with an `owner`."""
    return reach_of(user).whose("owner", "dashboard.view")


def tiers_by_run(user: User, choice: Choice, runs: Sequence[ScoreRun]) -> dict[int, dict[str, TierRow]]:
    """run id -> tier code -> figures; one query for all runs."""
    found: dict[int, dict[str, TierRow]] = defaultdict(dict)
    for run, tier, *figures in sums(user, choice, runs).added(("run_id", "tier"), *SUMMED):
        found[run][tier] = TierRow(tier, *figures)
    return found


def migration(
    user: User, choice: Choice, before: ScoreRun | None, codes: Sequence[str], *, month: bool = True
) -> Matrix:
    """The matrix of the chosen run against the run before its span; `month`: that is the month end before.

    The night added that one up. Any other is read from the history of the scores, one query over it.
    """
    if month or before is None:
        rows = sums(user, choice, [choice.run])
        found = {(old, new): n for old, new, n in rows.added(("tier_before", "tier"), "customers")}
    else:
        found = _moved_between(user, choice, before)
    return Matrix(found, before.as_of if before else None, codes)


def _moved_between(user: User, choice: Choice, before: ScoreRun) -> dict[tuple[str, str], int]:
    """Of the customers whom the run's sums hold for this person."""
    earlier = "customer__score_intervals"
    then = FilteredRelation(earlier, condition=in_force(before.as_of, f"{earlier}__"))
    holders = whose(user, "dashboard.view", choice.run, choice.team)
    where = in_force(choice.run.as_of) & holders.counted("customer__")
    if choice.scheme:
        where &= Q(tier_scheme=choice.scheme)
    if choice.channel:
        where &= Q(customer__channel=choice.channel)
    # unscoped: `where` holds whose customers this person's dashboards count
    rows = ScoreInterval.objects.annotate(then=then).filter(where)
    counted = rows.order_by().values_list("then__tier", "tier").annotate(n=Count("pk"))
    return {(old or "", new): n for old, new, n in counted}


def sold_by_tier(
    by_run: Mapping[int, dict[str, TierRow]], runs: Sequence[tuple[ScoreRun, int]] | None
) -> dict[str, int] | None:
    """Tier -> net sales of a span; each month's count for the tier at its end. None where a run is missing."""
    if runs is None:
        return None
    found: dict[str, int] = defaultdict(int)
    for run, sign in runs:
        for code, row in by_run.get(run.pk, {}).items():
            found[code] += sign * row.month_revenue
    return dict(found)


def orders_of(by_run: Mapping[int, dict[str, TierRow]], runs: Sequence[tuple[ScoreRun, int]] | None) -> int | None:
    """How many purchases a span has. None where a run is missing or hasn't counted them."""
    counted = [(summed(by_run.get(run.pk, {})).month_orders, sign) for run, sign in runs or ()]
    known = [sign * n for n, sign in counted if n is not None]
    return sum(known) if runs and len(known) == len(counted) else None


def rated(rows: dict[str, TierRow]) -> int:
    """How many customers of a run have a tier."""
    return sum(row.customers for code, row in rows.items() if code != UNRATED)


def shares(rows: dict[str, TierRow]) -> dict[str, float]:
    """The share of each tier among the rated customers."""
    count = rated(rows)
    return {code: row.customers / count for code, row in rows.items() if code != UNRATED} if count else {}


def summed(rows: dict[str, TierRow]) -> TierRow:
    """All tiers of a run together, those never rated included."""
    total = TierRow("all")
    for row in rows.values():
        for name in ("customers", "active", "repeat", "warned", "revenue", "month_revenue"):
            setattr(total, name, getattr(total, name) + getattr(row, name))
        for name in ("month_orders", "month_buyers"):
            if (n := getattr(row, name)) is not None:
                setattr(total, name, (getattr(total, name) or 0) + n)
    return total
