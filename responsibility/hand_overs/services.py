"""Hand-overs of many are noted, and taken back within the hours that the company says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from core import clock
from core.numbers import number
from customers.imports.newcomers import is_of_file
from customers.models import OwnerChange
from customers.services import customers_give_back
from responsibility.hand_overs.selectors import standing
from responsibility.models import HandOver


class UndoOverError(Exception):
    """Too long ago, or taken back already."""


def hand_over_note(*, changes: Sequence[OwnerChange], by: User | None) -> None:
    """Handler of `customers_handed_over`: the act, of which further slices count up. One customer alone is none, nor
    are the new ones of a file, which its import takes back.
    """
    acts: dict[UUID, list[OwnerChange]] = defaultdict(list)
    for change in changes:
        if change.handover is not None and not is_of_file(change.handover):
            acts[change.handover].append(change)
    for handover, rows in acts.items():
        act, _made = HandOver.objects.select_for_update(of=("self",)).get_or_create(
            handover=handover, defaults={"by": by, "at": clock.now(), "reason": rows[0].reason}
        )
        act.customers += len(rows)
        act.givers = sorted({*act.givers, *(row.from_user_id for row in rows if row.from_user_id)})
        act.takers = sorted({*act.takers, *(row.to_user_id for row in rows if row.to_user_id)})
        act.save(update_fields=["customers", "givers", "takers"])


def may_undo(act: HandOver) -> bool:
    """Whether it is young enough, and stands."""
    return act.undone_at is None and act.at >= clock.now() - timedelta(hours=number("hand_over_undo_hours"))


@transaction.atomic
def hand_over_undo(*, act: HandOver, by: User) -> int:
    """Give back what `by` may assign and what hasn't changed hands since; returns how many. All of it or nothing.

    UndoOverError for the second who asks, and later than the company says.
    """
    act = HandOver.objects.select_for_update(of=("self",)).get(pk=act.pk)
    if not may_undo(act):
        raise UndoOverError
    back, gone = standing(act, by).back, set()
    if back:
        reason = _("Hand-over taken back")
        gone = customers_give_back(changes=back, by=by, reason=reason, handover=uuid4())
    concerned = OwnerChange.objects.filter(handover=act.handover).order_by("customer")
    act.stayed = [pk for pk in concerned.values_list("customer", flat=True) if pk not in gone]
    act.undone_at, act.undone_by, act.went_back = clock.now(), by, len(gone)
    act.save(update_fields=["undone_at", "undone_by", "went_back", "stayed"])
    audit.record("hand_over.undo", by=by, on=act, customers_changed=act.went_back)
    return act.went_back
