"""Today of those who lead or look after others: what is late, at risk and unanswered, person by person."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.filters import NOBODY as NO_OWNER
from accounts.models import User
from accounts.scope import reach_of
from core import clock
from core.composed import composed
from core.contributions import TodaySection, registry
from followups.listing import TO_WRITE_UP
from followups.models import FollowUp
from followups.review.conditions import SINGLE
from followups.visits import passed
from segmentation.models import ChurnCase
from workbench.today import queue

PEOPLE = 30
NOBODY = 0  # whose customers wait in the unassigned pool
WARNINGS = 10


@dataclass
class Person:
    """One colleague's day: figures with the lists behind them."""

    pk: int
    name: str
    overdue: int = 0
    due: int = 0
    done: int = 0
    unwritten: int = 0  # visits that are over and wait to be written up
    warnings: int = 0
    at_risk: int = 0
    waiting: list[int] = field(default_factory=lambda: [0] * len(registry().today))  # for each section of other apps

    @property
    def follow_ups_url(self) -> str:
        return self._follow_ups("all")

    @property
    def overdue_url(self) -> str:
        return self._follow_ups("overdue")

    @property
    def due_url(self) -> str:
        return self._follow_ups("today")

    @property
    def unwritten_url(self) -> str:
        return f"{self._follow_ups('all')}&{urlencode({'visits': TO_WRITE_UP})}"

    @property
    def warnings_url(self) -> str:
        return f"{reverse('warning_list')}?{urlencode({'owner': self.pk or NO_OWNER})}"

    def _follow_ups(self, when: str) -> str:
        return f"{reverse('follow_up_list')}?{urlencode({'whose': 'team', 'assignee': self.pk, 'when': when})}"

    @property
    def waits(self) -> list[tuple[TodaySection, int]]:
        """What waits in other apps, with the section that it stands in."""
        return list(zip(registry().today, self.waiting, strict=True))

    @property
    def waits_with_lists(self) -> list[tuple[TodaySection, int, str]]:
        """The same with the address of the person's part of the list behind it."""
        theirs = urlencode({"owner": self.pk})
        return [(section, count, f"{reverse(section.page)}?{theirs}") for section, count in self.waits]

    @property
    def weight(self) -> tuple[int, int, int]:
        return self.overdue + sum(self.waiting), self.warnings + self.unwritten, self.due


@dataclass
class Overview:
    """The people with most on their hands first, and the sums over all of them."""

    people: list[Person] = field(default_factory=list)
    total: Person = field(default_factory=lambda: Person(0, ""))
    cases: list[queue.Row] = field(default_factory=list)
    more_people: int = 0
    unowned: Person | None = None  # the warnings of customers without an owner: nobody's, and part of the sums


SUMMED = ("overdue", "due", "done", "unwritten", "warnings", "at_risk")


def leads(user: User) -> bool:
    """Whether the person sees the figures of others: team or company."""
    return reach_of(user).beyond_own("dashboard.view")


def overview(user: User) -> Overview:
    """Three queries and one for each app whose work waits, however many people and customers."""
    people: dict[int, Person] = {}
    _add_follow_ups(user, people)
    _add_warnings(user, people)
    for n, section in enumerate(registry().today):
        for pk, name, count in section.by_person(user):
            _person(people, pk, name).waiting[n] = count
    ranked = sorted(people.values(), key=lambda person: (*(-n for n in person.weight), person.pk))
    total = Person(0, "", **{name: sum(getattr(p, name) for p in ranked) for name in SUMMED})
    if ranked:
        total.waiting = [sum(counts) for counts in zip(*(person.waiting for person in ranked), strict=True)]
    shown = [person for person in ranked if person.pk != NOBODY]
    return Overview(shown[:PEOPLE], total, _cases(user), max(len(shown) - PEOPLE, 0), people.get(NOBODY))


def _person(people: dict[int, Person], pk: int, name: str) -> Person:
    return people.setdefault(pk, Person(pk, name))


def _add_follow_ups(user: User, people: dict[int, Person]) -> None:
    for row in _follow_ups(user):
        person = _person(people, row["assignee"], row["assignee__name"])
        person.overdue, person.due, person.done = row["overdue"], row["due"], row["done"]
        person.unwritten = row["unwritten"]


@composed
def _follow_ups(user: User) -> QuerySet[FollowUp, dict[str, Any]]:
    today = clock.user_today(user)
    begin, _end = clock.day_bounds(today, clock.user_zone(user))
    still_open = Q(state=FollowUp.State.OPEN, due_on__lte=today, customer__deleted_at=None)
    finished = Q(state=FollowUp.State.DONE, closed_at__gte=begin)
    rows = FollowUp.objects.for_user(user).filter(SINGLE, still_open | finished).order_by()  # as the list of follow-ups
    return rows.values("assignee", "assignee__name").annotate(
        overdue=Count("pk", filter=still_open & Q(due_on__lt=today)),
        due=Count("pk", filter=still_open & Q(due_on=today)),
        done=Count("pk", filter=finished),
        unwritten=Count("pk", filter=still_open & passed(today)),
    )


def _add_warnings(user: User, people: dict[int, Person]) -> None:
    for row in _warnings(user):
        person = _person(people, row["customer__owner"] or NOBODY, row["customer__owner__name"] or _("unassigned"))
        person.warnings, person.at_risk = row["n"], row["risk"] or 0


@composed
def _warnings(user: User) -> QuerySet[ChurnCase, dict[str, Any]]:
    rows = ChurnCase.objects.for_user(user).filter(closed_at=None, customer__deleted_at=None)  # as the page of warnings
    grouped = rows.order_by().values("customer__owner", "customer__owner__name")
    return grouped.annotate(n=Count("pk"), risk=Sum("value_at_risk"))


def _cases(user: User) -> list[queue.Row]:
    today = clock.user_today(user)
    return [queue.case_row(case, None, today) for case in _first_cases(user)]


@composed
def _first_cases(user: User) -> QuerySet[ChurnCase]:
    return queue.cases(user).exclude(customer__owner=None)[:WARNINGS]


def whole_company(user: User) -> bool:
    """Whether the figures are the company's, not a team's."""
    return reach_of(user).everywhere("dashboard.view")
