"""What people decide about pairs, beside merging them."""

from __future__ import annotations

from django.db import transaction

from accounts import audit
from accounts.models import User
from core import clock
from customers.models import DuplicatePair

State = DuplicatePair.State


@transaction.atomic
def pair_differ(*, pair: DuplicatePair, by: User) -> None:
    """They are not the same, and no night asks again."""
    _decide(pair, State.OPEN, state=State.DIFFERENT, decided_at=clock.now(), decided_by=by)
    audit.record("customer.different", by=by, on=pair.first, other=pair.second_id)


@transaction.atomic
def pair_open(*, pair: DuplicatePair, by: User) -> None:
    """Take that back."""
    _decide(pair, State.DIFFERENT, state=State.OPEN, decided_at=None, decided_by=None)
    audit.record("customer.same_again", by=by, on=pair.first, other=pair.second_id)


def _decide(pair: DuplicatePair, before: str, **values: object) -> None:
    DuplicatePair.objects.filter(pk=pair.pk, state=before).update(**values)
