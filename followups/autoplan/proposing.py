"""What "Plan my week" proposes for a person: which follow-ups go to which of their days, and why.

Reads alone, in a few queries however much there is: what may move, what each day holds, whoever has no date.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.masking import masked_all
from accounts.models import User
from core import clock
from customers.models import ACTIVE, UNRATED, Customer, Stage
from followups import selectors
from followups.autoplan.placing import Placed, Task, Why, place
from followups.calendar.setting import calendar_setting
from followups.hours.days import PersonDays, person_days
from followups.hours.wording import day_off_words
from followups.models import FollowUp
from followups.reckoning import RECKONED_WITH, reckon
from followups.review.conditions import SINGLE
from followups.services.follow_ups import RANK, Source
from segmentation.catalogue import tier_of
from ui import formatting

MOST_READ, MOST_SHOWN = 1000, 100
FOLLOW_UP, CUSTOMER = "f", "c"  # of what a row is about, before its id
LONGEST = 31


@dataclass(frozen=True)
class Wanted:
    """For whom, which customers (no tier or stage means all), and from which day to which."""

    person: User
    first: date
    last: date
    tiers: Collection[str] = ()
    stages: Collection[str] = ()


@dataclass(frozen=True)
class Row:
    """One proposal. `key` names it in the form; `by_hand`: a person chose its day, so it is ticked by nobody else."""

    key: str
    customer: Customer
    tier: Any
    was: date | None
    on: date
    why: str
    about: str
    version: int
    by_hand: bool


@dataclass(frozen=True)
class ProposedDay:
    """One day with what goes there, and how much it holds then."""

    date: date
    rows: Sequence[Row]
    holds: int
    capacity: int


@dataclass(frozen=True)
class Proposal:
    """By day; `stay` stand well, `no_room` find no day, `later` are proposed when these are accepted."""

    days: Sequence[ProposedDay]
    stay: int
    no_room: int
    later: int

    @property
    def rows(self) -> list[Row]:
        return [row for day in self.days for row in day.rows]


def proposal_of(user: User, wanted: Wanted) -> Proposal:
    """What is proposed; nothing of it is written."""
    person, own = wanted.person, person_days(wanted.person.pk)
    today, per_day = clock.user_today(person), calendar_setting().per_day
    days = _days(own, max(wanted.first, today), wanted.last)
    plans = sorted(_movable(user, wanted)[:MOST_READ], key=lambda plan: -RANK.get(Source(plan.source), 0))
    unplanned = [customer for customer in _without_date(user, wanted) if reckon(customer)]
    by_hand = [plan for plan in plans if is_by_hand(plan)]
    automatic = [plan for plan in plans if not is_by_hand(plan)]
    standing = _standing(person, days, {plan.pk for plan in plans})
    for plan in by_hand:
        standing[plan.due_on] = standing.get(plan.due_on, 0) + 1
    tasks = [Task(f"{FOLLOW_UP}{plan.pk}", plan.due_on, plan.due_time is not None) for plan in automatic]
    tasks += [Task(f"{CUSTOMER}{customer.pk}", None) for customer in unplanned]
    found = place(tasks, days, standing, per_day)
    taken = _taken(standing, automatic, found.placed)
    # Those of people come last, into what is left, and only where their day has passed or isn't worked.
    manual = [Task(f"{FOLLOW_UP}{plan.pk}", plan.due_on) for plan in by_hand if plan.due_on not in days]
    beside = place(manual, days, taken, per_day)
    about: dict[str, FollowUp | Customer] = {f"{FOLLOW_UP}{plan.pk}": plan for plan in masked_all(user, plans)}
    about |= {f"{CUSTOMER}{customer.pk}": customer for customer in masked_all(user, unplanned)}
    shown = [*found.placed, *beside.placed]
    rows = [_row(user, wanted, one, about[one.key]) for one in shown[:MOST_SHOWN]]
    moved_to = _taken(taken, by_hand, beside.placed)
    return Proposal(
        [
            ProposedDay(day, [row for row in rows if row.on == day], moved_to.get(day, 0), per_day)
            for day in days
            if any(row.on == day for row in rows)
        ],
        found.stay,
        found.no_room + beside.no_room,
        max(len(shown) - MOST_SHOWN, 0),
    )


def _days(own: PersonDays, first: date, last: date) -> list[date]:
    return [day for n in range((last - first).days + 1) if own.works(day := first + timedelta(days=n))]


def _of_kind(wanted: Wanted, at: str = "customer__") -> Q:
    """Customers of the tiers and stages that were asked for."""
    kind = Q()
    if wanted.stages:
        kind &= Q(**{f"{at}stage__in": list(wanted.stages)})
    if wanted.tiers:
        tiers = Q(**{f"{at}facts__tier__in": list(wanted.tiers)})
        kind &= tiers | Q(**{f"{at}facts": None}) if UNRATED in wanted.tiers else tiers
    return kind


def _movable(user: User, wanted: Wanted) -> QuerySet[FollowUp]:
    """Open follow-ups of the person up to the last day, the most important first."""
    rows = FollowUp.objects.for_user(user, "change").filter(
        _of_kind(wanted), SINGLE, assignee=wanted.person, state=FollowUp.State.OPEN, customer__deleted_at=None,
        due_on__lte=wanted.last,
    )  # fmt: skip
    worth = F("customer__facts__monetary").desc(nulls_last=True)
    rows = rows.order_by(F("customer__facts__tier_rank").asc(nulls_last=True), worth, "due_on", "pk")
    return rows.select_related(*selectors.ROW).defer("customer__search_tokens")


def _without_date(user: User, wanted: Wanted) -> list[Customer]:
    """Active customers of the person for whom nothing is planned; the night leaves few of them."""
    rows = Customer.objects.for_user(user, "follow_up.add").filter(
        _of_kind(wanted, ""), owner=wanted.person, facts__next_follow_up_on=None, facts__lifecycle__in=ACTIVE
    )
    rows = rows.exclude(stage=Stage.PAUSED).filter(do_not_contact=False)
    rows = rows.select_related(*RECKONED_WITH).defer("search_tokens")
    return list(rows.order_by(F("facts__tier_rank").asc(nulls_last=True), "pk")[:MOST_SHOWN])


def _standing(person: User, days: Sequence[date], besides: Collection[int]) -> dict[date, int]:
    """What else each day holds, whoever may see it: a day is as full as it is."""
    # unscoped: how full a day of the person is, no more of it
    rows = FollowUp.objects.filter(SINGLE, assignee=person, state=FollowUp.State.OPEN, customer__deleted_at=None)
    counted = rows.filter(due_on__in=days).exclude(pk__in=besides).order_by().values("due_on").annotate(n=Count("pk"))
    return {row["due_on"]: row["n"] for row in counted}


def _taken(standing: dict[date, int], plans: Iterable[FollowUp], placed: Sequence[Placed]) -> dict[date, int]:
    """What each day holds when these stand where they were placed."""
    taken, moves = dict(standing), {one.key: one.on for one in placed}
    for plan in plans:
        key = f"{FOLLOW_UP}{plan.pk}"
        if is_by_hand(plan):
            if key in moves:
                taken[plan.due_on] = taken.get(plan.due_on, 0) - 1
                taken[moves[key]] = taken.get(moves[key], 0) + 1
            continue
        day = moves.get(key, plan.due_on)
        taken[day] = taken.get(day, 0) + 1
    for key, day in moves.items():
        if key.startswith(CUSTOMER):
            taken[day] = taken.get(day, 0) + 1
    return taken


def is_by_hand(plan: FollowUp) -> bool:
    return plan.source == FollowUp.Source.MANUAL or "chosen" in plan.reason


def _row(user: User, wanted: Wanted, placed: Placed, about: FollowUp | Customer) -> Row:
    if isinstance(about, Customer):
        why = _because(user, wanted, placed, None)
        return Row(placed.key, about, tier_of(about), None, placed.on, why, "", 0, by_hand=False)
    return Row(
        placed.key,
        about.customer,
        tier_of(about.customer),
        about.due_on,
        placed.on,
        _because(user, wanted, placed, about.due_on),
        about.purpose or selectors.why_in_brief(about),
        about.version,
        is_by_hand(about),
    )


def _because(user: User, wanted: Wanted, placed: Placed, was: date | None) -> str:
    """Why it is to move, as a sentence."""
    day = formatting.day_short(was) if was else ""
    if placed.why == Why.DAY_OFF and was is not None:
        return day_off_words(wanted.person, was, reader=user) or _("%(day)s is no working day.") % {"day": day}
    said = {
        Why.NO_DATE: _("Nothing is planned."),
        Why.OVERDUE: _("Overdue since %(day)s."),
        Why.FULL: _("%(day)s holds more than a day can take."),
        Why.DAY_OFF: "",
    }
    return said[placed.why] % {"day": day}
