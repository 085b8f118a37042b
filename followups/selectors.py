"""Reads of follow-ups, plans, reminders and notices; the asking person comes first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import BooleanField, Count, Exists, Func, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.scope import ScopedQuerySet
from core import clock, jobs
from core.contributions import registry
from core.models import JobRun
from core.workcalendar import next_working_day
from customers import birthdays
from customers.models import Customer, Interaction, InteractionResult, Stage
from followups import durations, reasons
from followups.cadence import quarter_end
from followups.hours.days import AS_COMPANY, PersonDays, person_days
from followups.models import CadenceRule, FollowUp, Notice, Reminder
from followups.reckoning import Reckoned, reckon
from followups.review.conditions import IN_REVIEW, SINGLE
from followups.services.next_step import IN_DAYS, NOTHING, PLAN
from followups.services.plans import PLANS
from segmentation import catalogue
from segmentation.selectors import warnings
from segmentation.wording import case_texts
from ui import formatting

MOST_TOUCHED = 20  # open at once of one customer, or closed by one entry: enough to find the next one among them
OPEN = Q(state=FollowUp.State.OPEN, customer__deleted_at=None)
ROW = ("customer__facts", "customer__owner", "assignee", "created_by")


def open_of(user: User, customer: Customer | int) -> QuerySet[FollowUp]:
    """The customer's open follow-ups, the next one first."""
    rows = FollowUp.objects.for_user(user).filter(OPEN, customer=customer)
    return rows.select_related("assignee", "created_by").order_by("due_on", "due_time", "id")


def touched_by(
    user: User, customer: Customer, entry: Interaction, today: date
) -> tuple[list[FollowUp], list[FollowUp]]:
    """What is still open at the customer, the next one first, and what this entry has closed before its day."""
    closed = Q(closed_by_interaction=entry, state=FollowUp.State.DONE, due_on__gt=today)
    rows = FollowUp.objects.for_user(user).filter(OPEN | closed, customer=customer)
    found = list(rows.select_related("assignee", "created_by").order_by("due_on", "due_time", "id")[:MOST_TOUCHED])
    standing = [plan for plan in found if plan.state == FollowUp.State.OPEN]
    return standing, [plan for plan in found if plan not in standing]


def and_next(user: User, customer: Customer, said: str) -> str:
    """What was done, and when the next contact is due."""
    following = open_of(user, customer).first()
    if following is None:
        return said
    when = formatting.planned(following.due_on, following.due_time, following.is_deadline)
    return formatting.sentences(said, _("Next follow-up: %(day)s.") % {"day": when})


def follow_ups(user: User, action: str = "view") -> ScopedQuerySet:
    """Follow-ups that the person may see, of customers outside the recycle bin, with what a row of a list shows."""
    rows = FollowUp.objects.for_user(user, action).filter(customer__deleted_at=None)
    return rows.select_related(*ROW).defer("customer__search_tokens")


def open_for(user: User, person: User) -> QuerySet[FollowUp]:
    """What is open for `person` on a day of its own, as far as `user` may see it."""
    return FollowUp.objects.for_user(user).filter(OPEN, SINGLE, assignee=person)


def clashes(user: User, person: User, at: datetime, minutes: int, *, besides: FollowUp | None = None) -> list[FollowUp]:
    """Timed follow-ups of `person` that need them between `at` and so many minutes later, the earliest first."""
    ends, longest = at + timedelta(minutes=minutes), timedelta(minutes=durations.LONGEST)
    near = open_for(user, person).filter(due_at__lt=ends, due_at__gt=at - longest).select_related("customer")
    rows = near.exclude(pk=besides.pk if besides else 0).defer("customer__search_tokens").order_by("due_at", "pk")
    return [row for row in rows if row.due_at and row.due_at + timedelta(minutes=durations.minutes_of(row)) > at]


WHEN = ("overdue", "today", "week", "later", "all")
REVIEW = "review"


def when_filter(when: str, today: date) -> Q:
    """overdue, today, week (the seven days from today), later: of open ones; all, whatever became of them. Without the
    review list, which has its own page."""
    days = {
        "overdue": Q(due_on__lt=today),
        "today": Q(due_on=today),
        "week": Q(due_on__gte=today, due_on__lt=today + timedelta(days=7)),
        "later": Q(due_on__gte=today + timedelta(days=7)),
    }
    return days[when] & SINGLE & Q(state=FollowUp.State.OPEN) if when in days else SINGLE


def when_counts(rows: QuerySet[FollowUp], today: date) -> dict[str, int]:
    """How many of these rows fall under each word of WHEN, and under REVIEW: to look through this quarter."""
    counted = {name: Count("pk", filter=when_filter(name, today)) for name in WHEN}
    return rows.aggregate(**counted, **{REVIEW: Count("pk", filter=IN_REVIEW & this_quarter(today))})


# --- the review list -------------------------------------------------------------------------------------------------
def in_review(user: User) -> QuerySet[FollowUp]:
    """What stands on the review list in reach, with what a row shows."""
    return follow_ups(user).filter(IN_REVIEW, state=FollowUp.State.OPEN)


def this_quarter(today: date) -> Q:
    """Those of the review list whose turn is now; the others have had it and stand there for the next quarter."""
    return Q(due_on__lte=quarter_end(today))


def to_look_through(user: User) -> QuerySet[FollowUp]:
    """One's own of this quarter: the card of Today."""
    mine = FollowUp.objects.for_user(user, own=True, by="assignee").filter(OPEN, IN_REVIEW)
    return mine.filter(this_quarter(clock.user_today(user)))


def why(follow_up: FollowUp) -> str:
    """Why it stands there, as a sentence with numbers; where a person planned it without a reason, when and who.

    Needs the customer's facts. What it is about stands in its `purpose`.
    """
    if not reasons.is_known(follow_up.reason_code):
        return _planned_by(follow_up)
    facts = getattr(follow_up.customer, "facts", None)
    last = facts.last_contact_at if facts else None
    last_on = clock.business_date(last) if last else None
    numbers = follow_up.reason | _beside_its_plan(follow_up)
    today, who = clock.business_date(), follow_up.assignee.name if reasons.AWAY in numbers else ""
    return reasons.describe(follow_up.reason_code, numbers, last_contact_on=last_on, today=today, who=who)


def _beside_its_plan(follow_up: FollowUp) -> dict[str, str]:
    """Why a date of the cadence isn't the day that its days come to: no working day, or dealt out when it was late."""
    wanted = follow_up.reckoned_on
    said = {"chosen", reasons.MOVED_FROM, reasons.AWAY} & follow_up.reason.keys()
    if follow_up.reason_code != reasons.CADENCE or wanted is None or wanted >= follow_up.due_on or said:
        return {}
    no_working_day = next_working_day(wanted) == follow_up.due_on
    return {reasons.MOVED_FROM if no_working_day else reasons.DEALT_OUT: wanted.isoformat()}


def why_in_brief(follow_up: FollowUp) -> str:
    """The same for a row that shows the last activity itself; what was agreed gives way to what a person typed."""
    if not reasons.is_known(follow_up.reason_code) or (
        follow_up.purpose and follow_up.reason_code == reasons.NEXT_STEP
    ):
        return _planned_by(follow_up)
    if follow_up.reason_code == reasons.TIER_PLAN:
        return why(follow_up)
    numbers = follow_up.reason | _dealt_out(follow_up)
    return reasons.brief(follow_up.reason_code, numbers, today=clock.business_date())


def _dealt_out(follow_up: FollowUp) -> dict[str, str]:
    """That it was dealt out when it was late, as far as the day it was reckoned for has been read."""
    if "reckoned_on" in follow_up.get_deferred_fields():
        return {}
    said = _beside_its_plan(follow_up)
    return said if reasons.DEALT_OUT in said else {}


def _planned_by(follow_up: FollowUp) -> str:
    """ "Planned on Fri 20 Nov by the manager", of one that a person has made; without a name if they planned it for
    themselves. As far as these were read: asks the database nothing."""
    if follow_up.source != FollowUp.Source.MANUAL or {"created_at", "created_by_id"} & follow_up.get_deferred_fields():
        return ""
    words = {"day": formatting.day_short(clock.business_date(follow_up.created_at))}
    known = FollowUp._meta.get_field("created_by").is_cached(follow_up)
    by = follow_up.created_by if known and follow_up.created_by_id != follow_up.assignee_id else None
    if by is None:
        return _("planned on %(day)s") % words
    return _("planned on %(day)s by %(name)s") % {**words, "name": by.name}


# --- next step of the log form ---------------------------------------------------------------------------------------
Choice = tuple[str, str, date | None]


@dataclass(frozen=True)
class PlanWords:
    """When the plan goes on after a contact, and after how many days; both empty where no plan is made by itself."""

    day: str = ""
    why: str = ""


def plan_words(customer: Customer, on: date | None = None, stage: str = "") -> dict[str, PlanWords]:
    """What the plan asks for after a contact `on` that day (default: today), by its result.

    `stage`: if the entry moves the customer there; else where the result does. Needs customer.facts, owner and rhythm.
    """
    moved = stage if stage in Stage.values and stage != Stage.PAUSED else None
    words = {}
    for result in InteractionResult.values:
        wanted = reckon(customer, answer=result, on=on, stage=moved)
        words[result] = PlanWords(formatting.day_short(wanted.due_on), _plan_why(wanted)) if wanted else PlanWords()
    return words


def _plan_why(wanted: Reckoned) -> str:
    """ "by the plan after 7 days; Sat 28 Nov is a day off", where the day isn't that of the plan's days."""
    days = wanted.numbers.get("days")
    if not days:
        return ""
    said = ngettext("by the plan after %(n)s day", "by the plan after %(n)s days", days) % {"n": days}
    if wanted.on < clock.business_date() or wanted.on == wanted.due_on:
        return said
    return _("%(plan)s; %(day)s is a day off") % {"plan": said, "day": formatting.day_short(wanted.on)}


@dataclass(frozen=True)
class NextStep:
    """A next step that the log form offers: what is sent, its words, and its day; the plan's depends on the result."""

    value: str
    words: str
    day: date | None = None


def next_step_choices(customer: Customer) -> list[NextStep]:
    """The next steps of a log entry made now. Days are working days, each once; needs the same as `plan_words`."""
    today = clock.business_date()
    planned = reckon(customer, answer=InteractionResult.REACHED) is not None
    choices = [NextStep(PLAN, _("As planned"))] if planned else []
    known, own = set[date](), person_days(customer.owner_id)
    for days in IN_DAYS[:3] if planned else IN_DAYS:
        due_on = own.next_day(today + timedelta(days=days))
        if due_on not in known:
            choices.append(NextStep(str(days), _on(due_on, today, days), due_on))
        known.add(due_on)
    return [*choices, NextStep(NOTHING, _("Nothing agreed") if planned else _("No next step"))]


def suggested_day(customer: Customer) -> date:
    """Where one more follow-up may lie: on the day of the plan after a contact today, else in 3 days."""
    wanted = reckon(customer, answer=InteractionResult.REACHED)
    return (
        wanted.due_on if wanted else person_days(customer.owner_id).next_day(clock.business_date() + timedelta(days=3))
    )


def move_choices(today: date, own: PersonDays = AS_COMPANY) -> list[Choice]:
    """Where a follow-up may be moved with one tap: a working day tomorrow, in 3 and in 7 days or after it, as it is;
    `own`: of a person with these days."""
    choices: list[Choice] = []
    for days in (1, 3, 7):
        day = own.next_day(today + timedelta(days=days))
        choices.append((str(days), _on(day, today, days), day))
    return choices


HOUR = "hour"
LATER_AT = (time(14), time(17))


def snooze_until(wanted: str, user: User) -> datetime:
    """The minute to which `hour`, "14:00" or "17:00" puts off, of the person's own day; an hour for anything else."""
    zone, now = clock.user_zone(user), clock.now().replace(second=0, microsecond=0)
    at = next((at for at in LATER_AT if f"{at:%H:%M}" == wanted), None)
    return now + timedelta(hours=1) if at is None else clock.at_local(clock.user_today(user), at, zone)


def snooze_choices(user: User) -> list[tuple[str, str]]:
    """(value, words) of the later times of this day that are still ahead."""
    zone, day_ends = clock.user_zone(user), clock.day_bounds(clock.user_today(user), clock.user_zone(user))[1]
    words = {"14:00": _("This afternoon"), "17:00": _("This evening")}
    times = [(HOUR, _("In 1 hour")), *((f"{at:%H:%M}", words[f"{at:%H:%M}"]) for at in LATER_AT)]
    ahead = [(value, said, snooze_until(value, user)) for value, said in times]
    return [
        (value, f"{said} · {until.astimezone(zone):%H:%M}")
        for value, said, until in ahead
        if clock.now() < until < day_ends
    ]


def _on(day: date, today: date, wanted: int) -> str:
    """A working day so many days from now, in words: one instead of tomorrow says what it is."""
    return _("Next working day") if wanted == 1 and day > today + timedelta(days=1) else _in(day, today)


def _in(day: date, today: date) -> str:
    """How far off a day really is, days off counted."""
    days = (day - today).days
    return _("Tomorrow") if days == 1 else ngettext("In %(n)s day", "In %(n)s days", days) % {"n": days}


def assignee_choices(user: User, customer: Customer, planned: FollowUp | None = None) -> QuerySet[User]:
    """Who may be made responsible: oneself, the customer's owners, who has it now, active colleagues in reach."""
    known = {user.pk, customer.owner_id, customer.service_owner_id, planned.assignee_id if planned else None} - {None}
    working = Q(is_active=True, role__grants__permission="follow_up.change")
    in_reach = User.objects.for_user(user).filter(working)
    return User.objects.filter(Q(pk__in=known) | Q(pk__in=in_reach.values("pk"))).order_by("name_sort", "pk")


def win_back_purpose(user: User, customer: Customer) -> str:
    """What a contact for the open warning of a customer is for, in the words of its first reason."""
    case = warnings(user).filter(customer=customer, closed_at=None).first()
    why = case_texts(case, shown=1) if case else []
    longest = FollowUp._meta.get_field("purpose").max_length or 0
    return (_("Win back: %(why)s") % {"why": why[0]})[:longest] if why else ""


# --- plans -----------------------------------------------------------------------------------------------------------
def plan_rules() -> QuerySet[CadenceRule]:
    """The lines of the cadence table, of the schemes that the company shows."""
    shown = ["", *(scheme for scheme, _name in catalogue.schemes())]
    return CadenceRule.objects.filter(scheme__in=shown).select_related("updated_by", "template")


@dataclass(frozen=True)
class Moving:
    """How many automatic dates have been planned anew after a change of the table; `begun`: a worker does it now."""

    begun: bool
    done: int
    of: int


def dates_moving() -> Moving | None:
    """None when nothing of it is left to do."""
    run = jobs.night_of(clock.last_ended_day()).filter(job=PLANS).exclude(state=JobRun.State.DONE).first()
    if run is None or (run.attempts == 0 and run.published_at is None):  # the night itself, which nobody has asked for
        return None
    seen = run.counts.get("seen", 0)  # known from the first part that is done
    return Moving(run.state == JobRun.State.RUNNING, seen, run.counts.get("differing", 0) if seen else 0)


# --- reminders and notices -------------------------------------------------------------------------------------------
class _Muted(Func):
    """Whether the reader of a notice has switched its kind off. Asked in the database: pages keep their statements."""

    function = "jsonb_exists"
    output_field = BooleanField()

    def __init__(self) -> None:
        super().__init__("user__notices_muted", "kind")


def notices(user: User, *, muted: bool = False) -> QuerySet[Notice]:
    """Notices that are due, of what the person may still see; newest first by -due_at, -id.

    Without those of a kind that they have switched off in their profile, unless `muted`: a letter goes by itself.
    """
    rows = Notice.objects.for_user(user).filter(due_at__lte=clock.now(), cancelled_at=None)
    if not muted:
        rows = rows.exclude(_Muted())
    return rows.filter(_may_be_shown(user)).select_related("customer")


def _may_be_shown(user: User) -> Q:
    """By its customer, by the row it is about, or always: as its kind says."""
    stay, by_row = [], dict[Callable[[User], QuerySet[Any]], list[str]]()
    for code, kind in registry().notice_kinds.items():
        if kind.stays:
            stay.append(code)
        elif kind.rows:
            by_row.setdefault(kind.rows, []).append(code)
    others = [code for codes in by_row.values() for code in codes]
    shown: Q = Q(kind__in=stay) | Q(~Q(kind__in=[*stay, *others]), still_in_reach(user))
    for rows, codes in by_row.items():
        shown |= Q(Exists(rows(user).filter(pk=OuterRef("source_id"))), kind__in=codes)
    return shown


def notices_with_names(user: User, *, muted: bool = False) -> QuerySet[Notice]:
    """The same; `names` says whether the person may see the notice's customer, so that it may be named."""
    return notices(user, muted=muted).annotate(
        names=Exists(Customer.objects.for_user(user).filter(pk=OuterRef("customer_id")))
    )


def still_in_reach(user: User) -> Q:
    """Rows of one's own about nobody, or about a customer that the person may still see."""
    return Q(customer=None) | Q(Exists(Customer.objects.for_user(user).filter(pk=OuterRef("customer_id"))))


def unread(user: User, *, muted: bool = False) -> QuerySet[Notice]:
    """Notices that are due and not read: the figure of the bell."""
    return notices(user, muted=muted).filter(read_at=None)


def due_now(user: User) -> QuerySet[FollowUp]:
    """The person's own open follow-ups of today and before: the figure of the menu."""
    mine = FollowUp.objects.for_user(user, own=True, by="assignee")
    return mine.filter(OPEN, SINGLE, due_on__lte=clock.user_today(user))


def greetings(today: date) -> Q:
    """Follow-ups for a birthday or another occasion that are due within the week."""
    return Q(reason_code=reasons.OCCASION, due_on__lt=today + timedelta(days=birthdays.A_WEEK))


def reminders_ahead(user: User) -> QuerySet[Reminder]:
    """One's own reminders that are still to come, the next one first."""
    rows = Reminder.objects.for_user(user)
    ahead = rows.filter(user=user, state=Reminder.State.OPEN, due_at__gt=clock.now())
    return ahead.filter(still_in_reach(user)).select_related("customer").order_by("due_at")


def notice_choices() -> list[tuple[str, Any]]:
    """(code, words) of every kind of notice."""
    return [(kind.code, kind.word) for kind in registry().notice_kinds.values()]


@dataclass(frozen=True)
class NoticeRow:
    """A notice in words: its sentence, what a person typed, the customer if its reader may see it, what it opens."""

    notice: Notice
    title: str
    typed: str
    customer: Customer | None
    url: str

    @property
    def pk(self) -> int:
        return self.notice.pk


def may_name(notice: Notice) -> bool:
    """Whether the reader may see the customer of a notice of `notices_with_names`; of others nobody knows, so no."""
    return bool(getattr(notice, "names", False))


def notice_row(notice: Notice) -> NoticeRow:
    """A notice of `notices_with_names` in the reader's language."""
    kind = registry().notice_kinds[notice.kind]
    about = notice.customer if may_name(notice) else None
    # A notice of a customer who was handed on is shown all the same, but without a link once it is out of reach.
    gone = kind.stays and notice.customer_id is not None and about is None
    return NoticeRow(notice, kind.say(notice.numbers), notice.text, about, "" if gone else notice.url)
