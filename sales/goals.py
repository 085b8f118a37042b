"""Targets besides sales: orders, visits, new customers and more of a month, and how far people have come."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from operator import add
from typing import Any

from django.db.models import BigIntegerField, Count, DateField, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.utils.functional import Promise

from core import clock, company, workcalendar
from customers.models import Customer, Interaction, OwnerChange
from customers.services.interactions import TIMED_KINDS
from sales.models import Order, SoldShare, SoldSince, SoldSum, Target, ToSum
from ui import formatting

MANY = 100  # people: most of a company's customers are theirs, and naming these takes longer than the month's orders
Metric = Target.Metric
COUNTED = (Metric.NEW, Metric.ORDERS, Metric.VISITS, Metric.RETENTION, Metric.SATISFACTION)
MEASURED = (Metric.RETENTION, Metric.SATISFACTION)  # of these nothing is no data, not zero


@dataclass(frozen=True)
class Goal:
    """One target and what has been reached of it, None where nothing is known yet; both as Target keeps them."""

    metric: str
    value: int
    reached: int | None

    @property
    def label(self) -> str | Promise:
        return Target.Metric(self.metric).label

    @property
    def share(self) -> float | None:
        """None for a target of zero, and where nothing is known."""
        return self.reached / self.value if self.value and self.reached is not None else None

    @property
    def value_words(self) -> str:
        return in_words(self.metric, self.value)

    @property
    def reached_words(self) -> str:
        return in_words(self.metric, self.reached)


def in_words(metric: str, value: int | None) -> str:
    """A value of a target as people read it."""
    if value is None:
        return formatting.DASH
    if metric == Metric.REVENUE:
        return formatting.money_short(value, company.currency())
    if metric == Metric.RETENTION:
        return formatting.percent(value / 100)
    return formatting.number(value / 100, 1) if metric == Metric.SATISFACTION else formatting.number(value)


@dataclass(frozen=True)
class Sold:
    """What somebody sold in a month: net in minor units, returns taken off, and the number of purchases."""

    net: int
    purchases: int


Reached = Mapping[tuple[int, str], int]  # (user id, metric) -> as Target keeps it


def goals(
    wanted: Iterable[tuple[int, str, int]], month: date, measure: Callable[[Sequence[int], date], Reached] | None = None
) -> dict[int, list[Goal]]:
    """(user id, metric, value) of COUNTED metrics -> the goals of each person, in the order of the metrics.

    `measure(people, month)`: what apps above know of MEASURED; asked where somebody has such a target.
    """
    targets = sorted(wanted, key=lambda target: COUNTED.index(target[1]))
    if not targets:
        return {}
    done, found = dict(reached({user for user, _metric, _value in targets}, month)), {}
    measured = sorted({user for user, metric, _value in targets if metric in MEASURED})
    if measured and measure is not None:
        done |= measure(measured, month)
    for user, metric, value in targets:
        nothing = None if metric in MEASURED else 0
        found.setdefault(user, []).append(Goal(metric, value, done.get((user, metric), nothing)))
    return found


def sold_by(people: Iterable[int], month: date) -> QuerySet[Order, dict[str, Any]]:
    """The `seller` of each completed order of the month, returns too: whose customer it was then, of these people.

    Who gives a customer away keeps what was sold before; what was sold while nobody had it counts for who has it now.
    `net_sales` gives the same added up.
    """
    ids = list(people)
    if len(ids) >= MANY:
        return _sold(ids, month)
    begin, _next = clock.day_bounds(month, company.zone())
    given = OwnerChange.objects.filter(from_user__in=ids, at__gte=begin).order_by().values("customer")
    # unscoped: of people whose figures the caller may show
    customers = Customer.objects.filter(owner__in=ids).order_by().values("pk")
    return _sold(ids, month, customers.union(given, all=True))


def _sold(
    ids: Sequence[int], month: date, customers: QuerySet[Any, Any] | None = None
) -> QuerySet[Order, dict[str, Any]]:
    """The same of these customers only, or with a look at each order of the month."""
    begin, _next = clock.day_bounds(month, company.zone())
    then = OwnerChange.objects.filter(customer=OuterRef("customer"), from_user__isnull=False, at__gte=begin)
    then = then.filter(at__gt=OuterRef("ordered_at")).order_by("at", "pk")
    # unscoped: of people whose figures the caller may show
    rows = Order.objects.filter(
        customer__isnull=False,
        customer__deleted_at=None,
        state=Order.State.COMPLETED,
        ordered_on__gte=month,
        ordered_on__lt=clock.next_month(month),
    )
    rows = rows if customers is None else rows.filter(customer__in=customers)
    seller = Coalesce(Subquery(then.values("from_user")[:1]), F("customer__owner"), output_field=BigIntegerField())
    return rows.annotate(seller=seller).filter(seller__in=ids).order_by().values("seller")


FIGURES = ("net", "purchases", "orders")  # money, and numbers of orders: without returns, and with them
PURCHASES = Q(kind=Order.Kind.PURCHASE, amount__gt=0)


def sold_parts(people: Iterable[int], month: date) -> list[QuerySet[Any, dict[str, Any]]]:
    """Rows of `seller` and FIGURES that together are what `sold_by` comes to; some sellers have several.

    The stored sums; what they hold of the customers that were noted since, below zero; what these bring now; and of a
    month of which no sums are kept all of it, live. Read by one statement, they are of one moment.
    """
    ids, noted = list(people), ToSum.objects.order_by().values("customer_id")
    kept = Exists(SoldSince.objects.filter(month__lte=month))
    live = {"net": _whole("amount"), "purchases": Count("pk", filter=PURCHASES), "orders": Count("pk")}
    shares = SoldShare.objects.filter(seller__in=ids, month=month, customer_id__in=noted).order_by()
    return [
        SoldSum.objects.filter(seller__in=ids, month=month).order_by().values("seller", *FIGURES),
        shares.values("seller").annotate(**{name: -_whole(name) for name in FIGURES}),
        _sold(ids, month, noted).filter(kept).annotate(**live),
        sold_by(ids, month).filter(~kept).annotate(**live),
    ]


def _whole(name: str) -> Sum:
    return Sum(F(name), output_field=BigIntegerField())


def net_sales(person: int, month: date) -> Combinable:
    """What `sold_by` comes to in money for one person, as an expression; 0 where nothing was sold."""
    money: BigIntegerField[int, int] = BigIntegerField()
    parts = (Subquery(rows.values("net"), output_field=money) for rows in sold_parts([person], month))
    return reduce(add, (Coalesce(part, Value(0), output_field=money) for part in parts))


def sold(people: Iterable[int], months: Iterable[date]) -> dict[tuple[int, date], Sold]:
    """(seller, month) -> what `sold_by` comes to, of who sold anything; one query for all months."""
    found: dict[tuple[int, date], Counter[str]] = defaultdict(Counter)
    for row in sold_rows(people, tuple(months)):
        found[row["seller"], row["of"]].update({name: row[name] for name in FIGURES})
    return {key: Sold(figures["net"], figures["purchases"]) for key, figures in found.items() if figures["orders"]}


def sold_rows(people: Iterable[int], months: Sequence[date]) -> QuerySet[Any, dict[str, Any]]:
    """The rows of `sold_parts`, each with the month that it is `of`."""
    of = {month: Value(month, output_field=DateField()) for month in months}
    first, *others = (part.annotate(of=of[month]) for month in months for part in sold_parts(people, month))
    return first.union(*others, all=True)


def reached(people: Iterable[int], month: date) -> Reached:
    """Counts of the month: purchases of `sold_by`, own visits and meetings, own customers who bought for the first
    time; three queries."""
    ids, after = list(people), clock.next_month(month)
    begin, end = (clock.day_bounds(day, company.zone())[0] for day in (month, after))
    # unscoped: of people whose targets the caller may show
    meetings = Interaction.objects.filter(
        user__in=ids, kind__in=TIMED_KINDS, automatic=False, occurred_at__gte=begin, occurred_at__lt=end
    )
    visits = meetings.order_by().values_list("user").annotate(n=Count("pk"))
    bought_first = {"facts__first_order_on__gte": month, "facts__first_order_on__lt": after}
    # unscoped: of people whose targets the caller may show
    new = Customer.objects.filter(owner__in=ids, **bought_first).order_by().values_list("owner").annotate(n=Count("pk"))
    return {
        **{(user, Metric.ORDERS): of.purchases for (user, _month), of in sold(ids, [month]).items()},
        **{(user, Metric.VISITS): n for user, n in visits},
        **{(user, Metric.NEW): n for user, n in new},
    }


def pace(month: date, today: date) -> float:
    """The share of the month's working days that have passed, today included; 1 for past months."""
    days = [month + timedelta(days=n) for n in range((clock.next_month(month) - month).days)]
    working = [day for day in days if workcalendar.is_working(day)]
    return sum(day <= today for day in working) / len(working) if working else 1.0
