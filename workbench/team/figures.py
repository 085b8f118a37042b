"""Figures of the team board: one row a person, all people in a constant number of queries.

Periods are calendar months in the company's zone; money is minor units of the company's currency.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from accounts.models import User
from accounts.scope import ALL, reach_of
from accounts.selectors import measured
from core import clock, company
from core.composed import composed
from core.contributions import TeamColumn, registry
from core.numbers import days
from customers.models import ACTIVE, Customer, Interaction
from customers.words import sort_key
from followups.models import FollowUp
from followups.review.conditions import SINGLE
from followups.visits import never_written_up, of_customers, planned_in
from responsibility.targets.figures import measured_of
from sales.goals import COUNTED, Goal, goals, sold
from sales.models import Target
from segmentation import catalogue
from segmentation.models import RunSum, ScoreRun

RULED = ("visit", "meeting")  # kinds under the 24-hour rule


@dataclass
class Person:
    """What one rep has and did in the month."""

    user: User
    tiers: dict[str, int] = field(default_factory=dict)
    planned: int = 0
    done: int = 0
    overdue: int = 0
    logged: int = 0
    late: int = 0
    unwritten: int = 0  # visits that were planned, are over, and have no entry
    silent: int = 0
    sales: int = 0
    sales_year_ago: int | None = None  # of the same month; None: nothing was sold
    target: int | None = None
    target_version: int = 0
    goals: list[Goal] = field(default_factory=list)
    columns: list[tuple[TeamColumn, Any]] = field(default_factory=list)  # of other apps, with the person's figure

    @property
    def customers(self) -> int:
        return sum(self.tiers.values())

    @property
    def left(self) -> bool:
        """Switched off: what they sold and did stays in the team's figures."""
        return not self.user.is_active

    @property
    def has_work(self) -> bool:
        has_target = self.target is not None or bool(self.goals)
        worked = self.customers or self.planned or self.overdue or self.sales or self.logged or self.unwritten
        return bool(worked or (has_target and not self.left))

    @property
    def on_time(self) -> float | None:
        """The share of visits that were written up within 24 hours; one never written up counts as late."""
        visits = self.logged + self.unwritten
        return (self.logged - self.late) / visits if visits else None

    @property
    def attainment(self) -> float | None:
        return self.sales / self.target if self.target else None

    @property
    def finished(self) -> float | None:
        """The share of what was planned in the month that is done."""
        return self.done / self.planned if self.planned else None

    @property
    def silent_share(self) -> float | None:
        """The share of their customers who are of the best tiers and silent: a large book isn't a bad one."""
        return self.silent / self.customers if self.customers else None


def _worst(share: float | None, *, sign: int = 1) -> tuple[bool, float]:
    """Who has no figure stands last."""
    return share is None, sign * (share or 0)


# Each column begins with those who need a look; the first is what the title of the board speaks of.
ORDERS: dict[str, Callable[[Person], tuple[Any, ...]]] = {
    "target": lambda person: (*_worst(person.attainment), *_worst(person.finished)),
    "name": lambda person: (sort_key(person.user.name),),
    "customers": lambda person: (-person.customers,),
    "plans": lambda person: _worst(person.finished),
    "logs": lambda person: _worst(person.on_time),
    "silent": lambda person: _worst(person.silent_share, sign=-1),
}


def board(user: User, month: date, order: str, run: ScoreRun | None, silent: dict[int | None, int]) -> list[Person]:
    """The people with customers, plans, sales or a target whose figures `user` may see, in an order of ORDERS.

    Who left stands last, with what they did in the month; the tiers are those of `run`, `silent` that of
    silent_by_owner.
    """
    people = {person.pk: Person(person) for person in people_for(user, left=True)}
    ids = tuple(people)
    _add_tiers(people, run)
    _fill(
        people,
        _plans(user, ids, month),
        "assignee_id",
        {"planned": "planned", "done": "finished", "overdue": "late", "unwritten": "unwritten"},
    )
    _fill(people, _logs(user, ids, month), "user_id", {"logged": "n", "late": "tardy"})
    _add_silent(user, people, silent)
    year_ago = clock.months_back(month, 13)[0]
    for (pk, of_month), of in sold(ids, [month, year_ago]).items():
        if of_month == month:
            people[pk].sales = of.net
        else:
            people[pk].sales_year_ago = of.net
    _add_targets(people, month)
    for column in registry().team_columns.values():
        found = column.figures(list(people), month)
        for person in people.values():
            person.columns.append((column, found.get(person.user.pk)))
    shown = [person for person in people.values() if person.has_work or person.user == user]
    return sorted(shown, key=lambda person: (person.left, *ORDERS[order](person), person.user.pk))


@composed
def people_for(user: User, *, left: bool = False) -> QuerySet[User]:
    """The people of the team board, inside the reach of `user`'s dashboards; `left`: those switched off too."""
    return measured(user, left=left).select_related("team", "role").order_by("team__path", "pk")


def _fill(people: dict[int, Person], rows: Iterable[dict[str, Any]], key: str, names: dict[str, str]) -> None:
    for row in rows:
        person = people.get(row[key])
        for name, source in names.items() if person else ():
            setattr(person, name, row[source] or 0)


def _add_tiers(people: dict[int, Person], run: ScoreRun | None) -> None:
    rows = RunSum.objects.filter(run=run, owner__in=people).values("owner_id", "tier").annotate(n=Sum("customers"))
    for row in rows:
        people[row["owner_id"]].tiers[row["tier"]] = row["n"]


@composed
def _plans(user: User, people: Sequence[int], month: date) -> QuerySet[FollowUp, dict[str, Any]]:
    """Planned = due in the month and not cancelled; overdue is counted as of the reader's day, as the list does."""
    today = clock.user_today(user)
    inside = Q(due_on__gte=month, due_on__lt=clock.next_month(month))
    # unscoped: of people_for(user)
    rows = FollowUp.objects.filter(
        SINGLE,
        of_customers(),
        inside | Q(state="open", due_on__lt=today) | Q(missed_on__gte=month, missed_on__lt=clock.next_month(month)),
        assignee__any_of=people,
    )
    return rows.values("assignee_id").annotate(
        planned=Count("pk", filter=planned_in(month)),
        finished=Count("pk", filter=inside & Q(state="done")),
        late=Count("pk", filter=Q(state="open", due_on__lt=today)),
        unwritten=Count("pk", filter=never_written_up(month)),
    )


@composed
def _logs(user: User, people: Sequence[int], month: date) -> QuerySet[Interaction, dict[str, Any]]:
    # unscoped: of people_for(user)
    rows = Interaction.objects.filter(ruled_in(month), user__in=people)
    return rows.values("user_id").annotate(n=Count("pk"), tardy=Count("pk", filter=Q(late=True)))


def ruled_in(month: date) -> Q:
    """Visits and meetings of the month, which are to be written up within 24 hours."""
    begin, _next = clock.day_bounds(month, company.zone())
    end, _next = clock.day_bounds(clock.next_month(month), company.zone())
    return Q(kind__in=RULED, occurred_at__gte=begin, occurred_at__lt=end)


def _add_silent(user: User, people: dict[int, Person], silent: dict[int | None, int]) -> None:
    """Of whom the person sees all customers the count is there; of others it is asked for."""
    whole = reach_of(user).people("customer.view")
    beyond = [] if whole is ALL else [pk for pk in people if pk not in set(whole)]
    # unscoped: of people_for(user)
    counted = silent | _by_owner(Customer.objects.filter(_silent(), owner__any_of=beyond)) if beyond else silent
    for pk, person in people.items():
        person.silent = counted.get(pk, 0)


def silent_by_owner(user: User) -> dict[int | None, int]:
    """How many customers in reach of a high-value tier, not lost, are silent, by owner."""
    return _by_owner(Customer.objects.for_user(user, pool=False).filter(_silent()))


def _by_owner(rows: QuerySet[Customer]) -> dict[int | None, int]:
    return dict(rows.order_by().values_list("owner_id").annotate(n=Count("pk")))


def _silent() -> Q:
    since = clock.now() - days("silent_days")
    long_ago = Q(facts__last_contact_at__lt=since) | Q(facts__last_contact_at=None)
    return long_ago & catalogue.high_value() & Q(facts__lifecycle__in=ACTIVE)


def _add_targets(people: dict[int, Person], month: date) -> None:
    # unscoped: of people_for(user)
    rows = list(Target.objects.filter(user__in=people, month=month).values("user_id", "metric", "value", "version"))
    revenue = [row for row in rows if row["metric"] == Target.Metric.REVENUE]
    _fill(people, revenue, "user_id", {"target": "value", "target_version": "version"})
    counted = [(row["user_id"], row["metric"], row["value"]) for row in rows if row["metric"] in COUNTED]
    for user_id, found in goals(counted, month, measured_of).items():
        people[user_id].goals = found
