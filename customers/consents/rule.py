"""Whether somebody may be written to: the last word of the customer, and that of the contact person, both count."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from customers.models import Consent, Contact, Customer, Topic


def last_words(*, customer: Any, contact: Any, channel: Any, topic: Any) -> QuerySet[Consent]:
    """The statement that counts, for values or for columns (OuterRef): of the contact, or of the customer itself."""
    rows = _that_count(customer, channel, topic)
    return rows.filter(contact=None) if contact is None else rows.filter(contact=contact)


def _that_count(customer: Any, channel: Any, topic: Any) -> QuerySet[Consent]:
    """Of everybody at the customer, the last word first."""
    rows = Consent.objects.filter(
        Q(channel="") | Q(channel=channel), Q(topic="") | Q(topic=topic), customer=customer, undone_at=None
    )
    return rows.order_by("-at", "-pk")


def not_refused(rows: QuerySet[Any], *, marketing_asks: bool) -> QuerySet[Any]:
    """Of rows with customer, contact, channel and topic those that may be sent: for the statement that sends them.

    A refusal of the customer counts for its contacts too. `marketing_asks`: offers and news need a consent.
    """
    columns = {"customer": OuterRef("customer"), "channel": OuterRef("channel"), "topic": OuterRef("topic")}
    rows = rows.annotate(
        said_by_customer=Subquery(last_words(contact=None, **columns).values("allowed")[:1]),
        said_by_contact=Subquery(last_words(contact=OuterRef("contact"), **columns).values("allowed")[:1]),
    )
    rows = rows.filter(
        Q(said_by_customer=None) | Q(said_by_customer=True), Q(said_by_contact=None) | Q(said_by_contact=True)
    )
    if marketing_asks:
        rows = rows.filter(~Q(topic=Topic.MARKETING) | Q(said_by_customer=True) | Q(said_by_contact=True))
    there = Customer.all_objects.filter(pk=OuterRef("customer"), deleted_at=None, do_not_contact=False)
    present = Contact.all_objects.filter(pk=OuterRef("contact"), deleted_at=None)
    return rows.filter(Exists(there), Q(contact=None) | Exists(present))


@dataclass(frozen=True)
class Wish:
    """What holds for one reader; `why` says in a sentence why nothing can be sent, and is empty where it can."""

    why: str


def wish_of(customer: Customer, contact: Contact | None, channel: str, topic: str, *, marketing_asks: bool) -> Wish:
    """The same rule for one message that somebody is about to write."""
    return wishes_of(customer, [contact], channel, topic, marketing_asks=marketing_asks)[
        contact.pk if contact else None
    ]


def wishes_of(
    customer: Customer, contacts: Iterable[Contact | None], channel: str, topic: str, *, marketing_asks: bool
) -> dict[int | None, Wish]:
    """The same for several readers at one customer in two queries, by the id of the contact; None: the customer."""
    ids = [contact.pk if contact else None for contact in contacts]
    if not Customer.objects.filter(pk=customer.pk, do_not_contact=False).exists():
        return dict.fromkeys(ids, Wish(_("This customer is not to be contacted: the file says so.")))
    said: dict[int | None, bool] = {}
    for contact, allowed in _that_count(customer, channel, topic).values_list("contact", "allowed"):
        said.setdefault(contact, allowed)
    return {pk: _wish([said[one] for one in {None, pk} if one in said], topic, marketing_asks) for pk in ids}


def _wish(words: list[bool], topic: str, marketing_asks: bool) -> Wish:
    if not all(words):
        return Wish(_("They have refused such messages."))
    if topic == Topic.MARKETING and marketing_asks and not words:
        return Wish(_("Offers and news need a consent, and none is recorded. Ask for it, and record it in the file."))
    return Wish("")


def withdrawn(rows: Iterable[Consent]) -> dict[int, Consent]:
    """By the id of a consent the first later refusal that covers all of it: of these statements of one customer."""
    found: dict[int, Consent] = {}
    refusals: list[Consent] = []
    for row in sorted(rows, key=lambda one: (one.at, one.pk), reverse=True):
        if not row.allowed:
            refusals.append(row)
        elif by := next((one for one in reversed(refusals) if _covers(one, row)), None):
            found[row.pk] = by
    return found


def _covers(refusal: Consent, consent: Consent) -> bool:
    of = refusal.contact_id in (None, consent.contact_id)
    return of and refusal.channel in ("", consent.channel) and refusal.topic in ("", consent.topic)


def current(customer_id: int) -> QuerySet[Consent]:
    """All statements that haven't been taken back, the last one first."""
    rows = Consent.objects.filter(customer=customer_id, undone_at=None)
    return rows.select_related("contact", "user", "wording__text").order_by(F("at").desc(), "-pk")
