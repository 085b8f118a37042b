"""Whose files wait to be verified, and by whom."""

from __future__ import annotations

from collections import Counter

from django.db.models import Count, Q

from accounts.models import User
from accounts.scope import ScopedQuerySet
from core import clock
from customers.models import Customer, DataSteward
from customers.selectors import customers_for
from customers.verification.rule import due, verification_rules


def files_to_verify(user: User, action: str = "view", *, own: bool = False) -> ScopedQuerySet:
    """Due files in reach; those of the pool belong to nobody."""
    rows = customers_for(user, action, own=own, pool=False)
    return rows.filter(due(verification_rules(), clock.business_date()))


def stewards() -> list[DataSteward]:
    """All, the company's first."""
    return list(DataSteward.objects.select_related("team", "user").order_by("team__path", "pk"))


def stewarded(user: User) -> Q | None:
    """The customers whose files this person looks after for others; None where they look after nobody's."""
    return _looked_after([one for one in DataSteward.objects.select_related("team") if one.user_id == user.pk])


def _looked_after(theirs: list[DataSteward]) -> Q | None:
    found = None
    for one in theirs:
        part = Q(team__path__startswith=one.team.path) if one.team else Q()
        found = part if found is None else found | part
    return Q() if any(one.team is None for one in theirs) else found


def due_by_person() -> dict[int, Counter[str]]:
    """How many files are due, by owner ("own") and by steward ("steward"), for the night that reminds them."""
    found: dict[int, Counter[str]] = {}
    where = due(verification_rules(), clock.business_date())
    # unscoped: the night counts for everybody
    counted = (
        Customer.objects.filter(where, owner__is_active=True).order_by().values_list("owner").annotate(n=Count("pk"))
    )
    for owner, n in counted:
        found.setdefault(owner, Counter())["own"] = n
    theirs: dict[int, list[DataSteward]] = {}
    for one in stewards():
        theirs.setdefault(one.user_id, []).append(one)
    people = User.objects.filter(pk__in=theirs, is_active=True).select_related("role", "team")
    for person in people:
        asked = _looked_after(theirs[person.pk])
        n = files_to_verify(person, "change").filter(asked).exclude(owner=person).count() if asked is not None else 0
        if n:
            found.setdefault(person.pk, Counter())["steward"] = n
    return found
