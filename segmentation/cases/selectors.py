"""Reads of warnings as cases: their causes, what was done, and how good the warnings were. The reader comes first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, DateTimeField, Exists, Func, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Now

from accounts.models import User
from accounts.scope import ScopedQuerySet
from core import clock, company
from customers.models import Interaction
from segmentation.cases.models import LOGGED_AS, CaseAction, ChurnCause
from segmentation.models import ChurnCase

State = ChurnCase.State
FEW = 30  # below so many a share isn't shown
COUNTED_FOR = timedelta(days=365)
# Those that say whether the warning was right: an eased one says neither.
TELLING = (State.WON_BACK, State.LOST, State.FALSE_ALARM)


def causes() -> QuerySet[ChurnCause]:
    """Those in use, in the company's order."""
    return ChurnCause.objects.filter(is_active=True)


def action_rows() -> ScopedQuerySet:
    """Actions with their case, for `row_for`; those that were removed too, for an undo."""
    rows: ScopedQuerySet = CaseAction.objects.select_related("case__customer", "done_by")
    return rows.filter(case__customer__deleted_at=None)


def ended_lately() -> Q:
    """Cases that ended in the last 365 days."""
    return Q(closed_on__gt=clock.business_date() - COUNTED_FOR)


# --- what was done ------------------------------------------------------------------------------------------------
def activities(user: User) -> QuerySet[Interaction]:
    """What counts as an action by itself: what a person logged, in or out."""
    rows = Interaction.objects.for_user(user) if user.can("interaction.view") else Interaction.objects.none()
    ways = (Interaction.Direction.OUT, Interaction.Direction.IN)
    return rows.filter(automatic=False, direction__in=ways, kind__in=list(LOGGED_AS))


def activities_of(user: User, case: ChurnCase) -> QuerySet[Interaction]:
    """Those of one case: from the beginning of the day that opened it to the moment at which it was closed."""
    begin = clock.day_bounds(case.opened_on, company.zone())[0]
    rows = activities(user).filter(customer=case.customer_id, occurred_at__gte=begin)
    return rows.filter(occurred_at__lte=case.closed_at) if case.closed_at else rows


class _BeginOfDay(Func):
    """The first moment of a date in a zone."""

    template = "(%(expressions)s)"
    arg_joiner = "::timestamp AT TIME ZONE "
    output_field = DateTimeField()


def was_done(user: User, kind: str) -> Q:
    """Cases for which an action of this kind was noted, or an activity logged that counts as one."""
    noted = CaseAction.objects.filter(case=OuterRef("pk"), removed_at=None, kind=kind)
    kinds = [logged for logged, counts_as in LOGGED_AS.items() if counts_as == kind]
    return Q(Exists(noted)) | Q(Exists(_logged(user).filter(kind__in=kinds)))


def _logged(user: User) -> QuerySet[Interaction]:
    """The activities of the case of an outer query."""
    begin = _BeginOfDay(OuterRef("opened_on"), Value(company.zone().key))
    until = Coalesce(OuterRef("closed_at"), Now())
    return activities(user).filter(customer=OuterRef("customer"), occurred_at__gte=begin, occurred_at__lte=until)


@dataclass(frozen=True)
class Doing:
    """What was done for a case: noted actions, logged activities, and the costs that were noted (None: none was)."""

    actions: int = 0
    activities: int = 0
    cost: int | None = None


def doing_of(user: User, cases: Iterable[ChurnCase]) -> dict[int, Doing]:
    """{id of the case: what was done}, in one query."""
    ids = [case.pk for case in cases]
    noted = CaseAction.objects.filter(case=OuterRef("pk"), removed_at=None).order_by()
    rows = ChurnCase.objects.filter(pk__in=ids).values_list(
        "pk",
        Coalesce(Subquery(_grouped(noted, "case", Count("pk"))), 0),
        Coalesce(Subquery(_grouped(_logged(user), "customer", Count("pk"))), 0),
        Subquery(_grouped(noted, "case", Sum("cost"))),
    )
    return {pk: Doing(actions, logs, cost) for pk, actions, logs, cost in rows} if ids else {}


def _grouped(rows: QuerySet[Any], by: str, figure: Any) -> QuerySet[Any]:
    return rows.order_by().values(by).annotate(figure=figure).values("figure")


# --- how good the warnings were -----------------------------------------------------------------------------------
@dataclass(frozen=True)
class Precision:
    """Of `n` warnings that ended and say so, `right` were no false alarms."""

    right: int
    n: int

    @property
    def few(self) -> bool:
        """Whether they are too few for a share."""
        return self.n < FEW

    @property
    def share(self) -> float | None:
        """Of 1; None where they are too few."""
        return None if self.few else self.right / self.n
