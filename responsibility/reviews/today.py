"""Decisions that wait, and a review that is due: beside Today, and as news."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Subquery
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core import clock
from core.contributions import TodayCard
from responsibility.reviews.models import Decision, Review
from ui import formatting

SOON = timedelta(days=14)


@dataclass(frozen=True)
class Mine:
    """A decision that somebody has to see through."""

    review: int
    text: str
    due_on: date
    late: bool


@dataclass(frozen=True)
class Card:
    """One's open decisions; `next_on`: when the whole is to be reviewed, if soon, for who keeps the reviews."""

    decisions: list[Mine]
    next_on: date | None


def _read(user: User) -> JSONObject:
    mine = Decision.objects.filter(owner=OuterRef("pk"), done_at=None).order_by("due_on", "pk")
    last = Review.objects.order_by("-held_on", "-pk").values("next_on")[:1]
    data = JSONObject(review="review_id", text="text", due_on="due_on")
    return JSONObject(mine=ArraySubquery(mine.values(data=data)), next_on=Subquery(last))


def _draw(user: User, found: dict[str, Any]) -> Card | None:
    today = clock.user_today(user)
    decisions = []
    for row in found["mine"] or ():
        due_on = date.fromisoformat(row["due_on"])
        decisions.append(Mine(row["review"], row["text"], due_on, due_on < today))
    next_on = date.fromisoformat(found["next_on"]) if found["next_on"] and user.can("system_review.change") else None
    if next_on is not None and next_on > today + SOON:
        next_on = None
    return Card(decisions, next_on) if decisions or next_on else None


CARD = TodayCard(
    "system_reviews",
    gettext_lazy("Decisions of reviews"),
    "responsibility/reviews/card.html",
    36,
    permission="system_review.view",
    read=_read,
    draw=_draw,
)


def decision_given_said(numbers: Mapping[str, Any]) -> str:
    """Until when."""
    return _("A review gave you a decision to see through by %(day)s") % _day(numbers)


def decision_due_said(numbers: Mapping[str, Any]) -> str:
    """Since when it was due, or will be."""
    return _("A decision of a review is open; it is due on %(day)s") % _day(numbers)


def _day(numbers: Mapping[str, Any]) -> dict[str, str]:
    return {"day": formatting.day_short(date.fromisoformat(numbers["due"]))}
