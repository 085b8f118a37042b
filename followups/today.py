"""What stands beside a person's Today of this app: visits to write up, and reminders ahead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import clock
from core.contributions import TodayCard
from customers.services.interactions import LATE_AFTER
from followups.models import FollowUp
from followups.selectors import reminders_ahead
from followups.visits import passed, took_place
from ui import formatting

VISITS_SHOWN = 5
REMINDERS_SHOWN = 3


# --- visits to write up ----------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Visit:
    """A planned visit whose time has passed without an entry; `left` is below zero when the 24 hours are over."""

    pk: int
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
        """The form that logs the visit and comes back to Today."""
        asked = {"customer": str(self.customer_id), "visit": str(self.pk), "next": reverse("today")}
        return f"{reverse('interaction_new')}?{urlencode(asked)}"


def _read_visits(user: User) -> ArraySubquery:
    """Planned, over, and without an entry."""
    rows = FollowUp.objects.for_user(user, own=True, by="assignee").filter(
        passed(clock.user_today(user)), state=FollowUp.State.OPEN, customer__deleted_at=None
    )
    shown = JSONObject(pk="pk", customer="customer_id", name="customer__name", due_on="due_on", due_at="due_at")
    return ArraySubquery(rows.order_by("-due_on", "pk").values(data=shown)[:VISITS_SHOWN])


def _draw_visits(user: User, found: list[dict[str, Any]] | None) -> dict[str, Any] | None:
    visits = []
    for row in found or []:
        timed = datetime.fromisoformat(row["due_at"]) if row["due_at"] else None
        was = took_place(date.fromisoformat(row["due_on"]), timed, clock.user_zone(user))
        visits.append(Visit(row["pk"], row["customer"], row["name"], was + LATE_AFTER - clock.now()))
    return {"visits": visits, "may_log": user.can("interaction.add")} if visits else None


# --- reminders -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Ahead:
    """A reminder that is to come; `month` and `day` stand on the leaf beside it."""

    text: str
    name: str | None
    due_at: datetime
    month: str
    day: int
    today: bool


def _read_reminders(user: User) -> ArraySubquery:
    shown = JSONObject(text="text", due_at="due_at", name="customer__name")
    return ArraySubquery(reminders_ahead(user).values(data=shown)[:REMINDERS_SHOWN])


def _draw_reminders(user: User, found: list[dict[str, Any]] | None) -> list[Ahead]:
    zone, today, ahead = clock.user_zone(user), clock.user_today(user), []
    for row in found or []:
        due_at = datetime.fromisoformat(row["due_at"])
        day = due_at.astimezone(zone).date()
        month = f"{day.month}月" if formatting.chinese() else formatting.month_short(day)
        ahead.append(Ahead(row["text"], row["name"], due_at, month, day.day, day == today))
    return ahead


CARDS = (
    TodayCard(
        "visits",
        _("Visits to write up"),
        "followups/today/visits.html",
        10,
        permission="follow_up.view",
        read=_read_visits,
        draw=_draw_visits,
    ),
    TodayCard(
        "reminders",
        _("Reminders"),
        "followups/today/reminders.html",
        30,
        permission="reminder.view",
        read=_read_reminders,
        draw=_draw_reminders,
    ),
)
