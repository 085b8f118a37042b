"""Outgoing mail: rows written in the transaction of their cause, sent later by core/dispatcher.py.

Nothing else sends mail but the test on the health page. An installation without a mail server writes no rows: a mail
queued today must not go out on the day somebody names a server. A row keeps its Message-ID for good, so a resend
after a crash is recognisably the same mail.
"""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Min, Q
from django.utils.translation import gettext_lazy as _

from core import clock, sql
from core.contributions import registry
from core.models import OutboxMail

State = OutboxMail.State
# Not handed to the mail server yet: still ours to change or call back.
RECALLABLE = Q(state=State.DUE) | Q(state=State.SENDING, phase="")

MAIL_OFF = _("This installation sends no mail.")


def mail_is_on() -> bool:
    """Whether this installation has a mail server. Pages that would send say MAIL_OFF and name another way."""
    return settings.EMAIL_CONFIGURED


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
) -> OutboxMail | None:
    """Write one mail to be sent at `due_at` (default now); the same `dedupe_key` gives the row that is there already.
    None, and nothing written, where this installation sends no mail.

    Call it inside the transaction of its cause. `policy` says what happens when a crash leaves it open whether the
    mail went out: "resend" (same Message-ID, for colleagues) or "hold" (a person decides, for customers).
    """
    if not mail_is_on():
        return None
    due_at = due_at or clock.now()
    pk = sql.next_id(OutboxMail)
    mail = OutboxMail(
        pk=pk,
        kind=kind,
        dedupe_key=dedupe_key,
        policy=policy,
        user=user,
        source_id=source_id,
        address=address,
        subject=_one_line(subject),
        body=body,
        message_id=f"<d{pk}.{occurrence}@{settings.BASE_HOST}>",
        due_at=due_at,
        next_try_at=due_at,
    )
    OutboxMail.objects.bulk_create([mail], ignore_conflicts=True)
    return OutboxMail.objects.get(dedupe_key=dedupe_key)


def _one_line(text: str) -> str:
    return " ".join(str(text).split())[:255]


def mail_change(*, kind: str, source_id: int, **changes: Any) -> int:
    """Rewrite address, subject, body or due_at of mails that are not on their way; raises TooLateError for others.

    A dispatcher that has claimed such a row loses it; one that was called back is due again, under the same
    Message-ID, as it never went out. Returns how many were changed.
    """
    if "due_at" in changes:
        changes["next_try_at"] = changes["due_at"]
    if "subject" in changes:
        changes["subject"] = _one_line(changes["subject"])
    anew = {"state": State.DUE, "lease_until": None, "lease_owner": "", **changes}
    if changed := _recall(kind, source_id, **anew):
        return changed
    called_back = OutboxMail.objects.filter(kind=kind, source_id=source_id, state=State.CANCELLED)
    return called_back.update(phase="", attempt=0, **anew)


def mail_cancel(*, kind: str, source_id: int) -> int:
    """Call back the mails of one source; raises TooLateError when one is already on its way."""
    return _recall(kind, source_id, state=State.CANCELLED)


def _recall(kind: str, source_id: int, **changes: Any) -> int:
    rows = OutboxMail.objects.filter(kind=kind, source_id=source_id).exclude(state=State.CANCELLED)
    changed = rows.filter(RECALLABLE).update(**changes)
    if not changed and rows.filter(state__in=[State.SENDING, State.SENT, State.UNKNOWN]).exists():
        raise TooLateError
    return changed


def mail_call_off_due() -> int:
    """Call back what is due and can't be sent, because the mail server was taken away; returns how many."""
    late = OutboxMail.objects.filter(RECALLABLE, due_at__lte=clock.now())
    return late.update(state=State.CANCELLED, lease_until=None, last_error="no mail server when it was due")


def text_to_send(mail: OutboxMail) -> str:
    """The text as it goes out; asked again for each attempt."""
    kind = registry().mails.get(mail.kind)
    return kind.text(mail) if kind and kind.text else mail.body


def subject_to_send(mail: OutboxMail) -> str:
    """The subject as it goes out, likewise."""
    kind = registry().mails.get(mail.kind)
    return _one_line(kind.subject(mail)) if kind and kind.subject else mail.subject


def still_wanted(mail: OutboxMail) -> bool:
    """Whether the mail should go now: its person may still sign in, and its kind's `wanted` agrees."""
    if mail.user is not None and not mail.user.is_active:
        return False
    kind = registry().mails.get(mail.kind)
    return kind is None or kind.wanted is None or kind.wanted(mail)


def mail_retry(*, mail: OutboxMail) -> bool:
    """Send a failed or unknown mail again, under its Message-ID; False when it isn't waiting for a person.

    It is due from now and has all its attempts: of an old mail the first "not now" would else be the last.
    """
    moment = clock.now()
    stuck = OutboxMail.objects.filter(pk=mail.pk, state__in=[State.FAILED, State.UNKNOWN])
    again = {"state": State.DUE, "phase": "", "attempt": 0, "due_at": moment, "next_try_at": moment, "last_error": ""}
    return bool(stuck.update(**again))


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
