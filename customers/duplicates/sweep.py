"""The nightly look for customers that may be the same, among those that were written since the last one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from core import sql
from customers.duplicates import likeness
from customers.models import Customer, DuplicatePair, Kind

SLICE = 5_000
MOST = 20  # a key that more customers share says nothing


def sweep(_day: date) -> Iterator[dict[str, Any]]:
    """Slice by slice; killed in between it goes on with those that are left."""
    compared = pairs = 0
    while True:
        with transaction.atomic():
            due = _take()
            if not due:
                break
            keys_renew(due)
            pairs += pairs_renew(due)
        compared += len(due)
        yield {"compared": compared, "pairs": pairs}


def _take() -> list[int]:
    """The next customers that were written; who is written once more meanwhile stays noted."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM customers_tomatch WHERE id IN (SELECT id FROM customers_tomatch ORDER BY id LIMIT %s)"
            " RETURNING customer_id",
            [SLICE],
        )
        return sorted({pk for (pk,) in cursor.fetchall()})


def keys_renew(due: list[int]) -> None:
    """Write down what these customers are compared by; nothing of those who are gone."""
    living = Customer.objects.filter(pk__in=due)  # unscoped: the night compares everybody
    ids: list[int] = []
    keys: list[str] = []
    for pk, name, number, code in living.values_list("pk", "name", "number", "credit_code"):
        found = likeness.file_keys(name=name, number=number, credit_code=code)
        ids += [pk] * len(found)
        keys += found
    params = {"ids": ids, "keys": keys, "due": due, "shortest": likeness.SHORTEST_PHONE}
    sql.change("customers", "match_keys_new", params)


def pairs_renew(due: list[int]) -> int:
    """Write down who may be one of these customers; pairs that nobody decided on and that are none any more go."""
    params = {"due": due, "most": MOST, "person": Kind.PERSON.value}
    found = []
    for first, second, letters, region, other_region, companies in sql.fetch("customers", "match_pairs", params):
        place = likeness.place_of(region)
        alike = [*letters, likeness.PLACE] if place and place == likeness.place_of(other_region) else letters
        if strength := likeness.strength(alike, companies=companies):
            found.append(
                DuplicatePair(
                    first_id=first,
                    second_id=second,
                    strength=strength,
                    rank=likeness.RANKS[strength],
                    alike=sorted(alike),
                )
            )
    DuplicatePair.objects.bulk_create(
        found,
        update_conflicts=True,
        unique_fields=["first", "second"],
        update_fields=["strength", "rank", "alike"],
        batch_size=1_000,
    )
    known = {(pair.first_id, pair.second_id) for pair in found}
    among = Q(first__in=due) | Q(second__in=due)
    there = DuplicatePair.objects.filter(among, state=DuplicatePair.State.OPEN)
    none_now = [pk for pk, *ids in there.values_list("pk", "first", "second") if tuple(ids) not in known]
    DuplicatePair.objects.filter(pk__in=none_now).delete()
    return len(found)
