"""The side column of Today: visits to write up, my month, coming reminders; all of it in one query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, IntegerField, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, JSONObject
from django.utils.dateparse import parse_date, parse_datetime

from accounts.models import User
from core import clock
from customers.services.interactions import LATE_AFTER, TIMED_KINDS
from followups.models import FollowUp, Reminder
from followups.selectors import reminders_ahead
from sales.goals import COUNTED, Goal, goals, pace
from sales.models import Order, Target
from ui import formatting
from workbench.today.queue import log_url

SHOWN = 5


@dataclass(frozen=True)
class Visit:
    """A planned visit whose time has passed without an entry; `left` is below zero when the 24 hours are over."""

    customer_id: int
    name: str
    left: timedelta

    @property
    def late(self) -> bool:
        return self.left < timedelta(0)

    @property
    def over(self) -> timedelta:
        return -self.left

    @property
    def hot(self) -> bool:
        return self.left < LATE_AFTER / 4

    @property
    def share(self) -> float:
        return max(self.left / LATE_AFTER, 0)

    @property
    def log_url(self) -> str:
        return log_url(self.customer_id)


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


@dataclass(frozen=True)
class Rail:
    """Everything beside the queue; `done` counts the follow-ups that were finished today."""

    done: int
    visits: list[Visit]
    month: Month
    reminders: list[dict[str, Any]]


def rail(user: User) -> Rail:
    """One query for all of it; two more for who has targets of orders or visits."""
    today = clock.user_today(user)
    month = clock.business_date().replace(day=1)
    row = User.objects.filter(pk=user.pk).annotate(
        done=Coalesce(Subquery(_counted(_done(user, today))), 0),
        visits=ArraySubquery(_open_visits(user, today)),
        ahead=ArraySubquery(_reminders(user)),
        sales=Coalesce(Subquery(_sales(user, month)), 0),
        targets_set=ArraySubquery(_targets(user, month)),
    )
    found = row.values("done", "visits", "ahead", "sales", "targets_set").get()
    targets = {target["metric"]: target["value"] for target in found["targets_set"]}
    return Rail(
        done=found["done"],
        visits=[_visit(visit, user) for visit in found["visits"]],
        month=Month(
            month,
            found["sales"],
            targets.get(Target.Metric.REVENUE),
            pace(month, clock.business_date()),
            goals([(user.pk, metric, targets[metric]) for metric in COUNTED if metric in targets], month).get(
                user.pk, []
            ),
        ),
        reminders=[_reminder(item, today, clock.user_zone(user)) for item in found["ahead"]],
    )


def _reminder(item: dict[str, Any], today: date, zone: ZoneInfo) -> dict[str, Any]:
    due_at = parse_datetime(item["due_at"])
    day = due_at.astimezone(zone).date()
    month = f"{day.month}月" if formatting.chinese() else formatting.month_short(day)
    return {**item, "due_at": due_at, "month": month, "day": day.day, "today": day == today}


def _done(user: User, today: date) -> QuerySet[FollowUp]:
    begin, end = clock.day_bounds(today, clock.user_zone(user))
    closed = FollowUp.objects.for_user(user, own=True, by="assignee").filter(closed_at__gte=begin, closed_at__lt=end)
    return closed.filter(state=FollowUp.State.DONE)


def _counted(rows: QuerySet) -> QuerySet:
    return rows.order_by().annotate(one=F("assignee")).values("one").annotate(n=Count("pk")).values("n")


def _open_visits(user: User, today: date) -> QuerySet[FollowUp]:
    """A planned visit without a time passes at the end of its day."""
    passed = Q(due_at__lt=clock.now()) | Q(due_at=None, due_on__lt=today)
    rows = FollowUp.objects.for_user(user, own=True, by="assignee").filter(
        passed, due_on__lte=today, state=FollowUp.State.OPEN, method__in=TIMED_KINDS, customer__deleted_at=None
    )
    shown = JSONObject(customer="customer_id", name="customer__name", due_on="due_on", due_at="due_at")
    return rows.order_by("-due_on", "pk").values(data=shown)[:SHOWN]


def _visit(row: dict[str, Any], user: User) -> Visit:
    after = parse_date(row["due_on"]) + timedelta(days=1)
    passed = parse_datetime(row["due_at"]) if row["due_at"] else clock.at_local(after, time.min, clock.user_zone(user))
    return Visit(row["customer"], row["name"], passed + LATE_AFTER - clock.now())


def _reminders(user: User) -> QuerySet[Reminder]:
    shown = JSONObject(text="text", due_at="due_at", customer="customer_id", name="customer__name")
    return reminders_ahead(user).values(data=shown)[:3]


def _sales(user: User, month: date) -> QuerySet[Order]:
    rows = Order.objects.for_user(user, own=True, by="customer__owner").filter(
        customer__deleted_at=None, state=Order.State.COMPLETED, ordered_on__gte=month
    )
    return (
        rows.order_by()
        .annotate(one=F("customer__owner"))
        .values("one")
        .annotate(net=Sum("amount", output_field=IntegerField()))
        .values("net")
    )


def _targets(user: User, month: date) -> QuerySet[Target]:
    return (
        Target.objects.for_user(user)
        .filter(user=user, month=month)
        .values(data=JSONObject(metric="metric", value="value"))
    )


def greeting_part(moment: datetime) -> str:
    """morning, afternoon or evening of a local moment."""
    return "morning" if 4 <= moment.hour < 12 else "afternoon" if moment.hour < 18 else "evening"
