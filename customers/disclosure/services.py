"""Handing out a file is on record before anything is read."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from accounts import limits
from accounts.models import User
from customers.models import Contact, Customer

DISCLOSURES = limits.Limit(
    audit_act="customer.disclose",
    most=20,
    within=timedelta(days=1),
    text=_("You have taken out %(n)s such files within a day. Ask again after %(when)s."),
)


def disclosure_note(*, customer: Customer, contact: Contact | None, by: User, reason: str) -> None:
    """One more file about this customer, or one of its contact persons; LimitReachedError beyond DISCLOSURES."""
    whom = {} if contact is None else {"disclosed_contact": contact.pk}
    limits.count(DISCLOSURES, by=by, on=customer, reason=reason[:200], **whom)
