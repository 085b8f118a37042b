"""Writes of people to privileges and offers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from core import clock
from core.versions import save_version
from customers.identity import name_key, tidy
from customers.models import Lifecycle
from segmentation.models import Tier, TierScheme
from segmentation.policies.models import PER_CENT, PolicyKind, TierPolicy
from segmentation.policies.selectors import policies

TEXTS = ("name_en", "name_zh", "sentence_en", "sentence_zh")
FIELDS = ("tier", "lifecycle", *TEXTS, "limit", "valid_from", "valid_to")
POLICY_ACTS = (
    "tier_policy.create",
    "tier_policy.change",
    "tier_policy.move",
    "tier_policy.remove",
    "tier_policy.restore",
)


@transaction.atomic
def policy_add(*, scheme: str, kind: str, by: User, **values: Any) -> TierPolicy:
    """A new one; ValidationError by field."""
    row = TierPolicy(scheme=scheme, kind=kind, created_by=by, updated_by=by, **_tidied(values))
    _check(row)
    row.place = _last_place(row) + 1
    row.save()
    audit.record("tier_policy.create", by=by, on=row, scheme=scheme, tier=row.tier)
    transaction.on_commit(policies.forget)
    return row


@transaction.atomic
def policy_change(*, row: TierPolicy, changes: Mapping[str, Any], version: int, by: User) -> None:
    """Written over the version that was read: StaleVersionError over a newer one. Its kind and scheme stay."""
    new = {name: value for name, value in _tidied(changes).items() if name in FIELDS and value != getattr(row, name)}
    if not new:
        return
    before = {name: getattr(row, name) for name in new}
    wanted = TierPolicy(pk=row.pk, scheme=row.scheme, kind=row.kind, **{n: getattr(row, n) for n in FIELDS} | new)
    _check(wanted)
    save_version(row, new, version=version, by=by)
    if "tier" in new:  # the last there
        TierPolicy.objects.filter(pk=row.pk).update(place=_last_place(wanted) + 1)
    audit.record("tier_policy.change", by=by, on=row, changed={n: [_plain(before[n]), _plain(new[n])] for n in new})
    transaction.on_commit(policies.forget)


def _beside(row: TierPolicy) -> QuerySet[TierPolicy]:
    """Those of the same tier and kind, as they stand."""
    rows = TierPolicy.objects.filter(scheme=row.scheme, tier=row.tier, kind=row.kind, removed_at=None)
    return rows.order_by("place", "lifecycle", "pk")


def _last_place(row: TierPolicy) -> int:
    return max(_beside(row).exclude(pk=row.pk).values_list("place", flat=True), default=0)


@transaction.atomic
def policy_move(*, row: TierPolicy, up: bool, by: User) -> None:
    """One place up or down among those of its tier and kind; at the end of the list nothing happens."""
    TierScheme.objects.select_for_update().filter(code=row.scheme).first()  # one at a time
    order = list(_beside(row).values_list("pk", flat=True))
    if row.pk not in order:
        raise ValidationError(_("The list was changed in the meantime. Nothing was moved; look again."))
    place = order.index(row.pk)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(order):
        return
    order[place], order[other] = order[other], order[place]
    for n, pk in enumerate(order, 1):
        TierPolicy.objects.filter(pk=pk).update(place=n)
    audit.record("tier_policy.move", by=by, on=row, scheme=row.scheme, tier=row.tier)
    transaction.on_commit(policies.forget)


@transaction.atomic
def policy_remove(*, row: TierPolicy, by: User) -> None:
    """It counts no more; twice does no harm."""
    if TierPolicy.objects.filter(pk=row.pk, removed_at=None).update(removed_at=clock.now(), removed_by=by):
        audit.record("tier_policy.remove", by=by, on=row, scheme=row.scheme, tier=row.tier)
        transaction.on_commit(policies.forget)


@transaction.atomic
def policy_restore(*, row: TierPolicy, by: User) -> None:
    """It counts again, unless another one is called so by now."""
    stored = TierPolicy.objects.select_for_update().get(pk=row.pk)
    if stored.removed_at is None:
        return
    _check(stored)
    TierPolicy.objects.filter(pk=row.pk).update(removed_at=None, removed_by=None)
    audit.record("tier_policy.restore", by=by, on=row, scheme=row.scheme, tier=row.tier)
    transaction.on_commit(policies.forget)


def _tidied(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: tidy(value) if name in TEXTS else value for name, value in values.items()}


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _check(row: TierPolicy) -> None:
    """One at a time, so that no two take one name."""
    TierScheme.objects.select_for_update().filter(code=row.scheme).first()
    wrong = _place_problems(row) | _offer_problems(row) | _name_problems(row)
    if wrong:
        raise ValidationError(wrong)


def _place_problems(row: TierPolicy) -> dict[str, str]:
    wrong = {}
    if row.tier and not Tier.objects.filter(scheme=row.scheme, code=row.tier).exists():
        wrong["tier"] = _("The scheme has no tier “%(code)s”.") % {"code": row.tier}
    if row.lifecycle and row.lifecycle not in Lifecycle.values:
        wrong["lifecycle"] = _("There is no lifecycle stage “%(code)s”.") % {"code": row.lifecycle}
    return wrong


def _offer_problems(row: TierPolicy) -> dict[str, str]:
    wrong = {}
    if row.kind != PolicyKind.OFFER:
        given = [name for name in ("limit", "valid_from", "valid_to") if getattr(row, name) is not None]
        return dict.fromkeys(given, _("Only offers have a discount and days on which they may be made."))
    low, high = PER_CENT
    if row.limit is not None and not low <= row.limit <= high:
        wrong["limit"] = _("A discount goes from %(low)s to %(high)s per cent.") % {"low": low, "high": high}
    if row.valid_from and row.valid_to and row.valid_to < row.valid_from:
        wrong["valid_to"] = _("The last day lies before the first one: nobody could be offered that.")
    return wrong


def _name_problems(row: TierPolicy) -> dict[str, str]:
    """Beside each other two of one name could not be told apart."""
    beside = TierPolicy.objects.filter(scheme=row.scheme, tier=row.tier, lifecycle=row.lifecycle, kind=row.kind)
    rows = list(beside.filter(removed_at=None).exclude(pk=row.pk))
    wrong = {}
    for field in ("name_en", "name_zh"):
        name = getattr(row, field)
        if not name:
            wrong[field] = _("Give it a name.")
        elif name_key(name) in {name_key(getattr(other, field)) for other in rows}:
            wrong[field] = _("There is one called “%(name)s” here already. Change that one.") % {"name": name}
    return wrong
