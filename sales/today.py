"""What stands beside a person's Today of this app: the month's sales of one's customers against the target."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Value
from django.db.models.functions import JSONObject
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.scope import reach_of
from core import clock
from core.contributions import TodayCard
from sales.goals import COUNTED, Goal, goals, net_sales, pace
from sales.models import Target


@dataclass(frozen=True)
class Month:
    """Sales of my customers this month against my target, and how much of the month has gone."""

    first: date
    sales: int
    target: int | None
    gone: float  # of its working days, as on the team's page
    goals: list[Goal]

    @property
    def share(self) -> float | None:
        return self.sales / self.target if self.target else None

    @property
    def percent(self) -> float:
        return (self.share or 0) * 100

    @property
    def gone_percent(self) -> float:
        return self.gone * 100

    @property
    def ahead(self) -> int:
        """Percentage points ahead of the calendar; below zero = behind."""
        return round((self.share or 0) * 100) - round(self.gone * 100)

    @property
    def behind(self) -> int:
        return -self.ahead


def _read_month(user: User) -> JSONObject:
    month = clock.business_date().replace(day=1)
    targets = Target.objects.for_user(user).filter(user=user, month=month)
    return JSONObject(
        sales=net_sales(user.pk, month) if user.can("order.view") else Value(0),
        targets=ArraySubquery(targets.values(data=JSONObject(metric="metric", value="value"))),
    )


def _draw_month(user: User, found: dict[str, Any]) -> Month | None:
    """Two queries more for who has targets of orders or visits; nothing for who leads and doesn't sell."""
    today = clock.business_date()
    month = today.replace(day=1)
    targets = {target["metric"]: target["value"] for target in found["targets"] or []}
    if not found["sales"] and not targets and reach_of(user).beyond_own("dashboard.view"):
        return None
    counted = [(user.pk, metric, targets[metric]) for metric in COUNTED if metric in targets]
    return Month(
        month,
        found["sales"],
        targets.get(Target.Metric.REVENUE),
        pace(month, today),
        goals(counted, month).get(user.pk, []),
    )


CARDS = (TodayCard("month", _("My month"), "sales/today/month.html", 20, read=_read_month, draw=_draw_month),)
