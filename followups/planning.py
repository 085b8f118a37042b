"""Plans for many customers at once, by set-based SQL: closes, moves and makes automatic follow-ups.

It pulls: it looks at what stands and what should stand, so a missed, killed or repeated run changes nothing but the
time. One statement without locks finds the customers for whom the two differ (sql/differs.sql); only they are locked
and written, a few owners at a time. The same rules stand as plain functions in cadence.py and reckoning.py; a property
test compares them.
"""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import islice
from typing import Any

import structlog
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from core import clock, company, sql
from core.workcalendar import next_working_day, working_days
from customers.facts import Writer, written_by
from customers.models import (
    UNRATED,
    UNRATED_RANK,
    Customer,
    InteractionKind,
    InteractionResult,
    Kind,
    Lifecycle,
    Stage,
    Warn,
)
from followups import cadence, reasons
from followups.locks import hold
from followups.models import CadenceRule, FollowUp, Policy
from followups.table import Table, Whom
from segmentation.models import Tier
from segmentation.tiers import scheme_for

log = structlog.get_logger(__name__)
DAYS_KNOWN = 400
FAR_AWAY = 31  # a promise of up to a month stands, whatever the plan would have asked for
FEW = 200
SLICE = 2000  # customers that are locked at once, if no owner alone has more
WORK_MEM = "64MB"
ALL, THESE = "TRUE", "c.id = ANY(%(only)s::bigint[])"  # among whom sql/situations.sql looks
REASONS = (reasons.CADENCE, reasons.FIRST_CONTACT, reasons.REVIVAL, reasons.REVISIT, reasons.WARNING)


def plans_make(only: Sequence[int] | None = None) -> dict[str, Any]:
    """Close automatic follow-ups whose reason is gone, move those that are reckoned anew, plan what has no date.

    `only`: for these customers, after something about them changed, in the caller's transaction; else for all. Returns
    counts. Safe to repeat.
    """
    if only is not None:
        return dict(_plan(only))
    counts: dict[str, Any] = {}
    for counts in plans_made():  # noqa: B007 - the last ones are those of all
        pass
    return counts


def plans_made() -> Iterator[dict[str, Any]]:
    """The same for all, in transactions of some owners each; after each the counts so far."""
    began, counts = time.monotonic(), Counter[str](closed=0, moved=0, warning=0, revisit=0, cadence=0, made=0)
    slices = list(_slices(_differing()))
    counts["differing"] = sum(map(len, slices))
    log.info("plans to make", customers=counts["differing"], looked_for=round(time.monotonic() - began, 2))
    for customer_ids in slices:
        counts.update(_plan(customer_ids))
        yield dict(counts)
    yield {**counts, "seconds": round(time.monotonic() - began, 2)}
    log.info("plans made", **counts, seconds=round(time.monotonic() - began, 2))


@transaction.atomic
def _differing() -> list[tuple[int | None, list[int]]]:
    """By owner, the customers for whom something is to be done."""
    params = _params(clock.business_date())
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('work_mem', %s, true)", [WORK_MEM])
        _calendar_and_table(cursor)
        return sql.run(cursor, "followups", "differs", params, situations=_situations(ALL)).fetchall()


def _slices(by_owner: Sequence[tuple[int | None, list[int]]]) -> Iterator[list[int]]:
    """Whole owners, as what is late is dealt out over their days; who has no owner gets no days."""
    together: list[int] = []
    for owner, customer_ids in by_owner:
        if owner is None:
            yield from (customer_ids[start : start + SLICE] for start in range(0, len(customer_ids), SLICE))
            continue
        if together and len(together) + len(customer_ids) > SLICE:
            yield together
            together = []
        together = together + customer_ids
    if together:
        yield together


@transaction.atomic
def _plan(customer_ids: Sequence[int]) -> Counter[str]:
    """Plan for these. What people write meanwhile waits, and wins; what they have written is seen."""
    hold(customer_ids)
    params = _params(clock.business_date()) | {"only": list(customer_ids)}
    with connection.cursor() as cursor:
        _calendar_and_table(cursor, _kinds(customer_ids) if len(customer_ids) <= FEW else None)
        counts = Counter[str](closed=sql.run(cursor, "followups", "close", params).rowcount)
        counts["moved"] = sql.run(cursor, "followups", "free_days", params).rowcount
        sql.run(cursor, "followups", "candidates", params, situations=_situations(THESE))
        for step in ("moved", "new", "slots"):
            sql.run(cursor, "followups", step, params)
        cursor.execute("SELECT count(*) FROM plan_moves")
        counts["moved"] += cursor.fetchone()[0]
        cursor.execute("SELECT source, count(*) FROM plan_new WHERE follow_up_id IS NULL GROUP BY source")
        counts.update(dict(cursor.fetchall()))
        counts["made"] = sql.run(cursor, "followups", "make", params).rowcount
        sql.run(cursor, "followups", "facts", params, facts=written_by(Writer.PLANS))
    return counts


def _situations(among: str) -> str:
    return sql.text("followups", "situations", among=among)


def _kinds(customer_ids: Sequence[int]) -> set[Whom]:
    """Which kinds of customers these are: for a few, their lines of the table are soon written, all of them aren't."""
    names = ("kind", "facts__tier", "facts__frequency_class", "facts__amount_class")
    # unscoped: of customers whose plan the caller has changed
    rows = Customer.all_objects.filter(pk__in=customer_ids).values_list(*names)
    return {(scheme_for(kind), tier or UNRATED, often or "", much or "") for kind, tier, often, much in rows}


def _calendar_and_table(cursor: CursorWrapper, whom: set[Whom] | None = None) -> None:
    """The coming days with the working day each moves to, the working days that late tasks are dealt out over, and the
    cadence table."""
    today = clock.business_date()
    coming = [today + timedelta(days=offset) for offset in range(DAYS_KNOWN)]
    days = {
        "days": coming,
        "works": [next_working_day(day) for day in coming],
        "working_days": list(islice(working_days(today), cadence.SPREAD_OVER)),
    }
    sql.run(cursor, "followups", "tables")
    sql.run(cursor, "followups", "days", days)
    sql.run(cursor, "followups", "table", _table(whom=whom))


def situations_under(cursor: CursorWrapper, table: Table, only: Sequence[int] | None) -> dict[str, Any]:
    """Fill plan_customers as if this were the cadence table, in the caller's transaction; gives the parameters."""
    params = _params(clock.business_date()) | {"only": only}
    sql.run(cursor, "followups", "tables")
    sql.run(cursor, "followups", "table", _table(table))
    sql.run(cursor, "followups", "candidates", params, situations=_situations(ALL if only is None else THESE))
    return params


def _table(table: Table | None = None, whom: set[Whom] | None = None) -> dict[str, list[Any]]:
    """The columns of sql/table.sql; of the table in force, or of another one, for these kinds or all customers."""
    of_line = ("category", "method", "other_method", "content", "policy")
    columns = ("phase", "scheme", "tier", "frequency", "amount", "shortest", "longest", *of_line)
    rows = [
        (*key, line.between.shortest, line.between.longest, *(getattr(line, name) for name in of_line))
        for key, line in (table or Table(CadenceRule.objects.all())).lines(whom)
    ]
    return {name: [row[n] for row in rows] for n, name in enumerate(columns)}


def _params(today: date) -> dict[str, Any]:
    return {
        "today": today,
        "now": clock.now(),
        "zone": company.zone().key,
        "chain": list(cadence.REVISIT_DAYS),
        "late": cadence.CHAIN_LATE_DAYS,
        "chain_ends": max(cadence.REVISIT_DAYS) + cadence.CHAIN_LATE_DAYS,
        "gives_way": cadence.CHAIN_GIVES_WAY,
        "week": cadence.CLOSES_WITHIN,
        "far": FAR_AWAY,
        "first_month": cadence.FIRST_MONTH,
        "gives_up_after": cadence.GIVES_UP_AFTER,
        "retry_within": cadence.RETRY_WITHIN,
        "warned_within": cadence.WARNED_WITHIN,
        "per_day": cadence.PER_DAY,
        "over": cadence.SPREAD_OVER,
        "unrated": UNRATED,
        "unrated_rank": UNRATED_RANK,
        "method_call": InteractionKind.CALL.value,
        **{f"reason_{code.lower()}": code for code in REASONS},
        "left": list(reasons.LEFT),
        **{f"basis_{basis}": basis for basis in (reasons.CONTACT, reasons.ORDER, reasons.CREATED)},
        **{f"phase_{phase.value}": phase.value for phase in cadence.Phase},
        **{f"pace_{pace.value}": pace.value for pace in cadence.Pace},
        **sql.choices(result=InteractionResult),
        **sql.choices(kind=Kind, stage=Stage, lifecycle=Lifecycle, warn=Warn, scheme=Tier.Scheme),
        **sql.choices(state=FollowUp.State, source=FollowUp.Source, policy=Policy),
    }
