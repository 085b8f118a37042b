"""Who stands how to whom among the companies of the demo company: small groups, suppliers, partners, dealers."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from random import Random

from customers.models import Customer, Kind, Relation, RelationKind

SHARE = 0.12  # of the companies that stand in some relation
NOTES = {
    "parent": ("持股 60%", "持股 100%", "控股"),
    "supplier": ("供应五金件", "供应包装材料", "长期供货"),
    "partner": ("联合投标", "互相推荐客户", ""),
    "agent": ("华东区代理", "授权经销", ""),
    "affiliate": ("同一集团", ""),
}


def make_relations(last_day: date, seed: int) -> int:
    """Each company that was drawn gets one to another of the same owner, so that reps see them; returns how many."""
    chance = Random(seed + 9)
    kinds = {kind.code: kind for kind in RelationKind.objects.filter(code__in=NOTES)}
    # unscoped: the company is being made
    rows = Customer.objects.filter(kind=Kind.COMPANY, owner__isnull=False).order_by("owner", "pk")
    companies = list(rows.values_list("pk", "owner"))
    by_owner: dict[int, list[int]] = {}
    for pk, owner in companies:
        by_owner.setdefault(owner, []).append(pk)
    found: list[Relation] = []
    for ids in by_owner.values():
        drawn = [pk for pk in ids if chance.random() < SHARE]
        # Each only with the one behind it, and never back: so no group closes a circle.
        for first, second in pairwise(drawn):
            code = chance.choice(sorted(kinds))
            since = last_day - timedelta(days=chance.randint(60, 2000))
            found.append(
                Relation(
                    first_id=first, second_id=second, kind=kinds[code], since=since, note=chance.choice(NOTES[code])
                )
            )
    return len(Relation.all_objects.bulk_create(found, batch_size=500))
