"""What a customer's history shows of messages, in the place of the log entries that they have made."""

from __future__ import annotations

from django.db.models import F, Q
from django.db.models.functions import Coalesce

from core.contributions import TimelineEntry, TimelinePart, Told
from customers.icons import KIND_ICONS
from customers.models import Customer
from followups.messages.models import Message, MessageChannel

TONES = {Message.State.FAILED: "bad", Message.State.UNKNOWN: "bad", Message.State.BOUNCED: "bad"}


def _message(customer: Customer, entry: TimelineEntry) -> None:
    data = entry.data
    entry.icon = KIND_ICONS[data["channel"]]
    entry.tone = TONES.get(data["state"], "accent")
    data["channel"] = dict(MessageChannel.choices)[data["channel"]]
    data["is_sent"] = data["state"] == Message.State.SENT
    data["state"] = dict(Message.State.choices)[data["state"]]


MESSAGES = TimelinePart(
    "message",
    tab="log",
    permission="message.view",
    rows=lambda user, customer_id: (
        Message.objects.for_user(user).filter(customer=customer_id).exclude(state=Message.State.CANCELLED)
    ),
    at=Coalesce(F("sent_at"), F("created_at")),
    fields={name: name for name in ("channel", "state", "subject", "text", "to_name", "automatic")}
    | {"user": "user__name", "interaction": "interaction_id"},
    template="followups/messages/timeline.html",
    describe=_message,
)
MESSAGES_TOLD = Told("interaction", "message.view", lambda: Q(message__isnull=False))
