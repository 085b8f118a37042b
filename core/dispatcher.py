"""Sends due mail from leased rows: any number of dispatchers at once, any of them killed at any moment.

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

import structlog
from django.db import DatabaseError
from django.db.models import F, Q, QuerySet

from core import clock, outbox, sql
from core.mailer import Mailer, SendError, Trouble
from core.models import MailChannel, OutboxMail

log = structlog.get_logger(__name__)
State, Policy = OutboxMail.State, OutboxMail.Policy

BATCH = 20
LEASE = timedelta(seconds=60)
BACK_OFF = (1, 5, 15, 60, 240)  # minutes; the last one repeats
JITTER = 0.1
GIVE_UP_AFTER = timedelta(hours=24)
MAX_CRASHES = 5
CHANNEL = "smtp"
BREAKER_ERRORS = 5
BREAKER_PAUSE = timedelta(seconds=30)


def new_owner() -> str:
    """A name for one dispatcher that no other ever has."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


def dispatch(*, until: datetime | None = None, owner: str = "", at_once: bool = False) -> Counter[str]:
    """Send what is due until nothing is left or `until` has come; returns counts by outcome.

    `at_once`: only what was due when it was written, for times when the clock isn't believed. Without a mail server
    nothing is sent, and what is due is called back.
    """
    done: Counter[str] = Counter()
    if not outbox.mail_is_on():
        return +Counter(cancelled=outbox.mail_call_off_due())
    owner = owner or new_owner()
    mailer = Mailer()
    try:
        while until is None or clock.now() < until:
            done["unknown"] += settle_lapsed()
            limit = _channel_limit()
            mails = claim(owner, limit, at_once=at_once) if limit else []
            if not mails:
                break
            _send_batch(mails, mailer, done)
    finally:
        mailer.close()
    return +done


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


def claim(owner: str, limit: int = BATCH, *, at_once: bool = False) -> list[OutboxMail]:
    """Take for a minute one row that another dispatcher left behind, else up to `limit` due ones.

    Left-behind rows come one at a time, so that a row which kills its sender takes no others with it.
    """
    return _claim(owner, State.SENDING, 1, at_once) or _claim(owner, State.DUE, limit, at_once)


def _claim(owner: str, state: str, limit: int, at_once: bool) -> list[OutboxMail]:
    moment = clock.now()
    values = {"owner": owner, "state": state, "limit": limit, "now": moment, "lease": moment + LEASE}
    values["at_once"] = at_once
    words = sql.choices(state=State, policy=Policy)
    ids = [pk for (pk,) in sql.fetch("core", "claim", values | words)]
    return list(OutboxMail.objects.filter(pk__in=ids).select_related("user").order_by("due_at", "pk"))


def _send_batch(mails: list[OutboxMail], mailer: Mailer, done: Counter[str]) -> None:
    for index, mail in enumerate(mails):
        outcome = _send_one(mail, mailer)
        done[outcome] += 1
        if outcome == "channel":
            _release(mails[index + 1 :])
            return


def _send_one(mail: OutboxMail, mailer: Mailer) -> str:
    try:
        if not outbox.still_wanted(mail):
            return _mark(mail, "cancelled", state=State.CANCELLED, last_error="no longer wanted when it was due")
        # Of this copy only: rows are written by update().
        mail.subject, mail.body = outbox.subject_to_send(mail), outbox.text_to_send(mail)
        mailer.prepare(mail)
        if not begin_data(mail):
            mailer.forget()
            return "lost"
        mailer.send(mail)
    except SendError as error:
        return _failed(mail, error)
    except DatabaseError:
        raise  # nothing can be marked; the lease brings the row back
    except Exception as error:  # one row's fault must not stop the others
        log.exception("mail could not be prepared", mail=mail.pk)
        return _try_later(mail, f"{type(error).__name__}: {error}"[:500], give_up=mail.attempt >= MAX_CRASHES)
    _channel_works()
    return _mark(mail, "sent", state=State.SENT, sent_at=clock.now(), last_error="")


def begin_data(mail: OutboxMail) -> bool:
    """Hold the lease once more and note that the data goes out now; False = the row is no longer ours."""
    lease = clock.now() + LEASE
    return bool(_mine(mail).update(phase="data", lease_until=lease, next_try_at=lease))


def _mine(mail: OutboxMail) -> QuerySet[OutboxMail]:
    return OutboxMail.objects.filter(
        pk=mail.pk, lease_owner=mail.lease_owner, attempt=mail.attempt, state=State.SENDING
    )


def _mark(mail: OutboxMail, outcome: str, **changes: object) -> str:
    return outcome if _mine(mail).update(lease_until=None, **changes) else "lost"


def _failed(mail: OutboxMail, error: SendError) -> str:
    if error.trouble is Trouble.REJECTED:
        return _mark(mail, "failed", state=State.FAILED, last_error=str(error))
    if error.trouble is Trouble.LATER:
        return _try_later(mail, str(error))
    _channel_broke(str(error))
    if error.trouble is Trouble.CHANNEL:
        return _put_back(mail, str(error))
    if mail.policy == Policy.HOLD:
        return _mark(mail, "unknown", state=State.UNKNOWN, last_error=str(error))
    return _try_later(mail, str(error))


def _put_back(mail: OutboxMail, text: str) -> str:
    """The channel's fault: the row waits for the channel, not for its own back-off."""
    moment = clock.now()
    if moment - mail.due_at > GIVE_UP_AFTER:
        return _mark(mail, "failed", state=State.FAILED, last_error=text)
    _mark(mail, "channel", state=State.DUE, phase="", next_try_at=moment, attempt=mail.attempt - 1, last_error=text)
    return "channel"


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
def _channel_limit() -> int:
    """How many rows may be claimed now: a batch; one as a probe after a pause, for one dispatcher only; else none."""
    channel = MailChannel.objects.filter(name=CHANNEL).first()
    if channel is None or channel.errors < BREAKER_ERRORS:
        return BATCH
    moment = clock.now()
    pause_over = MailChannel.objects.filter(name=CHANNEL, paused_until__lte=moment)
    return 1 if pause_over.update(paused_until=moment + BREAKER_PAUSE) else 0


def _channel_broke(text: str) -> None:
    MailChannel.objects.get_or_create(name=CHANNEL)
    paused_until = clock.now() + BREAKER_PAUSE
    MailChannel.objects.filter(name=CHANNEL).update(
        errors=F("errors") + 1, last_error=text[:500], paused_until=paused_until
    )


def _channel_works() -> None:
    MailChannel.objects.filter(name=CHANNEL, errors__gt=0).update(errors=0, paused_until=None, last_error="")
