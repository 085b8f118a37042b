"""Messages to customers: written, sent from the outbox or by hand, and decided on where nobody knows if they went.

A message to a customer never goes twice by itself: a mail of which the sender doesn't know whether it arrived waits for
a person (core/dispatcher.py, policy "hold").
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from core import clock, outbox
from core.company import company_now
from core.models import OutboxMail
from core.notices import tell
from core.outbox import TooLateError
from core.phones import text_number
from core.rounds import each
from customers.addresses import dead_address, dead_of
from customers.consents.rule import not_refused, wish_of
from customers.models import Contact, Customer, Interaction, InteractionResult, Topic
from customers.services import interaction_log
from followups.answering import stands_by
from followups.messages.models import Language, MessageChannel
from followups.messages.settings import marketing_asks
from followups.messages.variables import missing, unknown
from followups.models import FollowUp, Message, MessageTemplate, Notice
from followups.services.follow_ups import follow_up_complete
from ui import formatting

KIND = "message"
State = Message.State
MOST_AT_ONCE = 500
BY_OUTBOX: Mapping[str, str] = {
    MessageChannel.EMAIL: OutboxMail.Channel.MAIL,
    MessageChannel.SMS: OutboxMail.Channel.SMS,
}
TO_THINK_AGAIN = timedelta(seconds=10)  # so long a mail waits, as the button to take it back is shown
# What the state of the mail says of the message.
OUTCOMES: Mapping[str, str] = {
    OutboxMail.State.SENT: State.SENT,
    OutboxMail.State.FAILED: State.FAILED,
    OutboxMail.State.UNKNOWN: State.UNKNOWN,
    OutboxMail.State.CANCELLED: State.CANCELLED,
}


class NotStuckError(Exception):
    """The message doesn't wait for a decision (any more)."""


class ChannelOffError(Exception):
    """This installation doesn't send by the message's channel (any more); nothing was queued."""


# --- composing -------------------------------------------------------------------------------------------------------
@transaction.atomic
def message_send(
    *,
    customer: Customer,
    channel: str,
    text: str,
    by: User,
    subject: str = "",
    contact: Contact | None = None,
    topic: str = Topic.SERVICE,
    language: str = "zh-hans",
    template: MessageTemplate | None = None,
    template_version: int | None = None,
    follow_up: FollowUp | None = None,
) -> Message:
    """Write a message. What this installation sends is on its way from then on: mail, and text messages where it has a
    gateway. Anything else is a draft to be copied and sent by hand.

    `follow_up` is closed when the message has gone. ValidationError where a place of a template is still open, where
    there is no address, or where the customer is not to be contacted. The caller has asked who may read the address.
    """
    _check_open_places(subject, text)
    _check_wishes(customer, contact, channel, topic)
    who: Customer | Contact = contact or customer
    message = Message(
        customer=customer,
        contact=contact,
        channel=channel,
        topic=topic,
        language=language,
        template=template,
        template_version=template_version,
        to_name=who.name,
        subject=" ".join(subject.split())[:200],
        text=text.strip(),
        user=by,
        follow_up=follow_up,
        token=secrets.token_urlsafe(32),
        created_by=by,
        updated_by=by,
    )
    if channel == MessageChannel.EMAIL:
        message.email = who.email
        _check_mail(message)
    elif channel == MessageChannel.SMS:
        message.phone = who.phone
        _mobile_of(message)  # or it is refused
    goes_by_itself = is_sent_from_here(channel)
    message.state = State.WAITING if goes_by_itself else State.DRAFT
    message.save()
    if goes_by_itself:
        queue(message)
    audit.record("message.send", by=by, on=message, customer=customer.pk, message_channel=channel, topic=topic)
    return message


def _check_open_places(subject: str, text: str) -> None:
    wrong: dict[str, str] = {}
    for name, written in (("subject", subject), ("text", text)):
        names = [str(one.word) for one in missing(written)] + unknown(written)
        if names:
            wrong[name] = _("Fill in what stands in double braces: %(names)s.") % {"names": ", ".join(names)}
    if wrong:
        raise ValidationError(wrong)


def _check_wishes(customer: Customer, contact: Contact | None, channel: str, topic: str) -> None:
    """Ask what is stored, not the page that somebody has had open for a while."""
    wish = wish_of(customer, contact, channel, topic, marketing_asks=marketing_asks())
    if wish.why:
        raise ValidationError(formatting.sentences(wish.why, _("Nothing was sent.")))


def wishes_check(message: Message) -> None:
    """The same for a message that is written already; ValidationError says why it can't go."""
    _check_wishes(message.customer, message.contact, message.channel, message.topic)


def _check_works(message: Message) -> None:
    """Refuse an address from which mail came back, until it is changed or somebody says that it works."""
    dead = dead_address(message.customer_id, message.email)
    if dead is not None:
        text = _("Mail to this address came back on %(day)s. Change it in the file, or say there that it works.")
        raise ValidationError({"to": text % {"day": formatting.day_short(dead.at)}})


def _check_mail(message: Message) -> None:
    _check_works(message)
    wrong: dict[str, str] = {}
    if not message.email:
        wrong["to"] = _("There is no e-mail address.")
    if not message.subject:
        wrong["subject"] = _("Write a subject.")
    if wrong:
        raise ValidationError(wrong)


def _mobile_of(message: Message) -> str:
    number = text_number(message.phone)
    if number is None:
        raise ValidationError(_("This is no mobile number: a text message can't reach it."))
    return number


def is_sent_from_here(channel: str) -> bool:
    """Whether this installation sends by a channel; else it is copied and sent by hand."""
    return channel in BY_OUTBOX and outbox.is_on(BY_OUTBOX[channel])


def queue(message: Message) -> None:
    """The row of the outbox has no words of its own: they are made when it goes (`mail_text`).

    ValidationError where a text message would go to what is no mobile number, ChannelOffError where nothing goes.
    """
    _check_works(message)
    address = _mobile_of(message) if message.channel == MessageChannel.SMS else message.email
    queued = outbox.mail_queue(
        kind=KIND,
        channel=BY_OUTBOX[message.channel],
        dedupe_key=f"message:{message.pk}",
        address=address,
        subject=message.subject,
        body="",
        source_id=message.pk,
        policy=OutboxMail.Policy.HOLD,
        due_at=clock.now() + TO_THINK_AGAIN,
    )
    if queued is None:
        raise ChannelOffError


# --- what the outbox asks --------------------------------------------------------------------------------------------
def _of(mail: OutboxMail) -> Message:
    assert mail.source_id is not None  # `queue` has written it
    return Message.objects.select_related("user", "customer").get(pk=mail.source_id)


def _mail_of(message: Message) -> OutboxMail:
    return OutboxMail.objects.get(kind=KIND, source_id=message.pk)


def mail_wanted(mail: OutboxMail) -> bool:
    """Whether the message still waits to go and may."""
    return OutboxMail.objects.filter(mail_still(), pk=mail.pk).exists()


def mail_still() -> Q:
    """The condition on rows of the outbox: the message waits, and its reader hasn't refused it."""
    waiting = Message.objects.filter(pk=OuterRef("source_id"), state=State.WAITING)
    waiting = waiting.exclude(dead_of(OuterRef("customer"), OuterRef("email")), channel=MessageChannel.EMAIL)
    return Q(Exists(not_refused(waiting, marketing_asks=marketing_asks())))


def mail_text(mail: OutboxMail) -> str:
    """The words as they were written, and the way to the reader's own page: always in a mail, in an offer by SMS."""
    message = _of(mail)
    url = unsubscribe_url(message)
    if message.channel == MessageChannel.SMS:
        return f"{message.text} {url}" if message.topic == Topic.MARKETING else message.text
    with translation.override(Language(message.language)):
        foot = _("Which messages you get from %(company)s, or none: %(url)s")
        return f"{message.text}\n\n--\n{foot % {'company': company_now().name, 'url': url}}\n"


def mail_headers(mail: OutboxMail) -> dict[str, str]:
    """A person has written it, the answer goes to them, and mail programs can unsubscribe with one click."""
    message = _of(mail)
    headers = {
        "Auto-Submitted": "auto-generated" if message.automatic else "no",
        "List-Unsubscribe": f"<{unsubscribe_url(message)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    if message.user.email:
        headers["Reply-To"] = message.user.email
    return headers


# --- what came of it -------------------------------------------------------------------------------------------------
def messages_settle() -> int:
    """Write down what came of mails that have left the outbox, one transaction each; returns how many. Repeatable.

    Part of each round of the dispatcher: what it doesn't reach, because it was stopped, the next round does.
    """
    left = OutboxMail.objects.filter(kind=KIND, source_id=OuterRef("pk")).values("state")[:1]
    waiting = Message.objects.filter(state=State.WAITING).annotate(outcome=Subquery(left))
    found = list(waiting.filter(outcome__in=OUTCOMES).order_by("pk").values_list("pk", flat=True)[:MOST_AT_ONCE])
    return each("messages", _settle, found)


@transaction.atomic
def _settle(pk: int) -> bool:
    message = _locked(pk)
    mail = OutboxMail.objects.filter(kind=KIND, source_id=pk).first()
    if message is None or mail is None or message.state != State.WAITING or mail.state not in OUTCOMES:
        return False
    state = OUTCOMES[mail.state]
    if state == State.SENT:
        _gone(message, at=mail.sent_at or clock.now(), by=message.user)
        return True
    message_mark(message, state, error=mail.last_error[:500])
    if state in (State.FAILED, State.UNKNOWN):
        tell(
            user=message.user,
            kind=Notice.Kind.MESSAGE,
            key=f"message:{pk}:{mail.attempt}:{state}",
            customer=message.customer,
            numbers={"state": state},
            url=reverse("message", args=[pk]),
        )
    return True


def _locked(pk: int) -> Message | None:
    """The message; nobody else decides on it before the transaction ends. It is locked before its customer, always."""
    rows = Message.objects.select_related("customer__facts", "contact", "user", "follow_up")
    return rows.select_for_update(of=("self",)).filter(pk=pk).first()


def _gone(message: Message, *, at: datetime, by: User) -> None:
    """It has gone: an entry in the log tells of it, and closes what it answers."""
    entry = _log(message, at=at)
    answered = FollowUp.objects.filter(pk=message.follow_up_id or 0, state=FollowUp.State.OPEN).first()
    if answered is not None and not stands_by(answered, message.channel):
        # Further ahead than what an entry closes by itself.
        follow_up_complete(follow_up=answered, by=message.user, interaction=entry)
    message_mark(message, State.SENT, by=by, sent_at=at, interaction=entry)


def _log(message: Message, *, at: datetime) -> Interaction:
    """As the person's own contact by that method; what goes by itself counts as none (automatic entries)."""
    return interaction_log(
        customer=message.customer,
        by=message.user,
        kind=message.channel,
        result=InteractionResult.DONE,
        occurred_at=min(at, clock.now()),
        contact=message.contact,
        automatic=message.automatic,
        routine=message.follow_up is None,
        summary=message.subject or message.text[:200],
    )


# --- by hand ---------------------------------------------------------------------------------------------------------
@transaction.atomic
def message_sent(*, message: Message, by: User) -> None:
    """A person says that it went: a draft that they have sent themselves, or an unknown mail that has arrived."""
    stored = _locked(message.pk)
    if stored is None or stored.state not in (State.DRAFT, State.UNKNOWN):
        raise NotStuckError
    if stored.state == State.UNKNOWN:
        outbox.mail_arrived(mail=_mail_of(stored))
    _gone(stored, at=clock.now(), by=by)
    audit.record("message.sent", by=by, on=stored, customer=stored.customer_id)


@transaction.atomic
def message_again(*, message: Message, by: User) -> None:
    """Send an unknown or failed mail once more, on a person's word."""
    stored = _locked(message.pk)
    if stored is None or stored.state not in (State.UNKNOWN, State.FAILED):
        raise NotStuckError
    wishes_check(stored)
    _check_works(stored)
    if not is_sent_from_here(stored.channel):
        text = _("This installation sends nothing by %(channel)s now. An administrator can set it up again.")
        raise ValidationError(text % {"channel": stored.get_channel_display()})
    mail = _mail_of(stored)
    if not outbox.mail_retry(mail=mail):
        raise NotStuckError
    message_mark(stored, State.WAITING, by=by)
    audit.record("message.again", by=by, on=stored, customer=stored.customer_id)


@transaction.atomic
def message_cancel(*, message: Message, by: User) -> None:
    """Call it off: a draft, what waits, or what a person won't send again. TooLateError when it is on its way."""
    stored = _locked(message.pk)
    if stored is None or stored.state in (State.SENT, State.BOUNCED, State.CANCELLED):
        raise TooLateError
    if stored.state == State.WAITING:
        outbox.mail_cancel(kind=KIND, source_id=stored.pk)
    elif stored.state in (State.UNKNOWN, State.FAILED):
        outbox.mail_give_up(mail=_mail_of(stored))
    message_mark(stored, State.CANCELLED, by=by)
    audit.record("message.cancel", by=by, on=stored, customer=stored.customer_id)


def message_mark(message: Message, state: str, *, by: User | None = None, error: str = "", **more: Any) -> None:
    """Write where a message stands, and who said so where that was a person; its page shows it as changed."""
    stamps = {"updated_at": clock.now(), "version": F("version") + 1} | ({"updated_by": by} if by else {})
    Message.objects.filter(pk=message.pk).update(state=state, error=error, **stamps, **more)


def unsubscribe_url(message: Message) -> str:
    """The page of the reader of a message."""
    return f"{settings.BASE_URL}{reverse('reader', args=[message.token])}"
