"""Reading a masked value in full: with a reason, a limit per day and an audit line."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts import audit
from customers.models import Contact, Customer

REVEALS_A_DAY = 50
ACT = "customer.reveal"


class RevealLimitError(Exception):
    """Enough for one day."""


@transaction.atomic
def reveal_count(*, customer: Customer, by: Any, reason: str) -> None:
    """Put one more reveal of this customer on record; RevealLimitError after REVEALS_A_DAY."""
    if audit.last_day_of(by, ACT).count() >= REVEALS_A_DAY:
        raise RevealLimitError
    audit.record(ACT, by=by, on=customer, reason=reason[:200])


@transaction.atomic
def customer_reveal(*, customer: Customer, by: Any, reason: str) -> tuple[Customer, list[Contact]]:
    """The file and its contacts, unmasked; written down before anything is shown."""
    reveal_count(customer=customer, by=by, reason=reason)
    return Customer.objects.get(pk=customer.pk), list(Contact.objects.filter(customer=customer))
