"""Plans for many customers at once, by set-based SQL: closes, moves and makes automatic follow-ups.

It pulls: it looks at what stands and what should stand, so a missed, killed or repeated run changes nothing but the
time. One statement without locks finds the customers for whom the two differ (sql/differs.sql), among those of whom
anything was written since the last night (looking.py); only they are locked and written, a few owners at a time. The
same rules stand as plain functions in cadence.py and reckoning.py; a property test compares them.
"""

import json
import time
from collections import Counter, deque
from collections.abc import Iterator, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import islice
from queue import SimpleQueue
from typing import Any

import structlog
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from core import clock, company, sql
from core.workcalendar import is_working, next_working_day
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
from customers.rules import contact_rules
from customers.stages import BY_ORDERS
from followups import cadence, reasons
from followups.cadence_table.table import Content, Table, Whom, everybody
from followups.calendar.setting import calendar_setting
from followups.hours.days import AS_COMPANY, days_apart, own_days, person_days, returns
from followups.locks import hold
from followups.looking import Look, last_look, look_now, remember, rules_of, whom_to_ask
from followups.models import CadenceRule, FollowUp, Policy
from followups.rules import numbers, revisits, win_back
from sales.models import Order
from segmentation.models import Tier
from segmentation.qualification.score import HIGHEST
from segmentation.tiers import scheme_for

log = structlog.get_logger(__name__)
DAYS_KNOWN = 400
FAR_AWAY = 31  # a promise of up to a month stands, whatever the plan would have asked for
FEW = 200
MANY, PLANNERS = 8, 2  # from so many slices on, so many at a time
SLICE = 2000  # customers that are locked at once, if no owner alone has more
LARGE_SLICE, LARGE = 10_000, 80_000  # and where so many are to be planned for: the first plans of all, a changed table
WORK_MEM = "64MB"
ALL, THESE = "TRUE", "c.id = ANY(%(only)s::bigint[])"  # among whom sql/situations.sql looks
ASKED = "{} = ANY(%(asked)s::bigint[])"
ANYBODY, PLANNED = "TRUE", "u.customer_id IN (SELECT customer_id FROM plan_customers)"  # of sql/crowded.sql
THEIR_PEOPLE = "p.id IN (SELECT owner_id FROM plan_customers)"
ASKED_AT_MOST = 50_000  # one by one; more are sooner compared with everybody else
REASONS = (
    reasons.CADENCE, reasons.REVIEW, reasons.FIRST_CONTACT, reasons.REVIVAL, reasons.REVISIT, reasons.WARNING,
    reasons.OCCASION,
)  # fmt: skip


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


def plans_made(*, whole: bool = False) -> Iterator[dict[str, Any]]:
    """The same for all, in transactions of some owners each; after each the counts so far. `whole`: compare everybody,
    also where it is known whom something was written of."""
    own_days.forget()  # what others have entered within the last minute counts
    contact_rules.forget()
    began, counts = time.monotonic(), Counter[str](closed=0, moved=0, warning=0, revisit=0, cadence=0, made=0)
    now, last = look_now(rules_of(_params(clock.business_date()), _table()["lines"])), last_look()
    last = last if last and last.leads_to(now) else None
    whole = whole or last is None or last.is_old(now)
    found = _differing(last, now, whole=whole)
    slices = list(_slices(found.by_owner))
    counts.update(differing=sum(map(len, slices)), asked=len(found.asked))
    log.info("plans to make", whole=found.whole, **counts, looked_for=round(time.monotonic() - began, 2))
    if missed := found.missed if found.whole and last else []:
        counts["missed"] = len(missed)
        log.warning("these customers differ, and nothing was written of them", customers=missed[:20])
    for planned in _plan_all(slices):
        counts.update(planned)
        yield dict(counts)
    remember(now, now.day if found.whole or last is None else last.whole_on)
    yield {**counts, "seconds": round(time.monotonic() - began, 2)}
    log.info("plans made", **counts, seconds=round(time.monotonic() - began, 2))


def _plan_all(slices: Sequence[list[int]]) -> Iterator[Counter[str]]:
    """Each slice in a transaction of its own, with how many it has `seen`; many of them two at a time, as they are of
    other owners and so hold other rows. What breaks in one ends the run when the others have ended."""
    if connection.in_atomic_block or len(slices) < MANY:
        yield from (_plan(customer_ids) + Counter(seen=len(customer_ids)) for customer_ids in slices)
        return
    waiting, done = deque(sorted(slices, key=len, reverse=True)), SimpleQueue[Counter[str] | None]()

    def work() -> None:
        try:
            with suppress(IndexError):
                while True:
                    customer_ids = waiting.popleft()
                    done.put(_plan(customer_ids) + Counter(seen=len(customer_ids)))
        finally:
            waiting.clear()
            connection.close()
            done.put(None)

    over = 0
    with ThreadPoolExecutor(PLANNERS) as pool:
        working = [pool.submit(work) for _n in range(PLANNERS)]
        try:
            for _n in range(PLANNERS):
                for planned in iter(done.get, None):
                    over += 1
                    if over.bit_count() == 1:
                        _count_rows()
                    yield planned
        finally:
            waiting.clear()  # whoever asked for them has gone
        for one in working:
            one.result()


def _count_rows() -> None:
    """After 1, 2, 4, 8 slices: PostgreSQL goes on taking the table for as small as it was before the first plans, and
    reads all that has been planned so far for every slice, until its own look at the table comes by."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE followups_followup")


@dataclass(frozen=True)
class Found:
    """By owner, the customers for whom something is to be done; `asked`: those of whom something was written, and
    `whole`: whether the others were compared as well."""

    by_owner: Sequence[tuple[int | None, list[int]]]
    asked: Set[int] = frozenset()
    whole: bool = True

    @property
    def missed(self) -> list[int]:
        """Who differs without having been written of."""
        return sorted({pk for _owner, ids in self.by_owner for pk in ids} - self.asked)


@transaction.atomic
def _differing(last: Look | None = None, now: Look | None = None, *, whole: bool = True) -> Found:
    """Among all, or among those of whom something was written since the last look."""
    params, asked = _params(clock.business_date()), set[int]()
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('work_mem', %s, true)", [WORK_MEM])
        _calendar_and_table(cursor, list(own_days()))
        sql.run(cursor, "followups", "crowded", params, whose=ANYBODY, among=ANYBODY)
        if last is not None and now is not None:
            rows = sql.run(cursor, "followups", "asked", params | whom_to_ask(last, now, DAYS_KNOWN)).fetchall()
            asked = {customer_id for (customer_id,) in rows}
        whole = whole or len(asked) > ASKED_AT_MOST
        # Each part of the statement is told by itself: the planner puts only so many joins in an order of its own.
        columns = {"them": "c.id", "of_them": "customer_id", "standing": "a.customer_id"}
        among = {name: ALL if whole else ASKED.format(column) for name, column in columns.items()}
        among["situations"] = _situations(among["them"])
        among["own_day"] = _own_day()
        found = sql.run(cursor, "followups", "differs", params | {"asked": sorted(asked)}, **among).fetchall()
        return Found(found, asked, whole)


def _slices(by_owner: Sequence[tuple[int | None, list[int]]]) -> Iterator[list[int]]:
    """Whole owners, as what is late is dealt out over their days; who has no owner gets no days."""
    together: list[int] = []
    size = LARGE_SLICE if sum(len(customer_ids) for _owner, customer_ids in by_owner) > LARGE else SLICE
    for owner, customer_ids in by_owner:
        if owner is None:
            yield from (customer_ids[start : start + size] for start in range(0, len(customer_ids), size))
            continue
        if together and len(together) + len(customer_ids) > size:
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
        whom = _kinds(customer_ids) if len(customer_ids) <= FEW else None
        _calendar_and_table(cursor, _people(customer_ids), whom)
        counts, standing = Counter[str](), _anything_stands(customer_ids)
        if standing:
            counts["closed"] = sql.run(cursor, "followups", "close", params).rowcount
            counts["moved"] = sql.run(cursor, "followups", "free_days", params).rowcount
        sql.run(cursor, "followups", "candidates", params, situations=_situations(THESE))
        cursor.execute("DELETE FROM plan_moves")
        if standing:
            sql.run(cursor, "followups", "moved", params, own_day=_own_day())
        cursor.execute("SELECT count(*) FROM plan_moves")
        counts["moved"] += cursor.fetchone()[0]
        if standing:
            counts["moved"] += sql.run(cursor, "followups", "leave", params).rowcount
        sql.run(cursor, "followups", "new", params, own_day=_own_day())
        sql.run(cursor, "followups", "slots", params)
        cursor.execute("SELECT source, count(*) FROM plan_new WHERE follow_up_id IS NULL GROUP BY source")
        counts.update(dict(cursor.fetchall()))
        if standing:
            sql.run(cursor, "followups", "make_way", params)
        counts["made"] = sql.run(cursor, "followups", "make", params).rowcount
        while sql.run(cursor, "followups", "crowded", params, whose=THEIR_PEOPLE, among=PLANNED).rowcount:
            counts["dealt_out"] += sql.run(cursor, "followups", "after_days_off", params).rowcount
        sql.run(cursor, "followups", "facts", params, facts=written_by(Writer.PLANS))
    return counts


def _anything_stands(customer_ids: Sequence[int]) -> bool:
    """Whether there is an automatic follow-up to close or to move: for a new book of customers there is none."""
    params = {"only": list(customer_ids), **sql.choices(state=FollowUp.State, source=FollowUp.Source)}
    [(stands,)] = sql.fetch("followups", "anything_stands", params)
    return stands


def _situations(among: str) -> str:
    return sql.text("followups", "situations", among=among)


def _own_day() -> str:
    return sql.text("followups", "own_day")


def _people(customer_ids: Sequence[int]) -> list[int]:
    """Who works for these customers otherwise than the company; nobody is asked for where all work as it does."""
    if not (apart := own_days()):
        return []
    # unscoped: as below
    owners = Customer.all_objects.filter(pk__in=customer_ids, owner__in=apart).values_list("owner", flat=True)
    standing = FollowUp.objects.filter(customer__in=customer_ids, state=FollowUp.State.OPEN, assignee__in=apart)
    return list(owners.order_by().union(standing.order_by().values_list("assignee", flat=True)))


def _kinds(customer_ids: Sequence[int]) -> set[Whom]:
    """Which kinds of customers these are: for a few, their lines of the table are soon written, all of them aren't."""
    names = ("kind", "facts__tier", "facts__frequency_class", "facts__amount_class")
    # unscoped: of customers whose plan the caller has changed
    rows = Customer.all_objects.filter(pk__in=customer_ids).values_list(*names)
    return {(scheme_for(kind), tier or UNRATED, often or "", much or "") for kind, tier, often, much in rows}


def _calendar_and_table(cursor: CursorWrapper, people: Sequence[int], whom: set[Whom] | None = None) -> None:
    """The calendar and the cadence table."""
    sql.run(cursor, "followups", "tables")
    calendar_into(cursor, people)
    sql.run(cursor, "followups", "table", _table(whom=whom))


def calendar_into(cursor: CursorWrapper, people: Sequence[int]) -> None:
    """The coming days with the working day each moves to, and the working days that late tasks are dealt out over; of
    these people their own as well."""
    today = clock.business_date()
    coming = [today + timedelta(days=offset) for offset in range(DAYS_KNOWN)]
    apart = list(days_apart(people, today, DAYS_KNOWN))
    over = [
        (person, place, day)
        for person in (0, *people)  # 0: the company
        for place, day in enumerate(islice(person_days(person).working_days(today), cadence.SPREAD_OVER))
    ]
    back = [(0, AS_COMPANY), *((person, person_days(person)) for person in people)]
    returning = [(person, one) for person, own in back for one in returns(own, today, DAYS_KNOWN)]
    days = {
        "days": coming,
        "works": [next_working_day(day) for day in coming],
        "people": [own.person for own in apart],
        "own_days": [own.day for own in apart],
        "own_works": [own.work for own in apart],
        "earlies": [own.early for own in apart],
        "aways": [own.away for own in apart],
        "workers": [person for person, _place, _day in over],
        "places": [place for _person, place, _day in over],
        "working_days": [day for _person, _place, day in over],
        "returning": [person for person, _one in returning],
        "returns": [one.day for _person, one in returning],
        "off_since": [one.since for _person, one in returning],
    }
    sql.run(cursor, "followups", "days", days)


def situations_under(cursor: CursorWrapper, table: Table, only: Sequence[int] | None) -> dict[str, Any]:
    """Fill plan_customers as if this were the cadence table, in the caller's transaction; gives the parameters."""
    params = _params(clock.business_date()) | {"only": only}
    sql.run(cursor, "followups", "tables")
    sql.run(cursor, "followups", "table", _table(table))
    sql.run(cursor, "followups", "candidates", params, situations=_situations(ALL if only is None else THESE))
    return params


def _table(table: Table | None = None, whom: set[Whom] | None = None) -> dict[str, str]:
    """The lines of sql/table.sql; of the table as it is stored, or of another one, for these kinds or all customers."""
    table = table or Table(CadenceRule.objects.all())
    return {"lines": _spelled_out(table.content, tuple(everybody() if whom is None else whom))}


@lru_cache(maxsize=4)
def _spelled_out(content: Content, whom: tuple[Whom, ...]) -> str:
    """Remembered for the parts of a night: the same content comes to the same lines."""
    for_whom = ("phase", "scheme", "tier", "frequency", "amount")
    of_line = ("category", "method", "other_method", "content", "policy")
    lines = [
        dict(zip(for_whom, key, strict=True))
        | {"shortest": line.between.shortest, "longest": line.between.longest}
        | {name: getattr(line, name) for name in of_line}
        for key, line in Table.of_content(content).lines(whom)
    ]
    return json.dumps(lines)


def _params(today: date) -> dict[str, Any]:
    said, steps, winning = numbers(), revisits(), win_back()
    reviews = cadence.reviews_around(today, is_working)
    return {
        "review_before": reviews.before,
        "review_coming": reviews.coming,
        "review_later": reviews.later,
        "by_the_table": [reasons.CADENCE, reasons.REVIEW],
        "dealt_out": [reasons.CADENCE, reasons.REVISIT, reasons.REVIVAL, reasons.WARNING],
        "today": today,
        "now": clock.now(),
        "zone": company.zone().key,
        "chain": list(said.chain),
        "chain_methods": [step.method for step in steps.values()],
        "chain_contents": [step.content for step in steps.values()],
        "win_back_method": winning.method,
        "win_back_content": winning.content,
        "first_contact_hours": contact_rules().first_contact_hours,
        "shipped_hours": reasons.SHIPPED_HOURS,
        "late": said.chain_late,
        "chain_ends": max(said.chain) + said.chain_late,
        "gives_way": said.chain_near,
        "week": said.closes_within,
        "far": FAR_AWAY,
        "by_orders": [stage.value for stage in BY_ORDERS],
        "holdable": [phase.value for phase in cadence.HOLDABLE],
        "first_month": said.first_month,
        "gives_up_after": said.gives_up_after,
        "retry_within": said.retry_within,
        "warned_within": said.warned_within,
        "highest": HIGHEST,
        "talking": list(cadence.TALKING),
        "per_day": calendar_setting().per_day,
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
        **sql.choices(order=Order.State, order_kind=Order.Kind),
    }
