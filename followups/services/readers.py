"""What readers of messages say on their own page: which ones they want, and none of which."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from core import clock, outbox
from core.outbox import TooLateError
from customers.consents.rule import last_words, not_refused
from customers.models import Consent, Customer, Topic
from customers.services import consent_record, consents_take_back
from followups.messages.proof import proof_of
from followups.messages.settings import marketing_asks
from followups.models import Message
from followups.services.messages import KIND, State, message_mark


def wanted_topics(message: Message) -> set[str]:
    """The topics by the message's channel that its reader hasn't refused."""
    found = set()
    for topic in Topic.values:
        words = {"customer": message.customer_id, "channel": message.channel, "topic": topic}
        said = [last_words(contact=None, **words).first()]
        said += [last_words(contact=message.contact_id, **words).first()] if message.contact_id else []
        if all(one is None or one.allowed for one in said):
            found.add(topic)
    return found


@transaction.atomic
def reader_refuses(*, message: Message, topic: str = "") -> None:
    """Nothing more by this channel: of one topic, or at all. Said twice it is said once."""
    if not wanted_topics(message) & ({topic} if topic else set(Topic.values)):
        return
    _say(message, topic, allowed=False)


@transaction.atomic
def reader_chooses(*, message: Message, topics: Collection[str]) -> None:
    """Just these topics by this channel."""
    wanted, at = wanted_topics(message), clock.now()
    for topic in Topic.values:
        if (topic in topics) != (topic in wanted):
            _say(message, topic, allowed=topic in topics, at=at)


def _say(message: Message, topic: str, *, allowed: bool, at: datetime | None = None) -> None:
    consent_record(
        customer=message.customer,
        contact=message.contact,
        channel=message.channel,
        topic=topic,
        allowed=allowed,
        source=Consent.Source.LINK,
        proof=proof_of(message),
        at=at,
        by=None,
    )


@transaction.atomic
def reader_takes_back(*, message: Message) -> None:
    """As it stood before they last chose something by this message's link."""
    consents_take_back(customer=message.customer, contact=message.contact, proof=proof_of(message))


def refused_call_off(*, customer: Customer) -> None:
    """Handler of contact_refused: what waits and is refused now is called off at once.

    What this misses, because it is on its way just now, the statement that begins the data asks again.
    """
    waiting = Message.objects.filter(customer=customer, state__in=[State.WAITING, State.HELD])
    allowed = set(not_refused(waiting, marketing_asks=marketing_asks()).values_list("pk", flat=True))
    for message in waiting.exclude(pk__in=allowed).order_by("pk").select_for_update(of=("self",)):
        try:
            with transaction.atomic():
                outbox.mail_cancel(kind=KIND, source_id=message.pk)
        except TooLateError:
            continue  # the dispatcher tells what came of it
        message_mark(message, State.CANCELLED)
