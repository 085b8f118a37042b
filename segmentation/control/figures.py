"""What became of both sides of a comparison, outcome by outcome, with the interval of the difference; of whom a
person's dashboards count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, DecimalField, F, Q, Sum
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Team, User
from accounts.scope import reach_of
from core import contributions
from core.company import currency
from core.contributions import Words
from intake.tablefiles import FigureTable, in_percent
from segmentation import catalogue
from segmentation.control import differences
from segmentation.control.counting import ANSWERED, COMPLAINED
from segmentation.control.differences import FEWEST, Amounts, Difference
from segmentation.control.models import Compared, Comparison
from segmentation.effect.figures import allowed
from segmentation.models import Tier
from ui import formatting

TREATED, CONTROL = "treated", "control"
SIDES = (TREATED, CONTROL)
ACTIVE = "active"
# Verdicts.
NO_DATA, FEW, EQUAL, CHANCE, MORE, LESS = "no_data", "few", "equal", "chance", "more", "less"
WORDS: dict[str, Words] = {
    NO_DATA: gettext_lazy("no data yet"),
    EQUAL: gettext_lazy("all the same: nothing tells them apart"),
    CHANCE: gettext_lazy("the difference may be chance"),
    MORE: gettext_lazy("more than chance explains"),
    LESS: gettext_lazy("less than chance explains"),
}


@dataclass(frozen=True)
class Outcome:
    """What is compared: `hit` of those who are `base` (columns of Compared, "" for all), or an amount."""

    code: str
    label: Words
    note: Words
    hit: str
    base: str = ""
    amount: bool = False
    given: str = ""  # TierFigure.compared_as: who may know is said by that figure

    @property
    def of(self) -> Q:
        """Whom it is asked of."""
        return Q(**{self.base: True}) if self.base else Q()

    @property
    def happened(self) -> Q:
        """To whom of these it happened."""
        if self.amount:
            return ~Q(revenue=0)
        return self.of & (Q(activities__gt=0) if self.hit == "activities" else Q(**{self.hit: True}))


OUTCOMES: tuple[Outcome, ...] = (
    Outcome(
        ACTIVE,
        gettext_lazy("Had an activity"),
        gettext_lazy("How differently both sides were served. Where they weren't, nothing below tells of the plan."),
        "activities",
    ),
    Outcome(
        "again", gettext_lazy("Bought again"), gettext_lazy("Of those who had bought before."), "bought", "existing"
    ),
    Outcome(
        "lost", gettext_lazy("Churn"), gettext_lazy("Of those who weren't lost at the begin."), "lost", "could_leave"
    ),
    Outcome("high", gettext_lazy("High-value"), gettext_lazy("In a high-value tier at the end."), "high"),
    Outcome(
        "sales",
        gettext_lazy("Net sales a customer"),
        gettext_lazy("Each counted up to the amount that one of twenty exceeds, returns taken off."),
        "revenue",
        amount=True,
    ),
    Outcome(
        "complained",
        gettext_lazy("Complaint rate"),
        gettext_lazy("With a complaint received in the time."),
        "complained",
        given=COMPLAINED,
    ),
    Outcome(
        "satisfied",
        gettext_lazy("Satisfied after a complaint"),
        gettext_lazy("All answers 4 or 5 of 5, of those who answered."),
        "satisfied",
        "answered",
        given=ANSWERED,
    ),
)


@dataclass(frozen=True)
class Side:
    """`hits` of `n` customers; of amounts what they brought, capped and in full, in minor units."""

    n: int
    hits: int
    amounts: Amounts | None = None
    revenue: int = 0

    @property
    def words(self) -> str:
        if not self.n:
            return formatting.DASH
        if self.amounts is not None:
            return formatting.money_round(round(self.amounts.mean), currency())
        return formatting.percent(self.hits / self.n, 1)


@dataclass(frozen=True)
class Result:
    """One outcome of a tier: both sides, the difference with its interval, and what that means."""

    outcome: Outcome
    treated: Side
    control: Side
    verdict: str
    difference: Difference | None

    @property
    def n(self) -> int:
        """Of the smaller side."""
        return min(self.treated.n, self.control.n)

    @property
    def words(self) -> str:
        """What it means."""
        if self.verdict == FEW:
            words = {"n": formatting.number(self.n), "few": formatting.number(FEWEST)}
            return _("too few to say: n %(n)s, at least %(few)s needed") % words
        return str(WORDS[self.verdict])

    @property
    def between(self) -> str:
        """The difference in words: points of a share, or money."""
        return self._signed(self.difference.estimate) if self.difference else ""

    @property
    def interval(self) -> str:
        """Its 95 % interval in words."""
        if self.difference is None:
            return ""
        words = {"low": self._signed(self.difference.low), "high": self._signed(self.difference.high)}
        return _("%(low)s to %(high)s") % words

    def _signed(self, value: float) -> str:
        sign = "+" if value > 0 else "\N{MINUS SIGN}" if value < 0 else ""
        if self.outcome.amount:
            return f"{sign}{formatting.money_round(round(abs(value)), currency())}"
        return sign + formatting.number(abs(value) * 100, 1)


@dataclass(frozen=True)
class Only:
    """Customers of a team as they were counted, or who have a channel; of a pair the one with an activity says it."""

    team: Team | None = None
    channel: int | None = None

    @property
    def where(self) -> Q:
        """Of rows of Compared."""
        ours, theirs = self._of(""), self._of("partner__")
        return (Q(comparison__first=None) | Q(treated=True)) & ours | Q(partner__treated=True) & theirs

    def _of(self, side: str) -> Q:
        asked: dict[str, Any] = {}
        if self.team:
            asked[f"{side}team__path__startswith"] = self.team.path
        if self.channel:
            asked[f"{side}customer__channel"] = self.channel
        return Q(**asked)

    @property
    def asked(self) -> dict[str, str]:
        """In addresses."""
        found = {"team": str(self.team.pk)} if self.team else {}
        return found | ({"channel": str(self.channel)} if self.channel else {})


EVERYBODY = Only()


@dataclass(frozen=True)
class Of:
    """A comparison of one tier: its results in the order of OUTCOMES."""

    comparison: Comparison
    scheme: str
    code: str
    results: Sequence[Result]
    only: Only = EVERYBODY

    @property
    def tier(self) -> Tier | None:
        return catalogue.catalogue().get((self.scheme, self.code))

    @property
    def key(self) -> str:
        """In addresses."""
        return f"{self.scheme}:{self.code}"

    @property
    def name(self) -> str:
        """Scheme and tier, to choose from."""
        tier = self.tier
        return f"{catalogue.scheme_name(self.scheme)} · {tier.name if tier else self.code}"

    @property
    def told(self) -> dict[str, Any]:
        """What the night noted of this tier beside the figures."""
        found: dict[str, Any] = self.comparison.told.get(self.key, {})
        return found

    def url(self, outcome: str, side: str, rows: str) -> str:
        """The customers of a side: those to whom it happened, or all of whom it is asked."""
        asked = {"of": str(self.comparison.pk), "tier": self.key}
        asked |= {"outcome": outcome, "side": side, "rows": rows} | self.only.asked
        return f"{reverse('control_customers')}?{urlencode(asked)}"


def outcomes_of(user: User) -> list[Outcome]:
    """Those that this person may know."""
    given = {one.compared_as for one in allowed(user)}
    return [one for one in OUTCOMES if not one.given or one.given in given]


def within(user: User, outcome: Outcome, owner: str = "owner") -> Q:
    """Of whom this person may know the outcome."""
    reach, may = reach_of(user), Q()
    for one in contributions.registry().tier_figures.values():
        if outcome.given and one.compared_as == outcome.given:
            may &= reach.whose(owner, one.permission)
    return may


def rows_of(user: User, comparisons: Iterable[Comparison], only: Only = EVERYBODY) -> Any:
    """Those whom this person's dashboards count; of pairs both customers."""
    mine = Compared.objects.for_user(user).filter(comparison__in=comparisons)
    if only.asked:
        mine = mine.filter(only.where)
    both = reach_of(user).whose("partner__owner", "dashboard.view")
    return mine.filter(Q(comparison__first=None) | Q(partner__isnull=False) & both)


def results(user: User, comparisons: Sequence[Comparison], only: Only = EVERYBODY) -> dict[int, list[Of]]:
    """comparison id -> its tiers, best first; two queries for all comparisons."""
    shown = outcomes_of(user)
    # Pairs differ in whether they had an activity by what they are; in the month after it tells nothing.
    of_pairs = [one for one in shown if one.code != ACTIVE]
    held = [one for one in comparisons if one.first is None]
    paired = [one for one in comparisons if one.first is not None]
    found: dict[int, list[Of]] = defaultdict(list)
    by_pk = {one.pk: one for one in comparisons}
    for (pk, scheme, code), made in [
        *_of_sides(user, held, shown, only),
        *_of_pairs(user, paired, of_pairs, only),
    ]:
        found[pk].append(Of(by_pk[pk], scheme, code, made, only))
    ranks = {key: tier.rank for key, tier in catalogue.catalogue().items()}
    for rows in found.values():
        rows.sort(key=lambda of: (of.scheme, ranks.get((of.scheme, of.code), 99), of.code))
    return found


BY = ("comparison", "tier_scheme", "tier")
Key = tuple[int, str, str]


def _square(value: Any) -> Sum:
    """Exact: squares of minor units leave the range of whole numbers."""
    wide = Cast(value, DecimalField(max_digits=40, decimal_places=0))
    return Sum(wide * wide, output_field=DecimalField(max_digits=60, decimal_places=0))


def _of_sides(
    user: User, comparisons: Sequence[Comparison], shown: Sequence[Outcome], only: Only
) -> list[tuple[Key, list[Result]]]:
    if not comparisons:
        return []
    counts: dict[str, Any] = {}
    for one in shown:
        may = within(user, one)
        counts |= {f"n_{one.code}": Count("pk", filter=one.of & may)}
        counts |= {f"hits_{one.code}": Count("pk", filter=one.happened & may)}
    sums = {"total": Sum("capped"), "squares": _square(F("capped")), "brought": Sum("revenue")}
    found: dict[Key, dict[str, dict[str, Any]]] = defaultdict(dict)
    for row in rows_of(user, comparisons, only).order_by().values(*BY, "treated").annotate(**counts, **sums):
        found[row["comparison"], row["tier_scheme"], row["tier"]][TREATED if row["treated"] else CONTROL] = row
    return [(key, [_result(one, *(_side(one, sides.get(side)) for side in SIDES)) for one in shown])
            for key, sides in found.items()]  # fmt: skip


def _side(outcome: Outcome, row: dict[str, Any] | None) -> Side:
    if row is None:
        return Side(0, 0)
    n, hits = row[f"n_{outcome.code}"], row[f"hits_{outcome.code}"]
    if not outcome.amount:
        return Side(n, hits)
    return Side(n, hits, Amounts(n, row["total"] or 0, float(row["squares"] or 0)), row["brought"] or 0)


def _result(outcome: Outcome, treated: Side, control: Side) -> Result:
    if _nothing_entered(outcome, treated, control):
        return Result(outcome, treated, control, NO_DATA, None)
    if min(treated.n, control.n) < FEWEST:
        return Result(outcome, treated, control, FEW, None)
    if treated.amounts is not None and control.amounts is not None:
        found = differences.of_means(treated.amounts, control.amounts)
    else:
        found = differences.of_shares(treated.hits, treated.n, control.hits, control.n)
    return Result(outcome, treated, control, verdict_of(found), found)


def _nothing_entered(outcome: Outcome, treated: Side, control: Side) -> bool:
    """No complaint, no answer, no sale on either side: what nobody has entered isn't 0."""
    if not (outcome.given or outcome.amount):
        return False
    return not (treated.n or control.n) if outcome.base else not (treated.hits or control.hits)


def verdict_of(found: Difference | None) -> str:
    """What a difference means."""
    if found is None:
        return EQUAL
    return CHANCE if found.may_be_chance else MORE if found.estimate > 0 else LESS


def _of_pairs(
    user: User, comparisons: Sequence[Comparison], shown: Sequence[Outcome], only: Only
) -> list[tuple[Key, list[Result]]]:
    if not comparisons:
        return []
    counts: dict[str, Any] = {}
    for one in shown:
        may = one.of & _other(one.of) & within(user, one) & within(user, one, "partner__owner")
        ours, theirs = one.happened, _other(one.happened)
        counts |= {
            f"n_{one.code}": Count("pk", filter=may),
            f"hits_{one.code}": Count("pk", filter=may & ours),
            f"others_{one.code}": Count("pk", filter=may & theirs),
            f"only_{one.code}": Count("pk", filter=may & ours & ~theirs),
            f"other_only_{one.code}": Count("pk", filter=may & theirs & ~ours),
        }
    sums = {
        **{"total": Sum("capped"), "other_total": Sum("partner__capped")},
        **{"brought": Sum("revenue"), "other_brought": Sum("partner__revenue")},
        "squares": _square(F("capped") - F("partner__capped")),
    }
    rows = rows_of(user, comparisons, only).filter(treated=True).order_by().values(*BY).annotate(**counts, **sums)
    return [
        ((row["comparison"], row["tier_scheme"], row["tier"]), [_paired(one, row) for one in shown]) for row in rows
    ]


def _other(asked: Q) -> Q:
    """The same of the partner."""
    turned = Q(_connector=asked.connector, _negated=asked.negated)
    turned.children = [
        _other(child) if isinstance(child, Q) else (f"partner__{child[0]}", child[1])  # type: ignore[index]
        for child in asked.children
    ]
    return turned


def _paired(outcome: Outcome, row: dict[str, Any]) -> Result:
    n, hits, others = (row[f"{name}_{outcome.code}"] for name in ("n", "hits", "others"))
    if outcome.amount:
        total, other = row["total"] or 0, row["other_total"] or 0
        treated = Side(n, hits, Amounts(n, total, 0), row["brought"] or 0)
        control = Side(n, others, Amounts(n, other, 0), row["other_brought"] or 0)
        found = differences.of_mean(Amounts(n, total - other, float(row["squares"] or 0)))
    else:
        treated, control = Side(n, hits), Side(n, others)
        found = differences.of_pairs(n, row[f"only_{outcome.code}"], row[f"other_only_{outcome.code}"])
    if _nothing_entered(outcome, treated, control):
        return Result(outcome, treated, control, NO_DATA, None)
    if n < FEWEST:
        return Result(outcome, treated, control, FEW, None)
    return Result(outcome, treated, control, verdict_of(found), found)


# --- files -----------------------------------------------------------------------------------------------------------
def table(code: str, title: str, tiers: Sequence[Of]) -> FigureTable:
    """All outcomes of some tiers of a comparison, a line each."""
    heads = [
        *(_("Tier"), _("Outcome"), _("Planned for or active: number"), _("Planned for or active: n")),
        *(_("Control: number"), _("Control: n"), _("Difference"), _("95 % from"), _("95 % to"), _("What it means")),
    ]
    rows = [
        [of.tier.name if of.tier else of.code, str(one.outcome.label), *_cells(one), one.words]
        for of in tiers
        for one in of.results
    ]
    return FigureTable(code, title, heads, rows)


def _cells(result: Result) -> list[Any]:
    sides = []
    for side in (result.treated, result.control):
        amount = result.outcome.amount and side.amounts is not None
        sides += [formatting.major(side.revenue, currency()) if amount else side.hits, side.n]
    found = result.difference
    if found is None:
        return [*sides, None, None, None]
    parts = (found.estimate, found.low, found.high)
    if result.outcome.amount:
        return [*sides, *(formatting.major(round(part), currency()) for part in parts)]
    return [*sides, *(in_percent(part) for part in parts)]
