"""The review list of the quarter: customers are looked at or left for the next one, many at once, and taken back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Min, OuterRef, Subquery

from accounts import audit
from accounts.models import User
from core import clock
from customers.models import Customer, CustomerFacts
from followups.locks import hold
from followups.models import FollowUp
from followups.reckoning import RECKONED_WITH, reckon
from followups.review.conditions import IN_REVIEW
from followups.services.follow_ups import State, close_all, due_moment, key_after
from followups.services.together import PutBack, within_reach

BACK_WITHIN = timedelta(minutes=10)
LOOKED_AT, LEFT_OUT = State.DONE, State.SKIPPED


class TooLateToTakeBackError(Exception):
    """The ten minutes are over, or it was taken back already."""


@transaction.atomic
def reviews_close(*, follow_ups: Collection[int], state: str, by: User) -> list[FollowUp]:
    """End these for the quarter, as looked at (done) or left out (skipped), and plan the customers' next day at once.

    It is no contact. What no longer stands on the list stays as it is; returns what was closed.
    """
    hold(FollowUp.objects.filter(pk__in=follow_ups).order_by().values_list("customer", flat=True))
    standing = FollowUp.objects.filter(IN_REVIEW, pk__in=follow_ups, state=State.OPEN, customer__deleted_at=None)
    rows = list(standing.order_by("pk").select_for_update(of=("self",)))
    if not rows:
        return []
    close_all(rows, state, by=by)
    _plan_next(rows, by)
    _note_next(rows)
    act = "follow_up.look_through" if state == LOOKED_AT else "follow_up.leave_for_next"
    audit.record(act, by=by, on=rows[0], together=len(rows))
    return rows


def _plan_next(closed: Sequence[FollowUp], by: User) -> None:
    """What the plan gives to those who have nothing else ahead: counted from today, as no contact was made."""
    of = {row.customer_id: row for row in closed}
    ahead = FollowUp.objects.filter(customer__in=of, state=State.OPEN).values("customer")
    customers = Customer.objects.filter(pk__in=of).exclude(pk__in=ahead).select_related(*RECKONED_WITH)
    made = []
    for customer in customers.defer("search_tokens").order_by("pk"):
        wanted = reckon(customer, left=of[customer.pk].state)
        if wanted is not None and customer.owner is not None:
            fields = wanted.fields()
            moment = due_moment(wanted.due_on, wanted.at, customer.owner)
            stamped = {"created_by": by, "updated_by": by, "source_key": key_after(of[customer.pk])}
            fields |= {"source": FollowUp.Source.CADENCE, "due_at": moment, **stamped}
            made.append(FollowUp(customer=customer, assignee=customer.owner, **fields))
    FollowUp.objects.bulk_create(made)


def _note_next(rows: Sequence[FollowUp]) -> None:
    """Write the next planned day of their customers down into the facts, in one statement."""
    still_open = FollowUp.objects.filter(customer=OuterRef("pk"), state=State.OPEN)
    earliest = still_open.order_by().values("customer").annotate(day=Min("due_on")).values("day")
    facts = CustomerFacts.objects.filter(pk__in={row.customer_id for row in rows})
    facts.update(next_follow_up_on=Subquery(earliest))


@transaction.atomic
def reviews_reopen(*, follow_up: FollowUp, by: User) -> PutBack:
    """Take back within ten minutes what this person ended at the same moment as this one.

    Where somebody has contacted the customer since, or planned anything else in its place, it stays ended; so does
    what is no longer this person's to change.
    """
    hold(_ended_with(follow_up, by).order_by().values_list("customer", flat=True))
    rows = list(_ended_with(follow_up, by).order_by("pk").select_for_update(of=("self",)))
    if not rows or clock.now() >= rows[0].closed_at + BACK_WITHIN:
        raise TooLateToTakeBackError
    ended, reach = len(rows), within_reach([row.pk for row in rows], by)
    rows = [row for row in rows if row.pk in reach]
    ours = {key_after(row): row for row in rows}
    taken = {row.customer_id for row in rows} & set(_planned_otherwise(rows, ours))
    rows = [row for row in rows if row.customer_id not in taken]
    came_after = FollowUp.objects.filter(source_key__in=[key_after(row) for row in rows], state=State.OPEN)
    now = {"updated_at": clock.now(), "updated_by": by, "version": F("version") + 1}
    came_after.update(state=State.CANCELLED, closed_at=clock.now(), source_key=None, **now)
    FollowUp.objects.filter(pk__in=[row.pk for row in rows]).update(state=State.OPEN, closed_at=None, **now)
    _note_next(rows)
    if rows:
        audit.record("follow_up.look_back", by=by, on=rows[0], together=len(rows))
    return PutBack(len(rows), len(reach) - len(rows), ended - len(reach))


def _ended_with(follow_up: FollowUp, by: User) -> Any:
    alike = {"state": follow_up.state, "closed_at": follow_up.closed_at, "updated_by": by}
    ended = FollowUp.objects.filter(IN_REVIEW, closed_by_interaction=None, **alike)
    return ended.exclude(state=State.OPEN)


def _planned_otherwise(rows: Sequence[FollowUp], ours: Collection[str]) -> Any:
    """Customers of these for whom something automatic stands that did not come with the act, or was moved since."""
    automatic = FollowUp.objects.filter(customer__in=[row.customer_id for row in rows], state=State.OPEN)
    others = automatic.exclude(source=FollowUp.Source.MANUAL).exclude(source_key__in=list(ours), version=1)
    return others.values_list("customer", flat=True)
