"""Outgoing mail and messages of other channels: rows written in the transaction of their cause, sent later by
core/dispatcher.py.

Nothing else sends but the tests on the pages of settings. A channel that isn't set up writes no rows: what is queued
today must not go out on the day somebody names a server. A row keeps its Message-ID for good, so a resend after a crash
is recognisably the same; gateways get it as the message's key.
"""

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Case, Count, Min, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from core import clock, sql
from core.contributions import registry
from core.gateways.base import Gateway
from core.gateways.dingtalk import dingtalk
from core.gateways.groups import groups
from core.gateways.sms import sms_gateway
from core.gateways.webpush import web_push
from core.gateways.wecom import wecom
from core.models import OutboxMail

State, Channel = OutboxMail.State, OutboxMail.Channel
# Not handed to the mail server yet: still ours to change or call back.
RECALLABLE = Q(state=State.DUE) | Q(state=State.SENDING, phase="")

MAIL_GONE, CHANNEL_GONE = "no mail server when it was due", "not set up when it was due"
MAIL_OFF = _("This installation sends no mail.")


def mail_is_on() -> bool:
    """Whether this installation has a mail server. Pages that would send say MAIL_OFF and name another way."""
    return settings.EMAIL_CONFIGURED


def gateway_of(channel: str) -> Gateway | None:
    """What sends by a channel other than mail; None where it isn't set up."""
    found: dict[str, Callable[[], Gateway | None]] = {
        Channel.WECOM: wecom,
        Channel.DINGTALK: dingtalk,
        Channel.GROUP: groups,
        Channel.SMS: sms_gateway,
        Channel.PUSH: web_push,
    }
    return found[channel]()


def is_on(channel: str) -> bool:
    """Whether this installation sends by that channel."""
    return mail_is_on() if channel == Channel.MAIL else gateway_of(channel) is not None


def channels() -> list[str]:
    """The channels that are set up, mail first."""
    return [channel for channel in Channel.values if is_on(channel)]


class TooLateError(Exception):
    """The mail is being sent or was sent; it can't be changed or called back any more."""


def mail_queue(
    *,
    kind: str,
    dedupe_key: str,
    address: str,
    subject: str,
    body: str,
    user: Any = None,
    source_id: int | None = None,
    policy: str = OutboxMail.Policy.RESEND,
    due_at: datetime | None = None,
    occurrence: int = 1,
    channel: str = Channel.MAIL,
) -> OutboxMail | None:
    """Write one mail, or message of another channel, to be sent at `due_at` (default now); the same `dedupe_key` gives
    the row that is there already. None, and nothing written, where this installation doesn't send by that channel.

    Call it inside the transaction of its cause. `policy` says what happens when a crash leaves it open whether the
    mail went out: "resend" (same Message-ID, for colleagues) or "hold" (a person decides, for customers).
    """
    if not is_on(channel):
        return None
    due_at = due_at or clock.now()
    pk = sql.next_id(OutboxMail)
    mail = OutboxMail(
        pk=pk,
        kind=kind,
        channel=channel,
        dedupe_key=dedupe_key,
        policy=policy,
        user=user,
        source_id=source_id,
        address=address,
        subject=_one_line(subject),
        body=body,
        # By chance: who names it in an answer or a report has had the mail in hand.
        message_id=f"<d{pk}.{occurrence}.{secrets.token_hex(8)}@{settings.BASE_HOST}>",
        due_at=due_at,
        next_try_at=due_at,
    )
    OutboxMail.objects.bulk_create([mail], ignore_conflicts=True)
    return OutboxMail.objects.get(dedupe_key=dedupe_key)


def _one_line(text: str) -> str:
    return " ".join(str(text).split())[:255]


def mail_change(*, kind: str, source_id: int, channel: str = "", **changes: Any) -> int:
    """Rewrite address, subject, body or due_at of mails that are not on their way; raises TooLateError for others.

    A dispatcher that has claimed such a row loses it; one that was called back is due again, under the same
    Message-ID, as it never went out. Of all channels, or of `channel` alone. Returns how many were changed.
    """
    if "due_at" in changes:
        changes["next_try_at"] = changes["due_at"]
    if "subject" in changes:
        changes["subject"] = _one_line(changes["subject"])
    anew = {"state": State.DUE, "lease_until": None, "lease_owner": "", **changes}
    rows = _of_source(kind, source_id, channel)
    if changed := _recall(rows, **anew):
        return changed
    return rows.filter(state=State.CANCELLED).update(phase="", attempt=0, **anew)


def mail_cancel(*, kind: str, source_id: int, channel: str = "") -> int:
    """Call back the mails of one source, of all channels or of one; TooLateError when one is already on its way: then
    the caller's transaction has to end, so that none is called back."""
    return _recall(_of_source(kind, source_id, channel), state=State.CANCELLED)


def _of_source(kind: str, source_id: int, channel: str) -> QuerySet[OutboxMail]:
    rows = OutboxMail.objects.filter(kind=kind, source_id=source_id)
    return rows.filter(channel=channel) if channel else rows


def _recall(rows: QuerySet[OutboxMail], **changes: Any) -> int:
    changed = rows.exclude(state=State.CANCELLED).filter(RECALLABLE).update(**changes)
    gone = Q(state=State.SENDING) & ~Q(phase="") | Q(state__in=[State.SENT, State.UNKNOWN])
    if rows.filter(gone).exists():
        raise TooLateError
    return changed


def mail_call_off_due(on: list[str]) -> dict[str, int]:
    """Call back what is due by channels other than those that are `on`, because its server was taken away: colleagues
    find it in the app. What was for customers has failed, and waits for a person. Returns how many of each."""
    late = OutboxMail.objects.filter(RECALLABLE, due_at__lte=clock.now()).exclude(channel__in=on)
    mail = Case(When(channel=Channel.MAIL, then=Value(MAIL_GONE)), default=Value(CHANNEL_GONE))
    ours = late.exclude(policy=OutboxMail.Policy.HOLD)
    return {
        "cancelled": ours.update(state=State.CANCELLED, lease_until=None, last_error=mail),
        "failed": late.update(state=State.FAILED, lease_until=None, last_error=mail),
    }


def text_to_send(mail: OutboxMail) -> str:
    """The text as it goes out; asked again for each attempt."""
    kind = registry().mails.get(mail.kind)
    return kind.text(mail) if kind and kind.text else mail.body


def subject_to_send(mail: OutboxMail) -> str:
    """The subject as it goes out, likewise."""
    kind = registry().mails.get(mail.kind)
    return _one_line(kind.subject(mail)) if kind and kind.subject else mail.subject


def headers_to_send(mail: OutboxMail) -> Mapping[str, str]:
    """The headers that its kind adds."""
    kind = registry().mails.get(mail.kind)
    return kind.headers(mail) if kind and kind.headers else {}


def calendar_to_send(mail: OutboxMail) -> tuple[str, bytes] | None:
    """The calendar file that goes along, with its method; None for most kinds."""
    kind = registry().mails.get(mail.kind)
    return kind.calendar(mail) if kind and kind.calendar else None


def still_allowed(mail: OutboxMail) -> Q:
    """The condition under which the data of this mail may go out, for the statement that begins it."""
    kind = registry().mails.get(mail.kind)
    condition: Q = kind.still() if kind and kind.still else Q()
    return condition


def still_wanted(mail: OutboxMail) -> bool:
    """Whether the mail should go now: its person may still sign in, and its kind's `wanted` agrees."""
    if mail.user is not None and not mail.user.is_active:
        return False
    kind = registry().mails.get(mail.kind)
    return kind is None or kind.wanted is None or kind.wanted(mail)


def link_to_send(mail: OutboxMail) -> str:
    """Where it leads; mails have that in their text."""
    kind = registry().mails.get(mail.kind)
    return kind.link(mail) if kind and kind.link else ""


def waits_until(mail: OutboxMail) -> datetime | None:
    """Until when it has to wait although it is due, as its kind says: a person's quiet hours. None: no longer."""
    kind = registry().mails.get(mail.kind)
    return kind.waits(mail) if kind and kind.waits else None


def mail_retry(*, mail: OutboxMail) -> bool:
    """Send a failed or unknown mail again, under its Message-ID; False when it isn't waiting for a person.

    It is due from now and has all its attempts: of an old mail the first "not now" would else be the last.
    """
    moment = clock.now()
    stuck = OutboxMail.objects.filter(pk=mail.pk, state__in=[State.FAILED, State.UNKNOWN])
    again = {"state": State.DUE, "phase": "", "attempt": 0, "due_at": moment, "next_try_at": moment, "last_error": ""}
    return bool(stuck.update(**again))


def mail_arrived(*, mail: OutboxMail) -> bool:
    """A person knows that an unknown mail has arrived; False when it isn't unknown."""
    unknown = OutboxMail.objects.filter(pk=mail.pk, state=State.UNKNOWN)
    return bool(unknown.update(state=State.SENT, sent_at=clock.now(), last_error=""))


def mail_give_up(*, mail: OutboxMail) -> bool:
    """A failed or unknown mail isn't sent again; False when it isn't waiting for a person."""
    stuck = OutboxMail.objects.filter(pk=mail.pk, state__in=[State.FAILED, State.UNKNOWN])
    return bool(stuck.update(state=State.CANCELLED))


def figures() -> dict[str, Any]:
    """For the health page: waiting (due now), lag_seconds of the oldest, failed, unknown, sent in 24 h, dwell_p95."""
    moment = clock.now()
    late = Q(state__in=[State.DUE, State.SENDING], due_at__lte=moment)
    counts = OutboxMail.objects.aggregate(
        waiting=Count("pk", filter=late),
        oldest=Min("due_at", filter=late),
        failed=Count("pk", filter=Q(state=State.FAILED)),
        unknown=Count("pk", filter=Q(state=State.UNKNOWN)),
        sent_24h=Count("pk", filter=Q(sent_at__gte=moment - timedelta(days=1))),
    )
    oldest = counts.pop("oldest")
    lag = max((moment - oldest).total_seconds(), 0) if oldest else 0
    return {**counts, "lag_seconds": round(lag), "dwell_p95": _dwell_p95(moment)}


def _dwell_p95(moment: datetime) -> float | None:
    """Seconds between due and sent that 95 % of the last day's mails needed at most."""
    params = {"since": moment - timedelta(days=1), "sent": State.SENT.value}
    [(value,)] = sql.fetch("core", "dwell_p95", params)
    return None if value is None else round(float(value), 1)
