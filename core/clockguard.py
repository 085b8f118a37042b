"""Is it really that late? What stands between a wrong clock and everything that happens by itself.

The database's clock is the installation's: each process measures how far its own is off and follows the database
(core.clock.now), and says so in its sign of life. And the database's clock is believed only as far as it fits the last
time known to be right, `ClockMark`: a leap of some days or weeks is held until it has stood for an hour of running,
a larger one until a person says that it is right. While it is held no night runs and nothing planned is sent.
Decision: docs/adr/0007-one-clock.md.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from django.core.management.base import CommandError
from django.db import DatabaseError, connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from core import clock, company
from core.models import ClockMark, Heartbeat, JobRun

TOLERATED = timedelta(minutes=2)  # between two clocks, and for a clock that is set back a little
LEAP = timedelta(days=3)  # a long weekend with the machine off
BY_ITSELF = timedelta(days=45)  # the longest break after which nobody has to confirm
STEADY_FOR = timedelta(hours=1)
LOOKS_EVERY = timedelta(minutes=10)  # looks further apart than this don't count as one stretch of running
NOTED_EVERY = timedelta(seconds=30)
MEASURED_EVERY = 60.0  # seconds


class Held(Enum):
    """Why the time isn't believed."""

    LEAP = "leap"  # believed after an hour
    FAR_LEAP = "far_leap"  # a person has to confirm


@dataclass(frozen=True)
class Look:
    """What the clock was found to be. `held` None = believed; `returned`: the clock has been somewhere else before."""

    now: datetime
    mark: datetime
    held: Held | None = None
    until: datetime | None = None
    returned: bool = False

    @property
    def days(self) -> int:
        """How far the clock has leapt, in whole days; negative = back."""
        return int((self.now - self.mark) / timedelta(days=1))


def database_now() -> datetime:
    """The time on the database's machine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def judge(now: datetime, mark: ClockMark, *, asked: bool = False) -> Look:
    """Compare the database's time with the mark; writes nothing."""
    gap = now - mark.seen_at
    if -TOLERATED <= gap <= LEAP:
        return Look(now, mark.seen_at, returned=mark.leapt_to is not None)
    if abs(gap) > BY_ITSELF:
        return Look(now, mark.seen_at, Held.FAR_LEAP)
    since = _leapt_to(now, mark)
    if asked or now - since >= STEADY_FOR:
        return Look(now, mark.seen_at, returned=gap < timedelta(0))
    return Look(now, mark.seen_at, Held.LEAP, until=since + STEADY_FOR)


def _leapt_to(now: datetime, mark: ClockMark) -> datetime:
    """Since when the clock has run on from its leap, looked at again and again; now, where it was interrupted."""
    if mark.leapt_to is None or mark.leap_seen_at is None:
        return now
    one_stretch = mark.leap_seen_at <= now <= mark.leap_seen_at + LOOKS_EVERY
    return mark.leapt_to if one_stretch else now


@transaction.atomic
def look(*, asked: bool = False) -> Look:
    """Judge the time, note what was found, and let this process follow the database's clock.

    Called before each thing that happens by itself. `asked`: a person's command, which believes a leap of some weeks
    at once; a far one it must confirm on its own.
    """
    now = database_now()
    mark = ClockMark.objects.select_for_update().filter(pk=1).first() or _first_mark(now)
    found = judge(now, mark, asked=asked)
    if found.held:
        ClockMark.objects.filter(pk=1).update(leapt_to=_leapt_to(now, mark), leap_seen_at=now)
    elif mark.leapt_to or not timedelta(0) <= now - mark.seen_at <= NOTED_EVERY:
        back_a_little = timedelta(0) < mark.seen_at - now <= TOLERATED
        seen_at = mark.seen_at if back_a_little else now
        ClockMark.objects.filter(pk=1).update(seen_at=seen_at, leapt_to=None, leap_seen_at=None)
    _correct(now, believed=found.held is None)
    return found


def _first_mark(now: datetime) -> ClockMark:
    """An installation without a mark knows its time by the last night that it published."""
    last = JobRun.objects.filter(published_at__lte=now).aggregate(last=Max("published_at"))["last"]
    return ClockMark.objects.get_or_create(pk=1, defaults={"seen_at": last or now})[0]


def state() -> Look:
    """As `look`, for pages: nothing is noted."""
    now = database_now()
    return judge(now, ClockMark.objects.filter(pk=1).first() or ClockMark(seen_at=now))


@transaction.atomic
def confirm() -> datetime:
    """A person says that the database's clock is right; returns its time."""
    now = database_now()
    values = {"seen_at": now, "leapt_to": None, "leap_seen_at": None}
    ClockMark.objects.update_or_create(pk=1, defaults=values)
    return now


def require_time() -> None:
    """For commands that score or plan: CommandError with the way out where the time isn't believed."""
    found = look(asked=True)
    if found.held:
        raise CommandError(f"{held_sentence(found)} {_('If it is right, call: bin/manage confirm_clock')}")


def dated(moment: datetime) -> str:
    """A moment with its year, by the company's wall clock."""
    return f"{moment.astimezone(company.zone()):%Y-%m-%d %H:%M}"


def held_sentence(found: Look) -> str:
    """Why nothing happens by itself now, for people."""
    words = {"now": dated(found.now), "last": dated(found.mark), "n": abs(found.days)}
    if found.days < 0:
        text = _("The clock says %(now)s, %(n)s days before the last time that was right (%(last)s).")
    else:
        text = _("The clock says %(now)s, %(n)s days after the last time that was right (%(last)s).")
    rest = ""
    if found.held is Held.LEAP and found.until:
        rest = " " + _("If it runs on like this, nights and notices go on by themselves at %(at)s.") % {
            "at": dated(found.until)
        }
    return text % words + rest


# --- each process and the database -----------------------------------------------------------------------------------
_measured = 0.0


def follow(name: str) -> None:
    """Let this process follow the database's clock; at most one look a minute. A clock that is off is noted."""
    global _measured
    if _measured and time.monotonic() - _measured < MEASURED_EVERY:
        return
    _measured = time.monotonic()
    try:
        found = state()
        _correct(found.now, believed=found.held is None)
        if abs(skew(found.now)) > TOLERATED:
            note(name)
    except DatabaseError:  # the request itself will say so
        return


def skew(now: datetime) -> timedelta:
    """How far this process's own clock is ahead of the database's `now`."""
    return timezone.now() - now


def _correct(now: datetime, *, believed: bool) -> None:
    """Add the difference to this process's clock while the database's is believed."""
    off = skew(now)
    clock.correct(-off if believed and abs(off) > TOLERATED else timedelta(0))


def note(name: str, *, off: timedelta | None = None, **details: Any) -> None:
    """Record that a process is alive, by the database's clock, and how many seconds its own is ahead of it.

    `off` where somebody else measured it.
    """
    now = database_now()
    seconds = round((skew(now) if off is None else off).total_seconds())
    values = {"seen_at": now, "details": {**details, "skew": seconds}}
    Heartbeat.objects.update_or_create(name=name[:80], defaults=values)
