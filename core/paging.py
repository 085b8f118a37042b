"""Keyset pages: the cursor holds the last row's sort values, so page 1,000 costs as much as page 1."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import F, Model, Q, QuerySet

from core import cursors

PAGE_SIZE = 50


@dataclass(frozen=True)
class Page:
    """Rows of one page; the cursors are None where there is nothing further in that direction."""

    rows: list[Any]
    next_cursor: str | None
    previous_cursor: str | None


@dataclass(frozen=True)
class _Key:
    path: str
    descending: bool

    @property
    def attributes(self) -> list[str]:
        return self.path.split("__")

    @property
    def relation(self) -> str:
        """The way to the related row that holds the value; empty where it is the row's own."""
        return "__".join(self.attributes[:-1])

    def value_of(self, row: Model) -> Any:
        value: Any = row
        for name in self.attributes:
            value = getattr(value, name, None)
        return value.pk if isinstance(value, Model) else value


def keyset_page(rows: QuerySet[Any], *, order: Sequence[str], cursor: str | None = None, size: int = PAGE_SIZE) -> Page:
    """One page of `rows` in `order` (field paths, `-` for descending; the last one must be unique and never empty).

    Empty values come last in both directions. A cursor that doesn't fit the order is ignored. Usually one query,
    never more than there are fields in `order` plus empty and filled parts of them.
    """
    keys = [_Key(path.lstrip("-"), path.startswith("-")) for path in order]
    place = f"{rows.model._meta.label}:{','.join(order)}"
    backwards, *after = cursors.unpack(cursor, of=place) or [False]
    values = after or None
    found = _fetch(rows, keys, values, bool(backwards), size + 1)
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    has_previous = values is not None and (more or not backwards)
    return _page(found, keys, place, has_next=more or bool(backwards), has_previous=has_previous)


def _fetch(rows: QuerySet[Any], keys: list[_Key], values: list[Any] | None, backwards: bool, limit: int) -> list[Any]:
    """The next rows, part by part: one OR over the parts would make the database read everything before them."""
    ordered = rows.order_by(*[_ordering(key, backwards) for key in keys])
    found: list[Any] = []
    for part in _parts(rows.model, keys, values, backwards):
        found += ordered.filter(part)[: limit - len(found)]
        if len(found) == limit:
            break
    return found


def neighbour(rows: QuerySet[Any], row: Model, *, order: Sequence[str], backwards: bool = False) -> Any:
    """The row after (or before) `row` in `order`; None at the end. `row` must come with the fields of `order`."""
    keys = [_Key(path.lstrip("-"), path.startswith("-")) for path in order]
    return next(iter(_fetch(rows, keys, [key.value_of(row) for key in keys], backwards, 1)), None)


def place(rows: QuerySet[Any], row: Model, *, order: Sequence[str], up_to: int) -> tuple[int | None, int]:
    """At which place in `order` the row stands, and how many rows there are; of both only what lies within `up_to`."""
    keys = [_Key(path.lstrip("-"), path.startswith("-")) for path in order]
    found = _fetch(rows.values_list("pk", flat=True), keys, None, False, up_to + 1)
    within = found[:up_to]
    return within.index(row.pk) + 1 if row.pk in within else None, len(found)


def _page(found: list[Any], keys: list[_Key], place: str, *, has_next: bool, has_previous: bool) -> Page:
    def at(row: Any, *, backwards: bool) -> str:
        return cursors.pack([int(backwards), *[_plain(key.value_of(row)) for key in keys]], of=place)

    if not found:
        return Page([], None, None)
    return Page(
        found,
        at(found[-1], backwards=False) if has_next else None,
        at(found[0], backwards=True) if has_previous else None,
    )


def _ordering(key: _Key, backwards: bool) -> Any:
    """Plain directions that an index can answer; empty values are parts of their own."""
    return F(key.path).desc() if key.descending != backwards else F(key.path).asc()


def _parts(model: type[Model], keys: list[_Key], values: list[Any] | None, backwards: bool) -> list[Q]:
    """Conditions of the parts beyond `values`, in page order: same beginning first, then the rest key by key."""
    alone = _without_related(model, keys[0])
    if values is None:
        parts = _whole(model, keys[0], backwards)
        return [*alone, *parts] if backwards else [*parts, *alone]
    parts = []
    for length in range(len(keys) - 1, -1, -1):
        same = Q(*[_equals(model, key, value) for key, value in zip(keys[:length], values[:length], strict=True)])
        last = length == len(keys) - 1
        parts += [same & part for part in _after(model, keys[length], values[length], backwards, last=last)]
    return parts if backwards or values[-1] is None else [*parts, *alone]


def _whole(model: type[Model], key: _Key, backwards: bool) -> list[Q]:
    """Everything that has the related row, in one part where empty values come last by themselves."""
    there = Q(**{f"{key.relation}__isnull": False}) if _without_related(model, key) else Q()
    if not _may_be_empty(model, key) or (there and key.descending == backwards):
        return [there]
    filled, empty = Q(**{f"{key.path}__isnull": False}), _equals(model, key, None)
    return [empty, filled] if backwards else [filled, empty]


def _without_related(model: type[Model], key: _Key) -> list[Q]:
    """Those that have no related row, as a part of their own: asked for with the empty values of the others, the
    database would read both tables whole, for no index knows of a row that isn't there."""
    if not key.relation or not _may_be_empty(model, key):
        return []
    return [Q(**{f"{key.relation}__isnull": True})]


def _equals(model: type[Model], key: _Key, value: Any) -> Q:
    if value is not None:
        return Q(**{key.path: value})
    there = Q(**{f"{key.relation}__isnull": False}) if _without_related(model, key) else Q()
    return there & Q(**{f"{key.path}__isnull": True})


def _after(model: type[Model], key: _Key, value: Any, backwards: bool, *, last: bool) -> list[Q]:
    if value is None:
        return [Q(**{f"{key.path}__isnull": False})] if backwards else []
    beyond = Q(**{f"{key.path}__{'lt' if key.descending != backwards else 'gt'}": value})
    empty_follows = not backwards and not last and _may_be_empty(model, key)
    return [beyond, _equals(model, key, None)] if empty_follows else [beyond]


def _may_be_empty(model: type[Model], key: _Key) -> bool:
    """Whether the field, or a related row on the way to it, may be missing; annotations may."""
    first, *rest = key.attributes
    if first == "pk":
        return False
    try:
        field = model._meta.get_field(first)
    except FieldDoesNotExist:
        return True
    return bool(rest) or getattr(field, "null", True)  # of a generic relation as well


def _plain(value: Any) -> Any:
    return (
        value.isoformat() if isinstance(value, date | datetime) else str(value) if isinstance(value, Decimal) else value
    )
