"""Who a customer belongs to: transfer, claim from the pool, share with a colleague."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import F

from accounts import audit
from accounts.models import CustomerShare
from core import clock, events
from customers.models import Customer, OwnerChange

SLICE = 500


class AlreadyOwnedError(Exception):
    """Somebody else took the customer out of the pool first."""


@transaction.atomic
def customer_transfer(*, customer: Customer, to: Any, by: Any, reason: str = "") -> None:
    """Give the customer to `to` (None = the unassigned pool); the team follows. No act if it is theirs already."""
    before = Customer.all_objects.select_for_update(of=("self",)).select_related("owner").get(pk=customer.pk)
    if before.owner_id == getattr(to, "pk", None):
        return
    _give(customer, to=to, by=by)
    _note(customer, before.owner, to, by=by, reason=reason)


def _give(customer: Customer, *, to: Any, by: Any) -> None:
    values = {"owner": to, "team": getattr(to, "team", None), "updated_by": by, "updated_at": clock.now()}
    Customer.all_objects.filter(pk=customer.pk).update(**values, version=F("version") + 1)
    for name, value in values.items():
        setattr(customer, name, value)
    customer.version += 1


def _note(customer: Customer, before: Any, to: Any, *, by: Any, reason: str) -> None:
    OwnerChange.objects.create(customer=customer, by=by, from_user=before, to_user=to, reason=reason[:200])
    people = {"from": getattr(before, "pk", None), "to": getattr(to, "pk", None)}
    audit.record("customer.assign", by=by, on=customer, **people)
    events.publish("customer_transferred", customer=customer, from_user=before, to_user=to, by=by)


def customers_transfer(*, customers: Iterable[Customer], to: Any, by: Any, reason: str = "") -> int:
    """Give many customers away, one transaction per 500; returns how many moved. Safe to repeat."""
    moving = (customer for customer in customers if customer.owner_id != getattr(to, "pk", None))
    rows = sorted(moving, key=lambda customer: customer.pk)  # two of these at once don't wait for each other
    for start in range(0, len(rows), SLICE):
        with transaction.atomic():
            for customer in rows[start : start + SLICE]:
                customer_transfer(customer=customer, to=to, by=by, reason=reason)
    return len(rows)


@transaction.atomic
def customer_claim(*, customer: Customer, by: Any) -> None:
    """Take a customer out of the pool; AlreadyOwnedError for all but the first who asks."""
    stored = Customer.objects.select_for_update().only("owner").get(pk=customer.pk)
    if stored.owner_id is not None:
        raise AlreadyOwnedError
    customer_transfer(customer=customer, to=by, by=by)


@transaction.atomic
def customer_share(*, customer: Customer, user: Any, by: Any) -> None:
    """Let a colleague work on the customer as if it were their own."""
    CustomerShare.objects.get_or_create(customer_id=customer.pk, user=user)
    audit.record("customer.share", by=by, on=customer, user=user.pk)


@transaction.atomic
def customer_unshare(*, customer: Customer, user_id: int, by: Any) -> None:
    """End a share."""
    CustomerShare.objects.filter(customer_id=customer.pk, user_id=user_id).delete()
    audit.record("customer.unshare", by=by, on=customer, user=user_id)


def customers_follow_team(*, user: Any) -> None:
    """The customers of a person who moved into another team move along; no version of a file goes up."""
    Customer.all_objects.filter(owner=user).exclude(team=user.team).update(team=user.team)
