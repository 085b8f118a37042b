"""A customer's own plan: it overrides the cadence table, and the next date follows at once."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.models import User
from core import clock
from core.versions import StaleVersionError, save_version
from customers.models import Customer
from followups.locks import hold
from followups.models import FollowUp, Rhythm
from followups.reckoning import RECKONED_WITH, reckon
from followups.services.follow_ups import Source, State, due_moment
from followups.services.plans import customers_replan

NOTHING_SAID = _("Enter at least one thing that differs from the default plan, or remove the own plan.")
FIELDS = ("every_days", "method", "at_time", "purpose")
OF_PLAN = {"method": "method", "purpose": "purpose", "due_time": "at_time"}  # of a follow-up: the field that it follows


@transaction.atomic
def rhythm_set(*, customer: Customer, changes: dict[str, Any], version: int, by: User) -> Rhythm:
    """Write some of FIELDS over `version` (0: there is none yet), and reckon the next date anew.

    StaleVersionError when somebody else was faster; ValidationError when nothing is left that differs from the table.
    """
    stored = _locked(customer)
    if (stored.version if stored else 0) != version:
        raise StaleVersionError(stored or Rhythm(customer=customer, version=0))
    rhythm = stored or Rhythm(customer=customer, created_by=by, updated_by=by)
    before = _values(rhythm)
    after = before | changes
    if not any(after.values()):
        raise ValidationError(NOTHING_SAID)
    if stored is None:
        for name, value in changes.items():
            setattr(rhythm, name, value)
        rhythm.save(force_insert=True)
    else:
        save_version(rhythm, changes, version=version, by=by)
    _replan(customer, {name for name in FIELDS if before[name] != after[name]})
    audit.record("own_plan.set", by=by, on=rhythm, customer=customer.pk, **_told(after))
    return rhythm


@transaction.atomic
def rhythm_remove(*, customer: Customer, by: User) -> None:
    """Back to the default plan; without an own plan nothing happens."""
    rhythm = _locked(customer)
    if rhythm is None:
        return
    had = {name for name, value in _values(rhythm).items() if value}
    audit.record("own_plan.remove", by=by, on=rhythm, customer=customer.pk, **_told(_values(rhythm)))
    rhythm.delete()
    _replan(customer, had)


def _locked(customer: Customer) -> Rhythm | None:
    """The own plan; nobody else plans for the customer before the transaction ends."""
    hold([customer.pk])
    return Rhythm.objects.filter(pk=customer.pk).first()


def _values(rhythm: Rhythm) -> dict[str, Any]:
    return {name: getattr(rhythm, name) for name in FIELDS}


def _told(values: dict[str, Any]) -> dict[str, Any]:
    """What the audit log says: what the plan names, without its words."""
    at_time = values["at_time"]
    told = {"every_days": values["every_days"], "method": values["method"]}
    told |= {"at_time": f"{at_time:%H:%M}" if at_time else ""}
    return {name: value for name, value in told.items() if value}


def _replan(customer: Customer, changed: set[str]) -> None:
    """Another day where the days say so; time, method and content also where the day stays.

    What somebody planned or moved by hand stands.
    """
    customers_replan([customer.pk])
    fresh = Customer.objects.select_related(*RECKONED_WITH).filter(pk=customer.pk).first()
    wanted = reckon(fresh) if fresh else None
    open_ones = FollowUp.objects.filter(customer=customer.pk, state=State.OPEN, source=Source.CADENCE)
    standing = open_ones.select_related("assignee").select_for_update(of=("self",)).first()
    if wanted is None or standing is None or standing.reason.get("chosen"):
        return
    asked: dict[str, Any] = {"method": wanted.method, "purpose": wanted.purpose, "due_time": wanted.at}
    # Of what the own plan doesn't touch, somebody may have said otherwise for this one time.
    write = {name: value for name, value in asked.items() if OF_PLAN[name] in changed or "every_days" in changed}
    if "due_time" in write:
        write["due_at"] = due_moment(standing.due_on, wanted.at, standing.assignee)
    if any(getattr(standing, name) != value for name, value in write.items()):
        rows = FollowUp.objects.filter(pk=standing.pk)
        rows.update(**write, updated_at=clock.now(), version=F("version") + 1)
