"""The register of paper originals: what there is, where it lies, and who has had it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import cycle
from typing import Any

from django.db import transaction
from django.db.models import Count, F

from accounts import audit
from accounts.models import User
from core import clock
from core.versions import save_version
from customers.models import Customer, OriginalMove, PaperOriginal

ABOUT = frozenset({"title", "note"})
WHERE = ("place", "holder", "since", "handed_to")


@transaction.atomic
def original_add(*, customer: Customer, by: User, title: str, note: str = "", **where: Any) -> PaperOriginal:
    """Enter a paper; `where`: place, holder, since, handed_to."""
    original = PaperOriginal.all_objects.create(
        customer=customer, title=title, note=note, created_by=by, updated_by=by, **where
    )
    _note_place(original, by=by)
    audit.record("original.add", by=by, on=original, customer=customer.pk, holder=original.holder_id)
    return original


@transaction.atomic
def original_change(*, original: PaperOriginal, changes: Mapping[str, Any], version: int, by: User) -> None:
    """Write title, note or where it is over `version`; StaleVersionError when somebody was faster.

    Where it is becomes a line of its history, whoever sees to it.
    """
    unknown = changes.keys() - ABOUT - set(WHERE)
    if unknown:
        raise TypeError(f"not editable: {sorted(unknown)}")
    before = original.holder_id
    save_version(original, changes, version=version, by=by)
    if set(WHERE) & changes.keys():
        _note_place(original, by=by)
        moved = {"holder": [before, original.holder_id]} if original.holder_id != before else {}
        audit.record("original.move", by=by, on=original, customer=original.customer_id, **moved)
    if ABOUT & changes.keys():
        audit.record("original.change", by=by, on=original, customer=original.customer_id, fields=sorted(changes))


def _note_place(original: PaperOriginal, *, by: User | None) -> None:
    OriginalMove.objects.create(original=original, by=by, **{name: getattr(original, name) for name in WHERE})


@transaction.atomic
def original_delete(*, original: PaperOriginal, by: User) -> None:
    """Into the recycle bin: it was entered by mistake, or the paper was destroyed."""
    if _mark(original, binned=False, deleted_at=clock.now(), deleted_by=by):
        audit.record("original.delete", by=by, on=original, customer=original.customer_id)


@transaction.atomic
def original_restore(*, original: PaperOriginal, by: User) -> None:
    """Out of the recycle bin."""
    if _mark(original, binned=True, deleted_at=None, deleted_by=None):
        audit.record("original.restore", by=by, on=original, customer=original.customer_id)


def _mark(original: PaperOriginal, *, binned: bool, **values: Any) -> int:
    rows = PaperOriginal.all_objects.filter(pk=original.pk, deleted_at__isnull=not binned)
    return rows.update(**values, version=F("version") + 1)


# --- who leaves gives them to others ---------------------------------------------------------------------------------
def originals_left(person: User) -> int:
    """How many papers this person has."""
    # unscoped: whoever may switch a person off must know what is left with them
    return PaperOriginal.objects.filter(holder=person).count()


def originals_count(reader: User, person: User) -> int:
    """Those of them that the reader may hand on."""
    return PaperOriginal.objects.for_user(reader, "change").filter(holder=person).count()


def originals_of(people: Sequence[int]) -> dict[int, int]:
    """Per person how many; of ids."""
    rows = PaperOriginal.objects.filter(holder__in=people).values("holder").annotate(n=Count("pk"))
    return {row["holder"]: row["n"] for row in rows}


@transaction.atomic
def originals_pass_on(person: User, heirs: Iterable[User], by: User) -> int:
    """Give the papers of a person who leaves to the heirs in turn; without heirs they stay on this name."""
    takers = list(heirs)
    if not takers:
        return 0
    rows = PaperOriginal.objects.for_user(by, "change").filter(holder=person).order_by("pk")
    where = {"since": clock.business_date()}
    passed = list(zip(rows, cycle(takers), strict=False))
    for original, heir in passed:
        original_change(original=original, changes={**where, "holder": heir}, version=original.version, by=by)
    return len(passed)
