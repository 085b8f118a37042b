"""Messages of the demo company, as its reps and its plan would have written them, and what customers said to that.

Everything is one story: a message that has gone is the one behind an entry of the history, one that nobody knows of
has its row in the outbox, and an offer goes only to who agreed to offers.
"""

from __future__ import annotations

import random
import secrets
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from accounts.models import User
from core import clock, company
from core.models import OutboxMail
from customers.models import Consent, Customer, Interaction, Topic
from demo import phrases
from followups.messages.choosing import Offered, readers, templates_for
from followups.messages.models import Language, Message, MessageTemplate
from followups.messages.values import values_for
from followups.messages.variables import fill, missing
from followups.services.messages import KIND

State = Message.State
GONE, DAYS = 60, 45  # how many messages stand behind entries, of how many days
STUCK = ((State.UNKNOWN, 4), (State.FAILED, 2))
HELD, DRAFTS, AGREED = 9, 4, 160
LOST = "connection lost after DATA"  # the server may have taken it or not
REFUSED = "550 5.1.1 mailbox not found"


class Post:
    """Writes them after the rows of the customers are there."""

    def __init__(self, last_day: date, seed: int) -> None:
        self.last_day, self.chance = last_day, random.Random(seed + 2)

    def write(self) -> dict[str, int]:
        counts = {"consents": len(Consent.objects.bulk_create(self._consents()))}
        messages = [*self._gone(), *self._open()]
        Message.objects.bulk_create(messages)
        self._date(messages)
        stuck = [message for message in messages if message.state in dict(STUCK)]
        OutboxMail.objects.bulk_create(self._left(message) for message in stuck)
        return counts | {"messages": len(messages)}

    # --- consents ----------------------------------------------------------------------------------------------------
    def _consents(self) -> Iterator[Consent]:
        """Most agreed when they came; of every eight one refuses offers later, by the link of a message."""
        rows = Customer.objects.exclude(owner=None).exclude(email="").select_related("owner").order_by("pk")
        for n, customer in enumerate(rows[:AGREED]):
            told = {"customer": customer, "topic": Topic.MARKETING}
            source, proof = self.chance.choice(phrases.CONSENTS)
            at = customer.created_at + timedelta(minutes=self.chance.randint(5, 90))
            yield Consent(**told, allowed=True, source=source, proof=proof, at=at, user=customer.owner)
            later = self._moment(self.last_day - timedelta(days=self.chance.randint(1, 60)), 20)
            if n % 8 == 0 and later > at:
                yield Consent(**told, allowed=False, source=Consent.Source.LINK, at=later)

    # --- messages ----------------------------------------------------------------------------------------------------
    def _gone(self) -> Iterator[Message]:
        """What stands behind the latest entries of mails and of WeChat that reps wrote."""
        since = self._moment(self.last_day - timedelta(days=DAYS), 0)
        entries = Interaction.objects.filter(kind__in=["email", "wechat"], direction="out", occurred_at__gte=since)
        entries = entries.exclude(result="no_answer").select_related("customer__owner", "customer__facts", "user")
        for entry in entries.order_by("-occurred_at", "pk")[:GONE]:
            writer = entry.user
            message = writer and self._written(entry.customer, writer, entry.kind, entry.occurred_at)
            if message:
                message.state, message.sent_at, message.interaction = State.SENT, entry.occurred_at, entry
                yield message

    def _open(self) -> Iterator[Message]:
        """What waits for somebody: each rep in turn has some, newest customers first."""
        mails = iter(self._in_turn(Customer.objects.exclude(email="")))
        for state, count in STUCK:
            yield from self._some(mails, count, "email", state, 1)
        yield from self._some(mails, HELD, "email", State.HELD, 0)
        yield from self._some(iter(self._in_turn(Customer.objects.filter(email=""))), DRAFTS, "wechat", State.DRAFT, 0)

    def _some(
        self, customers: Iterator[Customer], count: int, channel: str, state: str, days: int
    ) -> Iterator[Message]:
        """As many, written so many days before the last."""
        for customer in customers:
            if not count:
                return
            at = self._moment(self.last_day - timedelta(days=days), 10) + timedelta(minutes=self.chance.randint(0, 400))
            message = customer.owner and self._written(customer, customer.owner, channel, at)
            if not message:
                continue
            message.state, count = state, count - 1
            if state == State.HELD:
                message.automatic, message.batch_on = True, self.last_day
            elif state in dict(STUCK):
                message.error = LOST if state == State.UNKNOWN else REFUSED
            yield message

    def _in_turn(self, rows: Any) -> list[Customer]:
        """Customers with an owner, one of each rep after the other; none who refused anything."""
        rows = rows.exclude(owner=None).exclude(consents__allowed=False).select_related("owner", "facts")
        by_owner: dict[int, list[Customer]] = {}
        for customer in rows.order_by("-created_at", "pk")[:400]:
            by_owner.setdefault(customer.owner_id, []).append(customer)
        lines = [by_owner[pk] for pk in sorted(by_owner)]
        return [line[n] for n in range(max(map(len, lines), default=0)) for line in lines if n < len(line)]

    def _written(self, customer: Customer, user: User, channel: str, at: datetime) -> Message | None:
        """With the template that fits best and of which everything is known; None where there is no way to anybody."""
        reader = next(iter(readers(user, customer, channel)), None)
        if reader is None:
            return None
        known = values_for(user, customer, reader.contact, Language.ZH)
        for template in self._of_turn(templates_for(customer, channel)):
            subject, text = (fill(words, known) for words in template.words(Language.ZH))
            text = text.replace("\n\n\n\n", f"\n{self.chance.choice(phrases.OWN_WORDS)}\n")
            if missing(subject + text):
                continue
            return Message(
                customer=customer,
                contact=reader.contact,
                channel=channel,
                topic=template.topic,
                language=Language.ZH,
                template=template,
                template_version=template.version,
                to_name=reader.name,
                email=reader.address if channel == "email" else "",
                subject=subject if channel == "email" else "",
                text=text.strip(),
                user=user,
                token=secrets.token_urlsafe(32),
                created_by=user,
                updated_by=user,
                created_at=at,
                updated_at=at,
            )
        return None

    def _of_turn(self, offered: Iterable[Offered]) -> list[MessageTemplate]:
        """Those that fit, in an order of chance, so that not all are alike."""
        fitting = [one.template for one in offered if one.fits]
        return self.chance.sample(fitting, len(fitting))

    def _date(self, messages: list[Message]) -> None:
        """When each was written, which the database would call this moment."""
        for message in messages:
            at = message.sent_at or self._moment(self.last_day, 17)
            message.created_at = min(at, clock.now()) - timedelta(minutes=2)
            message.updated_at = message.created_at
        Message.objects.bulk_update(messages, ["created_at", "updated_at"])

    def _left(self, message: Message) -> OutboxMail:
        """Where it stands in the outbox: nothing sends it again without a person's word."""
        return OutboxMail(
            dedupe_key=f"message:{message.pk}",
            kind=KIND,
            policy=OutboxMail.Policy.HOLD,
            source_id=message.pk,
            address=message.email,
            subject=message.subject,
            body="",
            message_id=f"<demo-{message.pk}@keben.example>",
            state=message.state,
            due_at=message.created_at,
            next_try_at=message.created_at,
            attempt=1,
            last_error=message.error,
        )

    def _moment(self, day: date, hour: int) -> datetime:
        return clock.at_local(day, time(hour), company.zone())
