"""Relations of two companies that become one: what makes no sense any more stays with the file that goes."""

from __future__ import annotations

from customers.models import Relation, RelationKind
from customers.relations.circles import refused


def staying(end: str, from_id: int, to_id: int) -> list[int]:
    """Ids of the relations whose `end` is the one customer and can't be the other: between the two themselves, those
    that stand there already in the other direction, and those that would close a circle."""
    # Who adds a relation meanwhile waits, as we would for them (customers/relations/services.py).
    list(RelationKind.objects.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    rows = Relation.all_objects.filter(**{end: from_id}).select_related("kind").order_by("pk")
    found = []
    for row in rows:
        first, second = (to_id, row.second_id) if end == "first" else (row.first_id, to_id)
        if first == second or (row.ended_at is None and refused(row.kind, first, second, without=row.pk)):
            found.append(row.pk)
    return found
