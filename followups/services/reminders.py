"""Reminders: one notice of its own at its minute, in the app and, where asked, by mail or another channel."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import audit, reaching
from accounts.models import User
from core import clock, outbox
from core.models import OutboxMail
from core.outbox import TooLateError
from core.scrub import without_phones
from core.versions import save_version
from customers.models import Customer
from followups.models import Notice, Reminder
from followups.services.notices import notice_add

KIND = "reminder"
Channel = OutboxMail.Channel
__all__ = ["KIND", "TooLateError", "reminder_cancel", "reminder_change", "reminder_create", "reminder_wanted"]


def notice_key(reminder: Reminder) -> str:
    """The key of the reminder's only notice."""
    return f"reminder:{reminder.pk}"


@transaction.atomic
def reminder_create(
    *, user: User, due_at: datetime, text: str, by: User, customer: Customer | None = None, channel: str = "in_app"
) -> Reminder:
    """Remind `user` at `due_at`; by its channel, and by those that `user` wants for all reminders, too."""
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
    _queue(reminder, _ways(reminder))
    audit.record("reminder.create", by=by, on=reminder, customer=reminder.customer_id, user=user.pk)
    return reminder


def _ways(reminder: Reminder) -> list[tuple[str, str]]:
    """(channel, recipient) by which it leaves: that of its own, and those its reader wishes for all reminders."""
    user, own = reminder.user, list[tuple[str, str]]()
    if reminder.channel == Reminder.Channel.EMAIL:
        own = [(Channel.MAIL, user.email)] if user.email else []
    elif reminder.channel != Reminder.Channel.IN_APP:
        own = reaching.addresses(user, reminder.channel)
    return list(dict.fromkeys([*own, *reaching.wished(user, Notice.Kind.REMINDER)]))


def _target(reminder: Reminder) -> str:
    return reverse("customer", args=[reminder.customer_id]) if reminder.customer_id else reverse("inbox")


def _queue(reminder: Reminder, ways: list[tuple[str, str]]) -> None:
    """Write what leaves by each way; what is written already stays as it is."""
    for channel, address in ways:
        stored = _stored(reminder, channel)
        outbox.mail_queue(
            kind=KIND,
            channel=channel,
            dedupe_key=f"{notice_key(reminder)}{reaching.key_of(channel, address)}",
            address=address,
            user=reminder.user,
            source_id=reminder.pk,
            policy=OutboxMail.Policy.RESEND,
            due_at=reminder.due_at,
            subject=stored["subject"],
            body=stored["body"],
        )


def _stored(reminder: Reminder, channel: str) -> dict[str, str]:
    """Mails are written at once; the words of other channels are made when they go (followups/notices/letters.py)."""
    return _letter(reminder) if channel == Channel.MAIL else {"subject": "", "body": ""}


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
    ways = _ways(reminder)
    for channel in Channel.values:
        if channel in {wanted for wanted, _address in ways}:
            values = {"due_at": reminder.due_at, **_stored(reminder, channel)}
            outbox.mail_change(kind=KIND, source_id=reminder.pk, channel=channel, **values)
        else:
            outbox.mail_cancel(kind=KIND, source_id=reminder.pk, channel=channel)
    _queue(reminder, ways)
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


def _of(mail: OutboxMail) -> Reminder:
    """The reminder that a mail or message is of."""
    return Reminder.objects.select_related("user", "customer").get(pk=mail.source_id or 0)


def reminder_wanted(mail: OutboxMail) -> bool:
    """The gate of reminders that leave: still open, and its person may still see the customer."""
    reminder = Reminder.objects.select_related("user").filter(pk=mail.source_id or 0, state=Reminder.State.OPEN).first()
    if reminder is None:
        return False
    if mail.channel != Channel.MAIL and (mail.channel, mail.address) not in _ways(reminder):
        return False  # another account, another team's group, a device that is gone, or no longer wished this way
    if reminder.customer_id is None:
        return True
    return Customer.objects.for_user(reminder.user).filter(pk=reminder.customer_id).exists()


def reminder_waits(mail: OutboxMail) -> datetime | None:
    """Until the reader's quiet hours end, where somebody else has set it. Whoever sets one for themselves has chosen
    the minute, quiet hours or not."""
    reminder = _of(mail)
    own = reminder.created_by_id == reminder.user_id
    return None if own else reaching.quiet_until(reminder.user, clock.now())


def reminder_subject(mail: OutboxMail) -> str:
    """By mail as it was written; else what it is, and in a group for whom."""
    if mail.channel == Channel.MAIL:
        return mail.subject
    with translation.override((mail.user.language if mail.user else "") or settings.LANGUAGE_CODE):
        if mail.channel == Channel.GROUP and mail.user:
            return _("Reminder for %(name)s") % {"name": mail.user.name}
        return _("Reminder")


def reminder_text(mail: OutboxMail) -> str:
    """By mail as it was written. Other channels pass through others' hands: what was typed, without phone numbers, and
    the customer's name, which a group and a text message do without."""
    if mail.channel == Channel.MAIL:
        return mail.body
    reminder = _of(mail)
    named = reminder.customer if mail.channel not in (Channel.GROUP, Channel.SMS) else None
    text = without_phones(reminder.text)
    return f"{text} · {named.name}" if named else text


def reminder_link(mail: OutboxMail) -> str:
    """The customer, behind sign-in."""
    return f"{settings.BASE_URL}{_target(_of(mail))}"
