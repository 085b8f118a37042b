"""Sends due mail and messages of other channels from leased rows: any number of dispatchers at once, any of them killed
at any moment.

Claim a few rows for a minute, hold each one's lease again right before the data goes out, send outside of any
transaction, mark. A row whose lease ran out is claimed again; whether the mail may have gone out before is told by
its phase: "data" stands there from just before the server gets the mail. See docs/algorithms/dispatch.md.
"""

import os
import random
import socket
import uuid
from collections import Counter
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

import structlog
from django.db import DatabaseError
from django.db.models import F, Q, QuerySet

from core import clock, outbox, sql
from core.gateways.base import Gateway, Message
from core.mailer import Mailer
from core.models import MailChannel, OutboxMail
from core.scrub import without_address, words_of
from core.sending import Begin, LostError, SendError, Trouble

log = structlog.get_logger(__name__)
State, Policy = OutboxMail.State, OutboxMail.Policy

BATCH = 20
LEASE = timedelta(seconds=60)
BACK_OFF = (1, 5, 15, 60, 240)  # minutes; the last one repeats
JITTER = 0.1
GIVE_UP_AFTER = timedelta(hours=24)
MAX_CRASHES = 5
# A gateway is asked over and over for each message: fewer at a time, so that a slow one holds up mail only shortly. Of
# push services anybody may name one, each with its own wait.
BATCHES = {OutboxMail.Channel.MAIL: BATCH, OutboxMail.Channel.PUSH: 1}
GATEWAY_BATCH = 5
BREAKERS = {OutboxMail.Channel.MAIL: "smtp"}  # names of rows that were there first
BREAKER_ERRORS = 5
BREAKER_PAUSE = timedelta(seconds=30)


def new_owner() -> str:
    """A name for one dispatcher that no other ever has."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


class Sender(Protocol):
    """Takes one row to the other side; `begin` is asked right before that may have it. SendError, LostError."""

    def deliver(self, mail: OutboxMail, begin: Begin) -> None: ...


class GatewaySender:
    """A channel other than mail."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def deliver(self, mail: OutboxMail, begin: Begin) -> None:
        """The row as a message, under the id that it keeps when it is sent again."""
        key, link = mail.message_id.strip("<>"), outbox.link_to_send(mail)
        self._gateway.send(Message(to=mail.address, title=mail.subject, text=mail.body, key=key, link=link), begin)


def dispatch(*, until: datetime | None = None, owner: str = "", at_once: bool = False) -> Counter[str]:
    """Send what is due until nothing is left or `until` has come; returns counts by outcome.

    `at_once`: only what was due when it was written, for times when the clock isn't believed. By a channel that isn't
    set up nothing is sent, and what is due there is called back.
    """
    done: Counter[str] = Counter()
    on = outbox.channels()
    done.update(outbox.mail_call_off_due(on))
    owner = owner or new_owner()
    mailer = Mailer()
    senders: dict[str, Sender] = {OutboxMail.Channel.MAIL: mailer}
    senders |= {channel: GatewaySender(gateway) for channel in on if (gateway := _gateway(channel))}
    waiting = list(on)
    try:
        while waiting and (until is None or clock.now() < until):
            done["unknown"] += settle_lapsed()
            for channel in list(waiting):  # in turn, so that none waits for the whole heap of another
                limit = _channel_limit(channel)
                mails = claim(owner, limit, at_once=at_once, channel=channel) if limit else []
                if mails:
                    _send_batch(mails, senders[channel], done)
                else:
                    waiting.remove(channel)
    finally:
        mailer.close()
    return +done


def _gateway(channel: str) -> Gateway | None:
    return None if channel == OutboxMail.Channel.MAIL else outbox.gateway_of(channel)


def settle_lapsed() -> int:
    """Rows whose dispatcher died: hold the unsure ones for a person, give up those that killed it again and again."""
    lapsed = OutboxMail.objects.filter(state=State.SENDING, next_try_at__lte=clock.now())
    unsure = lapsed.filter(phase="data", policy=Policy.HOLD)
    held = unsure.update(state=State.UNKNOWN, last_error="the sender stopped before the server's answer was stored")
    never_answered = Q(attempt__gte=MAX_CRASHES, last_error="") | Q(attempt__gte=2 * MAX_CRASHES)
    lapsed.filter(never_answered).update(
        state=State.FAILED, last_error="the sender stopped again and again while sending this"
    )
    return held


def claim(
    owner: str, limit: int = BATCH, *, at_once: bool = False, channel: str = OutboxMail.Channel.MAIL
) -> list[OutboxMail]:
    """Take for a minute one row of the channel that another dispatcher left behind, else up to `limit` due ones.

    Left-behind rows come one at a time, so that a row which kills its sender takes no others with it.
    """
    left = _claim(owner, State.SENDING, 1, at_once, channel)
    return left or _claim(owner, State.DUE, limit, at_once, channel)


def _claim(owner: str, state: str, limit: int, at_once: bool, channel: str) -> list[OutboxMail]:
    moment = clock.now()
    values = {"owner": owner, "state": state, "limit": limit, "now": moment, "lease": moment + LEASE}
    values |= {"at_once": at_once, "channel": str(channel)}
    words = sql.choices(state=State, policy=Policy)
    ids = [pk for (pk,) in sql.fetch("core", "claim", values | words)]
    return list(OutboxMail.objects.filter(pk__in=ids).select_related("user").order_by("due_at", "pk"))


def _send_batch(mails: list[OutboxMail], sender: Sender, done: Counter[str]) -> None:
    for index, mail in enumerate(mails):
        outcome = _send_one(mail, sender)
        done[outcome] += 1
        if outcome == "channel":
            _release(mails[index + 1 :])
            return


def _send_one(mail: OutboxMail, sender: Sender) -> str:
    try:
        if not outbox.still_wanted(mail):
            return _mark(mail, "cancelled", state=State.CANCELLED, last_error="no longer wanted when it was due")
        moment = outbox.waits_until(mail)
        if moment is not None and moment > clock.now():
            return _wait(mail, moment)
        # Of this copy only: rows are written by update().
        mail.subject, mail.body = outbox.subject_to_send(mail), outbox.text_to_send(mail)
        sender.deliver(mail, partial(begin_data, mail))
    except LostError:
        # Either the row is somebody else's by now, or its reader has refused it meanwhile.
        return _mark(mail, "cancelled", state=State.CANCELLED, last_error="refused before it went out")
    except SendError as error:
        return _failed(mail, error)
    except DatabaseError:
        raise  # nothing can be marked; the lease brings the row back
    except Exception as error:  # one row's fault must not stop the others
        log.exception("mail could not be prepared", mail=mail.pk)
        return _try_later(mail, words_of(error)[:500], give_up=mail.attempt >= MAX_CRASHES)
    _channel_works(mail.channel)
    return _mark(mail, "sent", state=State.SENT, sent_at=clock.now(), last_error="")


def begin_data(mail: OutboxMail) -> bool:
    """Hold the lease once more and note that the data goes out now; False = the row is no longer ours, or it is one
    that may not go any more."""
    lease = clock.now() + LEASE
    may_go = _mine(mail).filter(outbox.still_allowed(mail))
    return bool(may_go.update(phase="data", lease_until=lease, next_try_at=lease))


def _mine(mail: OutboxMail) -> QuerySet[OutboxMail]:
    return OutboxMail.objects.filter(
        pk=mail.pk, lease_owner=mail.lease_owner, attempt=mail.attempt, state=State.SENDING
    )


def _mark(mail: OutboxMail, outcome: str, **changes: object) -> str:
    return outcome if _mine(mail).update(lease_until=None, **changes) else "lost"


def _failed(mail: OutboxMail, error: SendError) -> str:
    # Who reads of it may be somebody who reads the address masked.
    text = without_address(str(error), mail.address)
    if error.trouble is Trouble.REJECTED:
        return _mark(mail, "failed", state=State.FAILED, last_error=text)
    if error.trouble is Trouble.LATER:
        return _try_later(mail, text)
    _channel_broke(mail.channel, text)
    if error.trouble is Trouble.CHANNEL:
        return _put_back(mail, text)
    if mail.policy == Policy.HOLD:
        return _mark(mail, "unknown", state=State.UNKNOWN, last_error=text)
    return _try_later(mail, text)


def _put_back(mail: OutboxMail, text: str) -> str:
    """The channel's fault: the row waits for the channel, not for its own back-off."""
    moment = clock.now()
    if moment - mail.due_at > GIVE_UP_AFTER:
        return _mark(mail, "failed", state=State.FAILED, last_error=text)
    _mark(mail, "channel", state=State.DUE, phase="", next_try_at=moment, attempt=mail.attempt - 1, last_error=text)
    return "channel"


def _wait(mail: OutboxMail, moment: datetime) -> str:
    """Due again at `moment`, as if it had been queued for then: nothing was tried."""
    return _mark(mail, "waits", state=State.DUE, phase="", due_at=moment, next_try_at=moment, attempt=mail.attempt - 1)


def _try_later(mail: OutboxMail, text: str, *, give_up: bool = False) -> str:
    next_try_at = clock.now() + back_off(mail.attempt)
    if give_up or next_try_at - mail.due_at > GIVE_UP_AFTER:
        return _mark(mail, "failed", state=State.FAILED, last_error=text)
    return _mark(mail, "later", state=State.DUE, phase="", next_try_at=next_try_at, last_error=text)


def back_off(attempt: int) -> timedelta:
    """How long to wait after the given attempt (from 1): 1, 5, 15, 60, 240 minutes and up to a tenth more."""
    minutes = BACK_OFF[min(max(attempt, 1), len(BACK_OFF)) - 1]
    return timedelta(minutes=minutes * (1 + random.uniform(0, JITTER)))  # noqa: S311 -- spreads load, no secret


def _release(mails: list[OutboxMail]) -> None:
    """Give back what was claimed and not touched."""
    for mail in mails:
        _mine(mail).update(state=State.DUE, attempt=F("attempt") - 1, next_try_at=mail.due_at, lease_until=None)


# --- the channel's circuit breaker -----------------------------------------------------------------------------------
def _channel_limit(channel: str) -> int:
    """How many rows may be claimed now: a batch; one as a probe after a pause, for one dispatcher only; else none."""
    batch = BATCHES.get(OutboxMail.Channel(channel), GATEWAY_BATCH)
    breaker = MailChannel.objects.filter(name=breaker_of(channel)).first()
    if breaker is None or breaker.errors < BREAKER_ERRORS:
        return batch
    moment = clock.now()
    pause_over = MailChannel.objects.filter(name=breaker.name, paused_until__lte=moment)
    return 1 if pause_over.update(paused_until=moment + BREAKER_PAUSE) else 0


def breaker_of(channel: str) -> str:
    """The name of a channel's breaker."""
    return BREAKERS.get(OutboxMail.Channel(channel), channel)


def _channel_broke(channel: str, text: str) -> None:
    breaker, _made = MailChannel.objects.get_or_create(name=breaker_of(channel))
    paused_until = clock.now() + BREAKER_PAUSE
    MailChannel.objects.filter(name=breaker.name).update(
        errors=F("errors") + 1, last_error=text[:500], paused_until=paused_until
    )


def _channel_works(channel: str) -> None:
    MailChannel.objects.filter(name=breaker_of(channel), errors__gt=0).update(
        errors=0, paused_until=None, last_error=""
    )
