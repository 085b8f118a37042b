"""The messages of the plan by the day on which they were prepared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q

from accounts.models import User
from customers.models import Consent
from followups.messages.models import Message
from followups.messages.proof import proof_in

State = Message.State
DAYS_SHOWN = 30


@dataclass(frozen=True)
class Batch:
    """One day's messages in reach: how many there are of what."""

    day: date
    messages: int
    held: int
    waiting: int
    sent: int
    stuck: int
    stopped: int
    unsubscribed: int


def batches(user: User) -> list[Batch]:
    """The latest days first."""
    said = Consent.objects.filter(source=Consent.Source.LINK, allowed=False, undone_at=None)
    left = said.filter(proof=proof_in(OuterRef("pk")))
    rows = Message.objects.for_user(user, "assign").filter(automatic=True, customer__deleted_at=None)
    counted = {
        "messages": Count("pk"),
        "held": Count("pk", Q(state=State.HELD)),
        "waiting": Count("pk", Q(state=State.WAITING)),
        "sent": Count("pk", Q(state__in=[State.SENT, State.BOUNCED])),
        "stuck": Count("pk", Q(state__in=[State.FAILED, State.UNKNOWN])),
        "stopped": Count("pk", Q(state=State.CANCELLED)),
        "unsubscribed": Count("pk", Q(left=True)),
    }
    days = rows.annotate(left=Exists(left.filter(customer=OuterRef("customer")))).order_by("-batch_on")
    found = days.values("batch_on").annotate(**counted)[:DAYS_SHOWN]
    return [Batch(row.pop("batch_on"), **row) for row in found]


def parse_batch(text: str) -> date | None:
    """The day of a batch as an address or a form says it."""
    try:
        return date.fromisoformat(text) if len(text) == len("2026-11-24") else None
    except ValueError:
        return None
