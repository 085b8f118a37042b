"""What a customer's history shows of what they wrote, in the place of the log entries that it has made."""

from __future__ import annotations

from django.db.models import F, Q

from core.contributions import TimelineEntry, TimelinePart, Told
from customers.icons import KIND_ICONS
from customers.models import Customer, Network
from followups.incoming.listing import TONES
from followups.models import Incoming
from followups.services.incoming import KINDS

What, Trust = Incoming.Kind, Incoming.Trust


def _incoming(customer: Customer, entry: TimelineEntry) -> None:
    data = entry.data
    talk = data["kind"] in (What.MESSAGE, What.AUTO)
    entry.icon = KIND_ICONS.get(KINDS.get(data["network"], "chat"), "message-circle") if talk else "message-circle"
    entry.tone = "bad" if data["refusal"] else "accent"
    data["unsure"] = data["trust"] in (Trust.CLAIMED, Trust.FAILED)
    data["trust_tone"] = TONES[Trust(data["trust"])]
    data["trust"] = dict(Trust.choices)[data["trust"]]
    data["auto"] = data["kind"] == What.AUTO
    data["kind"] = dict(What.choices)[data["kind"]]
    data["network"] = dict(Network.choices)[data["network"]]


INCOMING = TimelinePart(
    "incoming",
    tab="log",
    permission="incoming.view",
    rows=lambda user, customer_id: Incoming.objects.for_user(user).filter(customer=customer_id),
    at=F("occurred_at"),
    fields={name: name for name in ("network", "kind", "trust", "subject", "text", "url", "name", "refusal")}
    | {"interaction": "interaction_id", "contact": "contact__name"},
    template="followups/incoming/timeline.html",
    describe=_incoming,
)
INCOMING_TOLD = Told("interaction", "incoming.view", lambda: Q(incoming__isnull=False))
