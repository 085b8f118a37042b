"""What each tier brought and cost, and what channels cost per new customer; a customer's parts in words."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Case, F, Q, Sum, When
from django.db.models.functions import Coalesce, TruncMonth
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.models import User
from accounts.scope import reach_of
from core import clock
from core.company import currency
from customers.models import UNRATED, Customer
from customers.selectors import known_channels
from intake.tablefiles import FigureTable, in_percent
from sales.models import Order, OrderLine
from segmentation import catalogue
from segmentation.costs import selectors
from segmentation.costs.counting import months_of
from segmentation.costs.models import CostCount, CostKind, CustomersCame, Economics, EconomicsSum
from segmentation.effect.models import EffectMonth, EffectSum, Standing
from segmentation.models import Tier
from segmentation.together import EVERYBODYS, sums_of
from ui import formatting


@dataclass
class Totals:
    """The sums of some customers. `upkeep` and `contribution`: None while no hour has a price."""

    customers: int = 0
    revenue: int = 0
    costed: int = 0
    margin: int = 0
    discount: int = 0
    sold: int = 0
    discounted: int = 0
    minutes: int = 0
    entered: int = 0
    acquired: int = 0
    acquisition: int = 0
    upkeep: int | None = None
    contribution: int | None = None
    much: int = 0
    little: int = 0

    def add(self, other: Totals) -> None:
        """Those of further customers."""
        for one in fields(self):
            mine, more = getattr(self, one.name), getattr(other, one.name)
            setattr(self, one.name, more if mine is None else mine if more is None else mine + more)

    @property
    def known(self) -> float | None:
        """The share of the sales whose cost is known."""
        return min(1.0, max(0.0, self.costed / self.revenue)) if self.revenue > 0 and self.costed else None

    @property
    def rate(self) -> float | None:
        """Margin of the sales whose cost is known."""
        return self.margin / self.costed if self.costed > 0 else None

    @property
    def by_price(self) -> float | None:
        """The share that was bought at a discount."""
        return self.discounted / self.sold if self.sold > 0 else None

    @property
    def hours(self) -> float:
        return self.minutes / 60

    @property
    def burden(self) -> float | None:
        """Upkeep of the margin before discounts."""
        gross = self.margin + self.discount
        return self.upkeep / gross if self.upkeep is not None and gross > 0 else None


@dataclass(frozen=True)
class TierCosts:
    """A tier, or None for who has none; `url` leads to its customers, the others to those judged."""

    tier: Tier | None
    totals: Totals
    url: str
    much_url: str
    little_url: str


def by_tier(user: User, scheme: str = "") -> list[TierCosts]:
    """The tiers, best first; one query."""
    rows = sums_of(EconomicsSum, user, "cost.view").narrowed(**({"tier_scheme": scheme} if scheme else {}))
    found = {row[0]: Totals(*row[1:]) for row in rows.added(("tier",), *(one.name for one in fields(Totals)))}
    known = catalogue.by_code(scheme)
    tiers = [(code, tier) for code, tier in known.items() if tier.in_use or code in found]
    listed: list[tuple[str, Tier | None]] = [*tiers, *([(UNRATED, None)] if UNRATED in found else [])]
    return [
        TierCosts(
            tier,
            found.get(code, Totals()),
            *(economics_url(tier=code, scheme=scheme, view=view) for view in ("all", "much", "little")),
        )
        for code, tier in listed
    ]


def counted_as_of(count: CostCount) -> str:
    """Of which days the figures are, when they were counted, and what isn't in them."""
    words = {name: formatting.day(getattr(count, name)) for name in ("on", "counted_at", "looked_at")}
    if words["looked_at"] == words["counted_at"]:
        told = _("Of the 365 days until %(on)s, counted on %(counted_at)s. What was entered since isn't in it.")
    else:
        told = _(
            "Of the 365 days until %(on)s, counted on %(counted_at)s. What was entered since isn't in it, but for"
            " customers with new cost entries: these were counted again until %(looked_at)s."
        )
    return told % words


def economics_url(**asked: str) -> str:
    """The list of customers with what they brought and cost."""
    return f"{reverse('economics_list')}?{urlencode({name: value for name, value in asked.items() if value})}"


def summed(rows: list[TierCosts]) -> Totals:
    """All of them together."""
    whole = Totals()
    for row in rows:
        whole.add(row.totals)
    return whole


@dataclass(frozen=True)
class ChannelCosts:
    """What was paid to win customers by a channel since `since`, and how many were new in the counted months."""

    name: str
    cost: int
    new: int
    url: str

    @property
    def each(self) -> int | None:
        return round(self.cost / self.new) if self.new else None


def by_channel(user: User) -> tuple[list[ChannelCosts], EffectMonth | None]:
    """Channels for which a cost of acquisition was entered since the first month that was counted, and that month."""
    since = EffectMonth.objects.order_by("first").first()
    if since is None or not reach_of(user).beyond_own("cost.view"):
        return [], None
    paid = selectors.entries(user).filter(kind=CostKind.ACQUISITION, channel__isnull=False, spent_on__gte=since.first)
    costs = dict(paid.order_by().values_list("channel").annotate(cost=Sum("amount")))
    # Of everybody: what a channel cost was paid for all who came by it.
    news = EffectSum.at_all_levels.filter(EVERYBODYS, standing=Standing.NEW, channel__in=list(costs))
    new = dict(news.order_by().values_list("channel").annotate(n=Sum("customers")))
    names = {channel.pk: channel.name for channel in known_channels()}
    page = reverse("cost_list")
    rows = [
        ChannelCosts(
            names.get(pk, formatting.DASH),
            cost,
            new.get(pk, 0),
            f"{page}?{urlencode({'tab': 'channels', 'channel': pk, 'kind': CostKind.ACQUISITION.value})}",
        )
        for pk, cost in costs.items()
    ]
    return sorted(rows, key=lambda row: -row.cost), since


@dataclass(frozen=True)
class TierAcquired:
    """A tier's customers who came by channels whose cost of that month was entered, and their part of these costs.

    `others`: those of the tier who came in these months by other channels, or in months without costs.
    """

    tier: Tier | None
    customers: int
    cost: int
    others: int
    url: str
    others_url: str

    @property
    def each(self) -> int | None:
        """None where nobody came for whom a cost is known: no data, not 0."""
        return round(self.cost / self.customers) if self.customers else None

    @property
    def cells(self) -> list[tuple[str, str]]:
        """(label, words) of what `url` opens; no words where there is no data."""
        money = [formatting.money_round(one, currency()) if self.customers else "" for one in (self.cost, self.each)]
        labels = (_("Came by channels with costs"), _("Their part of these costs"), pgettext("cost", "Each"))
        return list(zip(labels, (formatting.number(self.customers), *money), strict=True))


COSTED, OTHERWISE = "costed", "otherwise"  # by which channels customers came, in addresses
Came = tuple[int, date]  # channel, first of a month


def paid_by_month(user: User, count: CostCount) -> dict[Came, int]:
    """What acquiring by a channel cost in a month, of the twelve before the count; nothing for who sees but their own
    customers, who don't see what others noted."""
    if not reach_of(user).beyond_own("cost.view"):
        return {}
    first, until = months_of(count)
    paid = selectors.entries(user).filter(kind=CostKind.ACQUISITION, channel__isnull=False)
    paid = paid.filter(spent_on__gte=first, spent_on__lt=until).annotate(month=TruncMonth("spent_on"))
    return {(row[0], row[1]): row[2] for row in paid.order_by().values_list("channel", "month").annotate(Sum("amount"))}


def acquired_by_tier(user: User, count: CostCount, scheme: str = "") -> list[TierAcquired]:
    """What acquiring the customers of each tier cost, best first; empty where no cost of a channel was entered.

    A channel's cost of a month is divided evenly among all who came by it in that month, whosever they are.
    """
    costs = paid_by_month(user, count)
    if not costs:
        return []
    known = CustomersCame.at_all_levels.filter(EVERYBODYS, channel__in={channel for channel, _month in costs})
    came = {(row[0], row[1]): row[2] for row in known.values_list("channel", "month").annotate(Sum("customers"))}
    mine = sums_of(CustomersCame, user, "cost.view").narrowed(**({"tier_scheme": scheme} if scheme else {}))
    found: dict[str, list[float]] = defaultdict(lambda: [0, 0.0, 0])
    for tier, channel, month, n in mine.added(("tier", "channel", "month"), "customers"):
        if (channel, month) in costs:
            found[tier][0] += n
            found[tier][1] += n * costs[channel, month] / came[channel, month]
        else:
            found[tier][2] += n
    tiers = [(code, tier) for code, tier in catalogue.by_code(scheme).items() if tier.in_use or code in found]
    listed: list[tuple[str, Tier | None]] = [*tiers, *([(UNRATED, None)] if UNRATED in found else [])]
    return [
        TierAcquired(
            tier,
            int(found[code][0]),
            round(found[code][1]),
            int(found[code][2]),
            *(economics_url(tier=code, scheme=scheme, came=how) for how in (COSTED, OTHERWISE)),
        )
        for code, tier in listed
    ]


def came_where(user: User, count: CostCount, how: str) -> Q:
    """Rows of Economics of those who came by a channel in a month of which a cost was entered, or `OTHERWISE`."""
    found = Q(pk__in=[])
    for channel, month in paid_by_month(user, count):
        days = (month, clock.month_end(month))
        found |= Q(customer__channel=channel, customer__facts__first_order_on__range=days)
    if how == COSTED:
        return found
    first, until = months_of(count)
    return Q(customer__facts__first_order_on__gte=first, customer__facts__first_order_on__lt=until) & ~found


def no_channels(user: User) -> str:
    """Why no channel has a cost per new customer, though there may be entries."""
    paid = selectors.entries(user).filter(kind=CostKind.ACQUISITION, channel__isnull=False)
    n, month = paid.order_by().count(), EffectMonth.objects.order_by("first").first()
    if not n:
        return _("No cost of acquisition of a channel has been entered.")
    said = ngettext("%(n)s entry isn't counted.", "%(n)s entries aren't counted.", n) % {"n": formatting.number(n)}
    if not reach_of(user).beyond_own("cost.view"):
        return f"{said} {_('Who sees the costs of a team or of everybody sees what a new customer costs.')}"
    if month is None:
        return f"{said} {_('New customers are counted from the first month that the night has counted.')}"
    return f"{said} {_('New customers are counted from %(day)s on.') % {'day': formatting.day(month.first)}}"


def acquired_table(rows: list[TierAcquired]) -> FigureTable:
    """What acquiring customers cost, as a file has it."""
    code = currency()
    heads = [
        *(_("Tier"), _("Came by channels with costs"), f"{_('Their part of these costs')} ({code})"),
        *(f"{pgettext('cost', 'Each')} ({code})", _("Came otherwise")),
    ]
    lines: list[list[Any]] = []
    for row in rows:
        each = None if row.each is None else formatting.major(row.each, code)
        part = formatting.major(row.cost, code) if row.customers else None
        lines.append([row.tier.name if row.tier else _("Unrated"), row.customers, part, each, row.others])
    return FigureTable("acquired", _("What acquiring the customers of a tier cost"), heads, lines)


def tables(rows: list[TierCosts]) -> list[FigureTable]:
    """The tiers as a file has them."""
    code = currency()

    def money(amount: int | None) -> Any:
        return None if amount is None else formatting.major(amount, code)

    def share(value: float | None) -> Any:
        return None if value is None else in_percent(value)

    heads = [
        *(_("Tier"), _("Customers"), f"{_('Net sales')} ({code})", _("Cost known of sales (%)")),
        *(f"{_('Margin')} ({code})", _("Bought at a discount (%)"), f"{_('Discounts')} ({code})", _("Hours")),
        *(f"{_('Gifts and others')} ({code})", f"{_('Upkeep')} ({code})", f"{_('Contribution')} ({code})"),
        *(_("Served too much"), _("Served too little")),
    ]
    lines = []
    for row in rows:
        one = row.totals
        lines.append(
            [
                *(row.tier.name if row.tier else _("Unrated"), one.customers, money(one.revenue), share(one.known)),
                *(money(one.margin) if one.costed else None, share(one.by_price), money(one.discount)),
                *(round(one.hours, 1), money(one.entered), money(one.upkeep), money(one.contribution)),
                *(one.much, one.little),
            ]
        )
    return [FigureTable("tiers", _("What tiers cost"), heads, lines)]


# --- one customer ----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Mixed:
    """A product's part in what a customer brought; amounts in the company's currency, None where no cost is known."""

    name: str
    sales: int
    margin: int | None


def mix(user: User, customer: Customer, of: Economics, most: int = 10) -> list[Mixed]:
    """The products that brought most of the margin, else of the sales; orders in reach only."""
    orders = Order.objects.for_user(user).filter(
        customer=customer, state=Order.State.COMPLETED, ordered_on__range=(of.on - timedelta(days=364), of.on)
    )
    cost = Coalesce(F("unit_cost"), F("product__unit_cost"))
    rate = F("order__rate")
    # unscoped: lines of orders in reach
    lines = OrderLine.objects.filter(order__in=orders.order_by().values("pk"), product__isnull=False)
    known = (F("amount") - F("quantity") * cost) * rate
    margin = Sum(Case(When(unit_cost=None, product__unit_cost=None, then=None), default=known))
    rows = lines.order_by().values_list("product__name").annotate(sales=Sum(F("amount") * rate), margin=margin)
    code = currency()
    found = [
        Mixed(name, formatting.minor(sold, code), None if margin is None else formatting.minor(margin, code))
        for name, sold, margin in rows
    ]
    return sorted(found, key=lambda one: (one.margin is None, -(one.margin or 0), -one.sales))[:most]
