"""Mail that came back for good: its message is marked, the address in the file too, and the author is told."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.urls import reverse

from accounts import audit
from core import clock
from core.models import OutboxMail
from core.notices import tell
from customers.identity import email_key
from customers.models import DeadAddress
from customers.services.interactions import interaction_unreached
from followups.incoming.mail import Failure
from followups.models import Message, Notice
from followups.services.messages import KIND, State

BELIEVED_FOR = timedelta(days=14)  # after sending; servers give up within five days
# A full mailbox, too large a mail, a server that takes nothing of ours: the address itself may be right.
NOT_THE_ADDRESS = ("5.2.2", "5.2.3", "5.3.", "5.4.6", "5.4.7", "5.7.")


@transaction.atomic
def failure_take(failure: Failure) -> bool:
    """Believe a report about a message that we have sent, to just this address, not long ago; whether it was one.

    A report is a mail like any other, which anybody could write: the Message-ID in it is drawn by chance, so only who
    had our mail in hand knows it.
    """
    since = clock.now() - BELIEVED_FOR
    rows = OutboxMail.objects.filter(kind=KIND, message_id__in=failure.of, state=OutboxMail.State.SENT)
    sent = rows.filter(sent_at__gte=since).first()
    if sent is None or sent.source_id is None or email_key(sent.address) != email_key(failure.address):
        return False
    # unscoped: a mail server reports, nobody looks
    messages = Message.objects.select_for_update(of=("self",)).select_related("customer__owner", "user", "interaction")
    message = messages.filter(pk=sent.source_id, state=State.SENT).first()
    if message is None:
        return False
    marks = {"state": State.BOUNCED, "bounced_at": clock.now(), "error": failure.status, "updated_at": clock.now()}
    Message.objects.filter(pk=message.pk).update(**marks, version=F("version") + 1)
    dead = not failure.status.startswith(NOT_THE_ADDRESS)
    if dead:
        DeadAddress.objects.update_or_create(
            customer=message.customer,
            email=email_key(message.email),
            defaults={"status": failure.status, "at": clock.now()},
        )
    if message.interaction is not None and message.interaction.deleted_at is None:
        interaction_unreached(interaction=message.interaction)
    audit.record("message.bounced", by=None, on=message, customer=message.customer_id)
    for person in {message.user, message.customer.owner or message.user}:
        tell(
            user=person,
            kind=Notice.Kind.MESSAGE,
            key=f"message:{message.pk}:bounced:{person.pk}",
            customer=message.customer,
            numbers={"state": State.BOUNCED, "dead": dead},
            url=reverse("message", args=[message.pk]),
        )
    return True
