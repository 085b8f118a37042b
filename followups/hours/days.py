"""On which days and at which hours each person works: their own week and absences beside the company's calendar.

Few people have either, so all of it is kept in memory; who isn't named there works as the company does.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta

from core import clock, company
from core.memo import Memo
from core.workcalendar import is_closed, is_working, next_working_day
from followups import cadence
from followups.hours.models import Absence, WorkingHours
from followups.reasons import WEEK

Hours = tuple[time, time]
BACK = timedelta(days=120)  # absences that are over still count where working days overdue are counted
LOOKED_AHEAD = timedelta(days=800)  # an absence lasts a year at most; whoever never works is planned as the company
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Away:
    """One absence."""

    first: date
    last: date
    note: str = ""


@dataclass(frozen=True)
class PersonDays:
    """A person's own week, {weekday: hours, or None where they don't work}, and their absences in order."""

    week: dict[int, Hours | None] = field(default_factory=dict)
    absences: Sequence[Away] = ()

    @property
    def digest(self) -> str:
        """Changes with the days, not with the notes."""
        said = [sorted(self.week.items()), [(away.first, away.last) for away in self.absences]]
        return hashlib.sha256(repr(said).encode()).hexdigest()[:16]

    def works(self, day: date) -> bool:
        """A day off of the company stays one, but for the days of the week that it doesn't work."""
        if self.away_on(day) is not None:
            return False
        weekday = day.isoweekday()
        if weekday not in self.week:
            return is_working(day)
        return self.week[weekday] is not None and not is_closed(day)

    def away_on(self, day: date) -> Away | None:
        """The absence of that day."""
        return next((away for away in self.absences if away.first <= day <= away.last), None)

    def is_own_day_off(self, day: date) -> bool:
        """No working day of theirs, though one of the company; or one of an absence."""
        return self.away_on(day) is not None or (is_working(day) and not self.works(day))

    def hours_on(self, day: date) -> Hours | None:
        """From when until when; None on a day that isn't worked."""
        if not self.works(day):
            return None
        as_company = company.company()
        return self.week.get(day.isoweekday()) or (as_company.work_from, as_company.work_until)

    def working_days(self, start: date) -> Iterator[date]:
        """Days that the person works, from `start` on, without end."""
        day = start
        while True:
            day = self.next_day(day)
            yield day
            day += A_DAY

    def next_day(self, day: date) -> date:
        """`day` itself, or the next one that the person works."""
        wanted = day
        while not self.works(wanted):
            wanted += A_DAY
            if wanted - day > LOOKED_AHEAD:
                return next_working_day(day)
        return wanted

    def place(self, on: date, earliest: date, latest: date | None) -> date:
        """The day of a contact that the plan wants `on`; see cadence.own_day."""
        return cadence.own_day(on, earliest, latest, next_working_day(on), self.next_day(on), self.works)

    def away_until(self, day: date) -> str:
        """Why the person's next day isn't the company's: the last day of the absence in between, or WEEK."""
        last = self.last_away(day)
        return last.isoformat() if last else WEEK

    def last_away(self, day: date) -> date | None:
        """The end of the last absence between that day and the next one that they work."""
        last, then = None, self.next_day(day)
        while day < then:
            away = self.away_on(day)
            last = away.last if away else last
            day += A_DAY
        return last


AS_COMPANY = PersonDays()


def _read() -> dict[int, PersonDays]:
    weeks: dict[int, dict[int, Hours | None]] = defaultdict(dict)
    # unscoped: who works when decides over dates, whoever asks; notes are shown by pages alone
    for user, weekday, begins, ends in WorkingHours.objects.values_list("user", "weekday", "begins", "ends"):
        weeks[user][weekday] = (begins, ends) if begins and ends else None
    absences: dict[int, list[Away]] = defaultdict(list)
    # unscoped: as above
    rows = Absence.objects.filter(last_on__gte=clock.business_date() - BACK).order_by("first_on")
    for user, first, last, note in rows.values_list("user", "first_on", "last_on", "note"):
        absences[user].append(Away(first, last, note))
    return {user: PersonDays(weeks.get(user, {}), tuple(absences.get(user, ()))) for user in {*weeks, *absences}}


own_days: Memo[dict[int, PersonDays]] = Memo(_read)


def person_days(user_id: int | None) -> PersonDays:
    """The days of one person."""
    return own_days().get(user_id or 0, AS_COMPANY)


@dataclass(frozen=True)
class OwnDay:
    """A day on which a person's next working day isn't the company's; `early`: the last one that they work before."""

    person: int
    day: date
    work: date
    early: date | None
    away: date | None


@dataclass(frozen=True)
class Return:
    """The first working day after several days off in a row, and the first of those."""

    day: date
    since: date


def returns(own: PersonDays, first: date, count: int) -> Iterator[Return]:
    """Among so many days from the first on, those on which a person is back after a long weekend or more."""
    since = first
    while not own.works(since - A_DAY) and first - since < BACK:
        since -= A_DAY
    for day in (first + timedelta(days=n) for n in range(count)):
        if own.works(day):
            if (day - since).days >= cadence.LONG_OFF:
                yield Return(day, since)
            since = day + A_DAY


def days_apart(people: Collection[int], first: date, count: int) -> Iterator[OwnDay]:
    """For these people the days, of so many from the first on, on which they work otherwise than the company."""
    days = [first + timedelta(days=n) for n in range(count)]
    company_days = [next_working_day(day) for day in days]
    for person in people:
        own = person_days(person)
        worked, early = [own.works(day) for day in days], None
        before: list[date | None] = []
        for day, works in zip(days, worked, strict=True):
            before.append(early)
            early = day if works else early
        after = days[-1] + A_DAY
        work, away = own.next_day(after), own.last_away(after)
        found = []
        for n in range(count - 1, -1, -1):
            absence = None if worked[n] else own.away_on(days[n])
            away = None if worked[n] else away or (absence.last if absence else None)
            work = days[n] if worked[n] else work
            if work != company_days[n]:
                found.append(OwnDay(person, days[n], work, before[n], away))
        yield from reversed(found)
