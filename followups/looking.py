"""Whom the night compares: everybody, or only those of whom something was written since the last night.

PostgreSQL keeps with each row the number of the transaction that wrote it (`xmin`). So nobody has to say that a
customer changed: services, imports and statements typed by hand are all found by it (sql/asked.sql). What else can
change a plan holds for everybody, the cadence table, the calendar, this code, and is kept as a digest: where it
differs, everybody is compared. So they are once a week, which tells whom the nights between have missed (ADR 28).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from core import clock, company, sql
from core.workcalendar import is_working
from followups.hours.days import own_days
from followups.rules import numbers

WHOLE_EVERY = timedelta(days=7)
OF_ONE_DAY = {"today", "now"}  # of the parameters; what they change comes by its day (`turns`)
FAR = 2**31  # transactions: half of the numbers that a row can name
STATEMENTS: tuple[str, ...] = (
    "situations",
    "differs",
    "asked",
    "close",
    "free_days",
    "moved",
    "new",
    "slots",
    "make_way",
    "make",
)
STATEMENTS += ("facts", "own_day", "leave", "crowded", "after_days_off")
CLOCKS_DIFFER_BY = timedelta(days=1)


@dataclass(frozen=True)
class Look:
    """How far a look has seen: every transaction below `seen_below`, on `day`, by these rules and with these people."""

    seen_below: int
    rules: str
    people: Mapping[str, str]
    day: date
    whole_on: date

    @property
    def mark(self) -> str:
        """As the rows know it."""
        return str(self.seen_below % 2**32)

    def leads_to(self, now: Look) -> bool:
        """Whether what was written since tells whom to compare. Not so after other rules, a clock that was set back, or
        more transactions than a row can tell apart."""
        return self.rules == now.rules and self.day <= now.day and 0 <= now.seen_below - self.seen_below < FAR

    def is_old(self, now: Look) -> bool:
        """Whether it is time to compare everybody again."""
        return now.day - self.whole_on >= WHOLE_EVERY


def last_look() -> Look | None:
    """The one of the last night that was finished, in this database."""
    for seen_below, rules, people, day, whole_on in sql.fetch("followups", "last_look"):
        return Look(seen_below, rules, _read(people), day, whole_on)
    return None


def look_now(rules: str) -> Look:
    """Where the database stands; to be asked before anything is compared."""
    [(seen_below, people)] = sql.fetch("followups", "standing")
    today = clock.business_date()
    own = {str(pk): days.digest for pk, days in own_days().items()}
    with_days = {pk: f"{zone} {own.get(pk, '')}".strip() for pk, zone in _read(people).items()}
    return Look(seen_below, rules, with_days, today, today)


@transaction.atomic
def remember(now: Look, whole_on: date) -> None:
    """The night is done: the next one begins where this one began to look."""
    values = {"seen_below": now.seen_below, "rules": now.rules, "people": json.dumps(dict(now.people))}
    sql.change("followups", "remember_look", values | {"day": now.day, "whole_on": whole_on})


def whom_to_ask(last: Look, now: Look, days_known: int) -> dict[str, Any]:
    """The parameters of sql/asked.sql."""
    came_or_left = {pk for pk, _zone in last.people.items() ^ now.people.items()}  # or changed their zone or days
    return {
        "mark": last.mark,
        "people": [int(pk) for pk in came_or_left],
        "turns": turns(last.day, now.day),
        "aged": [day - first_month_over() for day in _passed(last.day, now.day)],
        "closed_since": clock.day_bounds(last.day, company.zone())[0] - CLOCKS_DIFFER_BY,
        "known_then": last.day + timedelta(days=days_known),
        "known": now.day + timedelta(days=days_known),
    }


def _passed(seen: date, today: date) -> list[date]:
    """The days that have come since."""
    return [today - timedelta(days=back) for back in range((today - seen).days)]


def first_month_over() -> timedelta:
    """How long after a deal nobody is in the first month any more (cadence.phase_of)."""
    said = numbers()
    return timedelta(days=said.first_month + said.closes_within + 1)


def turns(seen: date, today: date) -> list[date]:
    """The days from which revisits count that come to a turn after `seen`: they take a late plan's place, or are too
    late themselves."""
    passed, said = _passed(seen, today), numbers()
    after = [days - said.chain_near for days in said.chain]
    after += [days + said.chain_late + 1 for days in said.chain]
    return sorted({day - timedelta(days=n) for day in passed for n in after})


def rules_of(params: Mapping[str, Any], table: str) -> str:
    """What holds for all customers, as a digest: when it changes, everybody is compared."""
    lasting = {name: value for name, value in params.items() if name not in OF_ONE_DAY}
    year = clock.business_date().year
    first, end = date(year, 1, 1), date(year + 3, 1, 1)
    worked = [is_working(first + timedelta(days=n)) for n in range((end - first).days)]
    code = [sql.text("followups", name) for name in STATEMENTS]
    said = json.dumps([year, lasting, table, worked, code], default=str, sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


def _read(stored: Any) -> Any:
    return json.loads(stored) if isinstance(stored, str) else stored
