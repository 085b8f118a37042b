"""Acts that a person may do only so often in a span of time, counted in the audit log, which all processes share."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils.functional import Promise

from accounts import audit
from accounts.models import AuditEntry, User
from core import clock
from ui.formatting import moment


class LimitReachedError(Exception):
    """Too often. The text says so and when it goes on; `seconds` is how long that takes."""

    def __init__(self, text: str, seconds: int) -> None:
        super().__init__(text)
        self.seconds = seconds


@dataclass(frozen=True)
class Limit:
    """At most so many of one act within a span of time; `text` has places for %(n)s and %(when)s."""

    audit_act: str
    most: int
    within: timedelta
    text: str | Promise


@transaction.atomic
def count(limit: Limit, *, by: User, on: Model | None = None, **details: Any) -> AuditEntry:
    """Put one more such act on record, with its details; LimitReachedError when there are enough already.

    Requests of one person wait for each other here, so that several at once don't each count one too few.
    """
    lately = audit.lately(by, limit.audit_act, limit.within).order_by("-at")
    times = list(lately.values_list("at", flat=True)[: limit.most])
    if len(times) == limit.most:
        again = times[-1] + limit.within
        seconds = max(1, math.ceil((again - clock.now()).total_seconds()))
        raise LimitReachedError(str(limit.text) % {"n": limit.most, "when": moment(again)}, seconds)
    return audit.record(limit.audit_act, by=by, on=on, **details)
