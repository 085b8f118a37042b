"""The queue of Today: overdue, due today, churn warnings, what waits in other apps, customers without a plan.

Each part is one query that brings its first rows, how many there are in all and the value at risk.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Count, F, OuterRef, Q, QuerySet, Sum, Value, When, Window
from django.db.models.functions import JSONObject, RowNumber
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from accounts.models import User
from core import clock
from core.composed import composed
from core.contributions import TodayRow, Words, registry
from customers import persistence
from customers.facts import Read, read_by
from customers.icons import KIND_ICONS
from customers.models import ACTIVE, Customer, InteractionKind, Stage, Warn
from customers.rules import write_up_within
from followups import selectors
from followups.cadence import Pace
from followups.hours.days import person_days
from followups.models import FollowUp
from followups.review.conditions import SINGLE
from followups.selectors import OPEN
from followups.visits import is_over, took_place
from segmentation.catalogue import tier_of
from segmentation.models import ChurnCase, ChurnReason, Tier
from segmentation.selectors import warnings_shown
from segmentation.wording import reason_texts
from ui import cells, formatting

OVERDUE, TODAY, PUT_OFF, WARNING, NO_PLAN = "overdue", "today", "put_off", "warning", "no_plan"
KIND_WORDS = dict(InteractionKind.choices)
PER_SECTION = 15
ROWS_IN_ALL = 25  # keeps the page light on a phone; the rest is one tap away
AT_LEAST = 5
REASONS, REASONS_READ = 2, 6  # some say what another says already
LATER, ELSEWHERE = 2, 3  # planned for another day; among the contacts of today and before


# What a row reads: a customer has forty columns, and naming, fetching and unpacking them all takes longer than the
# search for the rows.
CUSTOMER = (
    "name",
    "kind",
    "created_at",
    "phone",
    "wechat",
    "address",
    "region",
    "owner",
    "service_owner",
    "stage",
    "do_not_contact",
)
FOLLOW_UP: tuple[str, ...] = (
    *("due_on", "due_time", "due_at", "method", "snoozed_until", "source", "purpose", "reason_code", "reason"),
    *("reckoned_on", "assignee_id", "created_at", "created_by__name"),  # to say where it comes from
)


def shown(prefix: str = "") -> list[str]:
    """The fields that a row reads of its customer, behind `prefix`."""
    return [f"{prefix}{name}" for name in (*CUSTOMER, *(f"facts__{name}" for name in read_by(Read.TODAY)))]


def log_url(customer_id: int, then: str = "") -> str:
    """The form that logs a contact with this customer and comes back here, to the row of that id."""
    form, back = _log_form(settings.ROOT_URLCONF)
    return f"{form}?customer={customer_id}&{urlencode({'next': f'{back}#{then}' if then else back})}"


@cache
def _log_form(urlconf: str) -> tuple[str, str]:
    """The two addresses that each row names."""
    return reverse("interaction_new", urlconf), reverse("today", urlconf)


@dataclass(frozen=True)
class Row:
    """One customer to act on: who, why now, last contact, what is at stake, and what can be done."""

    customer: Customer
    tag: str
    tone: str
    why: Sequence[str] = ()
    typed: str = ""
    follow_up: FollowUp | None = None
    waits: TodayRow | None = None  # in another app, which contributes it
    at_risk: int | None = None

    @property
    def tier(self) -> Tier | None:
        return tier_of(self.customer)

    @property
    def last_at(self) -> datetime | None:
        return self.customer.facts.last_contact_at

    @property
    def last_word(self) -> str:
        """The kind of the last contact: call, visit..."""
        return str(KIND_WORDS.get(self.customer.facts.last_contact_kind, ""))

    @property
    def icon(self) -> str:
        return KIND_ICONS.get(self.customer.facts.last_contact_kind, "message-circle")

    @property
    def worth(self) -> int | None:
        return self.customer.facts.monetary

    @property
    def is_silent(self) -> bool:
        """Whether it was planned after three tries without an answer: a person decides how to go on."""
        return self.follow_up is not None and self.follow_up.reason.get("pace") == Pace.NO_RESPONSE

    @property
    def move_url(self) -> str:
        """Where a tap on another day goes: moves what is planned, or plans it."""
        if self.follow_up is not None:
            return cells.row_url("follow_up_move", self.follow_up.pk)
        return cells.row_url("follow_up_plan", self.customer.pk)


@dataclass(frozen=True)
class Section:
    """One part of the queue. `total` counts all rows behind it, `at_risk` adds up their value at risk."""

    key: str
    title: Words
    css: str
    all_url: str
    rows: Sequence[Row]
    total: int = 0
    at_risk: int = 0
    now: int | None = None  # how many of `total` are for today, where not all are
    due: int = 0  # how many planned contacts of today and before stand in it
    listed: int | None = None  # how many the page behind it lists, where that isn't `total`
    most: int = 0  # how many of it a person is shown in a day, where that is limited
    apart: str = ""  # where the others of `count` stand, where not all of them are rows of this part

    @property
    def count(self) -> int:
        """The figure of its word, the same as on the page behind it."""
        return self.total if self.listed is None else self.listed

    @property
    def waiting(self) -> int:
        """How many of all are today's work; the others are planned for later."""
        return self.count if self.now is None else self.now

    @property
    def capped(self) -> bool:
        """Whether it shows all that a person is to see in a day, and not less for want of room."""
        return 0 < self.most <= len(self.rows)

    @property
    def wordy(self) -> bool:
        """Whether its rows say much: on a phone they get a line more."""
        return self.key not in (OVERDUE, TODAY, PUT_OFF, NO_PLAN)

    @property
    def hidden(self) -> int:
        return self.total - len(self.rows)


def places(parts: Sequence[Section]) -> list[tuple[str, int]]:
    """The name of each row on the page, and its customer's id, in their order."""
    return [(f"{part.key}-{row.customer.pk}", row.customer.pk) for part in parts for row in part.rows]


def log_after(parts: Sequence[Section], name: str) -> str:
    """The log form of the row of that name, or of the first where it is gone; Today where nothing waits."""
    found = places(parts)
    at = next((n for n, (place, _customer) in enumerate(found) if place == name), 0)
    if not found:
        return reverse("today")
    then = found[at + 1][0] if at + 1 < len(found) else ""
    return log_url(found[at][1], then)


TITLES = {
    OVERDUE: (gettext_lazy("Overdue"), "fill-danger"),
    TODAY: (gettext_lazy("Due today"), "fill-accent"),
    PUT_OFF: (gettext_lazy("Later today"), "fill-none"),
    WARNING: (gettext_lazy("Churn warnings"), "fill-warn"),
    NO_PLAN: (gettext_lazy("No plan"), "fill-none"),
}


def sections(user: User) -> list[Section]:
    """The parts that hold something, in their fixed order, cut to what fits one page."""
    today = clock.user_today(user)
    due = _due(user, today)
    parts = [
        *(_planned(key, due, user, today) for key in (OVERDUE, TODAY, PUT_OFF)),
        _warnings(user, [row for row in due if row.part == WARNING], today),
        *_waiting(user),
        _unplanned(user, today),
    ]
    return _cut([part for part in parts if part.rows])


def own_sections(user: User) -> list[Section]:
    """What waits on the person themselves: planned contacts and work of other apps, without the book of customers.

    The warnings are those of all their people, so what is planned against one is a follow-up of the day like others.
    """
    today = clock.user_today(user)
    due = _due(user, today, warnings_apart=False)
    parts = [*(_planned(key, due, user, today) for key in (OVERDUE, TODAY, PUT_OFF)), *_waiting(user)]
    return _cut([part for part in parts if part.rows])


def _cut(parts: list[Section]) -> list[Section]:
    """At least five rows of each part, up to twenty while the page has room."""
    room = ROWS_IN_ALL - sum(min(len(part.rows), AT_LEAST) for part in parts)
    cut = []
    for part in parts:
        more = min(max(len(part.rows) - AT_LEAST, 0), max(room, 0))
        room -= more
        cut.append(replace(part, rows=part.rows[: AT_LEAST + more]))
    return cut


def _section(
    key: str,
    all_url: str,
    rows: list[Row],
    total: int,
    at_risk: int | None = 0,
    *,
    now: int | None = None,
    due: int = 0,
    listed: int | None = None,
    apart: str = "",
) -> Section:
    title, css = TITLES[key]
    return Section(key, title, css, all_url, rows, total, at_risk or 0, now, due, listed, apart=apart)


def _split(*found: tuple[int, str]) -> str:
    """Where the rows behind a figure stand, in words: "3 here, 4 under churn warnings"; "" where all are here."""
    words = [said % {"n": formatting.number(n)} for n, said in found if n]
    return pgettext("between list items", ", ").join(words) if any(n for n, _said in found[1:]) else ""


# --- follow-ups ------------------------------------------------------------------------------------------------------
@composed
def _due(user: User, today: date, *, warnings_apart: bool = True) -> QuerySet[FollowUp]:
    """What is open for the person up to today; `part` says where it belongs, the sums are of the part.

    What was put off until later stands apart until its minute.
    """
    later = When(snoozed_until__gt=clock.now(), then=Value(PUT_OFF))
    apart = [When(source=FollowUp.Source.WARNING, then=Value(WARNING))] if warnings_apart else []
    part = Case(later, When(due_on__lt=today, then=Value(OVERDUE)), *apart, default=Value(TODAY))
    order = [
        Case(When(snoozed_until__gt=clock.now(), then=F("snoozed_until"))).asc(nulls_last=True),
        F("due_on").asc(),
        F("due_time").asc(nulls_last=True),
        F("customer__facts__tier_rank").asc(nulls_last=True),
        F("customer__facts__monetary").desc(nulls_last=True),
        F("pk").asc(),
    ]
    mine = FollowUp.objects.for_user(user, own=True, by="assignee").filter(OPEN, SINGLE, due_on__lte=today)
    placed = mine.annotate(
        part=part,
        place=Window(RowNumber(), partition_by=part, order_by=order),
        total=Window(Count("pk"), partition_by=part),
        late=Window(Count("pk", filter=Q(due_on__lt=today)), partition_by=part),
        risk=Window(Sum("customer__facts__value_at_risk"), partition_by=part),
    )
    few = placed.filter(place__lte=PER_SECTION).order_by("part", "place")
    return few.select_related("customer__facts", "created_by").only(*FOLLOW_UP, *shown("customer__"))


def _planned(key: str, due: list[Any], user: User, today: date) -> Section:
    found = [row for row in due if row.part == key]
    when = "all" if key == PUT_OFF else key
    link = f"{reverse('follow_up_list')}?{urlencode({'when': when, 'whose': 'mine'})}"
    total, risk = (found[0].total, found[0].risk) if found else (0, 0)
    rows = [follow_up_row(row, user, today) for row in found]
    if key == PUT_OFF:
        return _section(key, link, rows, total, risk, due=total)
    # The list of follow-ups has the win-back tasks of today, which stand under the warnings here, and what was put off.
    tasks = next((row.total for row in due if row.part == WARNING), 0) if key == TODAY else 0
    off = next((row for row in due if row.part == PUT_OFF), None)
    away = 0 if off is None else off.late if key == OVERDUE else off.total - off.late
    now = total + tasks if away else None
    apart = _split(
        (total, _("%(n)s here")),
        (tasks, _("%(n)s under churn warnings")),
        (away, _("%(n)s put off until later")),
    )
    return _section(key, link, rows, total, risk, now=now, due=total, listed=total + tasks + away, apart=apart)


def follow_up_row(follow_up: FollowUp, user: User, today: date) -> Row:
    """A planned contact of the person as a row."""
    customer = follow_up.customer
    return Row(
        customer,
        *due_tag(follow_up, user, today),
        why=[said for said in (selectors.why_in_brief(follow_up), persistence.brief(customer)) if said],
        typed=follow_up.purpose,
        follow_up=follow_up,
        at_risk=customer.facts.value_at_risk,
    )


def due_tag(follow_up: FollowUp, user: User, today: date) -> tuple[str, str]:
    """(words, tone): 3 days overdue, today 10:30, put off until 14:00; a visit that is over: 3 h left."""
    if follow_up.snoozed_until is not None and follow_up.snoozed_until > clock.now():
        return _("until %(time)s") % {"time": formatting.clock(follow_up.snoozed_until)}, ""
    if is_over(follow_up, today):
        was = took_place(follow_up.due_on, follow_up.due_at, clock.user_zone(user))
        left = was + write_up_within() - clock.now()
        words = _("%(span)s to write up") if left >= timedelta(0) else _("write-up %(span)s late")
        return words % {"span": _in_brief(abs(left))}, "danger" if left < write_up_within() / 4 else "warn"
    late = (today - follow_up.due_on).days
    if late > 0:
        return ngettext("%(n)s day overdue", "%(n)s days overdue", late) % {"n": late}, "danger"
    if follow_up.due_time:
        words = _("today by %(time)s") if follow_up.is_deadline else _("today %(time)s")
        return words % {"time": f"{follow_up.due_time:%H:%M}"}, "accent"
    return _("today"), "accent"


def _in_brief(span: timedelta) -> str:
    """In its largest unit: a tag of a row has room for no more."""
    for unit in (timedelta(days=1), timedelta(hours=1)):
        if span >= unit:
            return formatting.duration(span // unit * unit)
    return formatting.duration(span)


# --- churn warnings --------------------------------------------------------------------------------------------------
def _warnings(user: User, tasks: list[FollowUp], today: date) -> Section:
    """Win-back tasks of today, then warnings for which nothing is planned, then the largest of those planned later."""
    by_customer = {task.customer_id: task for task in tasks}
    most = warnings_shown()
    found = _first_cases(user, today, tuple(by_customer), max(PER_SECTION, most))
    first = [case for case in found if case.place <= LATER]
    shown = [case for case in first if case.place < LATER] or first[:AT_LEAST]
    rows = [case_row(case, by_customer.get(case.customer_id), today) for case in shown]
    listed = {case.customer_id for case in first}
    alone = [follow_up_row(task, user, today) for task in tasks if task.customer_id not in listed]
    total, all_open, risk, urgent = 0, 0, 0, 0
    if found:
        total, all_open, risk, urgent = found[0].here, found[0].total, found[0].risk, found[0].now
    few, more = (alone + rows)[:most], len(alone)
    link = f"{reverse('warning_list')}?{urlencode({'owner': user.pk})}"
    due = tasks[0].total if tasks else 0
    apart = _split(
        (urgent, _("%(n)s for today")),
        (total - urgent, _("%(n)s planned for later")),
        (all_open - total, _("%(n)s among what is overdue or due")),
        (more, _("besides %(n)s to win back without an open warning of yours")),
    )
    made = _section(WARNING, link, few, total + more, risk, now=urgent + more, due=due, listed=all_open, apart=apart)
    return replace(made, most=most)


@composed
def _first_cases(user: User, today: date, with_task: Sequence[int], most: int) -> QuerySet[Any, Any]:
    """Those of customers with a task of today first, those who stand among the planned contacts last.

    `now` counts the first and those for which nothing is planned, `here` all but the last, `total` all.
    """
    task_today, planned = Q(customer__in=with_task), Q(customer__facts__next_follow_up_on__isnull=False)
    due_otherwise = Q(customer__facts__next_follow_up_on__lte=today) & ~task_today
    place = Case(When(due_otherwise, then=ELSEWHERE), When(task_today, then=0), When(planned, then=LATER), default=1)
    found = cases(user, own=True).annotate(place=place, here=Window(Count("pk", filter=~due_otherwise)))
    found = found.annotate(now=Window(Count("pk", filter=~due_otherwise & (task_today | ~planned))))
    return found.order_by("place", F("value_at_risk").desc(nulls_last=True), "pk")[:most]


def cases(user: User, own: bool = False) -> QuerySet[ChurnCase]:
    """Open warnings of the customers of people in reach, or of one's own, the largest value at risk first."""
    reasons = ChurnReason.objects.filter(case=OuterRef("pk")).order_by("position")
    rows = ChurnCase.objects.for_user(user, own=own, by="customer__owner")
    if own:
        # Told once more as the ids of an index: else each open case of the company is looked up for its owner.
        # unscoped: only narrows what the scope lets through
        rows = rows.filter(customer__in=Customer.objects.filter(owner=user).order_by().values("pk"))
    return (
        rows.filter(closed_at=None, customer__deleted_at=None)
        .select_related("customer__facts", "customer__owner")
        .only("level", "opened_on", "value_at_risk", "customer__owner__name", *shown("customer__"))
        .annotate(
            reasons_json=ArraySubquery(reasons.values(data=JSONObject(code="code", numbers="numbers"))[:REASONS_READ]),
            total=Window(Count("pk")),
            risk=Window(Sum("value_at_risk")),
        )
        .order_by(F("value_at_risk").desc(nulls_last=True), "pk")
    )


def case_row(case: ChurnCase, task: FollowUp | None, today: date) -> Row:
    """A churn warning as a row."""
    red = case.level == "red"
    reasons = ((reason["code"], reason["numbers"]) for reason in case.reasons_json)
    why = reason_texts(reasons, case.customer.facts, REASONS)
    planned_on = case.customer.facts.next_follow_up_on
    if task is None and planned_on is not None and planned_on > today:
        why = [_("planned for %(day)s") % {"day": formatting.day_short(planned_on)}, *why[:1]]
    return Row(
        case.customer,
        _("red warning") if red else _("yellow warning"),
        "danger" if red else "warn",
        why=why or [_("Warning since %(day)s") % {"day": formatting.day_short(case.opened_on)}],
        follow_up=task,
        at_risk=case.value_at_risk,
    )


# --- work of other apps ----------------------------------------------------------------------------------------------
def _waiting(user: User) -> list[Section]:
    """The parts that apps contribute."""
    parts = []
    for section in registry().today:
        found, total = section.find(user, PER_SECTION)
        rows = [Row(waits.customer, "", "", typed=waits.text, waits=waits) for waits in found]
        all_url = f"{reverse(section.page)}?{section.query}"
        parts.append(Section(section.key, section.title, section.css, all_url, rows, total))
    return parts


# --- without a plan --------------------------------------------------------------------------------------------------
def _unplanned(user: User, today: date) -> Section:
    found = _first_without_plan(user)
    link = f"{reverse('customer_list')}?{urlencode({'view': 'unplanned'})}"
    rows = [Row(row, _("no plan"), "", why=[_since(row)]) for row in found]
    return _section(NO_PLAN, link, rows, found[0].total if found else 0)


@composed
def _first_without_plan(user: User) -> QuerySet[Any, Any]:
    rows = without_plan(user).annotate(total=Window(Count("pk")))
    return rows.order_by("facts__tier_rank", F("facts__monetary").desc(nulls_last=True), "pk")[:PER_SECTION]


TO_CONTACT = ~Q(stage=Stage.PAUSED) & Q(do_not_contact=False)
# Whom a hold-out leaves out has no date on purpose: nobody is reminded to give them one.
PLANNED_FOR = Q(facts__left_out=False)


def without_plan(user: User) -> QuerySet[Customer]:
    """One's own active customers with no next date; those with a warning stand under the warnings."""
    unplanned = Q(facts__next_follow_up_on=None, facts__warning=Warn.NONE, facts__lifecycle__in=ACTIVE)
    unplanned &= PLANNED_FOR
    rows = Customer.objects.for_user(user, own=True, by="owner").filter(unplanned, TO_CONTACT)
    return rows.select_related("facts").only(*shown())


def _since(customer: Customer) -> str:
    facts = customer.facts
    if facts.last_contact_at:
        return _("Last activity %(ago)s") % {"ago": _ago(facts.last_contact_at)}
    if facts.first_order_on:
        return _("Never contacted; first order %(ago)s") % {"ago": _ago(facts.first_order_on)}
    return _("Never contacted; entered %(ago)s") % {"ago": _ago(customer.created_at)}


def _ago(then: date | datetime) -> str:
    return formatting.days_ago(clock.days_since(then))


def next_due(user: User) -> tuple[date, int]:
    """The next working day, and how many of the person's own open contacts are planned until then."""
    tomorrow = clock.user_today(user) + timedelta(days=1)
    day = person_days(user.pk).next_day(tomorrow)
    mine = FollowUp.objects.for_user(user, own=True, by="assignee").filter(OPEN, SINGLE)
    return day, mine.filter(due_on__gte=tomorrow, due_on__lte=day).count()


def own_customers(user: User) -> dict[str, int]:
    """How many customers the person has, and for how many of the active ones nothing is planned within 7 days."""
    week = clock.user_today(user) + timedelta(days=7)
    active = TO_CONTACT & PLANNED_FOR & Q(facts__lifecycle__in=ACTIVE)
    unplanned = Q(facts__next_follow_up_on=None) | Q(facts__next_follow_up_on__gt=week)
    rows = Customer.objects.for_user(user, own=True, by="owner")
    return rows.aggregate(all=Count("pk"), open=Count("pk", filter=active & unplanned))
