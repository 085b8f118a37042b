"""Who a customer belongs to: transfer, claim from the pool, share with a colleague."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit, limits
from accounts.models import User
from core import clock, events
from customers.models import Customer, CustomerShare, OwnerChange

SLICE = 500
CLAIMS = limits.Limit(
    audit_act="customer.claim",
    most=20,
    within=timedelta(days=1),
    text=gettext_lazy(
        "You have taken %(n)s customers out of the pool within a day. Take the next one after %(when)s, or ask your"
        " team lead to assign it."
    ),
)


class AlreadyOwnedError(Exception):
    """Somebody else took the customer out of the pool first."""


class OwnerChangedError(Exception):
    """The customer went to another owner while the request was on its way."""


@transaction.atomic
def customer_transfer(
    *,
    customer: Customer,
    to: User | None,
    by: User | None,
    reason: str = "",
    keep_shares: bool = False,
    handover: UUID | None = None,
) -> None:
    """Give the customer to `to` (None = the unassigned pool); the team follows. No act if it is theirs already.

    Into another team or the pool, shares end and a service owner from outside the new team goes, unless `keep_shares`.
    Customers with the same `handover` are told of as one.
    """
    change = _transfer(customer, to=to, by=by, reason=reason, keep_shares=keep_shares, handover=handover)
    if change is not None:
        events.publish("customers_handed_over", changes=[change], by=by)


def _transfer(
    customer: Customer,
    *,
    to: User | None,
    by: User | None,
    reason: str,
    handover: UUID | None,
    keep_shares: bool = False,
) -> OwnerChange | None:
    """The transfer of one, without telling people; None when nothing changed hands."""
    rows = Customer.all_objects.select_for_update(of=("self",)).select_related("owner", "service_owner__team")
    before = rows.get(pk=customer.pk)
    giver = before.owner
    if before.owner_id == getattr(to, "pk", None):
        return None
    values: dict[str, Any] = {"owner": to, "team": getattr(to, "team", None)}
    values |= {"updated_by": by, "updated_at": clock.now()}
    stays_in_team = before.team_id is not None and to is not None and to.team_id == before.team_id
    if not (keep_shares or stays_in_team):
        values |= _access_end(before, to=to, by=by)
    Customer.all_objects.filter(pk=customer.pk).update(**values, version=F("version") + 1)
    # The caller's instance follows, so that a page can go on with it.
    for name, value in values.items():
        setattr(customer, name, value)
    customer.version += 1
    change = OwnerChange.objects.create(
        customer=customer, by=by, from_user=giver, to_user=to, reason=reason[:200], handover=handover
    )
    people = {"from": getattr(giver, "pk", None), "to": getattr(to, "pk", None)}
    audit.record("customer.assign", by=by, on=customer, **people)
    events.publish("customer_transferred", customer=customer, from_user=giver, to_user=to, by=by)
    return change


def _access_end(before: Customer, *, to: User | None, by: User | None) -> dict[str, None]:
    """End what the former owner allowed; returns what changes on the file itself."""
    shares = CustomerShare.objects.filter(customer_id=before.pk)
    for user_id in sorted(shares.values_list("user_id", flat=True)):
        audit.record("customer.unshare", by=by, on=before, user=user_id)
    shares.delete()
    if before.service_owner is None or _is_inside(before.service_owner, to):
        return {}
    audit.record("customer.change", by=by, on=before, fields=["service_owner"])
    return {"service_owner": None}


def _is_inside(person: User, to: User | None) -> bool:
    """Whether `person` is the new owner or works in the new owner's team or below."""
    if to is None or person.pk == to.pk:
        return to is not None
    home = getattr(to, "team", None)
    return bool(home and home.path and person.team and person.team.path.startswith(home.path))


def customers_transfer(
    *, customers: Iterable[Customer], to: User | None, by: User, reason: str = "", keep_shares: bool = False
) -> int:
    """Give many customers away, one transaction per 500; returns how many moved. Safe to repeat."""
    moving = (customer for customer in customers if customer.owner_id != getattr(to, "pk", None))
    rows = sorted(moving, key=lambda customer: customer.pk)  # two of these at once don't wait for each other
    handover = uuid4()
    for start in range(0, len(rows), SLICE):
        with transaction.atomic():
            moved = [
                _transfer(customer, to=to, by=by, reason=reason, keep_shares=keep_shares, handover=handover)
                for customer in rows[start : start + SLICE]
            ]
            events.publish("customers_handed_over", changes=[change for change in moved if change], by=by)
    return len(rows)


def customers_pass_on(person: User, heirs: Sequence[User], by: User) -> None:
    """Give the customers of a person who leaves to the heirs in turn, without heirs to the pool."""
    rows = Customer.objects.for_user(by, "assign").filter(owner=person).order_by("pk")
    reason, handover = _("%(name)s left") % {"name": person.name}, uuid4()
    moved = [
        _transfer(customer, to=heirs[n % len(heirs)] if heirs else None, by=by, reason=reason, handover=handover)
        for n, customer in enumerate(rows)
    ]
    events.publish("customers_handed_over", changes=[change for change in moved if change], by=by)


@transaction.atomic
def customer_claim(*, customer: Customer, by: User) -> None:
    """Take a customer out of the pool; AlreadyOwnedError for all but the first who asks.

    LimitReachedError beyond CLAIMS, for people who can't give themselves customers anyway.
    """
    stored = Customer.objects.select_for_update().only("owner").get(pk=customer.pk)
    if stored.owner_id is not None:
        raise AlreadyOwnedError
    if not by.can("customer.assign"):
        limits.count(CLAIMS, by=by, on=customer)
    customer_transfer(customer=customer, to=by, by=by)


@transaction.atomic
def customer_share(*, customer: Customer, user: User, by: User) -> None:
    """Let a colleague view, add to and change the customer; OwnerChangedError if it was handed over meanwhile."""
    stored = Customer.objects.select_for_update(of=("self",)).only("owner").get(pk=customer.pk)
    if stored.owner_id != customer.owner_id:
        raise OwnerChangedError
    share, made = CustomerShare.objects.get_or_create(customer_id=customer.pk, user=user)
    audit.record("customer.share", by=by, on=customer, user=user.pk)
    if made:
        events.publish("customer_shared", share=share, by=by)


@transaction.atomic
def customer_unshare(*, customer: Customer, user_id: int, by: User) -> None:
    """End a share."""
    CustomerShare.objects.filter(customer_id=customer.pk, user_id=user_id).delete()
    audit.record("customer.unshare", by=by, on=customer, user=user_id)


def customers_follow_team(*, user: User) -> None:
    """The customers of a person who moved into another team move along; no version of a file goes up."""
    Customer.all_objects.filter(owner=user).exclude(team=user.team).update(team=user.team)
