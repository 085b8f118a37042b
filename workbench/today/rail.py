"""The side column of Today: the cards that apps contribute, all of them in one query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from core import clock
from core.composed import composed
from core.contributions import TodayCard, registry
from followups.models import FollowUp
from followups.review.conditions import SINGLE


@dataclass(frozen=True)
class Drawn:
    """A card with something to show."""

    card: TodayCard
    shows: Any

    @property
    def template(self) -> str:
        return self.card.template


@dataclass(frozen=True)
class Rail:
    """Everything beside the queue; `done` counts the follow-ups that were finished today."""

    done: int
    cards: list[Drawn]


def rail(user: User) -> Rail:
    """One query for what all cards read; a card may ask for more when it is drawn."""
    cards = [card for card in registry().today_cards.values() if not card.permission or user.can(card.permission)]
    (found,) = _read(user, tuple(cards))
    drawn = [Drawn(card, card.draw(user, found[f"card_{card.key}"])) for card in cards]
    return Rail(found["done"], [one for one in drawn if one.shows is not None])


@composed
def _read(user: User, cards: Sequence[TodayCard]) -> QuerySet[User, dict[str, Any]]:
    begin, end = clock.day_bounds(clock.user_today(user), clock.user_zone(user))
    closed = FollowUp.objects.for_user(user, own=True, by="assignee").filter(
        SINGLE, closed_at__gte=begin, closed_at__lt=end, state=FollowUp.State.DONE
    )
    counted = closed.order_by().annotate(one=F("assignee")).values("one").annotate(n=Count("pk")).values("n")
    reads = {f"card_{card.key}": card.read(user) for card in cards}
    found = User.objects.filter(pk=user.pk).annotate(done=Coalesce(Subquery(counted), 0), **reads)
    return found.values("done", *reads)
