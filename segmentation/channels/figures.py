"""Channels side by side: one question of what the night kept, one of what was paid, whatever the span."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Team, User
from accounts.scope import ALL, reach_of
from core.company import currency
from core.digits import whole_number
from core.http import row_id
from customers.selectors import known_channels
from intake.tablefiles import FigureTable, in_percent
from segmentation import catalogue
from segmentation.cases.selectors import FEW
from segmentation.channels.models import Arrival, ArrivalCount
from segmentation.cohorts.models import CohortSum
from segmentation.cohorts.periods import name as period_name
from segmentation.costs import selectors as costs
from segmentation.costs.models import CostKind
from segmentation.pages.figures import reach
from segmentation.pages.spans import MONTHS, Kind, Span, begin_of, shifted
from ui import formatting

WITHIN = (7, 30, 90, 180, 365)  # days until the first purchase, as offered
USUAL = 90
MOST_WITHIN = 1_000
SHOWN = {Kind.MONTH: 24, Kind.QUARTER: 12, Kind.YEAR: 6}  # periods offered, the running one first
FIGURES = ("all", "judged", "converted", "young", "costed", "upper")
NOWHERE = "none"  # customers without a channel, in addresses
FIRST_DAY = date(1900, 1, 1)


# --- what the address asks for ---------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Wanted:
    """The span, the days until a first purchase, and whose customers; `problem`: what of an own span can't be."""

    span: Span
    within: int = USUAL
    scheme: str = ""
    team: Team | None = None
    first: str = ""  # as typed
    last: str = ""
    problem: str = ""

    @property
    def given(self) -> dict[str, str]:
        """The same as an address says it."""
        found = {"span": str(self.span.kind), "within": str(self.within), "scheme": self.scheme}
        if self.span.kind == Kind.OWN:
            found |= {"from": self.span.first.isoformat(), "to": self.span.last.isoformat()}
        else:
            found["at"] = self.span.first.isoformat()
        return {name: value for name, value in found.items() if value} | (
            {"team": str(self.team.pk)} if self.team else {}
        )


def read(user: User, given: Mapping[str, str], on: date) -> Wanted:
    """What an address asks for, as of a count until `on`. What nobody can mean is as if it weren't said; of days of an
    own span a problem is told."""
    within = whole_number(given.get("within", ""), MOST_WITHIN)
    schemes, scheme = dict(catalogue.schemes()), given.get("scheme", "")
    team = row_id(given.get("team", ""))
    span, first, last, problem = _span(given, on)
    return Wanted(
        span,
        within or USUAL,
        scheme if scheme in schemes else "",
        Team.objects.for_user(user).filter(pk=team).first() if team else None,
        first,
        last,
        problem,
    )


def _span(given: Mapping[str, str], on: date) -> tuple[Span, str, str, str]:
    kind = Kind(given["span"]) if given.get("span") in Kind.values else Kind.YEAR
    if kind != Kind.OWN:
        at = _day(given.get("at", ""))
        return period(kind, at if at and FIRST_DAY <= at <= on else on, on), "", "", ""
    first = given.get("from", "").strip() or begin_of(Kind.YEAR, on).isoformat()
    last = given.get("to", "").strip() or on.isoformat()
    begun, ended = _day(first), _day(last)
    year = Span(kind, begin_of(Kind.YEAR, on), on)
    if begun is None or ended is None:
        return year, first, last, _("Write both days as year-month-day, such as 2026-03-31.")
    if begun > ended:
        return year, first, last, _("The first day comes after the last one.")
    if begun > on:
        told = _("Customers are counted until %(day)s. Choose a first day that isn't later.")
        return year, first, last, told % {"day": formatting.day(on)}
    return Span(kind, begun, min(ended, on)), first, last, ""


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def period(kind: Kind, day: date, on: date) -> Span:
    """The month, quarter or year of a day, as far as it is counted."""
    first = begin_of(kind, day)
    return Span(kind, first, min(shifted(first, MONTHS[kind]) - timedelta(days=1), on))


def offered(kind: Kind, on: date, chosen: date) -> list[tuple[str, str]]:
    """(day, words) of the periods to choose from, the latest first, and the chosen one."""
    if kind == Kind.OWN:
        return []
    begins = {shifted(begin_of(kind, on), -MONTHS[kind] * n) for n in range(SHOWN[kind])} | {begin_of(kind, chosen)}
    return [(day.isoformat(), period_words(kind, day)) for day in sorted(begins, reverse=True)]


def period_words(kind: Kind, day: date) -> str:
    """2026; Q1 2026; Mar 2026."""
    if kind == Kind.YEAR:
        return str(day.year)
    return period_name(day, CohortSum.Grain.QUARTER if kind == Kind.QUARTER else CohortSum.Grain.MONTH)


# --- the rows --------------------------------------------------------------------------------------------------------
def last_count() -> ArrivalCount | None:
    """None before the first night."""
    return ArrivalCount.objects.first()


def came(wanted: Wanted) -> Q:
    """Arrivals of the span."""
    found = Q(came_on__range=(wanted.span.first, wanted.span.last))
    if wanted.scheme:
        found &= Q(tier_scheme=wanted.scheme)
    if wanted.team:
        found &= Q(team__path__startswith=wanted.team.path)
    return found


def arrivals(user: User, wanted: Wanted) -> QuerySet[Arrival]:
    """Those of the span that this person's dashboards count."""
    return Arrival.objects.filter(reach(user), came(wanted)).order_by()


def upper() -> Q:
    """In a tier that is high-value today."""
    found = Q(pk__in=[])
    for (scheme, code), tier in catalogue.catalogue().items():
        if tier.high_value:
            found |= Q(tier_scheme=scheme, tier=code)
    return found


def figures_of(within: int, on: date) -> dict[str, Q]:
    """Which arrivals each figure counts, by its code in addresses."""
    judged = Q(came_on__lte=on - timedelta(days=within))
    return {
        "all": Q(),
        "judged": judged,
        "converted": judged & Q(days_to_buy__lte=within),
        "young": Q(came_on__gt=on - timedelta(days=within)),
        "costed": ~Q(costed=0),
        "upper": upper(),
    }


def sees_margin(user: User) -> bool:
    """Whether the margin of everybody whom the page counts may be known."""
    mine, known = reach_of(user).people("dashboard.view"), reach_of(user).people("cost.view")
    return known is ALL or (mine is not ALL and bool(known) and set(mine) <= set(known))


# --- figures ---------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Share:
    """`hits` of `n`; of fewer than `FEW` it is too few for a share."""

    hits: int
    n: int
    url: str

    @property
    def few(self) -> bool:
        return self.n < FEW

    @property
    def share(self) -> float | None:
        return self.hits / self.n if self.n else None


@dataclass(frozen=True)
class ChannelRow:
    """One channel, or all together (`total`); money in minor units.

    `paid`: None where nobody has entered a cost. `came`: all who came by it, whosever they are, among whom it is
    divided. `url` leads to its customers; the others to those that a figure counts.
    """

    name: str
    pk: int | None
    customers: int
    judged: int
    converted: int
    young: int
    revenue: int
    with_cost: int
    costed: int
    margin: int
    upper: int
    paid: int | None
    came: int
    urls: Mapping[str, str]
    paid_url: str
    total: bool = False

    @property
    def conversion(self) -> Share:
        return Share(self.converted, self.judged, self.urls["converted"])

    @property
    def upper_share(self) -> Share:
        return Share(self.upper, self.customers, self.urls["upper"])

    @property
    def few(self) -> bool:
        return self.customers < FEW

    @property
    def each(self) -> int | None:
        """What one customer cost."""
        return round(self.paid / self.came) if self.paid is not None and self.came else None

    @property
    def value(self) -> int | None:
        """Net sales of a customer so far, on average."""
        return round(self.revenue / self.customers) if self.customers else None

    @property
    def margin_each(self) -> int | None:
        """Margin of a customer so far, on average of all; None where no cost is known."""
        return round(self.margin / self.customers) if self.with_cost else None

    @property
    def known(self) -> float | None:
        """The share of the sales whose cost is known."""
        return min(1.0, max(0.0, self.costed / self.revenue)) if self.revenue > 0 and self.costed else None


class Channels:
    """What the page shows: at most three questions of the database, however many channels and customers."""

    def __init__(self, user: User, wanted: Wanted, count: ArrivalCount) -> None:
        self.user, self.wanted, self.count = user, wanted, count
        self.margins = sees_margin(user)
        self.costs = reach_of(user).beyond_own("cost.view")
        self.opens = user.can("score.view")

    @cached_property
    def rows(self) -> list[ChannelRow]:
        """Channels by which anybody came or for which anything was paid, most customers first."""
        names = {channel.pk: channel.name for channel in known_channels()}
        keys = {*self._found, *self._paid}
        rows = [
            self._row(names.get(key, formatting.DASH) if key else _("without a channel"), key, self._found.get(key))
            for key in keys
        ]
        return sorted(rows, key=lambda row: (row.pk is None, -row.customers, row.name))

    @cached_property
    def total(self) -> ChannelRow:
        """All channels together."""
        counted = [sum(column) for column in zip(*self._found.values(), strict=True)] if self._found else None
        return self._row(_("All channels"), None, counted, total=True)

    def _row(self, name: str, key: int | None, counted: Sequence[int] | None, *, total: bool = False) -> ChannelRow:
        customers, judged, converted, young, revenue, with_cost, costed, margin, upper_tier = counted or [0] * 9
        asked = {} if total else {"channel": str(key) if key else NOWHERE}
        paid = (sum(self._paid.values()) if self._paid else None) if total else self._paid.get(key) if key else None
        return ChannelRow(
            name=name,
            pk=key,
            customers=customers,
            judged=judged,
            converted=converted,
            young=young,
            revenue=revenue,
            with_cost=with_cost,
            costed=costed,
            margin=margin,
            upper=upper_tier,
            paid=paid,
            came=(sum(self._came.values()) if total else self._came.get(key, 0)) if self._paid else 0,
            urls={code: self.url(code, asked) for code in FIGURES} if self.opens else dict.fromkeys(FIGURES, ""),
            paid_url=self._paid_url(key),
            total=total,
        )

    def url(self, code: str, asked: Mapping[str, str]) -> str:
        """The list of those whom a figure counts."""
        figure = {} if code == "all" else {"figure": code}
        return f"{reverse('channel_customers')}?{urlencode({**self.wanted.given, **asked, **figure})}"

    def _paid_url(self, key: int | None) -> str:
        asked = {"tab": "channels", "kind": CostKind.ACQUISITION.value, **({"channel": str(key)} if key else {})}
        days = {"from": self.wanted.span.first.isoformat(), "to": self.wanted.span.last.isoformat()}
        return f"{reverse('cost_list')}?{urlencode(asked | days)}"

    @cached_property
    def _found(self) -> dict[int | None, tuple[int, ...]]:
        where = figures_of(self.wanted.within, self.count.on)
        rows = arrivals(self.user, self.wanted).values_list("channel")
        rows = rows.annotate(
            n=Count("pk"),
            n_judged=Count("pk", filter=where["judged"]),
            n_converted=Count("pk", filter=where["converted"]),
            n_young=Count("pk", filter=where["young"]),
            net=Sum("revenue"),
            n_costed=Count("pk", filter=where["costed"]),
            known=Sum("costed"),
            earned=Sum("margin"),
            n_upper=Count("pk", filter=where["upper"]),
        )
        return {row[0]: row[1:] for row in rows}

    @cached_property
    def _paid(self) -> dict[int | None, int]:
        """Channel -> what was paid in the span to win customers, of the entries that this person sees."""
        if not self.costs:
            return {}
        days = (self.wanted.span.first, self.wanted.span.last)
        rows = costs.entries(self.user).filter(kind=CostKind.ACQUISITION, channel__isnull=False, spent_on__range=days)
        return dict(rows.order_by().values_list("channel").annotate(Sum("amount")))

    @cached_property
    def _came(self) -> dict[int | None, int]:
        """Channel -> all who came by it in the span, whosever they are: a channel's cost was paid for all of them."""
        rows = Arrival.objects.filter(came_on__range=(self.wanted.span.first, self.wanted.span.last))
        rows = rows.filter(channel__in=list(self._paid)).order_by()
        return dict(rows.values_list("channel").annotate(Count("pk")))

    @property
    def title(self) -> str:
        """What stands out among channels with enough customers."""
        enough = [row for row in self.rows if row.pk and not row.few and row.value is not None]
        if len(enough) < 2:
            return _("Which channel brings good customers?")
        best = max(enough, key=lambda row: row.value or 0)
        words = {"channel": best.name, "each": formatting.money_round(best.value, currency())}
        return _("%(channel)s brings most per customer: %(each)s of net sales so far") % words

    @property
    def table(self) -> FigureTable:
        """The page as a file has it."""
        code, within = currency(), self.wanted.within
        heads: list[Any] = [
            *(_("Channel"), _("New customers"), _("Old enough to judge")),
            _("Bought within %(n)s days") % {"n": within},
            *(_("Bought within %(n)s days (%%)") % {"n": within}, _("Too new to judge")),
            *([f"{_('Acquisition cost')} ({code})", f"{_('Cost of a customer')} ({code})"] if self.costs else []),
            *(f"{_('Net sales so far')} ({code})", f"{_('Net sales of a customer')} ({code})"),
            *([f"{_('Margin so far')} ({code})", f"{_('Margin of a customer')} ({code})"] if self.margins else []),
            *([_("Cost known of sales (%)")] if self.margins else []),
            *(_("In upper tiers today"), _("In upper tiers today (%)")),
        ]

        def money(amount: int | None) -> Any:
            return None if amount is None else formatting.major(amount, code)

        lines: list[list[Any]] = []
        for row in [*self.rows, self.total]:
            paid = [money(row.paid), money(row.each)] if self.costs else []
            earned = [money(row.margin if row.with_cost else None), money(row.margin_each)] if self.margins else []
            known = [None if row.known is None else in_percent(row.known)] if self.margins else []
            lines.append(
                [
                    *(row.name, row.customers, row.judged, row.converted, _in_percent(row.conversion), row.young),
                    *(*paid, money(row.revenue), money(row.value), *earned, *known),
                    *(row.upper, _in_percent(row.upper_share)),
                ]
            )
        return FigureTable("channels", _("Channel quality"), heads, lines)


def _in_percent(one: Share) -> Any:
    return None if one.few or one.share is None else in_percent(one.share)
