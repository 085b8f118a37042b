"""The next day of one customer by the cadence table: what followups/sql reckons for all, for those who log and edit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from typing import Any

from core import clock
from core.workcalendar import next_working_day
from customers.models import Customer, InteractionResult, Lifecycle, Stage, Warn, facts_of
from customers.stages import stage_after_result
from followups import reasons
from followups.cadence import Phase, Range, Situation, days_of, pace_of, phase_of
from followups.models import Rhythm
from followups.table import Line, read_table
from segmentation.tiers import scheme_for

FIRST_CONTACT_WITHIN = timedelta(hours=24)  # clock hours: the moment counts, not the working day


@dataclass(frozen=True)
class Reckoned:
    """What the plan asks for.

    `on`: the day as it is counted; `due_on`: moved to a working day and never past; `at`: a time of that day in the
    owner's zone; `code` and `numbers`: for the sentence that says why (followups/reasons.py).
    """

    on: date
    due_on: date
    at: time | None
    method: str
    purpose: str
    code: str
    numbers: dict[str, Any]

    def fields(self) -> dict[str, Any]:
        """Those of a follow-up."""
        return {
            "due_on": self.due_on,
            "due_time": self.at,
            "reckoned_on": self.on,
            "method": self.method,
            "purpose": self.purpose,
            "reason_code": self.code,
            "reason": self.numbers,
        }


@dataclass(frozen=True)
class Counted:
    """Since when the interval counts, and from what: a contact or a try, an order, the file's beginning."""

    since: date
    basis: str


def may_be_planned(customer: Customer) -> bool:
    """Whether plans are made by themselves: not lost, may be contacted, owned by somebody who works here."""
    owner = customer.owner
    lost = facts_of(customer).lifecycle == Lifecycle.LOST
    return bool(owner and owner.is_active and not lost and not customer.do_not_contact)


def reckon(
    customer: Customer,
    *,
    answer: str | None = None,
    on: date | None = None,
    stage: str | None = None,
    left: str = "",
) -> Reckoned | None:
    """The next contact of a customer with facts, owner and rhythm; None where no plan is made by itself.

    `answer`: as if somebody contacted the customer with this result `on` that day (default: today), for the choices of
    a log entry. `stage`: and as if they moved it there; without it, where the result moves it. `left`: somebody let the
    last follow-up go today, done without a note, skipped or called off (reasons.LEFT): the count begins anew, which is
    no contact.
    """
    if not may_be_planned(customer):
        return None
    after = stage or stage_after_result(customer.stage, answer or "")
    if after == Stage.PAUSED:
        return None if left else _revival(customer)
    situation, counted = _situation(customer)
    if answer is not None:
        situation, counted = _contacted(situation, counted, answer, on or clock.business_date(), after)
    phase, facts, rhythm = phase_of(situation), facts_of(customer), rhythm_of(customer)
    line = _line(customer, phase)
    if line is None or not line.plans:
        return None
    if left:
        counted = Counted(clock.business_date(), left)
    elif phase == Phase.NEW:
        return _first_contact(customer, line, rhythm)
    between = Range(rhythm.every_days, rhythm.every_days) if rhythm and rhythm.every_days else line.between
    pace = pace_of(replace(situation, category=line.category))
    days = days_of(pace, between)
    on = counted.since + timedelta(days=days)
    return Reckoned(
        on=on,
        due_on=next_working_day(max(on, clock.business_date())),
        at=rhythm.at_time if rhythm else None,
        method=_method(line, rhythm, situation),
        purpose=(rhythm.purpose if rhythm else "") or line.content,
        code=reasons.CADENCE,
        numbers={
            "phase": phase.value,
            "pace": pace.value,
            "tier": facts.tier,
            "from": between.shortest,
            "to": between.longest,
            "days": days,
            "unanswered": situation.unanswered,
            "since": counted.since.isoformat(),
            "basis": counted.basis,
        },
    )


def line_of(customer: Customer) -> Line | None:
    """The line of the cadence table that applies to a customer with facts; what it is without an own plan."""
    return _line(customer, phase_of(_situation(customer)[0]))


def _line(customer: Customer, phase: Phase) -> Line | None:
    return read_table().of(facts_of(customer), scheme_for(customer.kind), phase)


def rhythm_of(customer: Customer) -> Rhythm | None:
    """The customer's own plan, if there is one; without a query where it was selected along."""
    try:
        return customer.rhythm
    except Rhythm.DoesNotExist:
        return None


def _situation(customer: Customer) -> tuple[Situation, Counted]:
    facts, rhythm = facts_of(customer), rhythm_of(customer)
    tried = facts.last_attempt_at
    touched = clock.business_date(tried) if tried else None
    situation = Situation(
        stage=customer.stage,
        since=customer.stage_since,
        bought=facts.last_order_on is not None,
        touched_on=touched,
        answer=facts.last_result,
        unanswered=facts.unanswered,
        warned=facts.warning != Warn.NONE,
        own=bool(rhythm and rhythm.every_days),
    )
    # A purchase begins a new count; a long-term customer's is long past.
    bought = customer.stage_since if customer.stage == Stage.AFTER_SALE else None
    if touched is not None and (bought is None or touched >= bought):
        return situation, Counted(touched, reasons.CONTACT)
    ordered = bought or facts.last_order_on
    if ordered is not None:
        return situation, Counted(ordered, reasons.ORDER)
    return situation, Counted(clock.business_date(customer.created_at), reasons.CREATED)


def _contacted(situation: Situation, counted: Counted, answer: str, on: date, stage: str) -> tuple[Situation, Counted]:
    if stage != situation.stage:
        situation = replace(situation, stage=stage, since=clock.business_date())
    if situation.touched_on is not None and situation.touched_on > on:
        return situation, counted  # written down after a later one, which goes on counting
    missed = situation.unanswered + 1 if answer == InteractionResult.NO_ANSWER else 0
    after = replace(situation, touched_on=on, answer=answer, unanswered=missed)
    return after, Counted(on, reasons.CONTACT)


def _method(line: Line, rhythm: Rhythm | None, situation: Situation) -> str:
    """What the customer prefers, else the table's; after a try without an answer another one than before."""
    usual = (rhythm.method if rhythm else "") or line.method
    if not situation.unanswered:
        return usual
    return line.other_method if usual != line.other_method else line.method


def _first_contact(customer: Customer, line: Line, rhythm: Rhythm | None) -> Reckoned:
    """Within 24 hours of the file's beginning; on an owner's clock, and in no past."""
    by = max(customer.created_at + FIRST_CONTACT_WITHIN, clock.now()).astimezone(clock.user_zone(customer.owner))
    return Reckoned(
        on=by.date(),
        due_on=by.date(),
        at=by.time().replace(second=0, microsecond=0),
        method=(rhythm.method if rhythm else "") or line.method,
        purpose=(rhythm.purpose if rhythm else "") or line.content,
        code=reasons.FIRST_CONTACT,
        numbers={"phase": Phase.NEW.value, "since": clock.business_date(customer.created_at).isoformat()},
    )


def _revival(customer: Customer) -> Reckoned | None:
    """The end of a pause, if it has one."""
    until = customer.paused_until
    if until is None:
        return None
    due_on = next_working_day(max(until, clock.business_date()))
    numbers = {"phase": Stage.PAUSED.value, "until": until.isoformat(), "why": customer.pause_reason}
    return Reckoned(until, due_on, None, "call", "", reasons.REVIVAL, numbers)
