"""Targets besides sales: orders and visits of a month, and how far people have come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import BigIntegerField, Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.functional import Promise

from core import clock, company, workcalendar
from customers.models import Customer, Interaction, OwnerChange
from customers.services.interactions import TIMED_KINDS
from sales.models import Order, Target

COUNTED = (Target.Metric.ORDERS, Target.Metric.VISITS)


@dataclass(frozen=True)
class Goal:
    """One target and what has been reached of it; both are counts."""

    metric: str
    value: int
    reached: int

    @property
    def label(self) -> str | Promise:
        return Target.Metric(self.metric).label

    @property
    def share(self) -> float | None:
        """None for a target of zero."""
        return self.reached / self.value if self.value else None


def goals(wanted: Iterable[tuple[int, str, int]], month: date) -> dict[int, list[Goal]]:
    """(user id, metric, value) of COUNTED metrics -> the goals of each person, in the order of the metrics."""
    targets = sorted(wanted, key=lambda target: COUNTED.index(target[1]))
    if not targets:
        return {}
    done, found = reached({user for user, _metric, _value in targets}, month), {}
    for user, metric, value in targets:
        found.setdefault(user, []).append(Goal(metric, value, done.get((user, metric), 0)))
    return found


def sold_by(people: Iterable[int], month: date) -> QuerySet[Order, dict[str, Any]]:
    """The `seller` of each completed order of the month, returns too: whose customer it was then, of these people.

    Who gives a customer away keeps what was sold before; what was sold while nobody had it counts for who has it now.
    """
    ids, after = list(people), clock.next_month(month)
    begin, _next = clock.day_bounds(month, company.zone())
    given = OwnerChange.objects.filter(from_user__isnull=False, at__gte=begin)
    then = given.filter(customer=OuterRef("customer"), at__gt=OuterRef("ordered_at")).order_by("at", "pk")
    # unscoped: of people whose figures the caller may show
    customers = Customer.objects.filter(owner__in=ids).order_by().values("pk")
    # unscoped: of people whose figures the caller may show
    rows = Order.objects.filter(
        customer__in=customers.union(given.filter(from_user__in=ids).order_by().values("customer"), all=True),
        customer__deleted_at=None,
        state=Order.State.COMPLETED,
        ordered_on__gte=month,
        ordered_on__lt=after,
    )
    seller = Coalesce(Subquery(then.values("from_user")[:1]), F("customer__owner"), output_field=BigIntegerField())
    return rows.annotate(seller=seller).filter(seller__in=ids).order_by().values("seller")


def reached(people: Iterable[int], month: date) -> Mapping[tuple[int, str], int]:
    """(user id, metric) -> count of the month: purchases of `sold_by`, own visits and meetings; two queries."""
    ids, after = list(people), clock.next_month(month)
    purchases = sold_by(ids, month).filter(kind=Order.Kind.PURCHASE, amount__gt=0)
    begin, end = (clock.day_bounds(day, company.zone())[0] for day in (month, after))
    # unscoped: of people whose targets the caller may show
    meetings = Interaction.objects.filter(
        user__in=ids, kind__in=TIMED_KINDS, automatic=False, occurred_at__gte=begin, occurred_at__lt=end
    )
    orders = purchases.annotate(n=Count("pk"))
    visits = meetings.order_by().values_list("user").annotate(n=Count("pk"))
    return {(row["seller"], Target.Metric.ORDERS): row["n"] for row in orders} | {
        (user, Target.Metric.VISITS): n for user, n in visits
    }


def pace(month: date, today: date) -> float:
    """The share of the month's working days that have passed, today included; 1 for past months."""
    days = [month + timedelta(days=n) for n in range((clock.next_month(month) - month).days)]
    working = [day for day in days if workcalendar.is_working(day)]
    return sum(day <= today for day in working) / len(working) if working else 1.0
