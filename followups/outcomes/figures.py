"""Figures of the effect page: answers, orders that followed, follow-ups done and on time.

What `followups_outcome` holds is read within a person's reach twice: activities of the people whose work they may
measure, with customers they may see. So each figure is the number of rows of the list behind it. Money: minor units
of the company's currency.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from accounts.selectors import measured
from core.contributions import Words
from core.models import JobRun
from customers.models import UNRATED, InteractionKind, Stage
from followups import selectors
from followups.messages.models import MessageTemplate
from followups.models import FollowUp, Outcome
from followups.months import Months
from followups.outcomes.counting import JOB
from followups.visits import done_in_time, planned_in
from segmentation import catalogue

FEW = 30  # of fewer activities no share is told as a finding


@dataclass(frozen=True)
class Choice:
    """What the page's address asks for."""

    months: Months
    by: str
    team: Team | None = None


@dataclass
class Effect:
    """What came of the activities of one person, method, stage..., or of all."""

    activities: int = 0
    answers: int = 0
    followed: int = 0  # those that an order followed
    revenue: int = 0
    planned: int = 0
    done: int = 0
    on_time: int = 0

    @property
    def response(self) -> float | None:
        return self.answers / self.activities if self.activities else None

    @property
    def conversion(self) -> float | None:
        return self.followed / self.activities if self.activities else None

    @property
    def completion(self) -> float | None:
        return self.done / self.planned if self.planned else None

    @property
    def punctuality(self) -> float | None:
        return self.on_time / self.done if self.done else None


@dataclass(frozen=True)
class Dimension:
    """By what the figures are split: the columns of an outcome and, where follow-ups know it too, of a follow-up.

    `narrows`: how the list of follow-ups calls it, where not like its column. `today`: a follow-up stands where its
    customer stands today, while an activity was noted with where they stood.
    """

    label: Words
    of_activity: str
    of_plan: str = ""
    words: Callable[[], Mapping[Any, Any]] = dict  # what each of its codes is called
    narrows: str = ""
    today: bool = False


DIMENSIONS: dict[str, Dimension] = {
    "person": Dimension(_("Person"), "user", "assignee"),
    "method": Dimension(_("Method"), "method", "method", lambda: dict(InteractionKind.choices)),
    "stage": Dimension(_("Stage"), "stage", "customer__stage", lambda: dict(Stage.choices), "stage", today=True),
    "tier": Dimension(
        _("Tier"),
        "tier",
        "customer__facts__tier",
        lambda: {**dict(catalogue.names()), UNRATED: _("unrated")},
        "tier",
        today=True,
    ),
    "source": Dimension(_("Planned by"), "source", "source", lambda: dict(FollowUp.Source.choices)),
    "template": Dimension(_("Template"), "template", "", lambda: templates()),
}


def people_of(user: User, team: Team | None) -> QuerySet[User]:
    """Whose work the figures measure; who left too, for what they did stays."""
    people = measured(user, left=True)
    return people.filter(team__path__startswith=team.path) if team else people


def outcomes(user: User, people: QuerySet[User], months: Months) -> QuerySet[Outcome]:
    """The activities that the figures count."""
    inside = Q(day__gte=months.first, day__lt=months.end)
    return Outcome.objects.for_user(user).filter(inside, user__in=people, customer__deleted_at=None)


def plans(user: User, people: QuerySet[User], months: Months) -> QuerySet[FollowUp]:
    """The follow-ups planned for the period and not called off, as the list of follow-ups and the team board count."""
    return selectors.follow_ups(user).filter(planned_in(months.last, months.count), assignee__in=people)


def split(user: User, choice: Choice) -> dict[Any, Effect]:
    """The figures by the values of one dimension; two queries at most."""
    dimension, people = DIMENSIONS[choice.by], people_of(user, choice.team)
    found: dict[Any, Effect] = defaultdict(Effect)
    for row in outcomes(user, people, choice.months).order_by().values(key=F(dimension.of_activity)).annotate(**HEARD):
        _add(found[row["key"]], row, HEARD)
    if dimension.of_plan:
        rows = plans(user, people, choice.months).order_by().values(key=F(dimension.of_plan))
        for row in rows.annotate(**_kept()):
            _add(found[row["key"]], row, _kept())
    return dict(found)


def total(user: User, team: Team | None, months: Months) -> Effect:
    """All of a period together; two queries."""
    people, effect = people_of(user, team), Effect()
    _add(effect, outcomes(user, people, months).aggregate(**HEARD), HEARD)
    _add(effect, plans(user, people, months).order_by().aggregate(**_kept()), _kept())
    return effect


HEARD = {
    "activities": Count("pk"),
    "answers": Count("pk", filter=Q(answered=True)),
    "followed": Count("pk", filter=Q(orders__gt=0)),
    "revenue": Sum("sold", default=0),
}


def _kept() -> dict[str, Count]:
    done = Q(state=FollowUp.State.DONE)
    return {"planned": Count("pk"), "done": Count("pk", filter=done), "on_time": Count("pk", filter=done_in_time())}


def _add(effect: Effect, row: Mapping[str, Any], names: Iterable[str]) -> None:
    for name in names:
        setattr(effect, name, getattr(effect, name) + row[name])


def summed(effects: Iterable[Effect]) -> Effect:
    """Every activity and follow-up stands under one value of a dimension, so the parts add up to the whole."""
    whole = Effect()
    for effect in effects:
        _add(whole, asdict(effect), asdict(whole))
    return whole


def templates() -> dict[int, str]:
    """All templates of messages by their ids, also those out of use."""
    return {template.pk: template.name for template in MessageTemplate.objects.all()}


def names(people: Iterable[int]) -> dict[int, str]:
    """By their ids, of people whose work is measured."""
    return dict(User.objects.filter(pk__in=people).values_list("pk", "name"))


def counted_since() -> date | None:
    """The first day of the month in which the counted activities begin; nothing can be said of the time before."""
    # unscoped: a date, the same for everybody
    first = Outcome.objects.aggregate(first=Min("day"))["first"]
    return first and first.replace(day=1)


def counted_through() -> date | None:
    """The last day that the night has counted."""
    done = JobRun.objects.filter(job=JOB, state=JobRun.State.DONE)
    return done.aggregate(last=Max("business_date"))["last"]
