"""Appointments: a follow-up with a time to which people are invited, and what they answer.

Guests are told by mail with a calendar file. Who changes or ends the follow-up knows nothing of them: each minute the
appointments are brought after their follow-ups, so that every way of changing counts and what is taken back at once is
told to nobody. What goes to a customer is asked again when it goes: not to who has refused it meanwhile.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import salted_hmac
from django.utils.text import capfirst
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from accounts import audit
from accounts.authentication import digest_of
from accounts.models import User
from core import clock, company, outbox
from core.models import OutboxMail
from core.notices import tell
from core.p256 import base64url
from core.rounds import each
from customers.consents.rule import not_refused, wishes_of
from customers.models import Contact, Customer, Topic
from followups import durations
from followups.calendar import ics
from followups.calendar.feed import uid_of
from followups.messages.models import MessageChannel
from followups.models import Appointment, FollowUp, Guest, Notice
from ui import formatting

KIND = "appointment"
SALT = "followups.appointments"
SOME = 200  # that are brought after their follow-ups in one round
Answer, State, MailState = Guest.Answer, FollowUp.State, OutboxMail.State


# --- inviting --------------------------------------------------------------------------------------------------------
@transaction.atomic
def appointment_invite(
    *, follow_up: FollowUp, people: Sequence[Contact | Customer | User], place: str, by: User
) -> Appointment:
    """Invite these to a follow-up with a time, besides those who are invited already; mail goes at once.

    Another place than before is told to all of them, together with what else has changed. Of one that was called off
    only `people` are guests from then on, and all of them get mail. ValidationError where it has no time, or somebody
    can't be written to: no address, or refused.
    """
    _check(follow_up, people)
    values = {
        "customer_id": follow_up.customer_id,
        **_as_planned(follow_up),
        "language": get_language() or settings.LANGUAGE_CODE,
        "created_by": by,
    }
    appointment, new = Appointment.objects.get_or_create(follow_up=follow_up, defaults=values)
    appointment = Appointment.objects.select_for_update(of=("self",)).get(pk=appointment.pk)
    anew = appointment.called_off_at is not None
    moved_to = not new and place.strip() != appointment.place
    if anew or moved_to:  # under the same uid
        _bring_after(appointment, follow_up)
    if anew:
        appointment.called_off_at, appointment.stands_since = None, appointment.sequence
    appointment.place, appointment.updated_by = place.strip(), by
    appointment.save()
    chosen = [_guest(appointment, person) for person in people]
    if anew:
        appointment.guests.exclude(pk__in=[guest.pk for guest in chosen]).delete()
    for guest in appointment.guests.all() if moved_to else chosen:
        _queue(guest, appointment)  # once for each version: who has this one gets nothing
    act = "appointment.invite" if people else "appointment.change"
    audit.record(act, by=by, on=follow_up, customer=follow_up.customer_id, guests=len(people))
    return appointment


def _check(follow_up: FollowUp, people: Sequence[Contact | Customer | User]) -> None:
    if follow_up.due_at is None or follow_up.state != State.OPEN:
        raise ValidationError(_("Give the follow-up a time first; then people can be invited to it."))
    if not outbox.mail_is_on():
        raise ValidationError(outbox.MAIL_OFF)
    outside = [person for person in people if not isinstance(person, User)]
    barred = not_invited(follow_up.customer, outside)
    if barred:
        said = [_("%(name)s: %(why)s") % {"name": outside[at].name, "why": why} for at, why in barred.items()]
        raise ValidationError([*said, _("Nothing was sent.")])
    if without := [person.name for person in people if not person.email]:
        raise ValidationError(_("%(names)s: no e-mail address.") % {"names": formatting.listed(without)})


def not_invited(customer: Customer, people: Sequence[Contact | Customer]) -> dict[int, str]:
    """Who of these may not be written to about an appointment, by their place in the list: why, in a sentence."""
    contacts = [one if isinstance(one, Contact) else None for one in people]
    wishes = wishes_of(customer, contacts, MessageChannel.EMAIL, Topic.SERVICE, marketing_asks=False)
    whys = ((at, wishes[one.pk if one else None].why) for at, one in enumerate(contacts))
    return {at: why for at, why in whys if why}


def _guest(appointment: Appointment, person: Contact | Customer | User) -> Guest:
    """The person as a guest of it: the one that they are already, else a new one."""
    of = {
        "contact_id": person.pk if isinstance(person, Contact) else None,
        "user_id": person.pk if isinstance(person, User) else None,
    }
    nonce = uuid.uuid4()
    return appointment.guests.filter(**of).first() or Guest.objects.create(
        appointment=appointment,
        customer_id=appointment.customer_id,
        name=person.name,
        nonce=nonce,
        digest=digest_of(token_of(nonce)),
        **of,
    )


@transaction.atomic
def appointment_call_off(*, appointment: Appointment, by: User) -> None:
    """Tell everybody that it doesn't take place; the follow-up stays."""
    locked = Appointment.objects.select_for_update(of=("self",)).get(pk=appointment.pk)
    if locked.called_off_at is None:
        _end(locked)
        audit.record("appointment.call_off", by=by, on=locked.follow_up, customer=locked.customer_id)


# --- after the follow-up ---------------------------------------------------------------------------------------------
def appointments_follow() -> int:
    """Tell guests of follow-ups that were changed or ended since; returns how many appointments changed.

    Repeating it changes nothing. What was done isn't called off: it took place.
    """
    return each("appointments", _follow, list(_behind().values_list("pk", flat=True)[:SOME]))


def _behind() -> QuerySet[Appointment]:
    """Appointments that no longer say what their follow-ups do: when, how long, by which method.

    With a check-in the visit has begun: that its time is that of the arrival now is no news for its guests.
    """
    changed = ~Q(begins_at=F("follow_up__due_at")) | Q(follow_up__due_at=None)
    changed |= ~Q(minutes=_length()) | ~Q(method=F("follow_up__method"))
    ended = Q(follow_up__state__in=(State.SKIPPED, State.CANCELLED))
    live = Appointment.objects.filter(called_off_at=None, begins_at__gt=clock.now(), follow_up__check_in=None)
    return live.filter(ended | Q(changed, follow_up__state=State.OPEN) | Q(customer__deleted_at__isnull=False))


def _length() -> Coalesce:
    """`durations.minutes_of` of the follow-up of a row, for the database."""
    usual = [When(follow_up__method=method, then=Value(minutes)) for method, minutes in durations.USUAL.items()]
    return Coalesce("follow_up__minutes", Case(*usual, default=Value(durations.SHORT)))


@transaction.atomic
def _follow(pk: int) -> bool:
    appointment = _behind().select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
    if appointment is None:
        return False
    follow_up = FollowUp.objects.get(pk=pk)
    gone = Customer.all_objects.filter(pk=appointment.customer_id, deleted_at__isnull=False).exists()
    if follow_up.state != State.OPEN or follow_up.due_at is None or gone:
        _end(appointment)
        return True
    _bring_after(appointment, follow_up)
    appointment.save()
    for guest in appointment.guests.all():
        _queue(guest, appointment)
    return True


def _as_planned(follow_up: FollowUp) -> dict[str, Any]:
    """What guests are told of a follow-up."""
    minutes = durations.minutes_of(follow_up)
    return {"begins_at": follow_up.due_at, "minutes": minutes, "method": follow_up.method}


def _bring_after(appointment: Appointment, follow_up: FollowUp) -> None:
    """A newer version of it: who had answered is asked anew."""
    for name, value in _as_planned(follow_up).items():
        setattr(appointment, name, value)
    appointment.sequence += 1
    appointment.guests.update(answer=Answer.NONE, answered_at=None, proposed_at=None, note="")


def _end(appointment: Appointment) -> None:
    appointment.sequence += 1
    appointment.called_off_at = clock.now()
    appointment.save()
    for guest in appointment.guests.all():
        _queue(guest, appointment)


# --- the mail --------------------------------------------------------------------------------------------------------
def _queue(guest: Guest, appointment: Appointment) -> None:
    """What it says is made when it goes; a mail of an older version doesn't go any more. None without an address."""
    address = address_of(guest)
    if not address:
        return
    with translation.override(appointment.language):
        subject = _("Appointment")
    outbox.mail_queue(
        kind=KIND,
        dedupe_key=f"{KIND}:{guest.pk}:{appointment.sequence}",
        address=address,
        subject=subject,
        body="",
        user=guest.user,
        source_id=guest.pk,
        policy=OutboxMail.Policy.RESEND if guest.user_id else OutboxMail.Policy.HOLD,
    )


def address_of(guest: Guest) -> str:
    """Where the guest is written to now; empty for who is gone."""
    if guest.user is not None:
        return guest.user.email or ""
    if guest.contact is None:
        return guest.customer.email
    return "" if guest.contact.deleted_at else guest.contact.email


def token_of(nonce: uuid.UUID) -> str:
    """The secret of a guest's address: made of the secret key, so that who reads the table can't answer for anybody."""
    mac = salted_hmac(SALT, nonce.hex, algorithm="sha256").digest()
    return base64url(mac)


def guest_of(token: str) -> Guest | None:
    """Whose address this is, as long as the customer is there; whether anything can be answered is another question."""
    rows = Guest.objects.select_related("appointment__follow_up__assignee", "customer", "contact", "user")
    return rows.filter(digest=digest_of(token), customer__deleted_at=None).first()


def _of(mail: OutboxMail) -> Guest:
    assert mail.source_id is not None
    rows = Guest.objects.select_related("appointment__follow_up__assignee", "customer", "contact", "user")
    return rows.get(pk=mail.source_id)


def mail_wanted(mail: OutboxMail) -> bool:
    """Whether it is the newest word, to somebody who may be written to; an end only to who was invited before."""
    rows = Guest.objects.select_related("appointment", "customer", "contact", "user")
    guest = rows.filter(pk=mail.source_id or 0).first()
    if guest is None or _version_of(mail) != guest.appointment.sequence:
        return False
    if guest.appointment.begins_at <= clock.now() or not mail.address or address_of(guest) != mail.address:
        return False
    if guest.appointment.called_off_at is not None and not _told_before(mail, guest):
        return False
    return OutboxMail.objects.filter(mail_still(), pk=mail.pk).exists()


def mail_still() -> Q:
    """The condition on rows of the outbox: a colleague, or somebody at a customer who hasn't refused e-mail."""
    guests = Guest.objects.filter(pk=OuterRef("source_id"))
    outside = guests.filter(user=None).annotate(channel=Value(MessageChannel.EMAIL), topic=Value(Topic.SERVICE))
    colleague = guests.filter(user__is_active=True)
    return Q(Exists(colleague)) | Q(Exists(not_refused(outside, marketing_asks=False)))


def _told_before(mail: OutboxMail, guest: Guest) -> bool:
    """Whether the guest has heard of the appointment as it stands: what was called off and planned anew is another."""
    gone = OutboxMail.objects.filter(kind=KIND, source_id=guest.pk, state__in=(MailState.SENT, MailState.UNKNOWN))
    since = guest.appointment.stands_since
    return any(_version_of(one) >= since for one in gone.exclude(pk=mail.pk).only("dedupe_key"))


def _version_of(mail: OutboxMail) -> int:
    return int(mail.dedupe_key.rpartition(":")[2])


def mail_subject(mail: OutboxMail) -> str:
    """Invitation, changed or called off, with the moment. To who hears of it for the first time it is an invitation."""
    guest = _of(mail)
    with _speaking(guest):
        what = _("Invitation")
        if guest.appointment.called_off_at is not None:
            what = _("Called off")
        elif _told_before(mail, guest):
            what = pgettext("appointment", "Changed")
        return _("%(what)s: %(when)s") % {"what": what, "when": when_words(guest.appointment)}


def mail_text(mail: OutboxMail) -> str:
    """Who invites to what, when and where, and the address of the answer."""
    guest = _of(mail)
    appointment, host = guest.appointment, guest.appointment.follow_up.assignee
    with _speaking(guest):
        words = {
            "name": guest.name,
            "company": company.company().name,
            "host": host.name,
            "what": title_of(appointment),
            "when": when_words(appointment),
            "place": appointment.place or "—",
            "link": f"{settings.BASE_URL}{reverse('appointment_answer', args=[token_of(guest.nonce)])}",
        }
        if appointment.called_off_at is not None:
            return _("%(name)s,\n\n%(host)s of %(company)s calls this off:\n\n%(what)s\n%(when)s\n") % words
        changed = _told_before(mail, guest)
        if guest.user_id and changed:
            return _("%(name)s,\n\n%(host)s has changed this:\n\n%(what)s\n%(when)s\nPlace: %(place)s\n") % words
        if guest.user_id:
            return _("%(name)s,\n\n%(host)s invites you:\n\n%(what)s\n%(when)s\nPlace: %(place)s\n") % words
        if changed:
            return (
                _(
                    "%(name)s,\n\n%(host)s of %(company)s has changed your appointment. This holds now:\n\n"
                    "%(what)s\n%(when)s\nPlace: %(place)s\n\n"
                    "Please say whether it suits you, or propose another time:\n%(link)s\n"
                )
                % words
            )
        return (
            _(
                "%(name)s,\n\n%(host)s of %(company)s would like to meet you:\n\n"
                "%(what)s\n%(when)s\nPlace: %(place)s\n\n"
                "Please say whether it suits you, or propose another time:\n%(link)s\n"
            )
            % words
        )


def mail_headers(mail: OutboxMail) -> dict[str, str]:
    """Answers by mail go to the host."""
    host = _of(mail).appointment.follow_up.assignee
    return {"Reply-To": host.email} if host.email else {}


def mail_calendar(mail: OutboxMail) -> tuple[str, bytes]:
    """The calendar file: a request, a newer one under the same uid, or its end."""
    guest = _of(mail)
    appointment, host = guest.appointment, guest.appointment.follow_up.assignee
    called_off = appointment.called_off_at is not None
    with _speaking(guest):
        entry = ics.Entry(
            uid_of(appointment.follow_up),
            appointment.updated_at,
            appointment.begins_at,
            title_of(appointment),
            timedelta(minutes=appointment.minutes),
            place=appointment.place,
        )
    by = host.email or settings.DEFAULT_FROM_EMAIL
    to = ics.Invitation(by, host.name, ((mail.address, guest.name),), appointment.sequence, called_off)
    return "CANCEL" if called_off else "REQUEST", ics.invitation(entry, to)


def _speaking(guest: Guest) -> Any:
    language = (guest.user.language if guest.user is not None else "") or guest.appointment.language
    return translation.override(language)


def title_of(appointment: Appointment) -> str:
    """Visit by the company: what stands in the guest's calendar. Purposes are our own words and stay here."""
    method = capfirst(str(appointment.get_method_display()))
    return _("%(method)s · %(company)s") % {"method": method, "company": company.company().name}


def when_words(appointment: Appointment) -> str:
    """Day, times and the zone they are told in, which is the host's."""
    zone = clock.user_zone(appointment.follow_up.assignee)
    begins = appointment.begins_at.astimezone(zone)
    ends = begins + timedelta(minutes=appointment.minutes)
    return f"{formatting.day(begins.date())} {begins:%H:%M}–{ends.astimezone(zone):%H:%M} ({zone.key})"


# --- answers ---------------------------------------------------------------------------------------------------------
class TooLateToAnswerError(Exception):
    """It was called off or has begun."""


@transaction.atomic
def guest_answer(*, guest: Guest, answer: str, proposed_at: datetime | None = None, note: str = "") -> None:
    """Write down what a guest says, and tell the host. The last answer counts; the same twice is told once."""
    locked = Guest.objects.select_for_update(of=("self",)).select_related("appointment__follow_up__assignee").get(
        pk=guest.pk
    )  # fmt: skip
    appointment = locked.appointment
    if appointment.called_off_at is not None or appointment.begins_at <= clock.now():
        raise TooLateToAnswerError
    values: dict[str, Any] = {"answer": answer, "proposed_at": proposed_at, "note": note.strip()[:300]}
    if all(getattr(locked, name) == value for name, value in values.items()):
        return
    Guest.objects.filter(pk=guest.pk).update(**values, answered_at=clock.now())
    audit.record("appointment.answer", by=None, on=appointment.follow_up, customer=locked.customer_id, answer=answer)
    tell(
        user=appointment.follow_up.assignee,
        kind=Notice.Kind.APPOINTMENT,
        key=f"appointment:{guest.pk}:{uuid.uuid4().hex}",
        source_id=appointment.pk,
        customer=Customer.objects.get(pk=locked.customer_id),
        numbers={
            "guest": locked.name,
            "answer": answer,
            "at": appointment.begins_at.isoformat(),
            "proposed": proposed_at.isoformat() if proposed_at else "",
        },
        text=values["note"],
        url=reverse("appointment", args=[appointment.pk]),
    )
