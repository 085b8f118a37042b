"""Occasions of the year: change, add and take away; contacts that were planned for them end and are made anew."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F

from accounts import audit
from accounts.models import User
from core import clock
from core.versions import save_version
from customers.models import Industry
from followups.locks import hold
from followups.models import FollowUp, Occasion
from followups.services.follow_ups import note_next

FIELDS = ("name", "on", "kind", "tiers", "industry", "days_before", "method", "content", "is_active")


@transaction.atomic
def occasion_add(*, by: User, **values: Any) -> Occasion:
    """A day of the company's own; `values` are some of FIELDS, `on` among them."""
    made = Occasion.objects.create(what=Occasion.What.OWN, created_by=by, updated_by=by, **values)
    audit.record("occasion.add", by=by, on=made, occasion=str(made))
    return made


@transaction.atomic
def occasion_change(*, occasion: Occasion, changes: dict[str, Any], version: int, by: User) -> None:
    """Write some of FIELDS over `version`; what is planned for it by itself ends, the night plans anew."""
    before = {name: getattr(occasion, name) for name in changes}
    save_version(occasion, changes, version=version, by=by)
    changed = {name: [_told(before[name]), _told(value)] for name, value in changes.items() if before[name] != value}
    audit.record("occasion.change", by=by, on=occasion, occasion=str(occasion), changed=changed)
    _end_planned(occasion)


@transaction.atomic
def occasion_delete(*, occasion: Occasion, by: User) -> None:
    """Take away a day of the company's own; those that come with every installation can only be switched off."""
    if occasion.what != Occasion.What.OWN:
        raise ValueError(occasion.what)
    _end_planned(occasion)
    audit.record("occasion.delete", by=by, on=occasion, occasion=str(occasion))
    occasion.delete()


def _end_planned(occasion: Occasion) -> None:
    """Contacts that nobody has touched end; without their key, so that the night may make them again."""
    mine = FollowUp.objects.filter(source_key__startswith=f"care:{occasion.pk}:", state=FollowUp.State.OPEN)
    hold(mine.values_list("customer", flat=True))
    rows = list(mine.exclude(reason__has_key="chosen").order_by("pk").select_for_update(of=("self",)))
    ended = {"state": FollowUp.State.CANCELLED, "closed_at": clock.now(), "source_key": None, "updated_at": clock.now()}
    FollowUp.objects.filter(pk__in=[row.pk for row in rows]).update(**ended, version=F("version") + 1)
    for row in rows:
        note_next(row.customer_id)


def _told(value: Any) -> Any:
    """As the audit log keeps it."""
    if isinstance(value, Industry):
        return value.name
    return value if isinstance(value, str | int | bool | list) or value is None else value.isoformat()
