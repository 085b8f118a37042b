"""What the page of effects says: figures of each tier in a month and over the months, and of new and existing
customers. Sums that the night kept, added up over whom a person's dashboards count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts.models import User
from accounts.scope import ALL, reach_of
from core import contributions
from core.company import currency
from core.contributions import TierFigure, Words
from customers.models import UNRATED
from intake.tablefiles import FigureTable, in_percent
from segmentation import catalogue, together
from segmentation.cases.selectors import FEW
from segmentation.effect.models import EffectMonth, EffectPart, EffectSum, Standing
from segmentation.models import Tier
from segmentation.pages.figures import Choice, narrowed, tiers_by_run, under
from segmentation.together import reached, signs
from ui import formatting

COUNTS = (
    *("customers", "rated", "high", "had_bought", "lost", "buyers", "orders"),
    *("revenue", "usual", "costed", "margin"),
)


@dataclass
class Part:
    """What an app above the scores counted: `customers` with at least one of `n` things, `hits` of which count."""

    customers: int = 0
    n: int = 0
    hits: int = 0


@dataclass
class Sums:
    """The sums of some customers of a month; `repeat` of `active` bought again as of the end, by their tier then."""

    customers: int = 0
    rated: int = 0
    high: int = 0
    had_bought: int = 0
    lost: int = 0
    buyers: int = 0
    orders: int = 0
    revenue: int = 0
    usual: int = 0
    costed: int = 0
    margin: int = 0
    repeat: int = 0
    active: int = 0
    parts: dict[str, Part] = field(default_factory=lambda: defaultdict(Part))

    def add(self, other: Sums) -> None:
        """Those of further customers."""
        for name in (*COUNTS, "repeat", "active"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for code, part in other.parts.items():
            mine = self.parts[code]
            mine.customers, mine.n, mine.hits = (
                *(mine.customers + part.customers, mine.n + part.n),
                mine.hits + part.hits,
            )

    @property
    def costed_share(self) -> float | None:
        """The share of the sales whose cost is known; None where that is nothing."""
        return min(1.0, self.costed / self.revenue) if self.costed > 0 and self.revenue > 0 else None


@dataclass(frozen=True)
class Value:
    """A figure: `hits` of `base` customers or things, or an amount (minor units), or a change of an amount."""

    kind: str  # count, share, money or change
    hits: int
    base: int = 0

    @property
    def known(self) -> bool:
        """Whether there is anything to count."""
        return self.kind in ("count", "money") or self.base > 0

    @property
    def number(self) -> float | None:
        """A count, minor units, or a part of 1; None where nothing can be said."""
        if not self.known:
            return None
        if self.kind in ("count", "money"):
            return self.hits
        return self.hits / self.base - (self.kind == "change")

    @property
    def few(self) -> bool:
        """Too few for their share to mean much."""
        return self.kind == "share" and 0 < self.base < FEW

    @property
    def words(self) -> str:
        if self.number is None:
            return formatting.DASH
        if self.kind == "money":
            return formatting.money_round(self.hits, currency())
        if self.kind == "count":
            return formatting.number(self.hits)
        if self.kind == "share":
            return formatting.percent(self.number, 1)
        sign = "+" if self.number > 0 else "\N{MINUS SIGN}" if self.number < 0 else ""
        return f"{sign}{formatting.percent(abs(self.number), 1)}"

    @property
    def told(self) -> str:
        """Of how many a share is, or from which amount to which a change leads."""
        if self.kind == "share":
            return f"{formatting.number(self.hits)} / {formatting.number(self.base)}"
        if self.kind == "change":
            return " → ".join(formatting.money_round(amount, currency()) for amount in (self.base, self.hits))
        return ""


@dataclass(frozen=True)
class Figure:
    """One figure of a tier. `rows` names the customers behind it (segmentation/effect/listing.py)."""

    code: str
    label: Words
    note: Words
    value: Callable[[Sums], Value]
    rows: str


OWN: tuple[Figure, ...] = (
    Figure(
        "customers",
        gettext_lazy("Customers"),
        gettext_lazy("In the tier at the begin of the month."),
        lambda sums: Value("count", sums.customers),
        "customers",
    ),
    Figure(
        "repeat",
        gettext_lazy("Repurchase rate"),
        gettext_lazy(
            "By the tier at the end of the month: customers with two orders in the days that count, of those with one."
        ),
        lambda sums: Value("share", sums.repeat, sums.active),
        "repeat",
    ),
    Figure(
        "high",
        gettext_lazy("Became high-value"),
        gettext_lazy("In a high-value tier at the end of the month, of those who were rated then."),
        lambda sums: Value("share", sums.high, sums.rated),
        "high",
    ),
    Figure(
        "lost",
        gettext_lazy("Churn"),
        gettext_lazy("Lost at the end of the month, of those who had bought in the days that count before it."),
        lambda sums: Value("share", sums.lost, sums.had_bought),
        "lost",
    ),
    Figure(
        "revenue",
        gettext_lazy("Net sales"),
        gettext_lazy("What they bought in the month, returns taken off."),
        lambda sums: Value("money", sums.revenue),
        "sold",
    ),
    Figure(
        "change",
        gettext_lazy("Change of sales"),
        gettext_lazy("Net sales of the month against what these customers brought in as many days on average before."),
        lambda sums: Value("change", sums.revenue, max(sums.usual, 0)),
        "change",
    ),
)
# What nothing is counted from yet, and what is missing.
NO_DATA: tuple[tuple[Words, Words], ...] = (
    (gettext_lazy("Recommending (NPS)"), gettext_lazy("No survey asks customers whether they recommend you.")),
    (gettext_lazy("Marketing return"), gettext_lazy("Neither campaigns nor what they cost are kept here.")),
    (
        gettext_lazy("Length of the sales cycle"),
        gettext_lazy("Opportunities with a begin and an end aren't kept here."),
    ),
    (gettext_lazy("Share won"), gettext_lazy("Opportunities that were won or lost aren't kept here.")),
)


def figures_of(user: User) -> list[Figure]:
    """Those that this person may know, with what apps above the scores count."""
    given = [_given(one) for one in allowed(user)]
    return [*OWN[:4], *given, *OWN[4:]]


def allowed(user: User) -> list[TierFigure]:
    """The contributed ones that this person may know."""
    return [one for one in contributions.registry().tier_figures.values() if user.can(one.permission)]


def parts_of(user: User) -> QuerySet[EffectPart]:
    """What apps above the scores counted, of whom each of them lets this person know."""
    may, reach = Q(pk__in=[]), reach_of(user)
    for one in allowed(user):
        may |= Q(code=one.code) & reach.whose("owner", one.permission)
    return EffectPart.objects.filter(may)


def sums_of_parts(user: User, choice: Choice) -> together.Sums:
    """The same as a page adds them up: of whom its dashboards count as well."""
    reach, may, taken_off = reach_of(user), Q(pk__in=[]), Q(pk__in=[])
    counted = reach.people("dashboard.view")
    for one in allowed(user):
        known = reach.people(one.permission)
        people = counted if known is ALL or (counted is not ALL and len(counted) < len(known)) else known
        where, off = reached(user, people, choice.team)
        may |= Q(code=one.code) & where
        taken_off |= Q(code=one.code) if off else Q(pk__in=[])
    return together.Sums(EffectPart.at_all_levels.filter(may), signs(taken_off)).narrowed(**under(choice))


def _given(one: TierFigure) -> Figure:
    def value(sums: Sums) -> Value:
        part = sums.parts[one.code]
        return Value("share", part.customers, sums.customers) if one.of_customers else Value("share", part.hits, part.n)

    return Figure(one.code, one.label, one.note, value, one.code)


def months() -> list[EffectMonth]:
    """Those that were counted, the oldest first."""
    return list(EffectMonth.objects.select_related("run"))


def chosen(counted: Sequence[EffectMonth], text: str) -> EffectMonth | None:
    """The month that an address names (2026-10), else the last one that is over, else the last."""
    named = next((month for month in counted if f"{month.first:%Y-%m}" == text), None)
    over = [month for month in counted if month.over]
    latest = over or list(counted)
    return named or (latest[-1] if latest else None)


class Effects:
    """The sums of some months that this person may count; three queries."""

    def __init__(self, user: User, choice: Choice, counted: Sequence[EffectMonth]) -> None:
        self.choice, self.months, self.figures = choice, list(counted), figures_of(user)
        found: dict[tuple[int, str, str], Sums] = defaultdict(Sums)
        self.found = found
        rows = narrowed(EffectSum, user, choice, month__in=self.months)
        for row in rows.added(("month", "tier", "standing"), *COUNTS):
            sums = found[row[0], row[1], row[2]]
            for name, value in zip(COUNTS, row[3:], strict=True):
                setattr(sums, name, value)
        for month, tier, standing, code, *values in self._parts(user, choice):
            found[month, tier, standing].parts[code] = Part(*values)
        self.by_tier: dict[int, dict[str, Sums]] = defaultdict(lambda: defaultdict(Sums))
        self.by_standing: dict[int, dict[str, Sums]] = defaultdict(lambda: defaultdict(Sums))
        for (month, tier, standing), sums in found.items():
            self.by_tier[month][tier].add(sums)
            self.by_standing[month][standing].add(sums)
        run_of = {month.run_id: month.pk for month in self.months}
        for run, tiers in tiers_by_run(user, choice, [month.run for month in self.months]).items():
            for code, at_end in tiers.items():
                mine = self.by_tier[run_of[run]][code]
                mine.repeat, mine.active = at_end.repeat, at_end.active

    def _parts(self, user: User, choice: Choice) -> Any:
        """Of the figures of other apps, within what each lets this person see."""
        rows = sums_of_parts(user, choice).narrowed(month__in=self.months)
        return rows.added(("month", "tier", "standing", "code"), "customers", "n", "hits")

    @cached_property
    def tiers(self) -> dict[str, Tier]:
        """Code -> tier: those in use, and others that customers of these months had; best first."""
        held = {code for rows in self.by_tier.values() for code in rows}
        known = catalogue.by_code(self.choice.scheme)
        return {code: tier for code, tier in known.items() if tier.in_use or code in held}

    def rows(self, month: EffectMonth) -> list[tuple[Tier | None, Sums]]:
        """A row for each tier, and one for who had none."""
        found = self.by_tier[month.pk]
        rated: list[tuple[Tier | None, Sums]] = [(tier, found.get(code, Sums())) for code, tier in self.tiers.items()]
        return [*rated, (None, found[UNRATED])] if UNRATED in found else rated

    def of_tier(self, month: EffectMonth, code: str) -> Sums:
        """Those of a tier; nothing where it had nobody."""
        return self.by_tier[month.pk].get(code) or Sums()

    def total(self, month: EffectMonth) -> Sums:
        """All customers of a month."""
        whole = Sums()
        for sums in self.by_tier[month.pk].values():
            whole.add(sums)
        return whole

    def of(self, month: EffectMonth, asked: Mapping[str, Any]) -> Sums:
        """Those that the filters `tier` and `standing` of a list leave."""
        whole = Sums()
        for (pk, tier, standing), sums in self.found.items():
            fits = (asked.get("tier", tier), asked.get("standing", standing)) == (tier, standing)
            if pk == month.pk and fits:
                whole.add(sums)
        for code, row in self.by_tier[month.pk].items():
            if asked.get("end_tier", code) == code:
                whole.repeat += row.repeat
                whole.active += row.active
        return whole

    def standing(self, month: EffectMonth, standing: Standing) -> Sums:
        """Of new or existing customers."""
        return self.by_standing[month.pk][standing.value]

    def url(self, month: EffectMonth, rows: str, tier: str = "") -> str:
        """The customers behind a figure."""
        asked: Mapping[str, Any] = {
            "month": f"{month.first:%Y-%m}",
            "figure": rows if rows != "customers" else "",
            "end_tier" if rows == "repeat" else "tier": tier,
            "scheme": self.choice.scheme,
            "team": self.choice.team.pk if self.choice.team else "",
            "channel": self.choice.channel or "",
        }
        return f"{reverse('tier_effect_customers')}?{urlencode({k: v for k, v in asked.items() if v})}"

    # --- files -------------------------------------------------------------------------------------------------------
    @cached_property
    def table(self) -> FigureTable:
        """All months and tiers as a file has them: of a share also how many of how many."""
        heads: list[str] = [_("Month"), _("Tier")]
        for figure in self.figures:
            heads += _heads(figure)
        rows = []
        for month in self.months:
            for tier, sums in self.rows(month):
                row: list[Any] = [formatting.month(month.first), tier.name if tier else _("Unrated")]
                for figure in self.figures:
                    row += _cells(figure.value(sums))
                rows.append(row)
        return FigureTable("tiers", _("Effect by tier and month"), heads, rows)

    @cached_property
    def standing_table(self) -> FigureTable:
        """New and existing customers month by month."""
        code = currency()
        heads = [
            *(_("Month"), _("Customers"), pgettext("how many", "Number"), _("Bought in the month"), _("Orders")),
            *(f"{_('Net sales')} ({code})", f"{_('Margin')} ({code})", f"{_('of sales with known cost')} ({code})"),
        ]
        rows = []
        for month in self.months:
            for standing in (Standing.NEW, Standing.EXISTING):
                sums = self.standing(month, standing)
                money: list[Any] = [formatting.major(sums.revenue, code)]
                money += [formatting.major(one, code) if sums.costed else None for one in (sums.margin, sums.costed)]
                counts = [sums.customers, sums.buyers, sums.orders]
                rows.append([formatting.month(month.first), str(standing.label), *counts, *money])
        return FigureTable("standing", _("New and existing customers"), heads, rows)


def _heads(figure: Figure) -> list[str]:
    value, label = figure.value(Sums()), str(figure.label)
    if value.kind == "share":
        return [f"{label} (%)", f"{label}: {pgettext('how many', 'number')}", f"{label}: n"]
    return [f"{label} (%)" if value.kind == "change" else f"{label} ({currency()})" if value.kind == "money" else label]


def _cells(value: Value) -> list[Any]:
    if value.kind == "share":
        return [None if value.number is None else in_percent(value.number), value.hits, value.base]
    if value.number is None:
        return [None]
    return [
        in_percent(value.number)
        if value.kind == "change"
        else formatting.major(value.hits, currency())
        if value.kind == "money"
        else value.hits
    ]
