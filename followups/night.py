"""The nightly job "plans": after scoring, every active customer gets a next date, by set-based SQL.

It pulls: it looks for what has no follow-up, so a missed, killed or repeated run changes nothing but the time. The
same rules stand as plain functions in cadence.py; a property test compares the two.
"""

import time
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import structlog
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from core import clock, company
from core.housekeeping import forget_old
from core.jobs import NightlyJob
from core.workcalendar import next_working_day, working_days
from followups import cadence
from followups.services import day_notices_make, warning_notices_make
from sales.services import stages_move_on

log = structlog.get_logger(__name__)
SQL = Path(__file__).parent / "sql"
DAYS_KNOWN = 400
MORNING = timedelta(hours=12)


def nightly(business_date: date) -> dict[str, Any]:
    """The job of one night: plans as of now, the notices of the morning, and what has outlived its use."""
    counts = {"stages": stages_move_on(clock.business_date()), **plans_make()}
    counts["warning_notices"] = warning_notices_make(business_date)
    counts["day_notices"] = day_notices_make(ahead=MORNING)
    counts["forgotten"] = forget_old()  # the last job of the night also sweeps
    return counts


NIGHTLY = NightlyJob("plans", nightly)


@transaction.atomic
def plans_make() -> dict[str, Any]:
    """Close what has lost its sense, plan what has no date; returns counts. Safe to repeat at any time."""
    began, today = time.monotonic(), clock.business_date()
    params = _params(today)
    with connection.cursor() as cursor:
        _fill_days(cursor, today)
        counts = {"closed": _run(cursor, "close", params)}
        for step in ("candidates", "new", "slots"):
            _run(cursor, step, params)
        counts |= _planned(cursor)
        counts["made"] = _run(cursor, "make", params)
        _run(cursor, "facts", params)
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
    }


def _fill_days(cursor: CursorWrapper, today: date) -> None:
    """The coming days with the working day each moves to, and the working days that late tasks are dealt out over."""
    cursor.execute("DROP TABLE IF EXISTS plan_days, plan_workdays")
    days = [today + timedelta(days=offset) for offset in range(DAYS_KNOWN)]
    cursor.execute(
        "CREATE TEMP TABLE plan_days ON COMMIT DROP AS SELECT * FROM unnest(%s::date[], %s::date[]) AS t(day, work)",
        [days, [next_working_day(day) for day in days]],
    )
    cursor.execute(
        "CREATE TEMP TABLE plan_workdays ON COMMIT DROP AS"
        " SELECT (place - 1)::int AS place, day FROM unnest(%s::date[]) WITH ORDINALITY AS t(day, place)",
        [list(islice(working_days(today), cadence.SPREAD_OVER))],
    )
    cursor.execute("ANALYZE plan_days; ANALYZE plan_workdays")


def _run(cursor: CursorWrapper, name: str, params: dict[str, Any]) -> int:
    """Run sql/<name>.sql; returns the row count of its last statement."""
    cursor.execute((SQL / f"{name}.sql").read_text(encoding="utf-8"), params)
    return cursor.rowcount


def _planned(cursor: CursorWrapper) -> dict[str, int]:
    cursor.execute("SELECT source, count(*) FROM plan_new GROUP BY source")
    found = dict(cursor.fetchall())
    return {source: found.get(source, 0) for source in ("warning", "revisit", "cadence")}
