"""What stands on a person's calendar by day, as much of a day as there is room for: open follow-ups, and what was done.

A few queries whatever is planned: the first rows of each day, how many each day has, what was done, how many are
overdue.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Window
from django.db.models.functions import Coalesce, RowNumber, TruncDate
from django.urls import reverse

from accounts.masking import masked_all
from accounts.models import User
from accounts.scope import reach_of
from core import clock, company, workcalendar
from core.workcalendar import KnownDay
from customers.models import Customer
from followups import durations, selectors
from followups.calendar.setting import calendar_setting
from followups.calendar.span import Span, View
from followups.hours.days import Away, Hours, PersonDays, person_days
from followups.models import FollowUp, Guest
from segmentation.catalogue import tier_of

SHOWN = {View.WEEK: 10, View.MONTH: 3, View.AGENDA: 8}  # of a day, of each kind; the rest stands in the list
OFFERED = 7  # days that the menu of a follow-up offers
WORTH_NAMING = timedelta(hours=1)  # of free time between two appointments


@dataclass(frozen=True)
class Entry:
    """One follow-up of a day; `clashes` are customers whose follow-ups need the person at the same time."""

    plan: FollowUp
    customer: Customer
    tier: Any
    why: str
    until: time | None
    clashes: list[str]
    outside_hours: bool
    day_off: bool  # on which the person is away or doesn't work
    may_change: bool
    answers: tuple[int, int] | None  # people invited, and how many of them come; None: nobody is invited


@dataclass(frozen=True)
class Done:
    """A follow-up that was done: when, and where its entry of the log stands, else the customer."""

    customer: Customer
    at: time
    method: str
    url: str


@dataclass(frozen=True)
class Day:
    """One day: what it is, what is planned for it, how much it can take, and what was done."""

    known: KnownDay
    count: int
    entries: Sequence[Entry]
    capacity: int
    today: date
    belongs: bool  # to the month that was asked for
    list_url: str
    new_url: str
    free: Sequence[tuple[time, time]] = ()
    done: Sequence[Done] = ()
    done_count: int = 0
    away: Away | None = None
    day_off: bool = False  # of the person, by an absence or their own week
    hours: Hours | None = None  # where they aren't the company's

    @property
    def date(self) -> date:
        return self.known.date

    @property
    def off(self) -> bool:
        """Not worked by the person, be it for the company or for themselves."""
        return self.day_off or not (self.known.working or self.hours)

    @property
    def is_today(self) -> bool:
        return self.date == self.today

    @property
    def past(self) -> bool:
        return self.date < self.today

    @property
    def list_query(self) -> str:
        """What the list of its follow-ups is asked for."""
        return self.list_url.partition("?")[2]

    @property
    def hidden(self) -> int:
        return self.count - len(self.entries)

    @property
    def done_hidden(self) -> int:
        return self.done_count - len(self.done)

    @property
    def over(self) -> int:
        """How many more are planned than the person can do."""
        return max(self.count - self.capacity, 0)

    @property
    def full(self) -> bool:
        """Whether it holds just what the person can do."""
        return 0 < self.capacity == self.count


@dataclass(frozen=True)
class Target:
    """A day to which the menu of a follow-up moves it."""

    known: KnownDay
    count: int
    capacity: int

    @property
    def date(self) -> date:
        return self.known.date

    @property
    def full(self) -> bool:
        """Whether it can take no more."""
        return 0 < self.capacity <= self.count


@dataclass(frozen=True)
class Board:
    """The calendar of `person` as its reader sees it."""

    person: User
    span: Span
    today: date
    days: Sequence[Day]
    targets: Sequence[Target]
    overdue: int
    overdue_url: str
    capacity: int
    shows_done: bool
    on_days_off: int

    @property
    def has_past(self) -> bool:
        """Whether anything of it may have been done already."""
        return self.span.first <= self.today

    @property
    def has_earlier(self) -> bool:
        """Whether a week or a month begins before today: on a phone it begins with today."""
        return self.span.view != View.AGENDA and self.span.first < self.today <= self.span.last

    @property
    def count(self) -> int:
        """Follow-ups in the days that were asked for."""
        return sum(day.count for day in self.days if day.belongs)

    @property
    def over(self) -> list[Day]:
        """Days to come that hold more than the person can do."""
        return [day for day in self.days if day.over and not day.past and day.belongs]


def board_of(user: User, person: User, span: Span, *, shows_done: bool = True) -> Board:
    """The days of `span` with what `user` may see of what `person` has planned, and has done if that is asked for."""
    today, per_day, own = clock.user_today(person), calendar_setting().per_day, person_days(person.pk)
    rows = selectors.open_for(user, person)
    starts = max(today, span.first) if span.view == View.WEEK and span.last >= today else today
    offered = [starts + timedelta(days=n) for n in range(OFFERED)]
    wanted = [*span, *offered]
    loads = load_of(rows, min(wanted), max(wanted))
    entries = _entries(user, _first_rows(rows, span), clock.user_zone(person), own)

    done = _done(user, person, span) if shows_done and span.first <= today else {}

    def capacity(day: date) -> int:
        return 0 if own.is_own_day_off(day) else per_day

    days = [
        Day(
            known=workcalendar.explained(day),
            count=loads.get(day, 0),
            entries=entries.get(day, ()),
            capacity=capacity(day),
            today=today,
            belongs=span.belongs(day),
            list_url=list_url(user, person, on=day.isoformat()),
            new_url=f"{reverse('follow_up_new')}?{urlencode({'on': day.isoformat()})}",
            done=[one for one, _of in done.get(day, ())],
            done_count=next((of for _one, of in done.get(day, ())), 0),
            free=free_times(entries.get(day, ()), own.hours_on(day)) if span.view != View.MONTH else (),
            away=own.away_on(day),
            day_off=own.is_own_day_off(day),
            hours=own.hours_on(day) if own.week.get(day.isoweekday()) else None,
        )
        for day in span
    ]
    return Board(
        person=person,
        span=span,
        today=today,
        days=days,
        targets=[Target(workcalendar.explained(day), loads.get(day, 0), capacity(day)) for day in offered],
        overdue=rows.filter(due_on__lt=today).count(),
        overdue_url=list_url(user, person, when="overdue"),
        capacity=per_day,
        shows_done=shows_done,
        on_days_off=sum(loads.get(day, 0) for day in span if day >= today and own.is_own_day_off(day)),
    )


def load_of(rows: QuerySet[FollowUp], first: date, last: date) -> dict[date, int]:
    """{day: how many} from the first day to the last."""
    counted = rows.filter(due_on__gte=first, due_on__lte=last).order_by().values("due_on").annotate(n=Count("pk"))
    return {row["due_on"]: row["n"] for row in counted}


def list_url(user: User, person: User, **query: str) -> str:
    """The list that shows the same rows as the calendar of this person."""
    whose = {"whose": "mine"} if person.pk == user.pk else {"whose": "team", "assignee": str(person.pk)}
    return f"{reverse('follow_up_list')}?{urlencode({**whose, **query})}"


def people_with_calendars(user: User, *, left: bool = False) -> QuerySet[User]:
    """Whose calendar `user` may open besides their own: people in reach who work on follow-ups; `left`: those too who
    left with some that are still open."""
    if not reach_of(user).beyond_own("follow_up.view"):
        return User.objects.none()
    works = Q(is_active=True, role__grants__permission="follow_up.change")
    # unscoped: says of a name in reach that it is needed
    still = FollowUp.objects.filter(assignee=OuterRef("pk"), state=FollowUp.State.OPEN, customer__deleted_at=None)
    gone = Q(is_active=False) & Exists(still)
    # The right is looked for in each row of the role: nobody stands in the list twice.
    return User.objects.for_user(user).filter(works | gone if left else works).distinct().order_by("name_sort", "pk")


def _first_rows(rows: QuerySet[FollowUp], span: Span) -> QuerySet[FollowUp]:
    """Of each day those with a time in its order, then those without one, as many as there is room for."""
    order = (F("due_time").asc(nulls_last=True), F("customer__facts__tier_rank").asc(nulls_last=True), F("pk").asc())
    placed = rows.filter(due_on__gte=span.first, due_on__lte=span.last).annotate(
        place=Window(RowNumber(), partition_by=F("due_on"), order_by=order)
    )
    guests = Guest.objects.filter(appointment=OuterRef("pk"), appointment__called_off_at=None).order_by()
    count = guests.values("appointment").annotate(n=Count("pk")).values("n")
    shown = placed.filter(place__lte=SHOWN[span.view]).annotate(
        invited=Coalesce(Subquery(count), 0), coming=Coalesce(Subquery(count.filter(answer=Guest.Answer.YES)), 0)
    )
    return shown.select_related(*selectors.ROW).defer("customer__search_tokens").order_by("due_on", "place")


def _entries(user: User, rows: Iterable[FollowUp], zone: Any, own: PersonDays) -> Mapping[date, list[Entry]]:
    plans = masked_all(user, rows)
    may_change, as_company = user.can("follow_up.change"), _company_hours()
    found: dict[date, list[Entry]] = {}
    for plan in plans:
        ends = durations.end_of(plan)
        until = ends.astimezone(zone).time() if ends else None
        clashing = durations.clashing(plan, [other for other in plans if other.due_on == plan.due_on])
        begins, ends_at = own.hours_on(plan.due_on) or as_company
        outside = plan.due_time is not None and not begins <= plan.due_time < ends_at
        entry = Entry(
            plan=plan,
            customer=plan.customer,
            tier=tier_of(plan.customer),
            why=plan.purpose or selectors.why_in_brief(plan),
            until=until,
            clashes=[other.customer.name for other in clashing],  # type: ignore[attr-defined]
            outside_hours=outside,
            day_off=own.is_own_day_off(plan.due_on),
            may_change=may_change,
            answers=(plan.invited, plan.coming) if plan.invited else None,  # type: ignore[attr-defined]
        )
        found.setdefault(plan.due_on, []).append(entry)
    return found


def _done(user: User, person: User, span: Span) -> Mapping[date, list[tuple[Done, int]]]:
    """By day the first of what the person has done, each with how many the day has; by the time of its entry.

    What the plan has closed by itself, with a message of its own, and what was looked through are no such contacts.
    """
    zone = clock.user_zone(person)
    begins, ends = clock.day_bounds(span.first, zone)[0], clock.day_bounds(span.last, zone)[1]
    rows = FollowUp.objects.for_user(user).filter(selectors.SINGLE, state=FollowUp.State.DONE, assignee=person)
    # No entry lies after the moment in which it closes its follow-up.
    rows = rows.filter(customer__deleted_at=None, updated_by__isnull=False, closed_at__gte=begins)
    moment = Coalesce("closed_by_interaction__occurred_at", "closed_at")
    timed = rows.annotate(done_at=moment, done_on=TruncDate(moment, tzinfo=zone))
    placed = timed.filter(done_at__gte=begins, done_at__lt=ends).annotate(
        place=Window(RowNumber(), partition_by=F("done_on"), order_by=(F("done_at").asc(), F("pk").asc())),
        of_day=Window(Count("pk"), partition_by=F("done_on")),
    )
    shown = placed.filter(place__lte=SHOWN[span.view]).select_related(*selectors.ROW).order_by("done_at", "pk")
    found: dict[date, list[tuple[Done, int]]] = {}
    for row in masked_all(user, shown.defer("customer__search_tokens")):
        of: Any = row  # with what the query adds
        page, entry = reverse("customer", args=[row.customer_id]), row.closed_by_interaction_id
        url = f"{page}#entry-{entry}" if entry else page
        one = Done(row.customer, of.done_at.astimezone(zone).time(), row.method, url)
        found.setdefault(of.done_on, []).append((one, of.of_day))
    return found


def _company_hours() -> Hours:
    known = company.company()
    return known.work_from, known.work_until


def free_times(entries: Iterable[Entry], hours: Hours | None = None) -> list[tuple[time, time]]:
    """What is left of the working hours between the appointments of a day, an hour or more; none without any."""
    timed = [(entry.plan.due_time, entry.until) for entry in entries if entry.plan.due_time and entry.until]
    if not timed:
        return []
    (at, closes), gaps = hours or _company_hours(), []
    for begins, ends in [*sorted(timed), (closes, closes)]:
        if _length(at, begins) >= WORTH_NAMING:
            gaps.append((at, begins))
        at = max(at, ends)
    return gaps


def _length(begins: time, ends: time) -> timedelta:
    day = date(2000, 1, 1)
    return datetime.combine(day, ends) - datetime.combine(day, begins)
