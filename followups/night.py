"""The nightly job "plans": every active customer gets a next date, by set-based SQL.

It pulls: it looks for what has no follow-up, so a missed, killed or repeated run changes nothing but the time. The
same rules stand as plain functions in cadence.py; a property test compares the two.
"""

import time
from datetime import date, timedelta
from itertools import islice
from typing import Any

import structlog
from django.db import connection, transaction

from core import clock, company, sql
from core.workcalendar import next_working_day, working_days
from customers.facts import Writer, written_by
from customers.models import UNRATED, UNRATED_RANK, InteractionKind, Kind, Lifecycle, Stage, Warn
from followups import cadence, reasons
from followups.models import FollowUp
from followups.services import day_notices_make, warning_notices_make
from segmentation.models import Tier

log = structlog.get_logger(__name__)
DAYS_KNOWN = 400
MORNING = timedelta(hours=12)


def make_plans(business_date: date) -> dict[str, Any]:
    """Plans as of now: a night that is made up for days later plans what is missing today."""
    return plans_make()


def tell_of_warnings(business_date: date) -> dict[str, Any]:
    """A notice to the owner for each warning that opened or turned red in that night."""
    return {"warning_notices": warning_notices_make(business_date)}


def prepare_the_morning(business_date: date) -> dict[str, Any]:
    """The notices of the coming day, made before it begins."""
    return {"day_notices": day_notices_make(ahead=MORNING)}


@transaction.atomic
def plans_make() -> dict[str, Any]:
    """Close automatic follow-ups whose reason is gone, move those off days that became free, plan what has no date.

    Returns counts. Safe to repeat.
    """
    began, today = time.monotonic(), clock.business_date()
    params = _params(today)
    with connection.cursor() as cursor:
        # The coming days with the working day each moves to, and the working days that late tasks are dealt out over.
        coming = [today + timedelta(days=offset) for offset in range(DAYS_KNOWN)]
        days = {
            "days": coming,
            "works": [next_working_day(day) for day in coming],
            "working_days": list(islice(working_days(today), cadence.SPREAD_OVER)),
        }
        sql.run(cursor, "followups", "days", days)
        counts = {"closed": sql.run(cursor, "followups", "close", params).rowcount}
        counts["moved"] = sql.run(cursor, "followups", "free_days", params).rowcount
        for step in ("candidates", "new", "slots"):
            sql.run(cursor, "followups", step, params)
        cursor.execute("SELECT source, count(*) FROM plan_new GROUP BY source")
        planned = dict(cursor.fetchall())
        counts |= {source: planned.get(source, 0) for source in ("warning", "revisit", "cadence")}
        counts["made"] = sql.run(cursor, "followups", "make", params).rowcount
        sql.run(cursor, "followups", "facts", params, facts=written_by(Writer.PLANS))
    counts["seconds"] = round(time.monotonic() - began, 2)
    log.info("plans made", **counts)
    return counts


def _params(today: date) -> dict[str, Any]:
    return {
        "today": today,
        "now": clock.now(),
        "zone": company.zone().key,
        "chain": list(cadence.REVISIT_DAYS),
        "late": cadence.CHAIN_LATE_DAYS,
        "gives_way": cadence.CHAIN_GIVES_WAY,
        "week": cadence.CLOSES_WITHIN,
        "per_day": cadence.PER_DAY,
        "over": cadence.SPREAD_OVER,
        "unrated": UNRATED,
        "unrated_rank": UNRATED_RANK,
        "method_call": InteractionKind.CALL.value,
        **{f"reason_{code.lower()}": code for code in (reasons.TIER_PLAN, reasons.REVISIT, reasons.WARNING)},
        **sql.choices(kind=Kind, stage=Stage, lifecycle=Lifecycle, warn=Warn, scheme=Tier.Scheme),
        **sql.choices(state=FollowUp.State, source=FollowUp.Source),
    }
