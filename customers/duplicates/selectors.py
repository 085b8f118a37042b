"""Reads of pairs and merges: who may see both, decides on both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from accounts.access import row_for
from accounts.models import User
from accounts.scope import reach_of
from core import clock
from core.numbers import days
from customers.models import Customer, CustomerMerge, DuplicatePair, Kind

SIDES = ("first", "second")


def pairs_for(user: User, action: str = "view") -> QuerySet[DuplicatePair]:
    """Pairs of living customers of which the person may see, or do `action` on, both. Of customers in the pool too
    little is shown to compare them, but to who sees all."""
    rows = DuplicatePair.objects.filter(first__deleted_at=None, second__deleted_at=None)
    if not reach_of(user).everywhere(f"customer.{action}"):
        reached = Customer.objects.for_user(user, action, pool=False).order_by().values("pk")
        rows = rows.filter(first__in=reached, second__in=reached)
    return rows


def pair_to_decide(user: User, pk: int) -> DuplicatePair:
    """One of them on both of which the person may do a merge; 404, or 403 for who may only see both."""
    rows = pairs_for(user).select_related(*(f"{side}__{name}" for side in SIDES for name in ("facts", "owner")))
    pair = rows.filter(pk=pk).first()
    if pair is None:
        raise Http404
    if not decides(user, pair):
        raise PermissionDenied
    return pair


def decides(user: User, pair: DuplicatePair) -> bool:
    """Whether the person may merge both, or say that they aren't the same."""
    reach = reach_of(user)
    return all(reach.holds(getattr(pair, side), "customer.merge") for side in SIDES)


@dataclass(frozen=True)
class Two:
    """Two customers that somebody has put side by side, although no night has found them alike."""

    first: Customer
    second: Customer
    pk: int = 0
    reasons: tuple[str, ...] = ()


def to_merge(user: User, pk: int) -> Customer:
    """A customer that this person may merge; 404, or 403 for who only sees it. Of the pool too little is shown to
    compare, but to who merges everywhere."""
    rows = Customer.objects.select_related("facts", "owner").defer("search_tokens")
    customer: Customer = row_for(rows, user, pk, "merge")
    reach = reach_of(user)
    if customer.owner_id is None and not reach.everywhere("customer.merge"):
        raise PermissionDenied
    return customer


def may_be_merged_with(user: User, customer: Customer) -> Q:
    """Whom the page of this customer offers."""
    found = ~Q(pk=customer.pk) & Q(kind__in=_kinds_beside(customer.kind))
    return found if reach_of(user).everywhere("customer.merge") else found & Q(owner__isnull=False)


def _kinds_beside(kind: str) -> list[str]:
    """A person and a company are never one; of whom nobody has said what they are may be either."""
    return [other for other in Kind.values if Kind.UNKNOWN in (kind, other) or kind == other]


def never_the_same(one: Customer, other: Customer) -> str:
    """Why these two can't be merged, in a sentence; nothing where they can."""
    if one.pk == other.pk:
        return _("This is the same customer. Choose another one to merge it with.")
    if other.kind not in _kinds_beside(one.kind):
        words = _(
            "A company and a person can't be merged: %(one)s and %(other)s. If one is wrong, change its type first."
        )
        return words % {"one": one.name, "other": other.name}
    return ""


def two_of(customer: Customer, other: Customer) -> DuplicatePair | Two:
    """As the night's pair, where it has found them too."""
    low, high = sorted((customer, other), key=lambda one: one.pk)
    pair = DuplicatePair.objects.filter(first=low, second=high).exclude(state=DuplicatePair.State.MERGED).first()
    if pair is None:
        return Two(customer, other)
    pair.first, pair.second = low, high
    return pair


def lead_of(user: User) -> str:
    """Whom somebody asks who may not decide: the lead of the own team or of the next one above it that has one."""
    team = user.team
    while team is not None:
        if team.lead is not None and team.lead_id != user.pk:
            return str(team.lead.name)
        team = team.parent
    return ""


def merges_for(user: User) -> QuerySet[CustomerMerge]:
    """Merges of the last days whose survivor the person may merge."""
    reached: Any = Customer.objects.for_user(user, "merge", pool=False).order_by().values("pk")
    since = clock.now() - days("merge_undo_days")
    rows = CustomerMerge.objects.filter(survivor__in=reached, at__gte=since, undone_at=None)
    return rows.select_related("survivor__owner", "by")


def merge_to_undo(user: User, pk: int) -> CustomerMerge:
    """One of them, if the file that went is in reach as well; else 404."""
    merge = merges_for(user).filter(pk=pk).first()
    if merge is None or not Customer.all_objects.for_user(user, "merge").filter(pk=merge.gone_id).exists():
        raise Http404
    return merge
