"""Whose customer wrote: by the ways to reach them in the file, and by senders that a person has recognised.

Every look-up goes through an index and is then compared exactly, whichever spelling stands in the file.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from core.phones import phone_digits, phone_keys
from customers.identity import email_key
from customers.models import Contact, Customer, Handle, Network

MOST = 20  # more customers with one number say nothing


@dataclass(frozen=True)
class Found:
    """A customer that the sender may be, and the contact person where it is one."""

    customer: int
    contact: int | None


def found(network: str, *, email: str = "", phone: str = "", handle: str = "") -> list[Found]:
    """All that the sender may be, each customer once. With two contacts of one customer it is the customer's."""
    pairs: set[tuple[int, int | None]] = set()
    if email:
        pairs |= _by_email(email_key(email))
    if phone:
        pairs |= _by_phone(phone_digits(phone))
    if handle and network in (Network.WECHAT, Network.WECOM):
        pairs |= _by_wechat(handle)
    pairs |= _remembered(network, email_key(email), phone_digits(phone) if phone else "", handle)
    contacts: dict[int, set[int | None]] = {}
    for customer, contact in pairs:
        contacts.setdefault(customer, set()).add(contact)
    return [Found(pk, _only(of)) for pk, of in sorted(contacts.items())[:MOST]]


def _only(contacts: set[int | None]) -> int | None:
    """The one contact person; none where there are several, or where the customer's own way is meant as well."""
    return next(iter(contacts)) if len(contacts) == 1 else None


def _with_token(token: str) -> QuerySet[Customer]:
    # unscoped: the system looks for whom a message is from; who reads it is asked where it is shown
    return Customer.objects.filter(search_tokens__contains=[token])


def _by_email(key: str) -> set[tuple[int, int | None]]:
    rows = list(_with_token(f"e:{key[:70]}").only("pk", "email", "email2", "further_emails")[: 5 * MOST])
    pairs: set[tuple[int, int | None]] = {(row.pk, None) for row in rows if key in map(email_key, row.emails)}
    people = Contact.objects.filter(customer__in=[row.pk for row in rows])  # unscoped: as above
    return pairs | {(one.customer_id, one.pk) for one in people if key in map(email_key, one.emails)}


def _by_phone(digits: str) -> set[tuple[int, int | None]]:
    rows = list(_with_token(f"p:{digits[:40]}").only("pk", "phone", "phone2", "further_phones")[: 5 * MOST])
    pairs: set[tuple[int, int | None]] = {(row.pk, None) for row in rows if _calls(row.phones, digits)}
    people = Contact.objects.filter(customer__in=[row.pk for row in rows])  # unscoped: as above
    return pairs | {(one.customer_id, one.pk) for one in people if _calls(one.phones, digits)}


def _calls(phones: list[str], digits: str) -> bool:
    """Whether one of these numbers is that one."""
    return any(digits in phone_keys(number) for number in phones)


def _by_wechat(name: str) -> set[tuple[int, int | None]]:
    customers = Customer.objects.filter(wechat=name).values_list("pk", flat=True)[:MOST]  # unscoped: as above
    people = Contact.objects.filter(wechat=name).values_list("customer_id", "pk")[:MOST]  # unscoped: as above
    return {(pk, None) for pk in customers} | set(people)


def _remembered(network: str, email: str, digits: str, handle: str) -> set[tuple[int, int | None]]:
    rows = Handle.objects.filter(network=network, customer__deleted_at=None)  # unscoped: as above
    wanted = rows.filter(email=email, handle="") if email else rows.filter(handle=digits or handle, email="")
    if not (email or digits or handle):
        return set()
    return {(row.customer_id, row.contact_id) for row in wanted[:MOST]}
