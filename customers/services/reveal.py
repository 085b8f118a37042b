"""Reading a masked value in full: with a reason, a limit per day and an audit line."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction

from accounts import audit
from accounts.models import AuditEntry
from core import clock
from customers.models import Contact, Customer

REVEALS_A_DAY = 50
ACT = "customer.reveal"


class RevealLimitError(Exception):
    """Enough for one day."""


@transaction.atomic
def customer_reveal(*, customer: Customer, by: Any, reason: str) -> tuple[Customer, list[Contact]]:
    """The file and its contacts, unmasked; written down before anything is shown."""
    since = clock.now() - timedelta(days=1)
    if AuditEntry.objects.filter(at__gte=since, act=ACT, by=by).count() >= REVEALS_A_DAY:
        raise RevealLimitError
    audit.record(ACT, by=by, on=customer, reason=reason[:200])
    return Customer.objects.get(pk=customer.pk), list(Contact.objects.filter(customer=customer))
