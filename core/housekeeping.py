"""Deletes what has outlived its use, so that tables which get a row per form or visit don't grow for ever."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.sessions.models import Session

from core import clock
from core.models import Draft, IdempotencyKey

KEYS_KEPT_FOR = timedelta(days=7)
DRAFTS_KEPT_FOR = timedelta(days=60)


def forget_old() -> dict[str, int]:
    """Delete old idempotency keys and drafts and ended sessions; returns how many of each. Safe to repeat."""
    now = clock.now()
    old = {
        "keys": IdempotencyKey.objects.filter(created_at__lt=now - KEYS_KEPT_FOR),
        "drafts": Draft.objects.filter(updated_at__lt=now - DRAFTS_KEPT_FOR),
        "sessions": Session.objects.filter(expire_date__lt=now),
    }
    return {name: rows.delete()[0] for name, rows in old.items()}
