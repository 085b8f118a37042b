"""What other rules mean for the work of people: follow-ups a week by the cadence table, before and after."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, F, Q, Value, When

from accounts.models import User
from accounts.scope import reach_of
from core.contributions import registry
from customers.models import Lifecycle, Stage
from customers.stages import BY_ORDERS
from segmentation.whatif.question import Question
from segmentation.whatif.rated import rated_rows

WEEK = 7
LEAST = 0.05  # follow-ups a week; less is shown as no change


@dataclass(frozen=True)
class Load:
    """The customers of one owner who would move, and follow-ups a week of all of theirs, now and then."""

    owner: int
    moved: int
    now: float
    then: float


def loads_of(user: User, question: Question) -> list[Load]:
    """Of owners in reach of this person; one query. Empty where no app plans follow-ups."""
    planned = registry().tier_work
    if planned is None:
        return []
    kind = ("customer__stage", "was", "becomes", "often", "much")
    rows = _owned(user, question).annotate(
        often=F("customer__facts__frequency_class"),
        much=F("customer__facts__amount_class"),
        own=F(f"customer__{planned.own}"),
    )
    columns = ("customer__owner", "planned", *kind, "own")
    counted = list(rows.order_by().values_list(*columns).annotate(n=Count("pk")))
    kinds = {
        (stage, tier, often or "", much or "")
        for _owner, _planned, stage, was, becomes, often, much, _own, _n in counted
        for tier in (was, becomes)
    }
    every = planned.every(question.scheme, kinds)
    found: dict[int, list[float]] = defaultdict(lambda: [0, 0, 0])
    for owner, is_planned, stage, was, becomes, often, much, own, n in counted:
        sums = found[owner]
        sums[0] += n if was != becomes else 0
        if not is_planned:
            continue
        for place, tier in enumerate((was, becomes), 1):
            days = every.get((stage, tier, often or "", much or ""))
            if days:  # where the table plans nothing, a rhythm of one's own plans nothing either
                sums[place] += n * WEEK / (own or days)
    return [Load(owner, int(moved), now, then) for owner, (moved, now, then) in found.items()]


def _owned(user: User, question: Question) -> Any:
    """Customers of people who work here, and whether the night plans follow-ups with them: not who is lost, paused or
    to be left alone."""
    rows = rated_rows(user, question.scheme, question.definition, None)
    mine = reach_of(user).whose("customer__owner", "score.view")
    lost = Q(lifecycle=Lifecycle.LOST, customer__stage__in=BY_ORDERS)
    left_alone = Q(customer__do_not_contact=True) | Q(customer__stage=Stage.PAUSED) | lost
    return rows.filter(mine, customer__owner__is_active=True).annotate(
        planned=Case(When(left_alone, then=Value(False)), default=Value(True))
    )


@dataclass(frozen=True)
class LoadLine:
    """A person's line of the table; without a name all others together."""

    name: str
    owner: int | None
    moved: int
    now: float
    then: float

    @property
    def change(self) -> float:
        return self.then - self.now


def lines_of(loads: Sequence[Load], most: int) -> tuple[list[LoadLine], LoadLine | None]:
    """(those whose week changes, most first and at most so many; all others together)."""
    ordered = sorted(loads, key=lambda one: (-abs(one.then - one.now), -one.now, one.owner))
    changed = [one for one in ordered if abs(one.then - one.now) >= LEAST][:most]
    # unscoped: owners of customers that the reader sees
    names = dict(User.objects.filter(pk__in=[one.owner for one in changed]).values_list("pk", "name"))
    shown = [LoadLine(names.get(one.owner, ""), one.owner, one.moved, one.now, one.then) for one in changed]
    return shown, _together(ordered[len(changed) :])


def _together(loads: Sequence[Load]) -> LoadLine | None:
    if not loads:
        return None
    return LoadLine(
        "", None, sum(one.moved for one in loads), sum(one.now for one in loads), sum(one.then for one in loads)
    )


def total_of(loads: Sequence[Load]) -> LoadLine:
    """Everybody together."""
    return _together(loads) or LoadLine("", None, 0, 0, 0)
