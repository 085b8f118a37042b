"""Which follow-ups an entry of the log answers: one rule for the service that closes them and the form that says so.

Whatever is due is answered, else the nearest one that falls due within the days that the company says (as shipped
7). Left alone are those that only their own kind of contact can answer, so that a call neither wipes out a visit that
nobody wrote up, nor ends an appointment that it was made to confirm.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from core import clock
from customers.services.interactions import TIMED_KINDS
from followups.models import FollowUp
from followups.rules import numbers
from followups.visits import is_over

ROUTINE = (FollowUp.Source.CADENCE, FollowUp.Source.INCOMING)


def answered_by(kind: str, standing: Sequence[FollowUp], *, routine: bool = False) -> list[FollowUp]:
    """Those of `standing`, the nearest first, that a contact of this kind answers.

    `routine`: one in the course of other work, which answers the default plan and what the customer has written. Rows
    come with assignee and appointment.
    """
    meant = [row for row in standing if not routine or row.source in ROUTINE]
    meant = [row for row in meant if not stands_by(row, kind)]
    ahead = {row.pk: row.due_on - clock.user_today(row.assignee) for row in meant}
    due = [row for row in meant if ahead[row.pk] <= timedelta(0)]
    if due or not meant or ahead[meant[0].pk] > timedelta(days=numbers().closes_within):
        return due
    return meant[:1]


def stands_by(plan: FollowUp, kind: str) -> bool:
    """Whether a contact of this kind leaves it alone, however near it is: a visit that is over and only a visit or
    meeting writes up; one that a person has agreed with the customer and that is still to come."""
    today = clock.user_today(plan.assignee)
    same = kind == plan.method or (kind in TIMED_KINDS and plan.method in TIMED_KINDS)
    if is_over(plan, today):
        return not same
    to_come = plan.due_at > clock.now() if plan.due_at else plan.due_on > today
    if not to_come:
        return False
    if _has_guests(plan):
        return not same or plan.due_on > today
    agreed = plan.due_at is not None or plan.method in TIMED_KINDS
    return not same and agreed and made_by_a_person(plan)


def made_by_a_person(plan: FollowUp) -> bool:
    """Whether a person has planned it, or has chosen its day."""
    return plan.source == FollowUp.Source.MANUAL or "chosen" in plan.reason


def _has_guests(plan: FollowUp) -> bool:
    appointment = getattr(plan, "appointment", None)
    return appointment is not None and appointment.called_off_at is None
