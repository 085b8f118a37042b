"""Who a customer belongs to: transfer, claim from the pool, share with a colleague."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import audit, limits
from accounts.models import User
from core import clock, events
from customers.models import Customer, CustomerShare, OwnerChange
from customers.pool import pool_rules
from customers.services.followers import out_of_sight

SLICE = 1000
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


@dataclass
class _Move:
    """A customer that changes hands: the caller's instance, what is stored by now, and what ends with it."""

    customer: Customer
    to: User | None
    owner: int | None
    team: int | None
    helper: int | None
    helper_goes: bool = False
    shared: list[int] = field(default_factory=list)  # ids of collaborators whose share ends

    @property
    def pk(self) -> int:
        return self.customer.pk


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
    moves = _moves(pairs)
    people = User.objects.select_related("team").in_bulk(
        {pk for move in moves for pk in (move.owner, move.helper) if pk}
    )
    if not keep_shares:
        _end(moves, people)
    _write(moves, by)
    changes = [
        OwnerChange(
            customer=move.customer,
            by=by,
            from_user=people.get(move.owner or 0),
            to_user=move.to,
            reason=reason[:200],
            handover=handover,
            ended_shares=move.shared,
            ended_service=people[move.helper] if move.helper and move.helper_goes else None,
        )
        for move in moves
    ]
    OwnerChange.objects.bulk_create(changes)
    _record(moves, by)
    if changes:
        events.publish("customers_transferred", changes=changes, by=by)
    return changes


def _moves(pairs: Iterable[tuple[Customer, User | None]]) -> list[_Move]:
    """Those that aren't theirs already, held until the transaction ends."""
    given = {customer.pk: (customer, to) for customer, to in pairs}
    rows = Customer.all_objects.select_for_update(of=("self",), no_key=True).filter(pk__in=given)
    # By their ids: two of these at once don't wait for each other. Without their columns: ten thousand are many.
    stored = rows.order_by("pk").values_list("pk", "owner_id", "team_id", "service_owner_id")
    moves = [_Move(*given[pk], owner, team, helper) for pk, owner, team, helper in stored]
    return [move for move in moves if move.owner != getattr(move.to, "pk", None)]


def _end(moves: Sequence[_Move], people: Mapping[int, User]) -> None:
    """Into another team or the pool, shares end and a service owner from outside the new team goes."""
    ends = {move.pk: move for move in moves if not _stays_in_team(move)}
    for move in ends.values():
        move.helper_goes = move.helper is not None and not _is_inside(people[move.helper], move.to)
    shares = CustomerShare.objects.filter(customer__in=ends)
    for customer_id, user_id in shares.order_by("user").values_list("customer_id", "user_id"):
        ends[customer_id].shared.append(user_id)
    shares.delete()


def _write(moves: Sequence[_Move], by: User | None) -> None:
    """One statement for all that get the same owner; the callers' instances follow."""
    same: dict[tuple[int | None, bool], list[_Move]] = defaultdict(list)
    for move in moves:
        same[getattr(move.to, "pk", None), move.helper_goes].append(move)
    for (_pk, helper_goes), alike in same.items():
        to = alike[0].to
        values: dict[str, Any] = {"owner": to, "team": getattr(to, "team", None)}
        values |= {"updated_by": by, "updated_at": clock.now()} | ({"service_owner": None} if helper_goes else {})
        rows = Customer.all_objects.filter(pk__in=[move.pk for move in alike])
        rows.update(**values, version=F("version") + 1)
        for move in alike:
            for name, value in values.items():
                setattr(move.customer, name, value)
            move.customer.version += 1


def _record(moves: Sequence[_Move], by: User | None) -> None:
    unshared = [(move.pk, {"user": user}) for move in moves for user in move.shared]
    unserved = [(move.pk, {"fields": ["service_owner"]}) for move in moves if move.helper_goes]
    assigned = [(move.pk, {"from": move.owner, "to": getattr(move.to, "pk", None)}) for move in moves]
    audit.record_each("customer.unshare", by=by, of=Customer, rows=unshared)
    audit.record_each("customer.change", by=by, of=Customer, rows=unserved)
    audit.record_each("customer.assign", by=by, of=Customer, rows=assigned)


def _stays_in_team(move: _Move) -> bool:
    return move.team is not None and move.to is not None and move.to.team_id == move.team


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
    """Give many customers away, one transaction per 1,000; returns how many moved. Safe to repeat.

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
