"""The nightly job "occasions": contacts for birthdays, anniversaries and holidays of the coming days.

It pulls, like the plans: one contact for each customer, occasion and year by its key, so a repeated night adds nothing.
A contact of the cadence that stands later gives way; what is more urgent (revisit, win-back, repair) stands, and so
does what a person has planned within three days.
"""

from __future__ import annotations

from datetime import date, timedelta
from itertools import takewhile
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from core import clock, company, sql
from core.workcalendar import is_working, working_days
from customers.models import UNRATED, Lifecycle, Stage
from followups import reasons
from followups.hours.days import own_days, person_days
from followups.models import FollowUp, Occasion
from followups.occasions.days import OF_CUSTOMERS, birthdays, day_of
from followups.planning import plans_make

AHEAD = 7  # days before its contact, an occasion is planned
NEAR = 3  # days: a follow-up that a person planned so near takes the place of the occasion's


def occasions_plan(business_date: date) -> dict[str, Any]:
    """The job; plans as of today, also when the night is made up for later."""
    return {"occasions": occasions_make()}


@transaction.atomic
def occasions_make() -> int:
    """Plan what is due within the coming week; returns how many contacts were made. Repeatable."""
    made, today = 0, clock.business_date()
    with connection.cursor() as cursor:
        for occasion in Occasion.objects.filter(is_active=True):
            params = _params(occasion, today)
            found = _of_customers if occasion.what in OF_CUSTOMERS else _of_the_calendar
            if found(cursor, occasion, params):
                made += sql.run(cursor, "followups", "occasions_make", params).rowcount
                sql.run(cursor, "followups", "occasions_facts", params)
    if made:
        _leave_own_days_off(today)
    return made


def _leave_own_days_off(today: date) -> None:
    """No contact stands on a day on which its person is away or doesn't work."""
    coming = FollowUp.objects.filter(state=FollowUp.State.OPEN, source=FollowUp.Source.CARE, due_on__gte=today)
    rows = coming.filter(assignee__in=own_days()).values_list("customer", "assignee", "due_on")
    plans_make(only=sorted({customer for customer, person, day in rows if not person_days(person).works(day)}))


def _of_customers(cursor: CursorWrapper, occasion: Occasion, params: dict[str, Any]) -> bool:
    """Days that each customer has of their own."""
    today = params["today"]
    coming = list(birthdays(today, AHEAD + occasion.days_before + 1))
    params["texts"] = [text for text, _code, _day in coming]
    params["codes"] = [code for _text, code, _day in coming]
    params["days"] = [day for _text, _code, day in coming]
    params["contacts"] = [max(_worked_by(day, occasion.days_before), today) for _text, _code, day in coming]
    sql.run(cursor, "followups", "occasions_own", params)
    return True


def _of_the_calendar(cursor: CursorWrapper, occasion: Occasion, params: dict[str, Any]) -> bool:
    """A day for all: its contacts are dealt out over the working days before it; False when it is far off."""
    today, day = params["today"], day_of(occasion, params["today"])
    if day is None or today + timedelta(days=AHEAD) < day - timedelta(days=occasion.days_before):
        return False
    begins = max(today, day - timedelta(days=occasion.days_before))
    between = list(takewhile(lambda one: one <= day, working_days(begins)))
    params |= {"day": day, "contacts": between or [_worked_by(day, 0) if _worked_by(day, 0) >= today else day]}
    sql.run(cursor, "followups", "occasions_all", params)
    return True


def _worked_by(day: date, days_before: int) -> date:
    """The last working day on or before that many days before `day`."""
    wanted = day - timedelta(days=days_before)
    while not is_working(wanted):
        wanted -= timedelta(days=1)
    return wanted


def _params(occasion: Occasion, today: date) -> dict[str, Any]:
    return {
        "today": today,
        "now": clock.now(),
        "zone": company.zone().key,
        "occasion": occasion.pk,
        "what": occasion.what,
        "name": occasion.name,
        "kind": occasion.kind,
        "tiers": list(occasion.tiers),
        "industry": occasion.industry_id,
        "method": occasion.method,
        "content": occasion.content,
        "near": NEAR,
        "unrated": UNRATED,
        "reason_occasion": reasons.OCCASION,
        **sql.choices(state=FollowUp.State, source=FollowUp.Source, stage=Stage, lifecycle=Lifecycle),
        **sql.choices(what=Occasion.What),
    }
