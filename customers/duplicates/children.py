"""What hangs on a customer: every foreign key to it, found in the models, with what a merge does to its rows.

Each app decides for its own tables (`merge_moves`, `merge_keeps` of its contribution); a table without a decision fails
a test, so none can be forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from typing import Any

from django.apps import apps
from django.db.models import Exists, Model, OuterRef, Q, QuerySet, UniqueConstraint

from core.contributions import registry
from customers.models import Attachment, Customer, Relation
from customers.relations.merged import staying


@dataclass(frozen=True)
class Child:
    """One foreign key to a customer."""

    model: type[Model]
    name: str  # of the field

    @property
    def label(self) -> str:
        return self.model._meta.label

    @property
    def key(self) -> str:
        """How the snapshot of a merge calls it."""
        return f"{self.label}.{self.name}"

    @property
    def is_own_key(self) -> bool:
        """Whether the customer's id is the row's own: one row a customer."""
        return bool(getattr(self.model._meta.get_field(self.name), "primary_key", False))

    def rows(self) -> QuerySet[Any]:
        """All rows, also those in the recycle bin."""
        return self.model._base_manager.all()  # unscoped: all of a customer goes along

    def of(self, customer_id: int) -> QuerySet[Any]:
        """Those of one customer."""
        return self.rows().filter(**{self.name: customer_id})

    def clashing(self, survivor_id: int) -> Q:
        """Rows whose like the survivor has already, by the unique constraints of the table."""
        found = Q(pk__in=[])
        if getattr(self.model._meta.get_field(self.name), "unique", False):
            found |= Q(Exists(self.of(survivor_id)))
        for rule in self._uniques():
            condition, others = rule.condition or Q(), [name for name in rule.fields if name != self.name]
            may_be_empty = [name for name in others if getattr(self.model._meta.get_field(name), "null", False)]
            for empty in _some_of(may_be_empty) if rule.nulls_distinct is False else [()]:
                same = {name: OuterRef(name) for name in others if name not in empty}
                none = Q(**dict.fromkeys(empty))
                found |= condition & none & Q(Exists(self.of(survivor_id).filter(condition, none, **same)))
        return found

    def _uniques(self) -> list[UniqueConstraint]:
        """Those that name the customer, also as Django says it of tables between two."""
        rules = [rule for rule in self.model._meta.constraints if isinstance(rule, UniqueConstraint)]
        rules += [UniqueConstraint(fields=pair, name="together") for pair in self.model._meta.unique_together]
        return [rule for rule in rules if self.name in rule.fields]


def _some_of(names: list[str]) -> Iterator[tuple[str, ...]]:
    """Every choice of some of them, none included."""
    for size in range(len(names) + 1):
        yield from combinations(names, size)


@cache
def children() -> tuple[Child, ...]:
    """Of all apps; without before-images, which tell what was."""
    return tuple(
        Child(model, field.name)
        for model in apps.get_models(include_auto_created=True)
        if not hasattr(model, "pgh_tracked_model")
        for field in model._meta.concrete_fields
        if field.related_model is Customer
    )


def moving() -> Iterator[Child]:
    """Those whose rows go along."""
    moves = set(registry().every(lambda part: part.merge_moves))
    return (child for child in children() if child.label in moves)


def move(child: Child, from_id: int, to_id: int, only: list[int] | None = None) -> list[int]:
    """Give the rows of one customer to another and return their ids; what clashes stays where it is.

    Nothing but the foreign key is written, so that an undo leaves no trace.
    """
    rows = child.of(from_id) if only is None else child.of(from_id).filter(pk__in=only)
    rows = rows.exclude(child.clashing(to_id))
    if child.model is Customer:  # nobody has referred themselves
        rows = rows.exclude(pk=to_id)
    if child.model is Relation:
        rows = rows.exclude(pk__in=staying(child.name, from_id, to_id))
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    if child.model is Attachment:  # a file of the customer itself names it twice
        child.rows().filter(pk__in=ids, on="customer", on_id=from_id).update(on_id=to_id)
    child.rows().filter(pk__in=ids).update(**{child.name: to_id})
    return [to_id] if child.is_own_key and ids else ids
