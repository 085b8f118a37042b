"""Whose customers the figures of a run counted: people who have one then and not now read that on the list behind.

Sums are kept by the owner at the time of the run. A list behind a figure holds of those whom it counted the ones that
are still the reader's, and says how many aren't: handed over, deleted or merged since (docs/algorithms/dashboard.md).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import ngettext

from accounts.models import Team, User
from accounts.scope import ALL, People, reach_of
from customers.models import Customer, OwnerChange
from segmentation.models import ScoreRun
from ui import formatting

FEW_GONE = 2_000


@dataclass(frozen=True)
class Whose:
    """Whose customers a figure counted (`people`), and since when hands may have changed.

    `team`: only of that team; `members` are those of the people who are in it, as a customer goes with its owner.
    """

    people: People
    since: datetime
    team: Team | None = None
    members: People = ALL

    @property
    def everybody(self) -> bool:
        """Whether it makes no difference whose a customer is."""
        return self.people is ALL and self.team is None

    def _now(self, path: str = "") -> Q:
        """Customers that are theirs today."""
        within = Q(**{f"{path}team__path__startswith": self.team.path}) if self.team else Q()
        return _one_of(f"{path}owner", self.people) & within

    def _given(self, customer: str, *, by_them: bool) -> Q:
        """Customers that changed hands since, the first time from one of these people, or from anybody else."""
        return Q(Exists(self._first(by_them=by_them).filter(customer=OuterRef(customer))))

    def _first(self, *, by_them: bool) -> QuerySet[OwnerChange]:
        """The first change of hands since of each customer."""
        earlier = OwnerChange.objects.filter(customer=OuterRef("customer"), at__gt=self.since, pk__lt=OuterRef("pk"))
        theirs = _one_of("from_user", self.members) & Q(from_user__isnull=False)
        return OwnerChange.objects.filter(~Exists(earlier), theirs if by_them else ~theirs, at__gt=self.since)

    def still(self) -> Q:
        """Customers of the figure that are theirs now: not those who came to them since."""
        if self.everybody:
            return Q(deleted_at=None)
        return Q(deleted_at=None) & self._now() & ~self._given("pk", by_them=False)

    def counted(self, path: str = "") -> Q:
        """All customers of the figure, for rows from which `path` leads to them ("customer__")."""
        there = Q(**{f"{path}deleted_at": None}) | Q(**{f"{path}deleted_at__gt": self.since})
        if self.everybody:
            return there
        customer = path.removesuffix("__") or "pk"
        held = self._now(path) & ~self._given(customer, by_them=False)
        return there & (held | self._given(customer, by_them=True))

    def _elsewhere(self) -> Q:
        """Customers that aren't theirs today; said without a negation of what may be empty."""
        found = Q(pk__in=[])
        if self.people is not ALL:
            found |= Q(owner=None) | ~_one_of("owner", self.people)
        if self.team:
            found |= Q(team=None) | ~Q(team__path__startswith=self.team.path)
        return found

    def gone(self) -> tuple[QuerySet[Customer], QuerySet[Customer]]:
        """Customers of the figure that aren't theirs any more: deleted by them, and given away. To be counted: nobody
        may read whose they are now. Two lists, since one condition of both would make the database read everybody."""
        # unscoped: only counted, as the figure did when they were in reach
        rows, deleted = Customer.all_objects.order_by(), Q(deleted_at__gt=self.since)
        if self.everybody:
            return rows.filter(deleted), rows.none()
        binned = rows.filter(deleted, self._now(), ~self._given("pk", by_them=False))
        given = rows.filter(pk__in=self._first(by_them=True).values("customer"))
        return binned.exclude(pk__in=given.values("pk")), given.filter(deleted | Q(self._elsewhere(), deleted_at=None))

    def count_gone(self, figure: Callable[[QuerySet[Customer]], QuerySet[Customer]]) -> int:
        """How many of them meet what the figure counted. Few are looked up one by one: as a rule there is nobody."""
        return sum(self._count(rows, figure) for rows in self.gone())

    def _count(self, rows: QuerySet[Customer], figure: Callable[[QuerySet[Customer]], QuerySet[Customer]]) -> int:
        few = list(rows.values_list("pk", flat=True)[: FEW_GONE + 1])
        if not few:
            return 0
        # unscoped: only counted
        return figure(rows if len(few) > FEW_GONE else Customer.all_objects.order_by().filter(pk__any_of=few)).count()

    def words(self, count: int) -> str:
        """What the list says of them; empty where there is nobody."""
        shown = {"n": formatting.number(count)}
        if not count:
            return ""
        if self.team:
            return (
                ngettext(
                    "%(n)s more was counted that is no longer of this team: handed over, deleted or merged since.",
                    "%(n)s more were counted that are no longer of this team: handed over, deleted or merged since.",
                    count,
                )
                % shown
            )
        return (
            ngettext(
                "%(n)s more was counted that is no longer yours: handed over, deleted or merged since.",
                "%(n)s more were counted that are no longer yours: handed over, deleted or merged since.",
                count,
            )
            % shown
        )


def whose(user: User, permission: str, run: ScoreRun, team: Team | None = None, owner: int | None = None) -> Whose:
    """Whose customers the sums of a published run hold for a person with this permission; of one team or of one owner
    where these are chosen."""
    if run.published_at is None:
        raise ValueError("Only published runs have figures")
    people = reach_of(user).people(permission)
    if owner is not None:
        people = (owner,) if people is ALL or owner in people else ()
    if team is None:
        return Whose(people, run.published_at, members=people)
    # unscoped: only narrows to the owners of a team that the reader may choose
    ours = User.objects.filter(team__path__startswith=team.path).values_list("pk", flat=True)
    members = tuple(pk for pk in ours if people is ALL or pk in people)
    return Whose(people, run.published_at, team, members)


def _one_of(path: str, people: People) -> Q:
    if people is ALL:
        return Q()
    return Q(**{f"{path}__any_of": people}) if people else Q(pk__in=[])
