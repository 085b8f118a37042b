"""What stands above a company in a group, and what a new relation would make of that."""

from __future__ import annotations

from customers.models import Relation, RelationKind

DEEPEST = 100  # levels; a walk that gets so far has lost its way


def stands_above(kind: RelationKind, upper: int, lower: int) -> bool:
    """Whether `upper` is above `lower` in relations of this kind, over any number of levels.

    Also over companies in the recycle bin, from where they may come back.
    """
    reached, front = {lower}, {lower}
    for _level in range(DEEPEST):
        rows = Relation.all_objects.filter(kind=kind, second__in=front, ended_at=None)
        front = set(rows.values_list("first", flat=True)) - reached
        if upper in front:
            return True
        if not front:
            return False
        reached |= front
    return True


def refused(kind: RelationKind, first: int, second: int, *, without: int | None = None) -> str:
    """Why `first` can't be the `kind` of `second`: "itself", "twice" or "circle"; nothing where it can."""
    if first == second:
        return "itself"
    ends = [(first, second)] + ([(second, first)] if kind.shape == RelationKind.Shape.MUTUAL else [])
    for one, other in ends:
        same = Relation.all_objects.filter(kind=kind, first=one, second=other, ended_at=None)
        if same.exclude(pk=without).exists():
            return "twice"
    if kind.shape == RelationKind.Shape.TREE and stands_above(kind, second, first):
        return "circle"
    return ""
