"""Looks into the unassigned pool: so many a day, on record."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy

from accounts import audit, limits
from accounts.models import User
from customers.models import Customer
from customers.pool import pool_rules

LOOKS = limits.Limit(
    audit_act="customer.pool_look",
    most=100,
    within=timedelta(days=1),
    text=gettext_lazy(
        "You have opened %(n)s customers of the pool within a day. Open the next one after %(when)s, or ask your team"
        " lead."
    ),
)


@transaction.atomic
def pool_look(*, customer: Customer, by: User) -> None:
    """Put on record that somebody opens a customer of the pool; LimitReachedError beyond the day's limit.

    One customer counts once a day, and nobody is limited who could give it to themselves anyway.
    """
    if by.can("customer.assign"):
        return
    seen = audit.last_day_of(by, LOOKS.audit_act).filter(object_id=customer.pk)
    if not seen.exists():
        limits.count(replace(LOOKS, most=pool_rules().looks_a_day), by=by, on=customer)
