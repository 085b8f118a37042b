"""Targets besides sales: orders and visits of a month, and how far people have come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count
from django.utils.functional import Promise

from core import clock, company, workcalendar
from customers.models import Interaction
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


def reached(people: Iterable[int], month: date) -> Mapping[tuple[int, str], int]:
    """(user id, metric) -> count of the month: purchases of one's customers, own visits and meetings; two queries."""
    ids, after = list(people), clock.next_month(month)
    # unscoped: of people whose targets the caller may show
    purchases = Order.objects.filter(
        customer__owner__in=ids,
        customer__deleted_at=None,
        state=Order.State.COMPLETED,
        kind=Order.Kind.PURCHASE,
        amount__gt=0,
        ordered_on__gte=month,
        ordered_on__lt=after,
    )
    begin, end = (clock.day_bounds(day, company.zone())[0] for day in (month, after))
    # unscoped: of people whose targets the caller may show
    meetings = Interaction.objects.filter(
        user__in=ids, kind__in=TIMED_KINDS, automatic=False, occurred_at__gte=begin, occurred_at__lt=end
    )
    orders = purchases.order_by().values_list("customer__owner").annotate(n=Count("pk"))
    visits = meetings.order_by().values_list("user").annotate(n=Count("pk"))
    return {(user, Target.Metric.ORDERS): n for user, n in orders} | {
        (user, Target.Metric.VISITS): n for user, n in visits
    }


def pace(month: date, today: date) -> float:
    """The share of the month's working days that have passed, today included; 1 for past months."""
    days = [month + timedelta(days=n) for n in range((clock.next_month(month) - month).days)]
    working = [day for day in days if workcalendar.is_working(day)]
    return sum(day <= today for day in working) / len(working) if working else 1.0
