"""After how many working days which step is reached: as the company has set it, else as shipped."""

from __future__ import annotations

from datetime import date, timedelta

from followups.hours.days import AS_COMPANY, BACK, PersonDays
from followups.models import Escalation, EscalationDays


def escalation_days() -> EscalationDays:
    """The stored row at this moment, else one as shipped that isn't stored yet."""
    return EscalationDays.objects.filter(pk=1).first() or EscalationDays(pk=1, version=0)


def overdue_since(as_of: date, working_days: int, own: PersonDays = AS_COMPANY) -> date:
    """The last day that lies `working_days` worked days back at the end of `as_of`: what was due on it or before has
    been overdue for so long. A holiday doesn't count, and with a person's `own` days neither does an absence."""
    day, furthest = as_of, as_of - BACK
    while working_days and day > furthest:
        working_days -= own.works(day)
        day -= timedelta(days=1)
    return day


def working_days_between(due_on: date, as_of: date, own: PersonDays = AS_COMPANY) -> int:
    """How many days that the person works have passed after `due_on` up to `as_of`."""
    return sum(own.works(due_on + timedelta(days=n)) for n in range(1, (as_of - due_on).days + 1))


def days_of_step(step: int, days: EscalationDays) -> int:
    """After how many working days a step is reached."""
    return {
        Escalation.Step.LEAD: days.lead_after,
        Escalation.Step.MANAGER: days.manager_after,
        Escalation.Step.PROPOSAL: days.proposal_after,
    }[Escalation.Step(step)]
