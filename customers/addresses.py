"""E-mail addresses from which mail came back: a mark counts while the address stands in the file."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower

from accounts import audit
from accounts.models import User
from customers.identity import email_key
from customers.models import Contact, Customer, DeadAddress


def dead_address(customer_id: int, email: str) -> DeadAddress | None:
    """That mail to this address of the customer came back; None where it works as far as anybody knows."""
    return DeadAddress.objects.filter(customer=customer_id, email=email_key(email)).first() if email else None


def dead_of(customer: Any, email: Any) -> Exists:
    """The same for columns."""
    return Exists(DeadAddress.objects.filter(customer=customer, email=Lower(email)))


def dead_in_file(customer: Any) -> QuerySet[DeadAddress]:
    """Those that still stand in the file of a customer, at itself or at a contact, by its id or a column."""
    # unscoped: for a page that has been asked for the customer
    own = Customer.objects.filter(pk=OuterRef("customer")).annotate(one=Lower("email"), other=Lower("email2"))
    people = Contact.objects.filter(customer=OuterRef("customer")).annotate(one=Lower("email"))
    stands = Exists(own.filter(Q(one=OuterRef("email")) | Q(other=OuterRef("email"))))
    at_contact = Exists(people.filter(one=OuterRef("email")))
    return DeadAddress.objects.filter(stands | at_contact, customer=customer).order_by("-at", "pk")


@transaction.atomic
def address_works(*, address: DeadAddress, by: User) -> None:
    """Somebody says that it works: mail goes there again."""
    audit.record("address.works", by=by, on=address, customer=address.customer_id)
    address.delete()
