"""What a customer's page shows of this app: purchases by month, the last order, what is bought often."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Sum
from django.db.models.functions import JSONObject, TruncMonth
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import User
from core import clock, company
from core.contributions import CustomerPanel, Folded
from customers.models import Customer
from sales.models import Order
from ui.charts import columns
from ui.formatting import major, minor, money_round, money_short, month, month_short


@dataclass(frozen=True)
class Purchases:
    """Net amounts by month in minor units, this year beside the year before."""

    months: list[date]
    values: list[int]
    total: int
    before: int

    @property
    def change(self) -> float | None:
        """Share of growth over the 12 months before; None without a base."""
        return (self.total - self.before) / self.before if self.before > 0 else None

    @property
    def chart(self) -> SafeString:
        code = company.currency()
        return columns(
            [month_short(first) for first in self.months],
            [max(float(major(value, code)), 0) for value in self.values],
            _("Purchases of the last 12 months, net, by month"),
            fmt=lambda value: money_short(minor(value, code), code) if value else "",
            hot=(len(self.values) - 1,),
        )

    @property
    def table_head(self) -> tuple[str, str]:
        return _("Month"), _("Net amount")

    @property
    def table(self) -> list[tuple[str, str]]:
        """The figures of the chart, for those who can't see it."""
        code = company.currency()
        return [(month(first), money_round(n, code)) for first, n in zip(self.months, self.values, strict=True)]


def _read_purchases(user: User) -> ArraySubquery:
    first = clock.months_back(clock.business_date(), 24)[0]
    orders = Order.objects.for_user(user).filter(
        customer=OuterRef("pk"), state=Order.State.COMPLETED, ordered_on__gte=first
    )
    grouped = orders.order_by().annotate(month=TruncMonth("ordered_on")).values("month")
    return ArraySubquery(grouped.annotate(net=Sum("amount")).values(data=JSONObject(month="month", net="net")))


def _purchases(user: User, customer: Customer, found: list[dict[str, Any]] | None) -> Purchases | None:
    """Of the last 12 months and the 12 before; None without any order in sight."""
    # A subquery that may see nothing at all gives None.
    net = {date.fromisoformat(str(row["month"])[:10]): int(row["net"]) for row in found or []}
    if not net:
        return None
    months = clock.months_back(clock.business_date(), 24)
    values = [net.get(month, 0) for month in months]
    return Purchases(months[12:], values[12:], sum(values[12:]), sum(values[:12]))


PANELS = (
    CustomerPanel(
        "purchases_of_year",
        "figures",
        "sales/panels/purchases_of_year.html",
        30,
        read=_read_purchases,
        draw=lambda user, customer, found: _purchases(user, customer, found) or False,  # a dash stands for none
    ),
    CustomerPanel("last_order", "figures", "sales/panels/last_order.html", 40),
    CustomerPanel(
        "purchases",
        "right",
        "sales/panels/purchases.html",
        30,
        permission="order.view",
        read=_read_purchases,
        draw=_purchases,
        folded=lambda customer, shows: Folded(_("Purchases"), money_short(shows.total, company.currency())),
    ),
)
