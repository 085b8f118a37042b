"""One follow-up for each of many customers, planned at once: who gets one, who is left and why, taken back together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from accounts import audit
from accounts.models import User
from core import clock
from core.notices import tell
from customers.models import Customer, Stage, facts_of
from followups.locks import hold
from followups.models import FollowUp, Notice, Rescheduling
from followups.services.together import note_days

SLICE = 500
FIRST_VERSION = 1


class Left(Enum):
    """Why a customer gets none."""

    NO_CONTACT = "they are not to be contacted"
    PAUSED = "nobody follows up while a pause lasts"
    NO_OWNER = "nobody who works here is responsible for them"
    PLANNED = "something is planned already"


@dataclass(frozen=True)
class Wanted:
    """What is planned; without `to` each customer's owner does it. `only_without`: for who has nothing planned."""

    due_on: date
    method: str
    purpose: str = ""
    to: User | None = None
    only_without: bool = False

    def left(self, customer: Customer) -> Left | None:
        """Why this customer gets none; None where one is planned."""
        if customer.do_not_contact:
            return Left.NO_CONTACT
        if customer.stage == Stage.PAUSED:
            return Left.PAUSED
        if self.to is None and not (customer.owner and customer.owner.is_active):
            return Left.NO_OWNER
        if self.only_without and facts_of(customer).next_follow_up_on is not None:
            return Left.PLANNED
        return None


@dataclass
class Planned:
    """How many were planned, how many customers got none, by why, and what takes it back; None where nothing was."""

    count: int = 0
    left: Counter[Left] = field(default_factory=Counter)
    record: Rescheduling | None = None


def sorted_out(customers: Iterable[Customer], wanted: Wanted) -> tuple[list[Customer], Counter[Left]]:
    """Who gets one, and how many don't; nothing is written."""
    getting, left = [], Counter[Left]()
    for customer in customers:
        why = wanted.left(customer)
        if why:
            left[why] += 1
        else:
            getting.append(customer)
    return getting, left


def follow_ups_plan(*, customers: Sequence[Customer], wanted: Wanted, key: UUID | None, by: User) -> Planned:
    """Plan one for each, a transaction for each slice. Sent again with its `key` it goes on where it broke off."""
    done, of_people = Planned(), Counter[User]()
    ids = sorted(customer.pk for customer in customers)
    for start in range(0, len(ids), SLICE):
        made, left = _plan(ids[start : start + SLICE], wanted, key, by, done)
        done.left += left
        of_people.update(row.assignee for row in made)
    for person, count in of_people.items():
        _tell(person, count, wanted, done.record, by)
    return done


@transaction.atomic
def _plan(
    ids: Sequence[int], wanted: Wanted, key: UUID | None, by: User, done: Planned
) -> tuple[list[FollowUp], Counter[Left]]:
    hold(ids)
    keys = {pk: f"many:{key.hex}:{pk}" for pk in ids} if key else {}
    known = set(FollowUp.objects.filter(source_key__in=keys.values()).values_list("customer", flat=True))
    rows = Customer.objects.filter(pk__in=set(ids) - known).select_related("owner", "facts")
    getting, left = sorted_out(rows.defer("search_tokens").order_by("pk"), wanted)
    made = FollowUp.objects.bulk_create(
        FollowUp(
            customer=customer,
            assignee=wanted.to or customer.owner,
            due_on=wanted.due_on,
            method=wanted.method,
            purpose=wanted.purpose.strip(),
            source_key=keys.get(customer.pk),
            created_by=by,
            updated_by=by,
        )
        for customer in getting
    )
    note_days(made)
    source = FollowUp.Source.MANUAL
    audit.record_lines(
        [audit.line("follow_up.create", by=by, on=row, customer=row.customer_id, source=source) for row in made]
    )
    if made:
        record = done.record or Rescheduling(user=by, at=clock.now(), rows=[])
        record.rows += [[row.pk, FIRST_VERSION, None, {}] for row in made]
        record.save()
        done.record = record
        done.count += len(made)
    return made, left


def _tell(person: User, count: int, wanted: Wanted, record: Rescheduling | None, by: User) -> None:
    """One notice for all that a person got from somebody else."""
    tell(
        user=person,
        by=by,
        kind=Notice.Kind.FOLLOW_UP,
        key=f"moved_together:{record.pk if record else 0}:{person.pk}",  # which goes when it is taken back
        numbers={
            "what": "planned_together",
            "by_name": by.name,
            "n": count,
            "day": wanted.due_on.isoformat(),
            "method": wanted.method,
        },
        text=wanted.purpose,
        url=f"{reverse('follow_up_list')}?whose=mine",
    )
