"""Reminders: one notice of its own at its minute, in the app and, where asked, by mail."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from core import clock, outbox
from core.models import OutboxMail
from core.outbox import TooLateError
from core.versions import save_version
from customers.models import Customer
from followups.models import Notice, Reminder
from followups.services.notices import notice_add

KIND = "reminder"
__all__ = ["KIND", "TooLateError", "reminder_cancel", "reminder_change", "reminder_create", "reminder_wanted"]


def notice_key(reminder: Reminder) -> str:
    """The key of the reminder's only notice."""
    return f"reminder:{reminder.pk}"


@transaction.atomic
def reminder_create(
    *, user: User, due_at: datetime, text: str, by: User, customer: Customer | None = None, channel: str = "in_app"
) -> Reminder:
    """Remind `user` at `due_at`; with the channel "email", or for people who want both, by mail too."""
    reminder = Reminder.objects.create(
        customer=customer,
        user=user,
        due_at=due_at,
        channel=channel,
        text=text.strip()[:300],
        created_by=by,
        updated_by=by,
    )
    notice_add(
        user=user,
        key=notice_key(reminder),
        kind=Notice.Kind.REMINDER,
        due_at=due_at,
        customer=customer,
        text=reminder.text,
        numbers={"reminder": reminder.pk},
        url=_target(reminder),
    )
    if _by_mail(reminder):
        _queue(reminder)
    audit.record("reminder.create", by=by, on=reminder, customer=reminder.customer_id, user=user.pk)
    return reminder


def _by_mail(reminder: Reminder) -> bool:
    asked = reminder.channel == Reminder.Channel.EMAIL and bool(reminder.user.email)
    return asked or reminder.user.wants_mail(Notice.Kind.REMINDER)


def _target(reminder: Reminder) -> str:
    return reverse("customer", args=[reminder.customer_id]) if reminder.customer_id else reverse("inbox")


def _queue(reminder: Reminder) -> None:
    outbox.mail_queue(
        kind=KIND,
        dedupe_key=notice_key(reminder),
        address=reminder.user.email,
        user=reminder.user,
        source_id=reminder.pk,
        policy=OutboxMail.Policy.RESEND,
        due_at=reminder.due_at,
        **_letter(reminder),
    )


def _letter(reminder: Reminder) -> dict[str, str]:
    with translation.override(reminder.user.language or settings.LANGUAGE_CODE):
        about = reminder.customer.name if reminder.customer else _("reminder")
        subject = _("Reminder: %(text)s") % {"text": reminder.text}
        body = _("%(text)s\n\n%(about)s\n%(link)s\n\nYou get this mail because a reminder was set for you in Keben.")
        link = f"{settings.BASE_URL}{_target(reminder)}"
        return {"subject": subject, "body": body % {"text": reminder.text, "about": about, "link": link}}


@transaction.atomic
def reminder_change(*, reminder: Reminder, changes: dict[str, Any], version: int, by: User) -> None:
    """Change due_at, text or channel of a reminder that hasn't been given yet.

    TooLateError when it has: then nothing is changed, and a new reminder is the way. So nobody is reminded twice, and
    never with the old text after a change was confirmed.
    """
    save_version(reminder, changes, version=version, by=by)
    waiting = Notice.objects.filter(key=notice_key(reminder), due_at__gt=clock.now(), cancelled_at=None)
    if not waiting.update(due_at=reminder.due_at, text=reminder.text):
        raise TooLateError
    if not _by_mail(reminder):
        outbox.mail_cancel(kind=KIND, source_id=reminder.pk)
    elif not outbox.mail_change(kind=KIND, source_id=reminder.pk, due_at=reminder.due_at, **_letter(reminder)):
        _queue(reminder)
    audit.record("reminder.change", by=by, on=reminder, fields=sorted(changes))


@transaction.atomic
def reminder_cancel(*, reminder: Reminder, by: User) -> None:
    """Call a reminder back; TooLateError when its mail is on its way or was sent."""
    stamps = {"updated_by": by, "updated_at": clock.now()}
    Reminder.objects.filter(pk=reminder.pk).update(state=Reminder.State.CANCELLED, version=F("version") + 1, **stamps)
    reminder.state = Reminder.State.CANCELLED
    outbox.mail_cancel(kind=KIND, source_id=reminder.pk)
    Notice.objects.filter(key=notice_key(reminder), cancelled_at=None).update(cancelled_at=clock.now())
    audit.record("reminder.cancel", by=by, on=reminder, customer=reminder.customer_id)


def reminders_pass_on(person: User, by: User) -> None:
    """Reminders of a person who leaves go to the present owner of their customer; private ones end."""
    ahead = Reminder.objects.filter(user=person, state=Reminder.State.OPEN, due_at__gt=clock.now())
    for reminder in ahead.select_related("customer__owner", "user").order_by("pk"):
        try:
            reminder_cancel(reminder=reminder, by=by)
        except TooLateError:
            continue
        owner = reminder.customer.owner if reminder.customer else None
        if owner is not None and owner.is_active and owner.pk != person.pk:
            reminder_create(
                user=owner, due_at=reminder.due_at, text=reminder.text, by=by, customer=reminder.customer,
                channel=reminder.channel,
            )  # fmt: skip


def reminder_wanted(mail: OutboxMail) -> bool:
    """The gate of reminder mails: still open, and its person may still see the customer."""
    reminder = Reminder.objects.select_related("user").filter(pk=mail.source_id, state=Reminder.State.OPEN).first()
    if reminder is None:
        return False
    seen = Customer.objects.for_user(reminder.user).filter(pk=reminder.customer_id)
    return reminder.customer_id is None or seen.exists()
