"""E-mail addresses from which mail came back: a mark counts while the address stands in the file."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import transaction
from django.db.models import CharField, Exists, Func, OuterRef, Q, QuerySet
from django.db.models.functions import Lower

from accounts import audit
from accounts.models import User
from customers.identity import email_key
from customers.models import Contact, Customer, DeadAddress

LIST: ArrayField = ArrayField(CharField(max_length=254))


def dead_address(customer_id: int, email: str) -> DeadAddress | None:
    """That mail to this address of the customer came back; None where it works as far as anybody knows."""
    return DeadAddress.objects.filter(customer=customer_id, email=email_key(email)).first() if email else None


def dead_of(customer: Any, email: Any) -> Exists:
    """The same for columns."""
    return Exists(DeadAddress.objects.filter(customer=customer, email=Lower(email)))


def dead_in_file(customer: Any) -> QuerySet[DeadAddress]:
    """Those that still stand in the file of a customer, at itself or at a contact, by its id or a column."""
    return dead_in_files().filter(customer=customer).order_by("-at", "pk")


def dead_in_files() -> QuerySet[DeadAddress]:
    """Those of all customers."""
    # unscoped: for pages that have been asked for the customers
    lists = {"many": Func("further_emails", template="lower(%(expressions)s::text)::varchar[]", output_field=LIST)}
    own = Customer.objects.filter(pk=OuterRef("customer"))
    own = own.annotate(one=Lower("email"), other=Lower("email2"), **lists)
    people = Contact.objects.filter(customer=OuterRef("customer")).annotate(one=Lower("email"), **lists)
    among = Q(one=OuterRef("email")) | Q(many__contains=[OuterRef("email")])
    stands, at_contact = Exists(own.filter(among | Q(other=OuterRef("email")))), Exists(people.filter(among))
    return DeadAddress.objects.filter(stands | at_contact)


def with_dead_mail() -> Q:
    """Customers to whom mail came back, at an address that still stands in their file. Few: they are named by id."""
    return Q(pk__in=dead_in_files().values("customer"))


@transaction.atomic
def address_works(*, address: DeadAddress, by: User) -> None:
    """Somebody says that it works: mail goes there again."""
    audit.record("address.works", by=by, on=address, customer=address.customer_id)
    address.delete()
