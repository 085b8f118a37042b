"""What stands as the proof of a consent that a reader gave or took by a message's link."""

from __future__ import annotations

from django.db.models import CharField, F, OuterRef, Value
from django.db.models.functions import Cast, Concat

from followups.messages.models import Message

BEGINNING = "message "


def proof_of(message: Message) -> str:
    """Of one message."""
    return f"{BEGINNING}{message.pk}"


def proof_in(pk: F | OuterRef) -> Concat:
    """The same for a column."""
    return Concat(Value(BEGINNING), Cast(pk, CharField()))
