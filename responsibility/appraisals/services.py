"""An appraisal is begun, written, signed by both; what changes after one has signed is signed anew."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from core import clock
from core.notices import tell
from core.versions import StaleVersionError, save_version
from responsibility.appraisals.figures import duties_of, figures_of
from responsibility.appraisals.models import Appraisal, Measure

OF_LEAD = frozenset({"strengths", "remarks", "grade", "incentive"})
OF_PERSON = frozenset({"answer"})
TO_SIGN = "appraisal_to_sign"


class SignedError(ValidationError):
    """Both have signed: it stays as it is."""

    def __init__(self) -> None:
        super().__init__(_("Both have signed this sheet: it stays as it is."))


@transaction.atomic
def appraisal_begin(*, person: User, begins: date, months: int, by: User) -> Appraisal:
    """A sheet with its figures as they are now; ValidationError where there is one of these months."""
    if person.pk == by.pk:
        raise ValidationError(_("Nobody appraises themselves. Your supervisor begins your sheet."))
    if begins >= clock.business_date():
        raise ValidationError({"begins": _("This period has not begun yet.")})
    row = Appraisal(person=person, begins=begins, months=months, lead=by, created_by=by, updated_by=by)
    _fill(row)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise ValidationError({"begins": _("There is a sheet of this person and period already.")}) from error
    audit.record("appraisal.begin", by=by, on=row, user=person.pk, month=begins.isoformat())
    return row


def _fill(row: Appraisal) -> None:
    row.figures, row.figures_at = figures_of(row.person, row.begins, row.months), clock.now()
    row.duties = duties_of(row.person)


@transaction.atomic
def figures_refresh(*, appraisal: Appraisal, by: User) -> None:
    """Fill the figures in as they are now."""
    stored = _open(appraisal)
    _fill(stored)
    values = {name: getattr(stored, name) for name in ("figures", "figures_at", "duties")}
    _write(stored, values, version=stored.version, by=by)
    audit.record("appraisal.figures", by=by, on=stored, user=stored.person_id)


@transaction.atomic
def appraisal_change(*, appraisal: Appraisal, changes: Mapping[str, Any], version: int, by: User) -> None:
    """Write over `version`; callers have asked whose words these are. Signatures under other words are gone."""
    if unknown := changes.keys() - OF_LEAD - OF_PERSON:
        raise TypeError(f"not editable: {sorted(unknown)}")
    stored = _open(appraisal)
    _write(stored, changes, version=version, by=by)
    audit.record("appraisal.change", by=by, on=stored, user=stored.person_id, fields=sorted(changes))


@transaction.atomic
def measure_add(*, appraisal: Appraisal, text: str, due_on: date, by: User) -> Measure:
    """Agree on something."""
    stored = _open(appraisal)
    measure = Measure.objects.create(appraisal=stored, text=text.strip(), due_on=due_on)
    _write(stored, {}, version=stored.version, by=by)
    audit.record("appraisal.measure", by=by, on=stored, user=stored.person_id, due_on=due_on.isoformat())
    return measure


@transaction.atomic
def measure_remove(*, measure: Measure, by: User) -> None:
    """It was noted by mistake."""
    stored = _open(measure.appraisal)
    Measure.objects.filter(pk=measure.pk).delete()
    _write(stored, {}, version=stored.version, by=by)
    audit.record("appraisal.unmeasure", by=by, on=stored, user=stored.person_id)


@transaction.atomic
def measure_done(*, measure: Measure, by: User) -> None:
    """It is done; a second time does no harm, and signatures stay."""
    done = Measure.objects.filter(pk=measure.pk, done_at=None).update(done_at=clock.now(), done_by=by)
    if done:
        audit.record("appraisal.measure_done", by=by, on=measure.appraisal, user=measure.appraisal.person_id)


@transaction.atomic
def appraisal_sign(*, appraisal: Appraisal, version: int, by: User) -> None:
    """Sign what was read: as the person or as the supervisor. Whoever has not signed yet is told."""
    stored = _open(appraisal)
    if stored.version != version:
        raise StaleVersionError(stored)
    if by.pk == stored.person_id:
        values: dict[str, Any] = {"person_signed_at": clock.now()}
    else:
        if not stored.grade:
            raise ValidationError(_("Enter a grade before you sign."))
        values = {"lead_signed_at": clock.now(), "lead": by}
    save_version(stored, values, version=version, by=by)
    audit.record("appraisal.sign", by=by, on=stored, user=stored.person_id)
    if not stored.is_closed:
        other = stored.lead if by.pk == stored.person_id else stored.person
        tell(
            user=other,
            by=by,
            kind=TO_SIGN,
            key=f"{TO_SIGN}:{stored.pk}:{stored.version}",
            source_id=stored.pk,
            numbers={"name": stored.person.name, "month": stored.begins.isoformat()},
            url=reverse("appraisal", args=[stored.pk]),
        )


def _open(appraisal: Appraisal) -> Appraisal:
    rows = Appraisal.objects.select_for_update(of=("self",)).select_related("person", "lead")
    stored = rows.get(pk=appraisal.pk)
    if stored.is_closed:
        raise SignedError
    return stored


def _write(stored: Appraisal, values: Mapping[str, Any], *, version: int, by: User) -> None:
    unsigned = {"lead_signed_at": None, "person_signed_at": None}
    save_version(stored, {**values, **unsigned}, version=version, by=by)
