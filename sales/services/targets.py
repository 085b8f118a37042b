"""Targets: what a person is to reach in a month."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import F

from accounts import audit
from accounts.models import User
from sales.models import Target


@transaction.atomic
def target_set(*, user: User, month: date, metric: str, value: int, by: User | None) -> Target:
    """The target of `user` for the month in which `month` lies: money in minor units, counts as they are."""
    first = month.replace(day=1)
    target, made = Target.objects.select_for_update().get_or_create(
        user=user, month=first, metric=metric, defaults={"value": value, "updated_by": by}
    )
    if not made and target.value == value:
        return target
    if not made:
        Target.objects.filter(pk=target.pk).update(value=value, updated_by=by, version=F("version") + 1)
        target.refresh_from_db()
    audit.record("target.set", by=by, on=target, user=user.pk, month=str(first), metric=metric, value=value)
    return target


@transaction.atomic
def target_delete(*, target: Target, by: User) -> None:
    """Take a target back."""
    audit.record("target.delete", by=by, on=target, user=target.user_id, month=str(target.month), metric=target.metric)
    target.delete()
