"""What a person who leaves still has to do: open follow-ups, and the reminders that stand with them."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.contributions import Holding
from followups import services
from followups.models import FollowUp


def _open_of(people: Sequence[int]) -> dict[int, int]:
    rows = FollowUp.objects.filter(assignee__in=people, state=FollowUp.State.OPEN).order_by().values("assignee_id")
    return {row["assignee_id"]: row["n"] for row in rows.annotate(n=Count("pk"))}


def _hand_over(person: User, heirs: Sequence[User], by: User) -> None:
    services.follow_ups_pass_on(person, heirs, by)
    services.reminders_pass_on(person, by)


HELD = Holding(
    "follow_ups",
    _("open follow-ups"),
    "follow_up.change",
    count=lambda reader, person: (
        FollowUp.objects.for_user(reader, "change").filter(assignee=person, state=FollowUp.State.OPEN).count()
    ),
    left=lambda person: _open_of([person.pk]).get(person.pk, 0),
    hand_over=_hand_over,
    loads=_open_of,
)
