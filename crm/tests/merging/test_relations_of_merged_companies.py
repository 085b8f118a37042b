"""Relations of companies that become one go along, but for those that would make no sense; an undo brings all back."""

from __future__ import annotations

from typing import Any

import pytest

from crm.tests.merging.files import become_one
from customers.duplicates import merge
from customers.models import Customer, Relation, RelationKind
from customers.relations.services import relation_add

pytestmark = pytest.mark.django_db


def test_circles_doubles_and_relations_to_itself_stay_behind(cast: Any) -> None:
    survivor, gone, other, third = (
        Customer.objects.create(number=name, kind="company", name=name, owner=cast.wang, team=cast.shanghai)
        for name in ("甲", "甲有限公司", "乙", "丙")
    )
    kinds = {kind.code: kind for kind in RelationKind.objects.all()}

    def related(first: Customer, code: str, second: Customer) -> Relation:
        return relation_add(first=first, kind=kinds[code], second=second, by=cast.wang)

    moves = [related(gone, "supplier", other), related(third, "parent", gone)]
    stay = [
        related(gone, "affiliate", survivor),  # to itself
        related(other, "partner", gone),  # the survivor is that already, said the other way round
        related(gone, "parent", other),  # which stands above the survivor
    ]
    related(survivor, "partner", other)
    related(other, "parent", survivor)
    before = set(Relation.all_objects.values_list("pk", "first", "second"))
    done = become_one(survivor, gone, cast.lead)
    with_survivor = set(Relation.all_objects.filter(first=survivor).values_list("pk", flat=True))
    with_survivor |= set(Relation.all_objects.filter(second=survivor).values_list("pk", flat=True))
    assert {row.pk for row in moves} <= with_survivor
    for row in stay:
        row.refresh_from_db()
        assert gone.pk in (row.first_id, row.second_id)
    assert Relation.objects.count() == 4, "what stays isn't shown: its company lies in the bin"
    merge.customers_part(merge=done, by=cast.lead)
    assert set(Relation.all_objects.values_list("pk", "first", "second")) == before
