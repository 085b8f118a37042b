"""Whom a segment means for one person: read, refused where it can't be answered, counted.

A condition counts only customers on which the person holds the right of its field, and none of the unassigned pool that
the person sees as such: else the number would tell what the pages hide.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import reduce
from operator import and_, or_
from time import monotonic
from typing import Any

from django.db.models import BooleanField, Case, Count, IntegerField, Q, QuerySet, Subquery, Value, When
from django.db.models.lookups import Exact

from accounts.models import User
from accounts.scope import ScopedQuerySet, reach_of
from core import clock
from core.http import row_id
from customers.models import Customer
from segmentation.segments import timing, tree
from segmentation.segments.fields import Asking, fields, known_codes, specs
from segmentation.segments.models import Segment
from segmentation.segments.timing import TooLongError, at_most
from segmentation.segments.tree import ANY, Condition, Group, Path, Problem

COUNT_UP_TO = 10_000
EVERYBODY = 2**31


class SegmentUnusableError(Exception):
    """The segment can't be answered for this person; it must never be taken for one that means everybody."""

    def __init__(self, reading: Reading) -> None:
        super().__init__("a segment that can't be answered")
        self.reading = reading


@dataclass
class Reading:
    """A tree as one person may use it: what is wrong with which part, and which parts ask what they may not see."""

    tree: Group
    problems: dict[Path, Problem] = field(default_factory=dict)
    hidden: list[Path] = field(default_factory=list)

    @property
    def usable(self) -> bool:
        """Whether it can be answered as a whole."""
        return not self.problems and not self.hidden

    def sound(self, path: Path) -> bool:
        """Whether the part can be answered: nothing in it, or that it stands in as such, is wrong."""
        return not any(wrong[: len(path)] == path for wrong in (*self.problems, *self.hidden))


# --- reading ---------------------------------------------------------------------------------------------------------
def readings(user: User, stored: Sequence[Any]) -> list[Reading]:
    """What is kept of several segments, for one person; the entries that they name are looked up together."""
    return completed(user, [tree.read(one, specs()) for one in stored])


def completed(user: User, read: Sequence[tree.Read]) -> list[Reading]:
    """The same of what was read already: merged entries are followed, those that are gone and hidden fields found."""
    named = {one.of for each in read for _path, one in tree.conditions(each.tree) if one.codes}
    renamed, found = known_codes(named), []
    for each in read:
        problems = dict(each.problems)
        whole = tree.followed(each.tree, renamed, problems)
        hidden = [path for path, one in tree.conditions(whole) if _is_hidden(user, one)]
        found.append(Reading(whole, problems, hidden))
    return found


def reading_of(user: User, segment: Segment) -> Reading:
    """One of them."""
    return readings(user, [segment.tree])[0]


def _is_hidden(user: User, one: Condition) -> bool:
    known = fields().get(one.of)
    return known is not None and not known.may_ask(user)


# --- in SQL ----------------------------------------------------------------------------------------------------------
def condition_of(asking: Asking, part: Condition | Group) -> Q:
    """A part as a condition on customers that are in reach; only of a part without problems."""
    if isinstance(part, Condition):
        where = fields()[part.of].where(asking, part)
    else:
        parts = [condition_of(asking, one) for one in part.parts]
        where = parts[0]
        for one in parts[1:]:
            where = where | one if part.match == ANY else where & one
    return _turned_round(where) if part.negated else where


def _turned_round(where: Q) -> Q:
    """Everybody else, also those of whom it isn't known: the database's NOT would leave these out of both."""
    return Q(Exact(_whether(where), Value(False)))


def seen(user: User, fields_asked: Iterable[str]) -> Q:
    """Of the customers in reach those on which the person holds the right of each field that is asked for."""
    rights = {fields()[code].right for code in fields_asked} - {""}
    return reduce(and_, (_held(user, right) for right in sorted(rights)), Q())


def _held(user: User, right: str) -> Q:
    """Of the customers in reach those on which the person holds this right; empty where it is all of them."""
    reach = reach_of(user)
    scope = reach.scope(right)
    if scope is None:
        return Q(pk__in=[])
    if scope in (reach.scope("customer.view"), "all"):
        return Q()
    return reach.rows(Customer, scope, right, pool=False)


def where(user: User, reading: Reading) -> Q:
    """The condition on customers in reach of `user`, without the pool; SegmentUnusableError where there is none."""
    if not reading.usable:
        raise SegmentUnusableError(reading)
    asking = Asking(user, clock.business_date())
    return condition_of(asking, reading.tree) & seen(user, tree.asked(reading.tree))


def in_reach(user: User, action: str = "view") -> ScopedQuerySet:
    """Customers that a segment may look at: not those of the pool that the person sees by name and place only."""
    everywhere = reach_of(user).everywhere("customer.view")
    return Customer.objects.for_user(user, action, pool=everywhere).defer("search_tokens")


def customers_of(segment: Segment, user: User, action: str = "view") -> ScopedQuerySet:
    """Whom the segment means, of the customers on which `user` may do `action`.

    SegmentUnusableError where it can't be answered: who sends something to a segment must refuse, never go on.
    """
    return in_reach(user, action).filter(where(user, reading_of(user, segment)))


# --- counting --------------------------------------------------------------------------------------------------------
def count_parts(user: User, reading: Reading) -> dict[Path, int]:
    """How many customers each part means on its own, the whole under (): one statement. Parts that can't be answered
    are left out. TooLongError after `timing.COUNTING` seconds.

    Each condition is looked up once for a customer, however many groups it stands in: the limit, which nobody reaches,
    keeps the database from asking anew in each count.
    """
    asking = Asking(user, clock.business_date())
    wanted = {path: part for path, part in tree.nodes(reading.tree) if reading.sound(path)}
    leaves = {path: part for path, part in wanted.items() if isinstance(part, Condition)}
    if not leaves:
        return {}
    names = {path: f"met{n}" for n, path in enumerate(leaves)}
    told = {names[path]: _whether(condition_of(asking, part)) for path, part in leaves.items()}
    rights = sorted({fields()[part.of].right for part in leaves.values()} - {""})
    narrower = {right: limit for right in rights if (limit := _held(user, right))}
    told |= {f"seen{rights.index(right)}": _whether(limit) for right, limit in narrower.items()}

    def met(part: Condition | Group, path: Path) -> Q:
        if isinstance(part, Condition):
            return Q(**{names[path]: True})
        found = [met(one, (*path, n)) for n, one in enumerate(part.parts)]
        whole = reduce(or_ if part.match == ANY else and_, found)
        return ~whole if part.negated else whole

    def counted(part: Condition | Group, path: Path) -> Count:
        own = {part.of} if isinstance(part, Condition) else tree.asked(part)
        held = {fields()[code].right for code in own} & set(narrower)
        limits = [Q(**{f"seen{rights.index(right)}": True}) for right in sorted(held)]
        return Count("pk", filter=reduce(and_, limits, met(part, path)))

    rows = in_reach(user).order_by().annotate(**told)[:EVERYBODY]
    with at_most(timing.COUNTING):
        found = rows.aggregate(**{f"n{n}": counted(part, path) for n, (path, part) in enumerate(wanted.items())})
    return {path: found[f"n{n}"] for n, path in enumerate(wanted)}


def _whether(where: Q) -> Case:
    """Yes or no, and no of what isn't known."""
    return Case(When(where, then=Value(True)), default=Value(False), output_field=BooleanField())


def counts(user: User, wanted: Mapping[int, Reading]) -> dict[int, int]:
    """How many customers each segment means, up to COUNT_UP_TO and one more; of those that can be answered, by id: one
    statement, which stops looking once it has found enough.

    Where that takes too long each is counted alone for a moment, and those that take longer are left out; all of them
    together for no longer than `timing.COUNTING` seconds more.
    """
    usable = {pk: reading for pk, reading in wanted.items() if reading.usable}
    if not usable:
        return {}
    try:
        with at_most(timing.COUNTING):
            return _counted_together(user, usable)
    except TooLongError:
        return _counted_alone(user, usable)


def _counted_alone(user: User, usable: Mapping[int, Reading]) -> dict[int, int]:
    found: dict[int, int] = {}
    until = monotonic() + timing.COUNTING
    for pk, reading in usable.items():
        if (left := min(timing.ONE_OF_MANY, until - monotonic())) <= 0:
            break
        with suppress(TooLongError), at_most(left):
            found |= _counted_together(user, {pk: reading})
    return found


def _counted_together(user: User, usable: Mapping[int, Reading]) -> dict[int, int]:
    looked = {}
    for pk, reading in usable.items():
        meant = in_reach(user).filter(where(user, reading)).order_by().values("pk")[: COUNT_UP_TO + 1]
        looked[f"n{pk}"] = _NumberOf(meant)
    # unscoped: one row of the reader's own, to ask beside
    row = User.objects.filter(pk=user.pk).annotate(**looked).values_list(*looked).get()
    return dict(zip(usable, row, strict=True))


class _NumberOf(Subquery):
    """How many rows there are, as far as they are limited."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS meant)"
    output_field = IntegerField()


# --- segments --------------------------------------------------------------------------------------------------------
def segments(user: User) -> QuerySet[Segment]:
    """Those that are in use and that `user` may see, by name."""
    return Segment.objects.for_user(user).filter(retired_at=None).select_related("owner").order_by("name", "pk")


def segment_named(user: User, text: str) -> Segment | None:
    """The segment of this id, if `user` may see it; retired ones too, which addresses may still name."""
    pk = row_id(text)
    return None if pk is None else Segment.objects.for_user(user).select_related("owner").filter(pk=pk).first()
