"""What other rules mean for the work of people: follow-ups a week by the cadence table, before and after."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Case, Count, F, Q, Value, When

from accounts.models import User
from accounts.scope import reach_of
from core.contributions import registry
from customers.models import Lifecycle, Stage
from customers.stages import BY_ORDERS
from segmentation import rfm
from segmentation.lifecycle import lost_after
from segmentation.selectors import frequency_in_force
from segmentation.whatif.question import Question
from segmentation.whatif.rated import rated_rows
from segmentation.whatif.scoring import Measured

WEEK = 7
LEAST = 0.05  # follow-ups a week; less is shown as no change


@dataclass(frozen=True)
class Load:
    """The customers of one owner who would move, and follow-ups a week of all of theirs, now and then."""

    owner: int
    moved: int
    now: float
    then: float


def loads_of(user: User, question: Question, by: Measured | None = None) -> list[Load]:
    """Of owners in reach of this person; one query. Empty where no app plans follow-ups."""
    planned = registry().tier_work
    if planned is None:
        return []
    rows = _owned(user, question, by).annotate(own=F(f"customer__{planned.own}"))
    now, then = ("was", "often", "much", "planned"), ("becomes", "then_often", "then_much", "then_planned")
    columns = ("customer__owner", "customer__stage", "own", *now, *then)
    counted = list(rows.order_by().values_list(*columns).annotate(n=Count("pk")))
    kinds = {
        (stage, tier, often or "", much or "")
        for _owner, stage, _own, *both, _n in counted
        for tier, often, much, _planned in (both[:4], both[4:])
    }
    every = planned.every(question.scheme, kinds)
    found: dict[int, list[float]] = defaultdict(lambda: [0, 0, 0])
    for owner, stage, own, *both, n in counted:
        sums = found[owner]
        sums[0] += n if both[0] != both[4] else 0
        for place, (tier, often, much, is_planned) in enumerate((both[:4], both[4:]), 1):
            days = every.get((stage, tier, often or "", much or "")) if is_planned else None
            if days:  # where the table plans nothing, a rhythm of one's own plans nothing either
                sums[place] += n * WEEK / (own or days)
    return [Load(owner, int(moved), now, then) for owner, (moved, now, then) in found.items()]


def _owned(user: User, question: Question, by: Measured | None) -> Any:
    """Customers of people who work here, with their classes and whether the night plans follow-ups with them, now and
    then: not who is lost, paused or to be left alone."""
    rows = rated_rows(user, question.scheme, question.definition, None, by)
    mine = reach_of(user).whose("customer__owner", "score.view")
    by_orders = Q(customer__stage__in=BY_ORDERS)
    alone = Q(customer__do_not_contact=True) | Q(customer__stage=Stage.PAUSED)
    lost = then_lost = Q(lifecycle=Lifecycle.LOST)
    often, much = F("customer__facts__frequency_class"), F("customer__facts__amount_class")
    then_often: Any = often
    then_much: Any = much
    if by is not None:
        # Lost is who bought before the days that count and not in them; the classes are those of scores.sql.
        then_lost = Q(last_on__lt=by.as_of - timedelta(days=lost_after(by.window)))
        begins = (*frequency_in_force(), 1)
        then_often = _class(by.path("purchase_days"), begins, rfm.FREQUENCY_CLASSES)
        known = by.classes and None not in by.classes
        then_much = _class(by.path("monetary"), (*by.classes, 1), rfm.AMOUNT_CLASSES) if known else Value("")
    return rows.filter(mine, customer__owner__is_active=True).annotate(
        planned=_unless(alone | (lost & by_orders)),
        then_planned=_unless(alone | (then_lost & by_orders)),
        often=often,
        much=much,
        then_often=then_often,
        then_much=then_much,
    )


def _unless(condition: Q) -> Case:
    return Case(When(condition, then=Value(False)), default=Value(True))


def _class(path: str, bounds: Sequence[int | None], codes: Sequence[str]) -> Case:
    """The first class whose bound is reached."""
    whens = [When(**{f"{path}__gte": bound}, then=Value(code)) for bound, code in zip(bounds, codes, strict=True)]
    return Case(*whens, default=Value(""))


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
