"""Hold-outs are set, begun, ended; a customer who is left out is taken into the plans by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from core import clock, events
from customers.models import Customer, Kind
from customers.services import UNDO_FOR, UndoTooLateError, facts_write
from customers.services.stages import facts_locked
from segmentation.control.drawing import PARTS
from segmentation.control.models import PLANNED, RUNNING, SHARES, HoldOut, HoldOutMember
from segmentation.models import ScoreRun, Tier
from segmentation.nightsql import run_sql

JOB = "hold_outs"  # of the night
FARTHEST = timedelta(days=366)
EVENT = "left_out_changed"


@transaction.atomic
def hold_out_add(*, scheme: str, tier: str, share: int, starts_on: date, by: User) -> HoldOut:
    """Leave `share` per cent of a tier out of the automatic plan from a coming day on; ValidationError by field."""
    today, wrong = clock.business_date(), dict[str, str]()
    if not Tier.objects.filter(scheme=scheme, code=tier).exists():
        wrong["tier"] = _("The scheme has no tier “%(code)s”.") % {"code": tier}
    elif HoldOut.objects.filter(scheme=scheme, tier=tier, ended_on=None, withdrawn_at=None).exists():
        wrong["tier"] = _("A hold-out of this tier is set already. Withdraw or end that one first.")
    if not SHARES[0] <= share <= SHARES[1]:
        wrong["share"] = _("Leave out %(low)s to %(high)s per cent.") % {"low": SHARES[0], "high": SHARES[1]}
    if starts_on <= today:
        wrong["starts_on"] = _("Choose a coming day: who is left out must be set before it starts.")
    elif starts_on > today + FARTHEST:
        wrong["starts_on"] = _("Choose a day within a year.")
    if wrong:
        raise ValidationError(wrong)
    try:
        with transaction.atomic():
            row = HoldOut.objects.create(
                scheme=scheme, tier=tier, share=share, starts_on=starts_on, created_by=by, updated_by=by
            )
    except IntegrityError as error:  # somebody set one at the same moment
        words = _("A hold-out of this tier is set already. Withdraw or end that one first.")
        raise ValidationError({"tier": words}) from error
    about = {"scheme": scheme, "tier": tier, "share": share, "starts_on": starts_on.isoformat()}
    audit.record("hold_out.create", by=by, on=row, **about)
    return row


@transaction.atomic
def hold_out_withdraw(*, row: HoldOut, by: User) -> None:
    """It never starts. ValidationError once it has begun."""
    row = _locked(row)
    if row.state != PLANNED:
        raise ValidationError(_("It has begun already: it can only be ended."))
    _write(row, by, withdrawn_at=clock.now(), withdrawn_by=by)
    audit.record("hold_out.withdraw", by=by, on=row, scheme=row.scheme, tier=row.tier)


@transaction.atomic
def hold_out_restore(*, row: HoldOut, by: User) -> None:
    """Take the withdrawal back. ValidationError where its day has come, or another one was set."""
    row = _locked(row)
    if row.withdrawn_at is None:
        return
    if row.starts_on <= clock.business_date():
        raise ValidationError(_("Its first day has passed: set a new one."))
    if HoldOut.objects.filter(scheme=row.scheme, tier=row.tier, ended_on=None, withdrawn_at=None).exists():
        raise ValidationError(_("A hold-out of this tier is set already. Withdraw or end that one first."))
    _write(row, by, withdrawn_at=None, withdrawn_by=None)
    audit.record("hold_out.restore", by=by, on=row, scheme=row.scheme, tier=row.tier)


@transaction.atomic
def hold_out_end(*, row: HoldOut, by: User) -> int:
    """Everybody comes back into the plans with the next night. Returns how many; ValidationError where it isn't
    running."""
    row = _locked(row)
    if row.state != RUNNING:
        raise ValidationError(_("This hold-out isn't running."))
    # unscoped: all of them come back, whoever's they are
    HoldOutMember.objects.filter(hold_out=row, running=True).update(running=False)
    _write(row, by, ended_on=clock.business_date(), ended_by=by)
    back = _facts(row)
    audit.record("hold_out.end", by=by, on=row, scheme=row.scheme, tier=row.tier, customers=back)
    return back


@transaction.atomic
def hold_out_resume(*, row: HoldOut, by: User) -> None:
    """Take the end back, on the same day. ValidationError later, or where another one was set."""
    row = _locked(row)
    if row.ended_on is None:
        return
    if row.ended_on != clock.business_date():
        raise ValidationError(_("It ended on another day: everybody is planned for again. Set a new one."))
    if HoldOut.objects.filter(scheme=row.scheme, tier=row.tier, ended_on=None, withdrawn_at=None).exists():
        raise ValidationError(_("A hold-out of this tier is set already. Withdraw or end that one first."))
    # unscoped: as above; who was drawn for another one meanwhile stays there
    elsewhere = HoldOutMember.objects.filter(running=True).values("customer")
    HoldOutMember.objects.filter(hold_out=row).exclude(customer__in=elsewhere).update(running=True)
    _write(row, by, ended_on=None, ended_by=None)
    _facts(row)
    audit.record("hold_out.resume", by=by, on=row, scheme=row.scheme, tier=row.tier)


# --- one customer ----------------------------------------------------------------------------------------------------
@transaction.atomic
def customer_take_in(*, customer: Customer, by: User) -> None:
    """Plan for a customer who is left out; the comparison counts them on their side all the same. Twice does no
    harm."""
    facts_locked([customer.pk])
    if _members(customer).filter(taken_in_at=None).update(taken_in_at=clock.now(), taken_in_by=by):
        _told(customer, by, left_out=False)
        audit.record("hold_out.take_in", by=by, on=customer)


@transaction.atomic
def customer_leave_out_again(*, customer: Customer, by: User) -> None:
    """Take back what one has just done; UndoTooLateError after 10 minutes, or where it was somebody else."""
    facts_locked([customer.pk])
    since = clock.now() - UNDO_FOR
    rows = _members(customer).filter(taken_in_at__gte=since, taken_in_by=by)
    if not rows.update(taken_in_at=None, taken_in_by=None):
        raise UndoTooLateError
    _told(customer, by, left_out=True)
    audit.record("hold_out.leave_out", by=by, on=customer)


def _members(customer: Customer) -> Any:
    # unscoped: of a customer whom the caller has fetched for its person
    return HoldOutMember.objects.filter(customer=customer, held=True, running=True)


def _told(customer: Customer, by: User, *, left_out: bool) -> None:
    facts_write(customer.pk, left_out=left_out)
    events.publish(EVENT, customer_ids=[customer.pk], by=by)


# --- the night -------------------------------------------------------------------------------------------------------
def hold_outs_begin(business_date: date) -> Iterator[dict[str, Any]]:
    """Draw the customers of those whose day has come, by their last rating; a transaction each. Killed, the rest is
    done by the next night."""
    counts = {"begun": 0, "left_out": 0}
    rated = ScoreRun.objects.filter(published_at__isnull=False).exists()
    due = HoldOut.objects.filter(Q(starts_on__lte=clock.business_date()), began_on=None, withdrawn_at=None)
    for row in due.order_by("starts_on", "pk") if rated else ():
        counts["left_out"] += hold_out_begin(row)
        counts["begun"] += 1
        yield counts
    yield counts


@transaction.atomic
def hold_out_begin(row: HoldOut) -> int:
    """Draw who is in it, and leave them out from now on; returns how many are left out."""
    row = _locked(row)
    if row.state != PLANNED:
        return 0
    with connection.cursor() as cursor:
        kind = Kind.COMPANY if row.scheme == Tier.Scheme.B2B else Kind.PERSON
        words: dict[str, Any] = {
            "hold_out": row.pk,
            "share": row.share,
            "tier": row.tier,
            "kind": kind.value,
            "range": PARTS,
        }
        run_sql(cursor, "hold_out_begin", **words)
    HoldOut.objects.filter(pk=row.pk).update(began_on=clock.business_date())
    left_out = _facts(row)
    audit.record("hold_out.begin", by=None, on=row, scheme=row.scheme, tier=row.tier, customers=left_out)
    return left_out


def _facts(row: HoldOut) -> int:
    with connection.cursor() as cursor:
        return run_sql(cursor, "hold_out_facts", hold_out=row.pk).rowcount


def _locked(row: HoldOut) -> HoldOut:
    return HoldOut.objects.select_for_update(of=("self",)).get(pk=row.pk)


def _write(row: HoldOut, by: User, **values: Any) -> None:
    HoldOut.objects.filter(pk=row.pk).update(**values, updated_at=clock.now(), updated_by=by)
