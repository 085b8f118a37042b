"""A merge at the same moment as something else: whoever comes second is told, and no row is lost."""

from __future__ import annotations

from collections.abc import Callable
from threading import Barrier
from typing import Any

from django.http import Http404

from core.versions import StaleVersionError
from crm.tests.merging.files import become_one, counted, filled
from customers import services
from customers.duplicates import merge
from customers.duplicates.children import moving
from customers.models import Customer, CustomerMerge, Interaction
from tests.races import at_once

TOLD = (StaleVersionError, merge.MergeRefusedError, services.CustomerNeededError, Http404)


class Round:
    """Two customers that are merged, and a third one; people who act."""

    def __init__(self, cast: Any, n: int) -> None:
        self.cast = cast
        self.one, self.other, self.third = (filled(cast, f"{name}{n}") for name in ("恒远", "远恒", "第三"))

    def read(self, customer: Customer) -> Customer:
        """As it stands now."""
        return Customer.all_objects.get(pk=customer.pk)


def merged(r: Round) -> None:
    become_one(r.read(r.one), r.read(r.other), r.cast.lead)


def merged_the_other_way(r: Round) -> None:
    become_one(r.read(r.other), r.read(r.one), r.cast.lead)


def merged_with_a_third(r: Round) -> None:
    become_one(r.read(r.third), r.read(r.other), r.cast.lead)


def edited(r: Round) -> None:
    row = r.read(r.other)
    services.customer_update(customer=row, changes={"notes": "raced"}, version=row.version, by=r.cast.wang)


def survivor_edited(r: Round) -> None:
    row = r.read(r.one)
    services.customer_update(customer=row, changes={"notes": "raced"}, version=row.version, by=r.cast.wang)


def deleted(r: Round) -> None:
    services.customer_delete(customer=r.read(r.other), by=r.cast.lead)


def logged(r: Round) -> None:
    row = r.read(r.other)
    services.interaction_log(customer=row, by=r.cast.wang, kind="call", result="done", summary="raced")


def contact_added(r: Round) -> None:
    services.contact_add(customer=r.read(r.other), by=r.cast.wang, name="raced")


ACTS: tuple[Callable[[Round], None], ...] = (
    *(merged_the_other_way, merged_with_a_third, edited, survivor_edited, deleted, logged, contact_added),
    merged,
)


def race(act: Callable[[Round], None], cast: Any, n: int) -> list[str]:
    """What went wrong in one round of a merge beside `act`."""
    r, failed, together = Round(cast, n), [], Barrier(2)
    before, log = _whose(), Interaction.all_objects.count()
    rows = counted()

    def go(turn: int) -> None:
        together.wait(10)
        try:
            (merged, act)[turn](r)
        except TOLD:
            pass
        except Exception as error:  # told with the rest
            failed.append(f"{n}: {(merged, act)[turn].__name__}: {type(error).__name__}: {error}"[:200])

    at_once(go, 2)
    merge.late_rows_follow()
    if lost := rows - counted():
        failed.append(f"{n}: lost {dict(lost)}")
    done = CustomerMerge.objects.filter(undone_at=None, survivor__in=[r.one, r.other, r.third])
    for one in done:
        failed += [f"{n}: {key} stayed" for key, ids in _left(one).items() if ids]
    if Interaction.all_objects.count() > log and act is not logged:
        failed.append(f"{n}: an entry came out of nothing")
    for one in done.order_by("-pk"):
        merge.customers_part(merge=one, by=cast.lead)
    after = _whose()
    moved = {key: pk for key, pk in before.items() if after.get(key) != pk}
    if moved:
        failed.append(f"{n}: after the undo elsewhere {moved}")
    return failed


def _whose() -> dict[tuple[str, Any], int]:
    """Which customer each row names."""
    return {
        (child.key, pk): customer
        for child in moving()
        if not child.is_own_key
        for pk, customer in child.rows().exclude(**{child.name: None}).values_list("pk", child.name)
    }


def _left(one: CustomerMerge) -> dict[str, list[Any]]:
    """Rows at the file that went, but for those that the survivor has the like of."""
    stayed = one.kept["stayed"]
    return {
        child.key: [
            pk for pk in child.of(one.gone_id).values_list("pk", flat=True) if pk not in stayed.get(child.key, [])
        ]
        for child in moving()
    }


__all__ = ["ACTS", "race"]
