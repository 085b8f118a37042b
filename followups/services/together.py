"""Follow-ups that are moved to another day together, and put back for a while: a few statements for thousands."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Min, OuterRef, Subquery
from django.urls import reverse

from accounts import audit
from accounts.models import User
from core import clock, sql
from core.notices import tell
from customers.models import CustomerFacts
from followups import cadence, reasons
from followups.calendar.setting import calendar_setting
from followups.hours.days import person_days
from followups.locks import hold
from followups.models import FollowUp, Notice, Rescheduling
from followups.review.conditions import SINGLE
from followups.services.follow_ups import close_all, due_moment
from followups.visits import moves_on

# People go by moved days at once; what was only planned ends without anybody's day being another one again.
PUT_BACK_WITHIN, PLANNED_WITHIN = timedelta(minutes=10), timedelta(hours=24)


class TooLateToPutBackError(Exception):
    """The time for it is over, or it was put back already."""


def put_back_until(record: Rescheduling) -> datetime:
    """Until when it may be taken back; `rows` begin with what was moved."""
    planned = record.rows and record.rows[0][2] is None
    return record.at + (PLANNED_WITHIN if planned else PUT_BACK_WITHIN)


@dataclass(frozen=True)
class Moved:
    """What a move of many has done: how many stand on their new days, and how many others had changed meanwhile.

    `first` and `last` are the days they stand on, both None where there are none; `record` takes it back.
    """

    count: int
    stale: int
    first: date | None = None
    last: date | None = None
    record: Rescheduling | None = None


@transaction.atomic
def follow_ups_reschedule(*, versions: Mapping[int, int], to: date | None, by: User) -> Moved:
    """Move open follow-ups, {id: version that was seen}, to a day, times of day kept; without one they are spread.

    Spread means as the plan does it: the valuable first, on the coming days that each person works, as many a day as
    the plan deals out, counting what stands there. What was changed, closed or is being written meanwhile stays and
    counts as stale. One line in the audit log.
    """
    rows = locked(versions)
    today = clock.user_today(by)
    days = _spread(rows, today) if to is None else {row.pk: to for row in rows}
    moving = [row for row in rows if row.due_on != days[row.pk]]
    stale = len(versions) - len(rows)
    if not rows:
        return Moved(0, stale)
    if not moving:
        return Moved(len(rows), stale, min(days.values()), max(days.values()))
    kept = [[row.pk, row.version + 1, row.due_on.isoformat(), row.reason] for row in moving]
    note_missed(moving, days)
    for row in moving:
        row.due_on, row.reason = days[row.pk], chosen(row)
    write_days(moving, by)
    record = Rescheduling.objects.create(user=by, at=clock.now(), rows=kept)
    spread = {"spread": True} if to is None else {"due_on": to.isoformat()}
    audit.record("follow_up.move_together", by=by, together=len(moving), **spread)
    tell_moved(moving, record, by)
    return Moved(len(rows), stale, min(days.values()), max(days.values()), record)


@dataclass(frozen=True)
class PutBack:
    """Of several: how many stand as before, and how many stay, changed since or no longer the person's to change."""

    back: int
    stale: int
    not_ours: int


def within_reach(follow_ups: Collection[int], by: User) -> set[int]:
    """Those of them that are this person's to change now, of customers outside the recycle bin."""
    rows = FollowUp.objects.filter(customer__deleted_at=None, pk__in=follow_ups)
    return set(rows.for_user(by, "change").values_list("pk", flat=True))


@transaction.atomic
def follow_ups_put_back(*, record: Rescheduling, by: User) -> PutBack:
    """Put everything back that nobody has touched since and that is still this person's to change."""
    kept = Rescheduling.objects.select_for_update(of=("self",)).get(pk=record.pk)
    if kept.undone_at is not None or clock.now() >= put_back_until(kept):
        raise TooLateToPutBackError
    before = {pk: (day, reason) for pk, _version, day, reason in kept.rows}
    ours = within_reach(before, by)
    rows = locked({pk: version for pk, version, _day, _reason in kept.rows if pk in ours})
    made = [row for row in rows if before[row.pk][0] is None]  # which the move has planned: it ends
    close_all(made, FollowUp.State.CANCELLED, by=by)
    moved = [row for row in rows if row not in made]
    for row in moved:
        day, row.reason = before[row.pk]
        row.due_on = date.fromisoformat(day)
    if rows:
        write_days(moved, by)
        # Put back, it waits to be written up where it stood.
        FollowUp.objects.filter(pk__in=[row.pk for row in moved], missed_on__gte=F("due_on")).update(missed_on=None)
        note_days(rows)
    Rescheduling.objects.filter(pk=kept.pk).update(undone_at=clock.now())
    told = Notice.objects.filter(key__startswith=_key(kept, ""), read_at=None)
    told.update(cancelled_at=clock.now())
    audit.record("follow_up.put_back", by=by, together=len(rows))
    return PutBack(len(rows), len(ours) - len(rows), len(before) - len(ours))


def locked(versions: Mapping[int, int]) -> list[FollowUp]:
    """The open ones of these that still have their version, locked, the most valuable customer first.

    Their customers are locked before them, as whoever plans for a customer does. A follow-up that somebody writes at
    this moment isn't waited for: the two would wait for each other.
    """
    hold(FollowUp.objects.filter(pk__in=list(versions)).order_by().values_list("customer", flat=True))
    rows = FollowUp.objects.filter(pk__in=list(versions), state=FollowUp.State.OPEN, customer__deleted_at=None)
    rows = rows.select_for_update(of=("self",), skip_locked=True).select_related("assignee")
    worth = F("customer__facts__monetary").desc(nulls_last=True)
    placed = rows.order_by(F("customer__facts__tier_rank").asc(nulls_last=True), worth, "due_on", "pk")
    return [row for row in placed if row.version == versions[row.pk]]


def _spread(rows: Collection[FollowUp], today: date) -> dict[int, date]:
    """{id: day} on the coming working days, for each person by themselves."""
    of: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        of[row.assignee_id].append(row.pk)
    days = {person: list(islice(person_days(person).working_days(today), cadence.SPREAD_OVER)) for person in of}
    place = {person: {day: n for n, day in enumerate(theirs)} for person, theirs in days.items()}
    loads = {person: [0] * len(theirs) for person, theirs in days.items()}
    last = max((theirs[-1] for theirs in days.values()), default=today)
    standing = FollowUp.objects.filter(SINGLE, state=FollowUp.State.OPEN, assignee__in=list(of), due_on__lte=last)
    counted = standing.exclude(pk__in=[row.pk for row in rows]).order_by().values("assignee", "due_on")
    for load in counted.annotate(n=Count("pk")):
        person = load["assignee"]
        if (at := place[person].get(max(load["due_on"], days[person][0]))) is not None:
            loads[person][at] += load["n"]
    dealt: dict[int, date] = {}
    for person, ids in of.items():
        places = cadence.spread(len(ids), loads[person], cadence.per_day(len(ids), calendar_setting().per_day))
        dealt |= {pk: days[person][at] for pk, at in zip(ids, places, strict=True)}
    return dealt


def note_missed(rows: Iterable[FollowUp], days: Mapping[int, date]) -> None:
    """Keep of visits that are over, and are put off instead of written up, when they were."""
    missed = [row.pk for row in rows if moves_on(row, days[row.pk])]
    if missed:
        FollowUp.objects.filter(pk__in=missed, missed_on=None).update(missed_on=F("due_on"))


def chosen(row: FollowUp) -> dict[str, Any]:
    """The reason of one that a person has moved: the night leaves it where it is (sql/moved.sql)."""
    if row.source == FollowUp.Source.MANUAL:
        return row.reason
    return {name: value for name, value in row.reason.items() if name != reasons.MOVED_FROM} | {"chosen": True}


def write_days(rows: Collection[FollowUp], by: User) -> None:
    """Day and reason of locked rows as they hold them now, and what follows: their instants, the customers' facts."""
    columns = {
        "ids": [row.pk for row in rows],
        "days": [row.due_on for row in rows],
        "moments": [due_moment(row.due_on, row.due_time, row.assignee) for row in rows],
        "reasons": [json.dumps(row.reason) for row in rows],
    }
    sql.change("followups", "together", columns | {"now": clock.now(), "by": by.pk})
    note_days(rows)


def note_days(rows: Collection[FollowUp]) -> None:
    """The facts of the customers of these: their next day."""
    still_open = FollowUp.objects.filter(customer=OuterRef("pk"), state=FollowUp.State.OPEN)
    earliest = still_open.order_by().values("customer").annotate(day=Min("due_on")).values("day")
    facts = CustomerFacts.objects.filter(pk__in={row.customer_id for row in rows})
    facts.update(next_follow_up_on=Subquery(earliest))


def tell_moved(rows: Iterable[FollowUp], record: Rescheduling, by: User) -> None:
    """One notice for each person whose follow-ups somebody else has moved."""
    of: dict[User, list[FollowUp]] = defaultdict(list)
    for row in rows:
        of[row.assignee].append(row)
    for person, theirs in of.items():
        tell(
            user=person,
            by=by,
            kind=Notice.Kind.FOLLOW_UP,
            key=_key(record, str(person.pk)),
            source_id=theirs[0].pk,
            numbers={"what": "together", "by_name": by.name, "n": len(theirs)},
            url=f"{reverse('follow_up_list')}?whose=mine",
        )


def _key(record: Rescheduling, person: str) -> str:
    return f"moved_together:{record.pk}:{person}"
