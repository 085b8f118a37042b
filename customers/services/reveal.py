"""Reading a masked value in full: with a reason, a limit per day and an audit line."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import limits
from accounts.models import User
from core.numbers import number
from customers.models import Contact, Customer

REVEALS = limits.Limit(
    audit_act="customer.reveal",
    most=0,  # as the company says
    within=timedelta(days=1),
    text=_("You have revealed %(n)s files within a day. Ask again after %(when)s."),
)


def reveal_count(*, customer: Customer, by: User, reason: str) -> None:
    """Put one more reveal of this customer on record; LimitReachedError beyond REVEALS."""
    limits.count(replace(REVEALS, most=number("reveals_a_day")), by=by, on=customer, reason=reason[:200])


@transaction.atomic
def customer_reveal(*, customer: Customer, by: User, reason: str) -> tuple[Customer, list[Contact]]:
    """The file and its contacts, unmasked; written down before anything is shown."""
    reveal_count(customer=customer, by=by, reason=reason)
    return Customer.objects.get(pk=customer.pk), list(Contact.objects.filter(customer=customer))
