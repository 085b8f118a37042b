"""Reads of sales; each takes `user` first and shows only what that person may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from accounts import policy
from accounts.scope import reach_of
from core import clock
from customers.models import Customer, Interaction
from sales.models import Order, OrderLine, Product, Target

COMPLETED = Q(state=Order.State.COMPLETED)
VISITS = ("visit", "meeting")


def month_start(day: date) -> date:
    """The first of its month."""
    return day.replace(day=1)


def months_back(day: date, count: int) -> date:
    """The first of the month that lies `count` months before the one of `day`."""
    index = day.year * 12 + day.month - 1 - count
    return date(index // 12, index % 12 + 1, 1)


def _within(month: date) -> Q:
    return Q(ordered_on__gte=month_start(month), ordered_on__lt=months_back(month, -1))


# --- orders ----------------------------------------------------------------------------------------------------------
def orders_of(user: Any, customer: Customer) -> QuerySet[Order]:
    """A customer's orders and returns, latest first."""
    return (
        Order.objects.for_user(user).filter(customer=customer).select_related("channel").order_by("-ordered_at", "-id")
    )


def order_with_lines(user: Any) -> QuerySet[Order]:
    """Orders with everything that their page shows."""
    lines = Prefetch("lines", OrderLine.objects.select_related("product").order_by("pk"))
    returns = Prefetch("returns", Order.objects.order_by("ordered_at", "pk"))
    return (
        Order.objects.for_user(user)
        .select_related("customer__owner", "customer__facts", "channel", "return_of", "created_by")
        .prefetch_related(lines, returns)
    )


def binned_for(user: Any) -> QuerySet[Order]:
    """Deleted orders that `user` may restore: those they deleted; for leads and administrators all in reach."""
    gone = Order.all_objects.filter(deleted_at__isnull=False).for_user(user, "delete")
    return gone.filter(deleted_by=user) if reach_of(user).scope("order", "delete") == policy.OWN else gone


def month_totals(user: Any, customer: Customer, months: int = 12) -> list[tuple[date, int]]:
    """(first of month, net amount in minor units of the company's currency) of the last months, oldest first."""
    today = clock.business_date()
    first = months_back(today, months - 1)
    rows = (
        Order.objects.for_user(user)
        .filter(COMPLETED, customer=customer, ordered_on__gte=first, ordered_on__lt=months_back(today, -1))
        .annotate(month=TruncMonth("ordered_on"))
        .values("month")
        .annotate(sum=Sum("amount"))
    )
    sums = {row["month"]: int(row["sum"]) for row in rows}
    return [(month, sums.get(month, 0)) for month in (months_back(today, n) for n in range(months - 1, -1, -1))]


# --- figures of people -----------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Sold:
    """What came in for a person's customers in a month; money in minor units of the company's currency."""

    revenue: int = 0
    orders: int = 0


def sold_by_user(user: Any, month: date) -> dict[int | None, Sold]:
    """{owner id: net revenue and number of purchases} of the orders that `user` may see; None = without owner."""
    rows = (
        Order.objects.for_user(user)
        .filter(COMPLETED, _within(month))
        .order_by()
        .values("customer__owner_id")
        .annotate(revenue=Sum("amount"), orders=Count("pk", filter=Q(kind=Order.Kind.PURCHASE, amount__gt=0)))
    )
    return {row["customer__owner_id"]: Sold(int(row["revenue"] or 0), row["orders"]) for row in rows}


def revenue_by_user(user: Any, month: date) -> dict[int | None, int]:
    """{owner id: net revenue of the month in minor units}."""
    return {owner: sold.revenue for owner, sold in sold_by_user(user, month).items()}


@dataclass(frozen=True)
class Progress:
    """How far a person has come; `share` is None for a target of zero."""

    target: Target
    reached: int

    @property
    def share(self) -> float | None:
        return self.reached / self.target.value if self.target.value else None


def target_progress(user: Any, person: Any, month: date, metric: str = Target.Metric.REVENUE) -> Progress | None:
    """The progress of `person` towards one target; None when there is none that `user` may see."""
    target = Target.objects.for_user(user).filter(user=person, month=month_start(month), metric=metric).first()
    return Progress(target, _reached(user, person, month, metric)) if target else None


def _reached(user: Any, person: Any, month: date, metric: str) -> int:
    if metric == Target.Metric.VISITS:
        return _visits(user, person, month)
    rows = Order.objects.for_user(user).filter(COMPLETED, _within(month), customer__owner=person)
    if metric == Target.Metric.ORDERS:
        return rows.filter(kind=Order.Kind.PURCHASE, amount__gt=0).count()
    return int(rows.aggregate(sum=Sum("amount"))["sum"] or 0)


def _visits(user: Any, person: Any, month: date) -> int:
    zone = clock.user_zone(person)
    first, _end = clock.day_bounds(month_start(month), zone)
    last, _end = clock.day_bounds(months_back(month, -1), zone)
    made = Interaction.objects.for_user(user).filter(user=person, kind__in=VISITS, automatic=False)
    return made.filter(occurred_at__gte=first, occurred_at__lt=last).count()


# --- products --------------------------------------------------------------------------------------------------------
def products(user: Any, text: str = "", *, inactive: bool = False) -> QuerySet[Product]:
    """Products by number or part of the name; without inactive ones unless asked for. Everybody may see them."""
    rows = Product.objects.all() if user.can("product.view") else Product.objects.none()
    if not inactive:
        rows = rows.filter(is_active=True)
    text = text.strip()
    return rows.filter(Q(sku__istartswith=text) | Q(name__icontains=text)) if text else rows


def product_for_text(user: Any, text: str) -> Product | None:
    """The product that somebody typed: `SKU · name` as offered, its number, or its name if only one has it."""
    wanted = text.split(" · ")[0].strip()
    rows = products(user, inactive=True)
    found = rows.filter(sku__iexact=wanted).first()
    if found is None:
        same = list(rows.filter(name__iexact=text.strip())[:2])
        found = same[0] if len(same) == 1 else None
    return found
