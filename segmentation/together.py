"""Sums of many owners kept beside those of each owner, so that a dashboard of many people needn't add them up.

What an owner's customers come to stands in rows of level `OWNER`. Of these the night keeps what they come to by team,
and all together. Who reaches most people reads these and takes off those whom they don't reach: the figures are the
same to the last digit, whichever way they are added up (docs/adr/0044-sums-of-everybody.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from django.db import models
from django.db.backends.utils import CursorWrapper
from django.db.models import Case, Expression, F, Q, QuerySet, Sum, Value, When

from accounts.models import Team, User
from accounts.scope import ALL, People, ScopedQuerySet, reach_of
from core import sql

MANY = 30  # people: the sums of fewer are added up in no time


class Level(models.IntegerChoices):
    """Whose customers a row of sums counts: one owner's, a whole team's as it was then, or everybody's."""

    OWNER = 0
    TEAM = 1
    EVERYBODY = 2


# Each table has an index of the rows of owners and a small one of all others: those of the pool have no owner either.
OF_ONE, SEVERAL, EVERYBODYS = Q(level=Level.OWNER), Q(level__gt=Level.OWNER), Q(level=Level.EVERYBODY)


class OfOwners(models.Manager[Any]):
    """The sums of each owner: each customer stands in one of them."""

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().filter(level=Level.OWNER)


class Together(models.Model):
    """Sums of each owner, and of several together. `added`: the columns that add up; where these are arrays, `steps_in`
    is the one that says of what each of their numbers is. Those of several are kept by all other columns but owner."""

    added: ClassVar[tuple[str, ...]]
    steps_in: ClassVar[str] = ""

    level = models.PositiveSmallIntegerField(default=Level.OWNER, db_default=Level.OWNER)

    objects: ClassVar[models.Manager[Any]] = OfOwners()
    at_all_levels: ClassVar[models.Manager[Any]] = ScopedQuerySet.as_manager()

    class Meta:
        abstract = True


def add_together(
    cursor: CursorWrapper, model: type[Together], where: str = "true", params: Mapping[str, Any] | None = None
) -> None:
    """Keep what the rows of owners come to by team and all together, in place of what was kept; of those of `where`."""
    steps = model.steps_in
    own = {"id", "level", "owner", "team", steps, *model.added}
    by = tuple(field.column for field in model._meta.concrete_fields if field.name not in own)
    parts: dict[str, Any] = {"table": model._meta.db_table, "where": where, "by": by, "added": model.added}
    parts["sums"] = [f"sum({'u.' if steps else ''}{one}) AS {one}" for one in model.added]
    parts["arrays"] = [f"array_agg({one} ORDER BY {steps})" for one in model.added]
    levels = {"team": Level.TEAM.value, "everybody": Level.EVERYBODY.value, "owner": Level.OWNER.value}
    name = "together_by_step" if steps else "together"
    sql.run(cursor, "segmentation", name, levels | dict(params or {}), **parts, steps=steps)


@dataclass(frozen=True)
class Sums:
    """The rows that a person's figures add up; `sign`: by how many times each counts, where some are taken off."""

    rows: QuerySet[Any]
    sign: Expression | None = None

    def narrowed(self, **asked: Any) -> Sums:
        """Those of them that are asked for."""
        return replace(self, rows=self.rows.filter(**asked))

    def added(self, by: Sequence[str], *names: str) -> QuerySet[Any, tuple[Any, ...]]:
        """The sums of `names` by the columns `by`. The first of `names` is of nothing that isn't there: where all of it
        is taken off, there is no row, as if there had been none."""
        found = {f"all_{name}": Sum(F(name) * self.sign if self.sign else name) for name in names}
        rows = self.rows.order_by().values_list(*by).annotate(**found)
        return rows.exclude(**{f"all_{names[0]}": 0}) if self.sign else rows

    def signed(self) -> QuerySet[Any]:
        """The rows, each with its `sign`."""
        return self.rows.order_by().annotate(sign=self.sign or Value(1))


def sums_of(model: type[Together], user: User, permission: str, team: Team | None = None) -> Sums:
    """What a person adds up of a table by a permission, perhaps of a team alone."""
    where, taken_off = reached(user, reach_of(user).people(permission), team)
    return Sums(model.at_all_levels.filter(where), signs(Q()) if taken_off else None)


def reached(user: User, people: People, team: Team | None = None) -> tuple[Q, bool]:
    """Which rows give the sums of these people, whom `user` reaches, and whether those of owners are to be taken off
    the others."""
    within = Q(team__path__startswith=team.path) if team else Q()
    whole = Q(level=Level.TEAM if team else Level.EVERYBODY)
    if people is ALL:
        return whole & within, False
    if (beyond := _beyond(user, people)) is not None:
        return (whole | Q(level=Level.OWNER) & (Q(owner=None) | Q(owner__any_of=beyond))) & within, True
    ours = Q(owner=people[0]) if len(people) == 1 else Q(owner__any_of=people) if people else Q(pk__in=[])
    return Q(level=Level.OWNER) & ours & within, False


def signs(where: Q) -> Case:
    """Rows of owners are taken off, of those of `where`."""
    return Case(When(Q(level=Level.OWNER) & where, then=Value(-1)), default=Value(1))


def _beyond(user: User, people: tuple[int, ...]) -> tuple[int, ...] | None:
    """Everybody else, looked up once for a person; None where they aren't fewer."""
    if len(people) < MANY:
        return None
    known: dict[tuple[int, ...], tuple[int, ...]] = user.__dict__.setdefault("beyond_reach", {})
    if people not in known:
        # unscoped: ids only, whose sums are taken off
        known[people] = tuple(User.objects.exclude(pk__any_of=people).values_list("pk", flat=True))
    return known[people] if len(known[people]) < len(people) else None
