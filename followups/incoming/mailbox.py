"""The company's mailbox, looked into every minute: answers come in, and what came back for good is told.

How far it was read stands in a row of its own, written in the transaction that stores what was read: after a crash
nothing is missing and nothing there twice. While the server is asked, no transaction and no lock is held; a lease of
the row keeps a second worker away.
"""

from __future__ import annotations

from datetime import timedelta

import structlog
from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import Q

from core import clock, clockguard
from core.imap import Letter, Mailbox, MailboxError, opened, place
from core.models import OutboxMail
from core.rounds import PREFIX
from customers.identity import email_key
from followups.incoming.arrived import Arrived
from followups.incoming.bounces import failure_take
from followups.incoming.mail import ReadMail, read_mail
from followups.incoming.matching import found
from followups.models import Incoming, Inlet, MailboxMark, Message
from followups.services.incoming import incoming_take
from followups.services.inlets import mailbox_inlet
from followups.services.messages import KIND

log = structlog.get_logger(__name__)
LEASE = timedelta(seconds=90)
BATCH = 20
OVERLAP = timedelta(days=2)  # servers know days alone, each its own
PAUSES = (1, 2, 5, 15)  # minutes after so many errors in a row; the last one repeats
What, Trust = Incoming.Kind, Incoming.Trust


def mailbox_look() -> int:
    """Take what has come since the last look; how many mails were read. Repeatable, and safe beside another one."""
    where = place()
    if where is None or not _leased():
        return 0
    done = 0
    try:
        with opened(where) as mailbox:
            done = _take_all(mailbox, where.checked_by)
    except MailboxError as error:
        log.warning("mailbox can't be read", error=str(error))
        _failed(str(error))
        return done
    finally:
        MailboxMark.objects.filter(pk=1).update(lease_until=None)
    MailboxMark.objects.filter(pk=1).update(looked_at=clock.now(), error="", errors=0)
    return done


def _leased() -> bool:
    """Whether this worker looks now: nobody else does, and the pause after an error is over."""
    now = clock.now()
    MailboxMark.objects.get_or_create(pk=1)
    free = MailboxMark.objects.filter(Q(lease_until=None) | Q(lease_until__lte=now), pk=1)
    mark = free.first()
    if mark is None or (mark.errors and mark.looked_at and now < mark.looked_at + _pause(mark.errors)):
        return False
    return bool(free.update(lease_until=now + LEASE))


def _pause(errors: int) -> timedelta:
    return timedelta(minutes=PAUSES[min(errors, len(PAUSES)) - 1]) - timedelta(seconds=10)


def _failed(text: str) -> None:
    mark = MailboxMark.objects.get(pk=1)
    values = {"error": text[:300], "errors": mark.errors + 1, "looked_at": clock.now()}
    MailboxMark.objects.filter(pk=1).update(**values)


def _take_all(mailbox: Mailbox, checked_by: str) -> int:
    mark = MailboxMark.objects.get(pk=1)
    last = mark.last_uid
    if mark.validity != mailbox.validity:
        # The first look ever: what lies there already was read by people. Else the server has numbered anew, and what
        # came since shortly before the last look is taken once more: it is known by what it says (incoming_once).
        since = mark.looked_at - OVERLAP if mark.validity and mark.looked_at else None
        last = mailbox.before(since)
        MailboxMark.objects.filter(pk=1).update(validity=mailbox.validity, last_uid=last)
    inlet, done = mailbox_inlet(), 0
    for uid in mailbox.after(last, BATCH):
        letter = mailbox.letter(uid)
        _take_one(letter, uid, inlet, checked_by)
        done += 1
    return done


def _take_one(letter: Letter | None, uid: int, inlet: Inlet, checked_by: str) -> None:
    """One mail and the place behind it, or neither."""
    try:
        with transaction.atomic():
            if letter is not None:
                _sort(read_mail(letter.data, checked_by), letter, inlet)
            _passed(uid)
    except DatabaseError:
        raise  # nothing is stored, the next look takes it again
    except Exception:
        # One mail's fault must not hold up the others; a person finds it in the mailbox, where it lies as it did.
        log.exception("a mail couldn't be taken", uid=uid)
        clockguard.note(f"{PREFIX}mailbox", rows=1)
        _passed(uid)


def _passed(uid: int) -> None:
    MailboxMark.objects.filter(pk=1, last_uid__lt=uid).update(last_uid=uid)


def _sort(mail: ReadMail, letter: Letter, inlet: Inlet) -> None:
    if mail.report:
        for failure in mail.failures:
            failure_take(failure)
        return
    if _is_own(mail):
        return  # our own mail, come round
    answered = _answered(mail)
    mine = answered if answered is not None and _is_reader(answered, mail.email) else None
    known = mine is not None or bool(mail.email and found(inlet.network, email=mail.email))
    if (mail.auto or mail.bulk) and not known:
        return  # circulars and machines of strangers are nobody's message
    arrived = Arrived(
        external_id=mail.key,
        kind=What.AUTO if mail.auto or mail.bulk else What.MESSAGE,
        trust=_trust(mail),
        name=mail.name,
        email=mail.email,
        subject=mail.subject,
        text=mail.text,
        at=mail.at,
        answers=mine,
        mentions=answered if mine is None else None,
        raw={"id": mail.message_id, "uid": letter.uid, "size": letter.size},
    )
    incoming_take(inlet=inlet, arrived=arrived)


def _is_own(mail: ReadMail) -> bool:
    own = settings.DEFAULT_FROM_EMAIL.rpartition("<")[2].strip("<> ").lower()
    return bool(mail.email) and email_key(mail.email) == email_key(own)


def _answered(mail: ReadMail) -> Message | None:
    """The message of ours that it names; nobody else knows such an id."""
    ids = [one for one in mail.answers if one.endswith(f"@{settings.BASE_HOST}>")]
    if not ids:
        return None
    return message_of(ids)


def message_of(ids: list[str]) -> Message | None:
    """The message that went under one of these Message-IDs."""
    sent = OutboxMail.objects.filter(kind=KIND, message_id__in=ids).values_list("source_id", flat=True)
    # unscoped: the system looks for what an answer is an answer to
    return Message.objects.select_related("customer", "contact").filter(pk__in=list(sent)[:10]).order_by("-pk").first()


def _is_reader(message: Message, email: str) -> bool:
    """Whether the answer comes from the address that we wrote to; another one is for a person to judge."""
    return bool(email) and email_key(message.email) == email_key(email)


def _trust(mail: ReadMail) -> str:
    if mail.checked is None:
        return Trust.CLAIMED
    return Trust.CHECKED if mail.checked else Trust.FAILED
