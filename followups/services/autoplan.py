"""Accept what "Plan my week" proposed: exactly the chosen rows, if nothing about them has changed; one way back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from accounts import audit
from accounts.models import User
from core import clock
from customers.models import Customer
from followups.hours.days import person_days
from followups.locks import hold
from followups.models import FollowUp, Rescheduling
from followups.reckoning import RECKONED_WITH, reckon
from followups.services.follow_ups import Source, State, add
from followups.services.together import chosen, locked, note_days, note_missed, tell_moved, write_days


@dataclass(frozen=True)
class Accepted:
    """How many stand on their new days; whose were changed meanwhile and stay, by the ids of their customers."""

    count: int
    meanwhile: frozenset[int]
    record: Rescheduling | None = None


@transaction.atomic
def plan_accept(*, person: User, moves: Mapping[int, tuple[int, date]], new: Mapping[int, date], by: User) -> Accepted:
    """Move follow-ups, {id: (version that was seen, day)}, and plan for customers without a date, {id: day}.

    What was written, closed or planned meanwhile stays, and so does what would go to a day that has passed or isn't
    worked by now. From then on the days are chosen by a person: the night leaves them.
    """
    works = {day: day >= clock.user_today(person) and person_days(person.pk).works(day) for day in _days(moves, new)}
    hold([*FollowUp.objects.filter(pk__in=list(moves)).order_by().values_list("customer", flat=True), *new])
    rows = [
        row
        for row in locked({pk: version for pk, (version, _day) in moves.items()})
        if works[moves[row.pk][1]] and row.assignee_id == person.pk
    ]
    kept: list[list[Any]] = [[row.pk, row.version + 1, row.due_on.isoformat(), row.reason] for row in rows]
    note_missed(rows, {row.pk: moves[row.pk][1] for row in rows})
    for row in rows:
        row.due_on, row.reason = moves[row.pk][1], chosen(row)
    if rows:
        write_days(rows, by)
    made = [planned for pk, day in new.items() if works[day] and (planned := _plan(pk, day, person, by))]
    note_days(made)
    kept += [[planned.pk, planned.version, None, None] for planned in made]
    seen = set(FollowUp.objects.filter(pk__in=list(moves)).order_by().values_list("pk", "customer")) | {
        (None, pk) for pk in new
    }
    done = {row.customer_id for row in [*rows, *made]}
    meanwhile = frozenset(customer for _pk, customer in seen) - done
    if not kept:
        return Accepted(0, meanwhile)
    record = Rescheduling.objects.create(user=by, at=clock.now(), rows=kept)
    audit.record("follow_up.plan_week", by=by, together=len(kept), user=person.pk)
    tell_moved(rows, record, by)
    return Accepted(len(kept), meanwhile, record)


def _days(moves: Mapping[int, tuple[int, date]], new: Mapping[int, date]) -> set[date]:
    return {day for _version, day in moves.values()} | set(new.values())


def _plan(customer_id: int, day: date, person: User, by: User) -> FollowUp | None:
    """The plan's contact on this day; None where somebody has planned for them meanwhile, or they are to be left."""
    rows = Customer.objects.select_related(*RECKONED_WITH).filter(pk=customer_id, owner=person)
    customer = rows.first()
    if customer is None or FollowUp.objects.filter(customer=customer_id, state=State.OPEN).exists():
        return None
    wanted = reckon(customer)
    if wanted is None:
        return None
    fields = wanted.fields() | {"due_on": day, "due_time": None, "reason": wanted.numbers | {"chosen": True}}
    made = add(customer=customer, assignee=person, by=by, source=Source.CADENCE, **fields)
    return made
