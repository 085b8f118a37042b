"""Who a customer belongs to: transfer, claim from the pool, share with a colleague."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import audit, limits
from accounts.models import AuditEntry, User
from core import clock, events
from customers.models import Customer, CustomerShare, OwnerChange
from customers.pool import pool_rules
from customers.services.followers import out_of_sight

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


class QuotaReachedError(Exception):
    """The person has as many customers as the company lets anybody claim; the text says so."""


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
    changes = _transfer([(customer, to)], by=by, reason=reason, keep_shares=keep_shares, handover=handover)
    if changes:
        events.publish("customers_handed_over", changes=changes, by=by)


def _transfer(
    pairs: Iterable[tuple[Customer, User | None]],
    *,
    by: User | None,
    reason: str,
    handover: UUID | None,
    keep_shares: bool = False,
) -> list[OwnerChange]:
    """Give each customer to who stands beside it, without telling people; in as many statements however many.

    Returns what changed hands. The callers' instances follow, so that a page can go on with them.
    """
    given = {customer.pk: (customer, to) for customer, to in pairs}
    rows = Customer.all_objects.select_for_update(of=("self",), no_key=True)
    rows = rows.select_related("owner", "service_owner__team")
    # By their ids: two of these at once don't wait for each other.
    stored = [
        row for row in rows.filter(pk__in=given).order_by("pk") if row.owner_id != getattr(given[row.pk][1], "pk", None)
    ]
    ends = {row.pk for row in stored if not (keep_shares or _stays_in_team(row, given[row.pk][1]))}
    shared: dict[int, list[int]] = defaultdict(list)
    shares = CustomerShare.objects.filter(customer__in=ends)
    for customer_id, user_id in shares.order_by("user").values_list("customer_id", "user_id"):
        shared[customer_id].append(user_id)
    shares.delete()
    same: dict[tuple[int | None, bool], list[int]] = defaultdict(list)  # what is written -> the customers
    changes: list[OwnerChange] = []
    lines: list[AuditEntry] = []
    for before in stored:
        customer, to = given[before.pk]
        lines += [audit.line("customer.unshare", by=by, on=before, user=user_id) for user_id in shared[before.pk]]
        helper = before.service_owner
        helper_goes = before.pk in ends and helper is not None and not _is_inside(helper, to)
        if helper_goes:
            lines.append(audit.line("customer.change", by=by, on=before, fields=["service_owner"]))
        people = {"from": before.owner_id, "to": getattr(to, "pk", None)}
        lines.append(audit.line("customer.assign", by=by, on=before, **people))
        changes.append(
            OwnerChange(
                customer=customer,
                by=by,
                from_user=before.owner,
                to_user=to,
                reason=reason[:200],
                handover=handover,
                ended_shares=shared[before.pk],
                ended_service=helper if helper_goes else None,
            )
        )
        same[people["to"], helper_goes].append(before.pk)
    for (_to, helper_goes), ids in same.items():
        to = given[ids[0]][1]
        values: dict[str, Any] = {"owner": to, "team": getattr(to, "team", None)}
        values |= {"updated_by": by, "updated_at": clock.now()} | ({"service_owner": None} if helper_goes else {})
        Customer.all_objects.filter(pk__in=ids).update(**values, version=F("version") + 1)
        for pk in ids:
            customer = given[pk][0]
            for name, value in values.items():
                setattr(customer, name, value)
            customer.version += 1
    OwnerChange.objects.bulk_create(changes)
    audit.record_lines(lines)
    if changes:
        events.publish("customers_transferred", changes=changes, by=by)
    return changes


def _stays_in_team(before: Customer, to: User | None) -> bool:
    return before.team_id is not None and to is not None and to.team_id == before.team_id


def _is_inside(person: User, to: User | None) -> bool:
    """Whether `person` is the new owner or works in the new owner's team or below."""
    if to is None or person.pk == to.pk:
        return to is not None
    home = getattr(to, "team", None)
    return bool(home and home.path and person.team and person.team.path.startswith(home.path))


def customers_transfer(
    *,
    customers: Iterable[Customer],
    to: User | None,
    by: User | None,
    reason: str = "",
    keep_shares: bool = False,
    handover: UUID | None = None,
) -> int:
    """Give many customers away, one transaction per 500; returns how many moved. Safe to repeat.

    `handover` names the act, for who wants to take it back later (responsibility/hand_overs).
    """
    moving = (customer for customer in customers if customer.owner_id != getattr(to, "pk", None))
    rows = sorted(moving, key=lambda customer: customer.pk)
    handover = handover or uuid4()
    for start in range(0, len(rows), SLICE):
        with transaction.atomic():
            pairs = [(customer, to) for customer in rows[start : start + SLICE]]
            moved = _transfer(pairs, by=by, reason=reason, keep_shares=keep_shares, handover=handover)
            events.publish("customers_handed_over", changes=moved, by=by)
    return len(rows)


def customers_pass_on(person: User, heirs: Sequence[User], by: User) -> None:
    """Give the customers of a person who leaves to the heirs in turn, without heirs to the pool."""
    rows = list(Customer.objects.for_user(by, "assign").filter(owner=person).order_by("pk"))
    reason, handover = _("%(name)s left") % {"name": person.name}, uuid4()
    moved: list[OwnerChange] = []
    for start in range(0, len(rows), SLICE):
        pairs = [
            (customer, heirs[n % len(heirs)] if heirs else None)
            for n, customer in enumerate(rows[start : start + SLICE], start)
        ]
        moved += _transfer(pairs, by=by, reason=reason, handover=handover)
    events.publish("customers_handed_over", changes=moved, by=by)


@transaction.atomic
def customers_deal(*, dealt: Iterable[tuple[Customer, User | None, str]], by: User | None, handover: UUID) -> int:
    """Give each customer to who stands beside it, for the reason that stands there; returns how many moved."""
    moved: list[OwnerChange] = []
    pairs_by_reason: dict[str, list[tuple[Customer, User | None]]] = defaultdict(list)
    for customer, to, reason in dealt:
        pairs_by_reason[reason].append((customer, to))
    for reason, pairs in pairs_by_reason.items():
        moved += _transfer(pairs, by=by, reason=reason, handover=handover)
    if moved:
        events.publish("customers_handed_over", changes=moved, by=by)
    return len(moved)


@transaction.atomic
def customers_give_back(*, changes: Sequence[OwnerChange], by: User, reason: str, handover: UUID) -> set[int]:
    """Take hand-overs back: owner, collaborators and service owner as before; returns the customers that went back.

    A customer that changed hands again, or was deleted, stays as it is.
    """
    wanted = {change.customer_id: change for change in changes}
    rows = Customer.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=wanted).order_by("pk")
    stored = {row.pk: row for row in rows.defer("search_tokens")}
    later = OwnerChange.objects.filter(customer__in=stored, pk__gt=min(change.pk for change in changes))
    for customer_id, pk in later.values_list("customer", "pk"):
        if pk > wanted[customer_id].pk:
            stored.pop(customer_id, None)
    pairs = [(row, wanted[pk].from_user) for pk, row in stored.items() if row.owner_id == wanted[pk].to_user_id]
    moved = _transfer(pairs, by=by, reason=reason, handover=handover)
    _give_back_shares([wanted[change.customer_id] for change in moved], by)
    events.publish("customers_handed_over", changes=moved, by=by)
    return {change.customer_id for change in moved}


def _give_back_shares(changes: Iterable[OwnerChange], by: User) -> None:
    """What ended with these hand-overs begins again, for people who are still here."""
    ended = {pk for change in changes for pk in (*change.ended_shares, change.ended_service_id) if pk}
    here = set(User.objects.filter(pk__in=ended, is_active=True).values_list("pk", flat=True))
    shares, lines = [], []
    for change in changes:
        for pk in here.intersection(change.ended_shares):
            shares.append(CustomerShare(customer_id=change.customer_id, user_id=pk))
            lines.append(audit.line("customer.share", by=by, on=change.customer, user=pk))
        if change.ended_service_id in here:
            served = Customer.objects.filter(pk=change.customer_id, service_owner=None)
            served.update(service_owner=change.ended_service_id, version=F("version") + 1)
            lines.append(audit.line("customer.change", by=by, on=change.customer, fields=["service_owner"]))
    CustomerShare.objects.bulk_create(shares, ignore_conflicts=True)
    audit.record_lines(lines)


@transaction.atomic
def customer_claim(*, customer: Customer, by: User) -> None:
    """Take a customer out of the pool; AlreadyOwnedError for all but the first who asks.

    LimitReachedError beyond so many a day and QuotaReachedError beyond so many in all, as the rules of the pool say,
    for people who can't give themselves customers anyway.
    """
    stored = Customer.objects.select_for_update(no_key=True).only("owner").get(pk=customer.pk)
    if stored.owner_id is not None:
        raise AlreadyOwnedError
    if not by.can("customer.assign"):
        rules = pool_rules()
        limits.count(replace(CLAIMS, most=rules.claims_a_day), by=by, on=customer)
        _check_quota(rules.quota, by)
    customer_transfer(customer=customer, to=by, by=by)


def _check_quota(quota: int | None, by: User) -> None:
    """Asked after `limits.count`, behind which the person's other claims wait: several at once don't go beyond it."""
    if quota is not None and Customer.objects.filter(owner=by).count() >= quota:
        raise QuotaReachedError(
            ngettext(
                "You have %(n)s customer, the most with which one may claim. Hand it over first, or ask your team"
                " lead.",
                "You have %(n)s customers, the most with which one may claim. Hand some over first, or ask your team"
                " lead.",
                quota,
            )
            % {"n": quota}
        )


@transaction.atomic
def customer_share(*, customer: Customer, user: User, by: User) -> None:
    """Let a colleague view, add to and change the customer; OwnerChangedError if it was handed over meanwhile."""
    stored = Customer.objects.select_for_update(of=("self",), no_key=True).only("owner").get(pk=customer.pk)
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
    for user in User.objects.filter(pk=user_id):
        out_of_sight(customer=customer, user=user)


def customers_follow_team(*, user: User) -> None:
    """The customers of a person who moved into another team move along; no version of a file goes up."""
    Customer.all_objects.filter(owner=user).exclude(team=user.team).update(team=user.team)
