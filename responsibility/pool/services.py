"""The rules of the pool are changed; customers whom nobody looks after go back into it, warned before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from core import clock
from core.notices import tell
from core.versions import StaleVersionError, save_version
from customers.models import Customer, PoolRules
from customers.pool import pool_rules
from customers.services import customers_transfer
from followups.locks import hold
from responsibility.models import ReclaimWarning
from responsibility.pool.selectors import Unprotected, unprotected

POOL_ACT = "pool_rules.change"
WARNED = "reclaim_warned"
SINGLE = ("claims_a_day", "looks_a_day", "quota", "reclaims", "warned_days", "protected_days", "deal_days")
BY_CODE = ("tier_days", "lifecycle_days")
SLICE = 500


@transaction.atomic
def pool_rules_change(*, row: PoolRules, changes: Mapping[str, Any], version: int, by: User) -> None:
    """Set other rules: limits count at once, protection from the next night on. `row` may not be stored yet.

    Of `tier_days` and `lifecycle_days` come the codes that change, with None for one that says nothing any more.
    """
    before = {name: getattr(row, name) for name in changes}
    after = {name: _with(before[name], value) if name in BY_CODE else value for name, value in changes.items()}
    if row.version == 0 and version == 0:
        values = {name: getattr(row, name) for name in (*SINGLE, *BY_CODE)} | after
        stored, made = PoolRules.objects.get_or_create(pk=1, defaults={**values, "created_by": by, "updated_by": by})
        if not made:
            raise StaleVersionError(stored)
    else:
        save_version(row, after, version=version, by=by)
    details: dict[str, Any] = {
        f"pool_{name}": {code: [before[name].get(code), days] for code, days in value.items()}
        if name in BY_CODE
        else [before[name], value]
        for name, value in changes.items()
    }
    audit.record(POOL_ACT, by=by, **details)


def _with(days: Mapping[str, int], changes: Mapping[str, int | None]) -> dict[str, int]:
    return {code: number for code, number in {**days, **changes}.items() if number is not None}


# --- the night -------------------------------------------------------------------------------------------------------
def reclaim(business_date: date) -> Iterator[dict[str, int]]:
    """The nightly job, as of now also when a night is made up for: warn owners, and take back what was warned of long
    enough ago. Nobody loses a customer unwarned, however long protection has been over."""
    rules, today = pool_rules(), clock.business_date()
    if not rules.reclaims:
        ReclaimWarning.objects.all().delete()  # unscoped: the night works for the company
        return
    due = {row.customer: row for row in unprotected(rules, today + timedelta(days=rules.warned_days))}
    counts = {"reclaim_warned": _warn(due, rules, today), "reclaimed": 0}
    yield counts
    # unscoped: the night works for the company
    over = list(ReclaimWarning.objects.filter(goes_on__lte=today).order_by("customer").values_list("customer", "owner"))
    for start in range(0, len(over), SLICE):
        counts["reclaimed"] += _take_back(dict(over[start : start + SLICE]), rules, today)
        yield counts


@transaction.atomic
def _warn(due: Mapping[int, Unprotected], rules: PoolRules, today: date) -> int:
    """Keep the warnings that still hold, drop the others, add those that are new; each owner is told once a night."""
    # unscoped: the night works for the company
    known = dict(ReclaimWarning.objects.values_list("customer", "owner"))
    gone = [pk for pk, owner in known.items() if pk not in due or due[pk].owner != owner]
    ReclaimWarning.objects.filter(customer__in=gone).delete()
    new = [row for pk, row in due.items() if known.get(pk) != row.owner]
    earliest = today + timedelta(days=rules.warned_days)
    ReclaimWarning.objects.bulk_create(
        [
            ReclaimWarning(
                customer_id=row.customer, owner_id=row.owner, warned_on=today, goes_on=max(row.ends_on, earliest)
            )
            for row in new
        ],
        batch_size=SLICE,
    )
    told = Counter(row.owner for row in new)
    for person in User.objects.filter(pk__in=told).select_related("role", "team"):
        tell(
            user=person,
            kind=WARNED,
            key=f"{WARNED}:{person.pk}:{today.isoformat()}",
            numbers={"customers": told[person.pk], "day": earliest.isoformat()},
            url=reverse("leaving_list"),
        )
    return len(new)


@transaction.atomic
def _take_back(warned: Mapping[int, int], rules: PoolRules, today: date) -> int:
    """Customers by the owner who was warned, as they are now: who was contacted meanwhile stays."""
    # In the order of followups/locks.py: who logs a contact just now is waited for.
    list(Customer.all_objects.select_for_update(no_key=True).filter(pk__in=warned).order_by("pk").only("pk"))
    hold(warned)
    now = unprotected(rules, today, list(warned))
    ids = [row.customer for row in now if warned[row.customer] == row.owner]
    customers = Customer.objects.filter(pk__in=ids).defer("search_tokens")
    reason = _("Protection is over: no activity for long")
    moved = customers_transfer(customers=customers, to=None, by=None, reason=reason)
    ReclaimWarning.objects.filter(customer__in=warned).delete()
    return moved
