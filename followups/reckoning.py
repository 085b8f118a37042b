"""The next day of one customer by the cadence table: what followups/sql reckons for all, for those who log and edit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from typing import Any

from core import clock
from core.workcalendar import is_working, next_working_day
from customers.models import Customer, InteractionResult, Lifecycle, Stage, Warn, facts_of
from customers.rules import contact_rules
from customers.stages import BY_ORDERS, stage_after_result
from followups import reasons
from followups.cadence import (
    HOLDABLE,
    Pace,
    Phase,
    Range,
    Situation,
    days_of,
    kept_to,
    method_after,
    pace_of,
    phase_of,
    reviews_around,
)
from followups.cadence_table.table import Line, read_table
from followups.hours.days import PersonDays, person_days
from followups.models import Rhythm
from followups.rules import numbers
from sales.selectors import first_purchase_between
from segmentation.tiers import scheme_for

RECKONED_WITH = ("facts", "owner", "rhythm", "qualification")  # what a customer is read with for it


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
        """The same as fields of a follow-up."""
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


def may_be_planned(customer: Customer, stage: str) -> bool:
    """Whether plans are made by themselves in this stage: may be contacted, owned by somebody who works here, not lost.

    Whoever is lost counts again from when somebody talks to them, which is a stage that no order leads to.
    """
    owner = customer.owner
    lost = facts_of(customer).lifecycle == Lifecycle.LOST and stage in BY_ORDERS
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
    after = stage or stage_after_result(customer.stage, answer or "")
    if not may_be_planned(customer, after):
        return None
    if after == Stage.PAUSED:
        return None if left else _revival(customer)
    situation, counted = _situation(customer)
    said = numbers()
    if answer is not None:
        situation, counted = _contacted(situation, counted, answer, on or clock.business_date(), after)
    phase, facts, rhythm = phase_of(situation, said), facts_of(customer), rhythm_of(customer)
    line = _line(customer, phase)
    if line is None or not line.plans or _left_out(customer, phase):
        return None
    if left:
        counted = Counted(clock.business_date(), left)
    elif phase == Phase.NEW:
        return _first_contact(customer, line, rhythm)
    pace = pace_of(replace(situation, category=line.category, review=line.reviews), said)
    if pace == Pace.REVIEW:
        return _review(customer, line, phase, situation, counted)
    between = Range(rhythm.every_days, rhythm.every_days) if rhythm and rhythm.every_days else line.between
    usual = days_of(pace, between, said)
    days = kept_to(usual, counted.since, between, situation)
    decided = {reasons.DECIDES_ON: situation.decides_on.isoformat()} if situation.decides_on and days < usual else {}
    on, today = counted.since + timedelta(days=days), clock.business_date()
    own, wanted = person_days(customer.owner_id), max(on, today)
    earliest = max(counted.since + timedelta(days=between.shortest), today)
    due_on = own.place(wanted, earliest, counted.since + timedelta(days=between.longest))
    return Reckoned(
        on=on,
        due_on=due_on,
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
            **decided,
            **_away(own, wanted, due_on),
        },
    )


def _away(own: PersonDays, wanted: date, due_on: date) -> dict[str, str]:
    """That the person's days, not the company's, decided over the day."""
    return {} if due_on == next_working_day(wanted) else {reasons.AWAY: own.away_until(wanted)}


def line_of(customer: Customer) -> Line | None:
    """The line of the cadence table that applies to a customer with facts; what it is without an own plan."""
    return _line(customer, phase_of(_situation(customer)[0], numbers()))


def _left_out(customer: Customer, phase: Phase) -> bool:
    """Whether a hold-out leaves the customer out of what the table plans; an own plan isn't the table's."""
    if phase not in HOLDABLE or not facts_of(customer).left_out:
        return False
    rhythm = rhythm_of(customer)
    return not (rhythm and rhythm.every_days)


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
    asked = getattr(customer, "qualification", None)
    situation = Situation(
        stage=customer.stage,
        since=customer.stage_since,
        bought=facts.last_order_on is not None,
        touched_on=touched,
        answer=facts.last_result,
        unanswered=facts.unanswered,
        warned=facts.warning != Warn.NONE,
        own=bool(rhythm and rhythm.every_days),
        urgent=bool(asked and asked.urgent),
        decides_on=asked.decides_on if asked else None,
        today=clock.business_date(),
    )
    # The days count from the purchase anew; a long-term customer's last purchase is too long ago for that.
    bought = customer.stage_since if customer.stage == Stage.AFTER_SALE else None
    if touched is not None and (bought is None or touched >= bought):
        return situation, Counted(touched, reasons.CONTACT)
    on_file = clock.business_date(customer.created_at)
    if bought is not None:
        # The first since somebody was in touch: who orders again and again would put it off for ever.
        untouched_from = on_file if touched is None else touched + timedelta(days=1)
        bought = first_purchase_between(customer.pk, untouched_from, bought) or bought
    ordered = bought or facts.last_order_on
    if ordered is not None:
        return situation, Counted(ordered, reasons.ORDER)
    return situation, Counted(on_file, reasons.CREATED)


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
    return method_after(usual, line.method, line.other_method, situation.unanswered)


def _review(customer: Customer, line: Line, phase: Phase, situation: Situation, counted: Counted) -> Reckoned:
    """On the review day of the quarter, with all others of the list."""
    day, rhythm = reviews_around(clock.business_date(), is_working).day(counted.since), rhythm_of(customer)
    told = {
        "phase": phase.value,
        "pace": Pace.REVIEW.value,
        "tier": facts_of(customer).tier,
        "unanswered": situation.unanswered,
        "since": counted.since.isoformat(),
        "basis": counted.basis,
    }
    method = _method(line, rhythm, situation)
    return Reckoned(day, day, None, method, (rhythm.purpose if rhythm else "") or line.content, reasons.REVIEW, told)


def _first_contact(customer: Customer, line: Line, rhythm: Rhythm | None) -> Reckoned:
    """Within 24 clock hours of the file's beginning, or as many as the company says; on an owner's clock, never past,
    nor on a day on which they are away."""
    hours = contact_rules().first_contact_hours
    by = max(customer.created_at + timedelta(hours=hours), clock.now()).astimezone(clock.user_zone(customer.owner))
    own, due_on = person_days(customer.owner_id), by.date()
    told = {"phase": Phase.NEW.value, "since": clock.business_date(customer.created_at).isoformat(), "hours": hours}
    if own.away_on(due_on):
        told |= {reasons.MOVED_FROM: due_on.isoformat(), reasons.AWAY: own.away_until(due_on)}
        due_on = own.next_day(due_on)
    return Reckoned(
        on=by.date(),
        due_on=due_on,
        at=by.time().replace(second=0, microsecond=0),
        method=(rhythm.method if rhythm else "") or line.method,
        purpose=(rhythm.purpose if rhythm else "") or line.content,
        code=reasons.FIRST_CONTACT,
        numbers=told,
    )


def _revival(customer: Customer) -> Reckoned | None:
    """The end of a pause, if it has one."""
    until = customer.paused_until
    if until is None:
        return None
    own, wanted = person_days(customer.owner_id), max(until, clock.business_date())
    due_on = own.next_day(wanted)
    told = {"phase": Stage.PAUSED.value, "until": until.isoformat(), "why": customer.pause_reason}
    told |= _away(own, wanted, due_on)
    return Reckoned(until, due_on, None, "call", "", reasons.REVIVAL, told)
