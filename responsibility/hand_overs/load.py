"""How much people look after before a hand-over, and how much each would have after it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Q, Sum

from accounts.models import User
from accounts.scope import reach_of
from accounts.selectors import measured
from core import clock
from core.company import currency
from customers.models import Customer
from customers.selectors import owned_by, possible_owners
from followups.models import FollowUp
from segmentation.models import RunSum
from segmentation.selectors import published_runs
from ui import formatting

WEEKS = 4
MOST = 8  # people one may choose from; those with the fewest customers


@dataclass(frozen=True)
class Load:
    """Customers, follow-ups a week over the coming weeks, and what the customers bought in the days that count."""

    customers: int
    weekly: float
    value: int

    def changed(self, by: Load, sign: int) -> Load:
        return Load(self.customers + sign * by.customers, self.weekly + sign * by.weekly, self.value + sign * by.value)

    @property
    def money(self) -> str:
        return formatting.money_short(self.value, currency())


@dataclass(frozen=True)
class PersonLoad:
    """Somebody's load now, and after the hand-over."""

    person: User
    now: Load
    then: Load


@dataclass(frozen=True)
class Loads:
    """Who gives, and who could take: each as if they got all of it."""

    gives: list[PersonLoad]
    could_take: list[PersonLoad]
    more: int


def loads(user: User, customers: Sequence[Customer]) -> Loads:
    """Of the people whose figures the reader may see."""
    seen = reach_of(user).whose("pk", "dashboard.view")
    owners = {customer.owner_id for customer in customers if customer.owner_id}
    gives = list(User.objects.for_user(user).filter(seen, pk__in=owners).order_by("name_sort", "pk"))
    heirs = list(possible_owners(user).filter(pk__in=measured(user).values("pk")).distinct())
    now = _loads([person.pk for person in (*gives, *heirs)])
    moving = _moving(customers)
    whole = Load(len(customers), sum(of.weekly for of in moving.values()), sum(of.value for of in moving.values()))
    nothing = Load(0, 0, 0)

    def taking(person: User) -> PersonLoad:
        own = moving.get(person.pk, nothing)
        return PersonLoad(person, now[person.pk], now[person.pk].changed(whole, 1).changed(own, -1))

    heirs.sort(key=lambda person: (now[person.pk].customers, person.name_sort, person.pk))
    return Loads(
        [
            PersonLoad(person, now[person.pk], now[person.pk].changed(moving[person.pk], -1))
            for person in gives
            if person.pk in moving
        ],
        [taking(person) for person in heirs[:MOST]],
        max(len(heirs) - MOST, 0),
    )


def _loads(people: Sequence[int]) -> dict[int, Load]:
    counts = owned_by(people)
    run = published_runs().first()
    sums = RunSum.objects.filter(run=run, owner__in=people).values_list("owner").annotate(n=Sum("revenue"))
    value, planned = dict(sums), _planned(Q(assignee__in=people))
    return {pk: Load(counts.get(pk, 0), planned[pk] / WEEKS, value.get(pk, 0)) for pk in people}


def _moving(customers: Sequence[Customer]) -> dict[int | None, Load]:
    """What goes over, by whose it is; follow-ups of colleagues stay with them."""
    counts = Counter(customer.owner_id for customer in customers)
    value: Counter[int | None] = Counter()
    for customer in customers:
        facts = getattr(customer, "facts", None)
        value[customer.owner_id] += (facts and facts.monetary) or 0
    owners = [pk for pk in counts if pk]
    planned = _planned(Q(customer__in=[customer.pk for customer in customers], assignee__in=owners))
    return {pk: Load(n, planned[pk or 0] / WEEKS, value[pk]) for pk, n in counts.items()}


def _planned(which: Q) -> Counter[int]:
    """Open follow-ups of the coming weeks, those overdue included, by person."""
    until = clock.business_date() + timedelta(weeks=WEEKS)
    # unscoped: of people whose figures the caller may show
    rows = FollowUp.objects.filter(which, state=FollowUp.State.OPEN, due_on__lt=until, customer__deleted_at=None)
    return Counter(dict(rows.order_by().values_list("assignee").annotate(n=Count("pk"))))
