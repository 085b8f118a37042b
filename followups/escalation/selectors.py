"""Which follow-ups lie too long, for who may give them to somebody else."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Exists, F, OuterRef, QuerySet, Window
from django.db.models.functions import RowNumber

from accounts.models import User
from core import clock
from customers.models import Customer
from followups.escalation.days import working_days_between
from followups.hours.days import person_days
from followups.models import Escalation, FollowUp

ROWS = 50  # of one person; the next ones come when these are answered


@dataclass(frozen=True)
class LateRow:
    """One follow-up: how many working days it is overdue, and its furthest step."""

    escalation: Escalation
    days: int


@dataclass(frozen=True)
class LatePerson:
    """One person with the follow-ups that are overdue for too long; `more` of them are not shown yet."""

    person: User
    rows: list[LateRow]
    more: int


def late(user: User) -> QuerySet[Escalation]:
    """The furthest step of each open follow-up in reach that is still as it was when it was reached, unanswered."""
    within = FollowUp.objects.for_user(user, "change").filter(
        state=FollowUp.State.OPEN, customer__deleted_at=None, customer__in=_assignable(user)
    )
    rows = Escalation.objects.filter(
        answer="", follow_up__in=within, follow_up__due_on=F("due_on"), follow_up__assignee=F("assignee")
    )
    further = Escalation.objects.filter(
        follow_up=OuterRef("follow_up"), due_on=OuterRef("due_on"), step__gt=OuterRef("step")
    )
    return rows.filter(~Exists(further))


def _assignable(user: User) -> QuerySet[Customer]:
    return Customer.objects.for_user(user, "assign")


def late_people(user: User, person: int | None = None) -> list[LatePerson]:
    """By person, those with the most first; `person` alone where it is given."""
    rows = late(user)
    if person is not None:
        rows = rows.filter(assignee=person)
    counts = dict(rows.order_by().values_list("assignee").annotate(n=Count("pk")))
    people = User.objects.select_related("team").in_bulk(counts)
    place = Window(RowNumber(), partition_by=F("assignee"), order_by=(F("step").desc(), F("due_on"), F("pk")))
    first = rows.annotate(place=place).filter(place__lte=ROWS).order_by("place")
    today, shown = clock.business_date(), defaultdict(list)
    for row in first.select_related("follow_up__customer", "proposed"):
        shown[row.assignee_id].append(LateRow(row, _overdue(row.due_on, today, row.assignee_id)))
    most_first = sorted(counts, key=lambda pk: (-counts[pk], people[pk].name_sort, pk))
    return [LatePerson(people[pk], shown[pk], counts[pk] - len(shown[pk])) for pk in most_first]


def _overdue(due_on: date, today: date, person: int) -> int:
    """How many working days of the person it is overdue; today isn't counted, as it isn't over."""
    return working_days_between(due_on, today - timedelta(days=1), person_days(person))
