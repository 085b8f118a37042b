"""Messages that come in: stored once, given to the customer that they are from, or to people who find that out.

What follows from one is a line in the history, a notice for the owner, and a date for the answer. Nothing is ever
answered by itself, so two machines can't write to each other for ever.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from core import clock
from core.notices import tell
from core.phones import phone_digits
from customers.identity import email_key
from customers.models import (
    Consent,
    Contact,
    Customer,
    Handle,
    Interaction,
    InteractionKind,
    InteractionResult,
    Kind,
    Network,
)
from customers.services import consent_record, customer_create, interaction_log
from customers.services.interactions import interaction_leave
from followups import reasons
from followups.hours.days import person_days
from followups.incoming.arrived import LONGEST_TEXT, RAW_BYTES, Arrived
from followups.incoming.matching import Found, found
from followups.incoming.words import asks, is_refusal, tidy_line, tidy_text
from followups.locks import hold
from followups.models import FollowUp, Incoming, Inlet, Notice
from followups.services.follow_ups import close, follow_up_create

State, Trust, What = Incoming.State, Incoming.Trust, Incoming.Kind
SUMMARY = 2000
# How the log calls what came; comments and shares are no talk.
KINDS: Mapping[str, str] = {
    Network.EMAIL: InteractionKind.EMAIL,
    Network.SMS: InteractionKind.SMS,
    Network.WECHAT: InteractionKind.WECHAT,
    Network.WECOM: InteractionKind.WECHAT,
}
# By what a refusal is recorded; elsewhere there is nothing that one could refuse.
REFUSED_BY: Mapping[str, str] = {Network.EMAIL: "email", Network.SMS: "sms"}


class DecidedAlreadyError(Exception):
    """Somebody has decided on this message already."""


# --- taking ----------------------------------------------------------------------------------------------------------
@transaction.atomic
def incoming_take(*, inlet: Inlet, arrived: Arrived) -> tuple[Incoming, bool]:
    """Store what came, once by its id, with all that follows from it; and whether it is new.

    A sender whom exactly one file knows is that customer; of every other one, and of what our mail server calls forged,
    a person decides.
    """
    now = clock.now()
    row = Incoming(
        inlet=inlet,
        external_id=tidy_line(arrived.external_id, 200),
        network=inlet.network,
        kind=arrived.kind,
        trust=arrived.trust,
        name=tidy_line(arrived.name, 120),
        email=tidy_line(arrived.email, 254),
        phone=tidy_line(arrived.phone, 40),
        handle=tidy_line(arrived.handle, 120),
        subject=tidy_line(arrived.subject, 200),
        text=tidy_text(arrived.text, LONGEST_TEXT),
        url=tidy_line(arrived.url, 1000),
        occurred_at=min(arrived.at or now, now),
        received_at=now,
        raw=_small(arrived.raw),
    )
    row.refusal = row.kind == What.MESSAGE and row.network in REFUSED_BY and is_refusal(row.text)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        if (known := Incoming.objects.filter(inlet=inlet, external_id=row.external_id).first()) is None:
            raise
        return known, False
    Inlet.objects.filter(pk=inlet.pk).update(last_at=now)
    _sort(row, arrived)
    return row, True


def _small(raw: Mapping[str, Any]) -> dict[str, Any]:
    """What the network said besides, as far as it is small; it goes with the night anyway."""
    try:
        text = json.dumps(dict(raw), ensure_ascii=True).replace("\\u0000", "")
        return json.loads(text) if len(text) <= RAW_BYTES else {}
    except ValueError:
        return {}


def _sort(row: Incoming, arrived: Arrived) -> None:
    """To the customer it is from, if that is certain."""
    if arrived.answers is not None:
        of = [Found(arrived.answers.customer_id, arrived.answers.contact_id)]
        Incoming.objects.filter(pk=row.pk).update(message=arrived.answers)
    else:
        of = found(row.network, email=row.email, phone=row.phone, handle=row.handle)
        if arrived.mentions is not None:  # of another sender: for who decides
            Incoming.objects.filter(pk=row.pk).update(message=arrived.mentions)
            of = of if arrived.mentions.customer_id in {one.customer for one in of} else []
    if row.trust == Trust.FAILED:
        return
    if row.refusal:
        _refuse(row, of)
    if len(of) == 1:
        customer, contact = _people(of[0])
        if customer is not None:
            _assign(row, customer, contact, by=None)


def _people(one: Found) -> tuple[Customer | None, Contact | None]:
    # unscoped: the system puts a message where it belongs
    customer = Customer.objects.select_related("owner", "facts").filter(pk=one.customer).first()
    contact = Contact.objects.filter(pk=one.contact).first() if one.contact else None  # unscoped: likewise
    return customer, contact


def _refuse(row: Incoming, of: Collection[Found]) -> None:
    """Nothing more by this channel, for all whose address or number it is: who says stop is heard, whoever it was.

    That is all that a sender of whom nobody is sure can change.
    """
    for one in of:
        customer, contact = _people(one)
        if customer is None:
            continue
        consent_record(
            customer=customer,
            contact=contact,
            channel=REFUSED_BY[row.network],
            allowed=False,
            source=Consent.Source.REPLY,
            proof=f"{row.get_network_display()} {row.pk}: {row.text[:60]}",
            by=None,
        )


# --- what follows ----------------------------------------------------------------------------------------------------
def _assign(row: Incoming, customer: Customer, contact: Contact | None, *, by: User | None) -> Interaction:
    """Into the history of the customer, before the eyes of the owner, and into the plan for an answer."""
    talk = row.kind in (What.MESSAGE, What.AUTO)
    entry = interaction_log(
        customer=customer,
        by=by,
        kind=KINDS.get(row.network, InteractionKind.CHAT) if talk else InteractionKind.OTHER,
        direction=Interaction.Direction.IN,
        # Nobody has answered when a machine has.
        result=InteractionResult.NO_ANSWER if row.kind == What.AUTO else InteractionResult.REACHED,
        occurred_at=row.occurred_at,
        contact=contact,
        automatic=True,
        summary="\n".join(part for part in (row.subject, row.text[:SUMMARY]) if part),
    )
    values = {"state": State.KNOWN, "customer": customer, "contact": contact, "interaction": entry}
    Incoming.objects.filter(pk=row.pk).update(**values, version=F("version") + 1)
    for name, value in values.items():
        setattr(row, name, value)
    if row.kind != What.AUTO:
        _tell(row, customer, by)
        if not row.refusal and (row.kind == What.MESSAGE or (row.kind == What.COMMENT and asks(row.text))):
            _plan_answer(row, customer)
    return entry


def _tell(row: Incoming, customer: Customer, by: User | None) -> None:
    """The owner; as one notice a customer until it is read."""
    owner = customer.owner
    if owner is None or (by is not None and by.pk == owner.pk):
        return
    numbers = {"network": row.network, "kind": row.kind, "refusal": row.refusal, "n": 1}
    mine = Notice.objects.filter(
        user=owner, kind=Notice.Kind.INCOMING, customer=customer, read_at=None, cancelled_at=None
    )
    unread = mine.order_by("-pk").select_for_update(of=("self",)).first()
    if unread is not None and not row.refusal and not unread.numbers.get("refusal"):
        numbers["n"] = int(unread.numbers.get("n", 1)) + 1
        Notice.objects.filter(pk=unread.pk).update(numbers=numbers, due_at=clock.now())
        return
    tell(
        user=owner,
        by=by,
        kind=Notice.Kind.INCOMING,
        key=f"incoming:{row.pk}:{row.version}",
        customer=customer,
        numbers=numbers,
        url=reverse("incoming", args=[row.pk]),
    )


def _plan_answer(row: Incoming, customer: Customer) -> None:
    """A date for the answer, today or the owner's next working day, unless something is due by then anyway."""
    owner = customer.owner
    if owner is None or not owner.is_active or customer.do_not_contact:
        return
    hold([customer.pk])
    day = person_days(owner.pk).next_day(clock.user_today(owner))
    if FollowUp.objects.filter(customer=customer, state=FollowUp.State.OPEN, due_on__lte=day).exists():
        return
    follow_up_create(
        customer=customer,
        assignee=owner,
        due_on=day,
        by=None,
        method=KINDS.get(row.network, InteractionKind.CHAT),
        source=FollowUp.Source.INCOMING,
        source_key=f"incoming:{row.pk}:{row.version}",
        reason_code=reasons.INCOMING,
        reason={"network": row.network, "at": row.occurred_at.isoformat()},
    )


# --- by people -------------------------------------------------------------------------------------------------------
def _undecided(row: Incoming, *states: str) -> Incoming:
    rows = Incoming.objects.select_for_update(of=("self",)).select_related("inlet", "interaction")
    stored = rows.get(pk=row.pk)
    if stored.state not in states:
        raise DecidedAlreadyError
    return stored


def _decided(row: Incoming, by: User, **values: Any) -> None:
    stamps = {"decided_by": by, "decided_at": clock.now(), "version": F("version") + 1}
    Incoming.objects.filter(pk=row.pk).update(**values, **stamps)


@transaction.atomic
def incoming_assign(
    *, incoming: Incoming, customer: Customer, by: User, contact: Contact | None = None, remember: bool = False
) -> None:
    """It is from this customer, a person says; `remember`: so is what comes from this sender from now on.

    What else waits of the same sender goes along then. DecidedAlreadyError when somebody was faster.
    """
    row = _undecided(incoming, State.UNKNOWN, State.DISCARDED)
    if contact is not None and contact.customer_id != customer.pk:
        raise ValidationError(_("This contact belongs to another customer."))
    stored, _contact = _people(Found(customer.pk, None))
    if stored is None:
        raise ValidationError(_("This customer was deleted meanwhile."))
    rows = [row]
    if remember and row.sender:
        _remember(row, stored, contact, by)
        rows += _of_same_sender(row)
    for one in rows:
        _assign(one, stored, contact, by=by)
        if one.refusal:
            _refuse(one, [Found(stored.pk, contact.pk if contact else None)])
        _decided(one, by, discarded_at=None)
        audit.record("incoming.assign", by=by, on=one, customer=stored.pk, remembered=remember)


def _of_same_sender(row: Incoming) -> list[Incoming]:
    same = {name: getattr(row, name) for name in ("network", "email", "phone", "handle")}
    rows = Incoming.objects.filter(state=State.UNKNOWN, **same).exclude(pk=row.pk).exclude(trust=Trust.FAILED)
    return list(rows.select_for_update(of=("self",)).select_related("inlet").order_by("pk")[:200])


def _remember(row: Incoming, customer: Customer, contact: Contact | None, by: User) -> None:
    of = found(row.network, email=row.email, phone=row.phone, handle=row.handle)
    if customer.pk in {one.customer for one in of}:
        return  # the file says so already
    handle = phone_digits(row.phone) if row.phone else row.handle
    Handle.objects.get_or_create(
        network=row.network,
        email=email_key(row.email),
        handle="" if row.email else handle,
        customer=customer,
        contact=contact,
        defaults={"by": by, "at": clock.now()},
    )


@transaction.atomic
def incoming_customer(*, incoming: Incoming, name: str, kind: str, owner: User | None, by: User) -> Customer:
    """A new customer of whoever sent it, reached by that, from the source that the way in names."""
    row = _undecided(incoming, State.UNKNOWN, State.DISCARDED)
    ways: dict[str, Any] = {"email": row.email, "phone": row.phone}
    if row.network == Network.WECHAT:
        ways["wechat"] = row.handle[:60]
    made = customer_create(by=by, name=name, kind=kind or Kind.UNKNOWN, owner=owner, channel=row.inlet.source, **ways)
    incoming_assign(incoming=row, customer=made, by=by, remember=True)
    return made


@transaction.atomic
def incoming_discard(*, incoming: Incoming, by: User) -> None:
    """Nobody we know, and nothing to keep: it goes for good with a night."""
    row = _undecided(incoming, State.UNKNOWN)
    _decided(row, by, state=State.DISCARDED, discarded_at=clock.now())
    audit.record("incoming.discard", by=by, on=row)


@transaction.atomic
def incoming_discard_many(*, rows: QuerySet[Incoming], by: User) -> int:
    """All of these that still wait; returns how many."""
    done = 0
    for row in rows.order_by("pk"):
        incoming_discard(incoming=row, by=by)
        done += 1
    return done


@transaction.atomic
def incoming_restore(*, incoming: Incoming, by: User) -> None:
    """Back among those of whom somebody has to decide."""
    row = _undecided(incoming, State.DISCARDED)
    _decided(row, by, state=State.UNKNOWN, discarded_at=None)
    audit.record("incoming.restore", by=by, on=row)


@transaction.atomic
def incoming_release(*, incoming: Incoming, by: User) -> None:
    """It isn't from this customer after all: out of the history, what it planned is called off, and the sender is no
    longer taken for them. What it refused stands: a person records otherwise."""
    row = _undecided(incoming, State.KNOWN)
    assert row.customer_id is not None
    customer = row.customer_id
    for planned in FollowUp.objects.filter(source_key__startswith=f"incoming:{row.pk}:", state=FollowUp.State.OPEN):
        hold([customer])
        close(planned, FollowUp.State.CANCELLED, by=by)
    if row.interaction is not None:
        interaction_leave(interaction=row.interaction, by=by)
    Handle.objects.filter(
        customer=customer,
        network=row.network,
        email=email_key(row.email),
        handle="" if row.email else phone_digits(row.phone) if row.phone else row.handle,
    ).delete()
    _decided(row, by, state=State.UNKNOWN, customer=None, contact=None, interaction=None)
    audit.record("incoming.release", by=by, on=row, customer=customer)


@transaction.atomic
def handle_forget(*, handle: Handle, by: User) -> None:
    """This sender isn't taken for the customer any more."""
    audit.record("handle.forget", by=by, on=handle, customer=handle.customer_id)
    handle.delete()
