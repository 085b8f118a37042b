"""Planned visits and meetings whose time has passed: when they took place at the latest, and which nobody wrote up."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db.models import F, Q
from django.db.models.fields.json import KT
from django.db.models.functions import TruncDate
from django.db.models.lookups import Exact

from core import clock, company
from customers.models import Customer
from customers.rules import write_up_within
from customers.services.interactions import TIMED_KINDS
from followups import reasons
from followups.models import FollowUp
from followups.review.conditions import SINGLE, in_review

DAY_ENDS = time(23, 59)  # a visit planned for a day, without a time, is over with it


YEARS_AROUND = 50  # months further away are typing errors


def month_of(text: str, today: date) -> date:
    """The first of the month written as 2026-11, else (also for one a lifetime away) of today's month."""
    try:
        month = date.fromisoformat(f"{text}-01")
    except ValueError:
        return today.replace(day=1)
    return month if abs(month.year - today.year) < YEARS_AROUND else today.replace(day=1)


def day_of(text: str) -> date | None:
    """The day written as 2026-11-24, also with a time behind it; None for anything else and for a lifetime away."""
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        return None
    return day if abs(day.year - clock.business_date().year) < YEARS_AROUND else None


def took_place(due_on: date, due_at: datetime | None, zone: ZoneInfo) -> datetime:
    """When a planned visit was: its planned time, else the end of its day. The 24 hours begin here."""
    return due_at or clock.at_local(due_on, DAY_ENDS, zone)


def passed(today: date) -> Q:
    """Planned visits and meetings that are over; one without a time is over with its day."""
    over = Q(due_at__lt=clock.now()) | Q(due_at=None, due_on__lt=today)
    return over & Q(due_on__lte=today, method__in=TIMED_KINDS) & SINGLE


def is_over(plan: FollowUp, today: date) -> bool:
    """`passed` for one row."""
    over = plan.due_at < clock.now() if plan.due_at else plan.due_on < today
    return over and plan.due_on <= today and plan.method in TIMED_KINDS and not in_review(plan)


def planned_in(month: date, months: int = 1) -> Q:
    """What was planned for the month (the last of some `months`) and not called off, done or not."""
    first = clock.months_back(month, months)[0]
    inside = Q(due_on__gte=first, due_on__lt=clock.next_month(month))
    return inside & ~Q(state=FollowUp.State.CANCELLED) & SINGLE


def done_in_time() -> Q:
    """Done on its day or before, by the company's calendar."""
    return Q(state=FollowUp.State.DONE, due_on__gte=TruncDate("closed_at", tzinfo=company.zone()))


def moves_on(plan: FollowUp, due_on: date, method: str = "") -> bool:
    """Whether a visit that is over is put off to another day, or made a call, instead of being written up."""
    gone = due_on > plan.due_on or method not in ("", *TIMED_KINDS)
    return gone and is_over(plan, clock.user_today(plan.assignee))


def never_written_up(month: date) -> Q:
    """Visits and meetings of the month without an entry 24 hours later: open, called done without a note, skipped or
    moved on after they were over. Who called one off and said why has answered for it, unless they had signed in."""
    over = Q(due_at__lt=clock.now() - write_up_within())
    over |= Q(due_at=None, due_on__lt=clock.business_date(clock.now() - write_up_within()))  # from the end of its day
    afterwards = Q(closed_at__gte=F("due_at"))
    afterwards |= Q(due_at=None, due_on__lt=TruncDate("closed_at", tzinfo=company.zone()))
    given_up = Q(state=FollowUp.State.SKIPPED)
    given_up |= Q(
        Q(Exact(KT(f"reason__{reasons.CALLED_OFF}"), "")) | Q(check_in__isnull=False), state=FollowUp.State.CANCELLED
    )
    state = Q(state=FollowUp.State.OPEN) | Q(state=FollowUp.State.DONE, closed_by_interaction=None)
    first, end = month, clock.next_month(month)
    planned = Q(due_on__gte=first, due_on__lt=end, method__in=TIMED_KINDS) & over & (state | given_up & afterwards)
    moved = Q(missed_on__gte=first, missed_on__lt=end)
    return (planned | moved) & of_customers() & SINGLE


def of_customers() -> Q:
    """Follow-ups of customers who aren't in the recycle bin, without a look at the customer of each."""
    # unscoped: whose follow-ups are left out
    return ~Q(customer__in=Customer.all_objects.filter(deleted_at__isnull=False).order_by().values("pk"))
