"""A person's own working hours and absences; open automatic dates follow in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from core import clock, company
from core.versions import save_version
from followups import reasons
from followups.hours.conditions import on_own_day_off
from followups.hours.days import Hours, own_days, person_days
from followups.models import Absence, FollowUp, WorkingHours
from followups.planning import plans_make
from followups.review.conditions import SINGLE
from ui import formatting

LONGEST = timedelta(days=366)
Week = Mapping[int, Hours | None]  # {weekday: hours, or None where they don't work}; others are as the company


@dataclass(frozen=True)
class Followed:
    """What came of it: how many automatic dates moved; how many that people chose stand on days off all the same."""

    moved: int
    stay: int


@transaction.atomic
def working_hours_set(*, person: User, week: Week, by: User) -> Followed:
    """Set the whole of a person's own week; ValidationError where it has no working day."""
    company_week = {int(digit) for digit in company.company().working_week}
    if not any(week[day] is not None if day in week else day in company_week for day in range(1, 8)):
        raise ValidationError(_("Leave at least one day of the week on which they work."))
    before = _locked(person)
    WorkingHours.objects.filter(user=person).delete()
    rows = [WorkingHours(user=person, weekday=day, begins=at and at[0], ends=at and at[1]) for day, at in week.items()]
    WorkingHours.objects.bulk_create(rows)
    if before != dict(week):
        audit.record("working_hours.change", by=by, on=person, user=person.pk, week=[_told(before), _told(week)])
    return follow_days(person)


@transaction.atomic
def absence_add(*, person: User, first_on: date, last_on: date, by: User, note: str = "") -> Absence:
    """A person is away on these days; ValidationError where they are entered as away already."""
    _locked(person)
    _check(person, first_on, last_on)
    values = {"first_on": first_on, "last_on": last_on, "note": note.strip()}
    made = Absence.objects.create(user=person, created_by=by, updated_by=by, **values)
    audit.record("absence.add", by=by, on=made, user=person.pk, days=_days(made))
    follow_days(person)
    return made


@transaction.atomic
def absence_change(*, absence: Absence, changes: dict[str, Any], version: int, by: User) -> None:
    """Write first_on, last_on or note over `version`."""
    _locked(absence.user)
    before = _days(absence)
    _check(absence.user, changes.get("first_on", absence.first_on), changes.get("last_on", absence.last_on), absence)
    save_version(absence, changes, version=version, by=by)
    audit.record("absence.change", by=by, on=absence, user=absence.user_id, days=[before, _days(absence)])
    follow_days(absence.user)


@transaction.atomic
def absence_remove(*, absence: Absence, by: User) -> None:
    """It never was: what it moved comes back."""
    _locked(absence.user)
    audit.record("absence.remove", by=by, on=absence, user=absence.user_id, days=_days(absence))
    person = absence.user
    absence.delete()
    follow_days(person)


def chosen_on_days_off(person: User) -> int:
    """How many open follow-ups of a person stand on coming days on which they are away or don't work: people chose
    their days, so nothing moves them."""
    rows = FollowUp.objects.filter(on_own_day_off(), SINGLE, assignee=person, state=FollowUp.State.OPEN)
    return rows.filter(customer__deleted_at=None, due_on__gte=clock.business_date()).count()


def _locked(person: User) -> dict[int, Hours | None]:
    """Who sets a person's days comes after who does already; the week as it stands."""
    User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    rows = WorkingHours.objects.filter(user=person).values_list("weekday", "begins", "ends")
    return {weekday: (begins, ends) if begins and ends else None for weekday, begins, ends in rows}


def _check(person: User, first_on: date, last_on: date, own: Absence | None = None) -> None:
    if last_on < first_on:
        raise ValidationError({"last_on": _("The last day lies before the first. Check both.")})
    if last_on - first_on >= LONGEST:
        raise ValidationError({"last_on": _("That is longer than a year. Check the year.")})
    others = Absence.objects.filter(user=person, first_on__lte=last_on, last_on__gte=first_on)
    other = (others.exclude(pk=own.pk) if own else others).first()
    if other is not None:
        days = {"first": formatting.day_short(other.first_on), "last": formatting.day_short(other.last_on)}
        words = _("From %(first)s to %(last)s an absence is entered already. Change that one, or choose other days.")
        raise ValidationError({"first_on": words % days})


@transaction.atomic
def follow_days(person: User) -> Followed:
    """Reckon the automatic dates anew that stand on a day off now, or were moved for one that isn't any more."""
    own_days.forget()
    transaction.on_commit(own_days.forget)
    own = person_days(person.pk)
    coming = FollowUp.objects.filter(
        assignee=person, state=FollowUp.State.OPEN, customer__deleted_at=None, due_on__gte=clock.business_date()
    )
    automatic = coming.exclude(source=FollowUp.Source.MANUAL).exclude(reason__has_key="chosen")
    rows = automatic.values_list("customer", "due_on", f"reason__{reasons.AWAY}")
    customers = {customer for customer, day, away in rows if away or not own.works(day)}
    counts = plans_make(only=sorted(customers)) if customers else {}
    return Followed(counts.get("moved", 0), chosen_on_days_off(person))


def _days(absence: Absence) -> str:
    return f"{absence.first_on.isoformat()} – {absence.last_on.isoformat()}"


def _told(week: Week) -> str:
    """As the audit log keeps it: "5 –, 6 09:00–12:00"; nothing is as the company."""
    return ", ".join(f"{day} {at[0]:%H:%M}–{at[1]:%H:%M}" if at else f"{day} –" for day, at in sorted(week.items()))
