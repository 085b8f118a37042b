"""What a wrong clock leaves behind in the rows of all apps, and its removal when the time is right again."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.contrib.sessions.models import Session
from django.db.models import F, Q
from django.db.models.functions import Greatest

from core import clockguard
from core.models import Draft, Heartbeat, IdempotencyKey, JobRun, MailChannel, OutboxMail
from intake.models import ImportJob

log = structlog.get_logger(__name__)
SLACK = timedelta(minutes=5)
LONGEST_BACK_OFF = timedelta(hours=5)
LONGEST_SESSION = timedelta(days=31)
LOGGED_EVERY = 600.0  # seconds; the clock is looked at every few
_logged: tuple[clockguard.Held, float] | None = None  # what this process has last logged, and when


def time_is_believed() -> bool:
    """Look at the clock before something happens by itself; clears up when it has come back from elsewhere."""
    found = clockguard.look()
    if _is_news(found.held):
        log.warning("the clock is not believed", held=found.held.value, now=str(found.now), days=found.days)
    elif found.returned:
        log.warning("the clock is back", now=str(found.now), **forget_the_future(found.now))
    return found.held is None


def _is_news(held: clockguard.Held | None) -> bool:
    """Whether a held clock is to be logged: when it begins, when the reason changes, and now and then."""
    global _logged
    if held is None:
        _logged = None
        return False
    if _logged and _logged[0] is held and time.monotonic() - _logged[1] < LOGGED_EVERY:
        return False
    _logged = held, time.monotonic()
    return True


def forget_the_future(now: datetime) -> dict[str, int]:
    """Bring back what would else wait for a date that was never right; returns how many rows of each kind.

    Nothing that a person wrote is touched: leases, back-offs, signs of life and sessions alone.
    """
    soon = now + SLACK
    claimed = Q(state=OutboxMail.State.SENDING, next_try_at__gt=soon)
    put_off = Q(state=OutboxMail.State.DUE, next_try_at__gt=Greatest(now, F("due_at")) + LONGEST_BACK_OFF)
    runs = JobRun.objects.filter(published_at=None)
    done: dict[str, Any] = {
        "mails": OutboxMail.objects.filter(claimed | put_off).update(
            next_try_at=Greatest(now, F("due_at")), lease_until=now
        ),
        "mail_channel": MailChannel.objects.filter(paused_until__gt=soon).update(paused_until=None),
        # unscoped: a lease belongs to a worker, whoever sent the file
        "imports": ImportJob.objects.filter(lease_until__gt=soon).update(lease_until=None),
        "nights": JobRun.objects.filter(next_try_at__gt=now + LONGEST_BACK_OFF).update(next_try_at=now),
        "nights_to_come": runs.filter(business_date__gt=now.date()).delete()[0],
        "signs_of_life": Heartbeat.objects.filter(seen_at__gt=soon).delete()[0],
        "sessions": Session.objects.filter(expire_date__gt=now + LONGEST_SESSION).delete()[0],
        "keys": IdempotencyKey.objects.filter(created_at__gt=soon).update(created_at=now),
        "drafts": Draft.objects.filter(updated_at__gt=soon).update(updated_at=now),
    }
    return {name: count for name, count in done.items() if count}
