"""The keys that visits without a network are sealed with: one for each person, changed every month."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.db import transaction

from accounts.models import User
from core import clock
from followups.models import OutboxKey
from followups.offline.sealing import new_private

HANDED_OUT = timedelta(days=30)
KEPT_DAYS = 90  # a browser seals with a key for 30 days and keeps what it sealed for 7: longer than all three


@transaction.atomic
def outbox_key(*, user: User) -> OutboxKey:
    """The person's key of these weeks, the same for all their devices; made when there is none."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    young = OutboxKey.objects.filter(user=user, made_at__gt=clock.now() - HANDED_OUT)
    return young.order_by("-made_at").first() or OutboxKey.objects.create(user=user, private=new_private())


def outbox_key_of(*, user: User, kid: str) -> OutboxKey | None:
    """That key if it is this person's and still there."""
    try:
        wanted = uuid.UUID(kid)
    except ValueError:
        return None
    return OutboxKey.objects.filter(user=user, kid=wanted).first()
