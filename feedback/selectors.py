"""Reads of complaints; each takes the reader first."""

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import (
    Aggregate,
    Avg,
    Case,
    Count,
    DateTimeField,
    DurationField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    When,
)
from django.db.models.functions import JSONObject
from django.http import Http404

from accounts.models import Team, User
from accounts.scope import ScopedQuerySet
from accounts.selectors import team_labels
from core import clock, company
from core.http import row_id
from core.texts import by_pinyin
from customers.models import Customer
from feedback import states
from feedback.models import Complaint, ComplaintStep
from followups.models import FollowUp

OPEN = ~Q(state=states.CLOSED)
NO_RESPONSE = Q(first_response_at=None)
PROMISE_RUNS = Q(first_response_at__isnull=False, state__in=sorted(states.PROMISE_RUNS))
OWNERS_MOVE = OPEN & (NO_RESPONSE | ~Q(state__in=sorted(states.NOT_THE_OWNERS_MOVE)))
SHORTEST_PART = 2  # signs of a number
CONTENT, DISSATISFIED = 4, 2  # from, and up to: of the five
FIGURES_OVER, CSAT_OVER = timedelta(days=30), timedelta(days=90)
FIGURES = ("received", "late", "reopened", "rated", "csat")

# The end of the clock that counts now: the first response, then the promise; empty when no clock runs.
CLOCK_DUE = Case(
    When(NO_RESPONSE, then=F("first_response_due_at")),
    When(PROMISE_RUNS, then=F("promised_at")),
    default=None,
    output_field=DateTimeField(),
)


SEVERITY_RANK = Case(
    *(When(severity=severity, then=rank) for rank, severity in enumerate(Complaint.Severity.values)),
    output_field=IntegerField(),
)
# What a clock is about, for the filter of the list; a late one is one that has passed its end.
CLOCKS = ("response", "solution", "none")


def clock_is(name: str) -> Q:
    """Open complaints whose first response or solution is awaited now, or on which no clock runs."""
    runs = {"response": NO_RESPONSE, "solution": PROMISE_RUNS & Q(promised_at__isnull=False)}
    return OPEN & (runs[name] if name in runs else ~(runs["response"] | runs["solution"]))


def breached_at(now: datetime) -> Q:
    """Open complaints whose running clock has passed its end."""
    return OPEN & ((NO_RESPONSE & Q(first_response_due_at__lt=now)) | (PROMISE_RUNS & Q(promised_at__lt=now)))


def figure_is(name: str) -> Q:
    """The complaints behind a figure (FIGURES): of the last 30 days, those of the team board of 90."""
    now = clock.now()
    recent = Q(received_at__gte=now - FIGURES_OVER)
    if name == "late":
        answered_late = Q(first_response_at__gt=F("first_response_due_at"))
        return recent & (answered_late | (NO_RESPONSE & Q(first_response_due_at__lt=now)))
    if name == "reopened":
        steps = ComplaintStep.objects.filter(complaint=OuterRef("pk"), to_state=states.REOPENED)
        return recent & Q(Exists(steps))
    if name == "rated":
        return recent & Q(csat__isnull=False)
    if name == "csat":
        return Q(closed_at__gte=now - CSAT_OVER, csat__isnull=False)
    return recent


def rated_in(month: date) -> Q:
    """Complaints closed in the month with an answer on satisfaction."""
    begin, end = (clock.day_bounds(day, company.zone())[0] for day in (month, clock.next_month(month)))
    return Q(closed_at__gte=begin, closed_at__lt=end, csat__isnull=False)


def rows() -> ScopedQuerySet:
    """Complaints with what a row shows, `clock_due` and `severity_rank` to sort by; for `row_for` and `for_user`."""
    related = Complaint.objects.select_related("customer__facts", "customer__owner", "owner")
    return related.annotate(clock_due=CLOCK_DUE, severity_rank=SEVERITY_RANK)


def complaints(user: User) -> ScopedQuerySet:
    """The complaints in reach of `user`."""
    return rows().for_user(user)


def number_filter(text: str) -> Q | None:
    """Complaints in whose number stands what was typed, which needs a digit: TS-2611-0088 is also found as 0088."""
    asked = unicodedata.normalize("NFKC", text).strip()
    if len(asked) < SHORTEST_PART or not any(sign.isdecimal() for sign in asked):
        return None
    literal = asked.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return Q(number__ilike=f"%{literal}%")


def complaints_numbered(user: User, text: str, most: int) -> list[Complaint]:
    """The first complaints in reach that somebody may mean by this number: the one that has it, then the latest."""
    condition = number_filter(text)
    if condition is None:
        return []
    exact = Case(When(number__iexact=text, then=0), default=1)
    rows = (
        Complaint.objects.for_user(user).filter(condition).select_related("customer").defer("customer__search_tokens")
    )
    return list(rows.order_by(exact, "-received_at", "-pk")[:most])


def handled_customers(user_id: int) -> set[int]:
    """Customers with an open complaint that this person owns and got from somebody else.

    Whoever takes a complaint in decides for themselves that there is one, so it opens nothing to them.
    """
    mine = Complaint.objects.filter(OPEN, owner=user_id).exclude(created_by=user_id)
    return set(mine.values_list("customer_id", flat=True))


def binned_for(user: User) -> ScopedQuerySet:
    """Complaints in the recycle bin that `user` may bring back: those they deleted, and all in reach of leads."""
    gone = Complaint.all_objects.filter(deleted_at__isnull=False, customer__deleted_at=None)
    gone = gone.select_related("customer__facts", "customer__owner", "owner", "deleted_by")
    if not user.can("complaint.delete"):
        return gone.none()
    return gone.filter(Q(pk__in=gone.for_user(user, "delete").values("pk")) | Q(deleted_by=user))


def binned(user: User, pk: int | str) -> Complaint:
    """One of them, else 404."""
    wanted = row_id(str(pk))
    found = None if wanted is None else binned_for(user).filter(pk=wanted).first()
    if found is None:
        raise Http404
    return found


def waiting_on(user: User) -> ScopedQuerySet:
    """Open complaints that `user` owns and must move: no first response yet, or not waiting for the customer.

    The one whose clock ends first comes first.
    """
    mine = rows().for_user(user, own=True, by="owner").filter(OWNERS_MOVE)
    return mine.order_by(F("clock_due").asc(nulls_last=True), "id")


def owners_move(user: User) -> ScopedQuerySet:
    """The person's own complaints that wait for their next step: the figure of the menu."""
    return Complaint.objects.for_user(user, own=True, by="owner").filter(OWNERS_MOVE)


def tab_counts(user: User, rows: QuerySet[Complaint]) -> dict[str, int]:
    """open, waiting, mine and breached of these rows, in one query over the open ones."""
    return rows.filter(OPEN).aggregate(
        open=Count("pk"),
        waiting=Count("pk", filter=OWNERS_MOVE & Q(owner=user)),
        mine=Count("pk", filter=Q(owner=user)),
        breached=Count("pk", filter=breached_at(clock.now())),
    )


class Median(Aggregate):
    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"


@dataclass(frozen=True)
class Figures:
    """The last 30 days. Shares are None without cases. `owners`: who has a complaint of these days or an open one."""

    received: int
    median_response: timedelta | None
    responded: int
    late: int
    reopened: int
    satisfaction: float | None
    answered: int
    owners: list[dict[str, Any]]

    @property
    def people(self) -> list[tuple[int, str]]:
        """They, by name."""
        return sorted({(one["pk"], one["name"]) for one in self.owners}, key=lambda one: by_pinyin(one[1]))

    @property
    def teams(self) -> list[tuple[int, str]]:
        """Their teams."""
        found = {
            one["team"]: Team(pk=one["team"], name=one["team_name"], path=one["team_path"])
            for one in self.owners
            if one["team"]
        }
        return sorted(team_labels(found.values()).items(), key=lambda one: by_pinyin(one[1]))

    @property
    def late_share(self) -> float | None:
        return self.late / self.received if self.received else None

    @property
    def reopened_share(self) -> float | None:
        return self.reopened / self.received if self.received else None


def figures(user: User) -> Figures:
    """How the complaints that came in the last 30 days fared: first response, breaches, reopened ones, satisfaction."""
    taken = F("first_response_at") - F("received_at")
    recent = figure_is("received")
    owner = JSONObject(
        pk="owner_id",
        name="owner__name",
        team="owner__team_id",
        team_name="owner__team__name",
        team_path="owner__team__path",
    )
    row = (
        Complaint.objects.for_user(user)
        .filter(recent | OPEN)
        .aggregate(
            received=Count("pk", filter=recent),
            median_response=Median(taken, output_field=DurationField(), filter=recent),
            responded=Count("first_response_at", filter=recent),
            late=Count("pk", filter=figure_is("late")),
            reopened=Count("pk", filter=figure_is("reopened")),
            satisfaction=Avg("csat", filter=recent),
            answered=Count("csat", filter=recent),
            owners=ArrayAgg(owner, distinct=True, default=[]),
        )
    )
    return Figures(**row)


def last_closed_at(user: User) -> datetime | None:
    """When the latest complaint in reach was closed."""
    closed = Complaint.objects.for_user(user).filter(state=states.CLOSED).order_by("-closed_at")
    return closed.values_list("closed_at", flat=True).first()


def steps_of(complaint: Complaint) -> list[ComplaintStep]:
    """The record of the case, newest first."""
    return list(complaint.steps.select_related("by", "owner").order_by("-at", "-id"))


def repair_of(user: User, complaint: Complaint) -> FollowUp | None:
    """What was planned to make a bad end good; only a complaint that ended so has it."""
    if complaint.is_open or (complaint.csat or 0) > DISSATISFIED:
        return None
    mine = FollowUp.objects.for_user(user).filter(source_key__startswith=f"complaint:{complaint.pk}:")
    return mine.select_related("assignee").order_by("-pk").first()


def others_of(user: User, complaint: Complaint, days: int = 365) -> int:
    """How many further complaints this customer had within `days`."""
    since = clock.now() - timedelta(days=days)
    same = Complaint.objects.for_user(user).filter(customer_id=complaint.customer_id, received_at__gte=since)
    return same.exclude(pk=complaint.pk).count()


def owner_choices(user: User, customer: Customer | None = None, complaint: Complaint | None = None) -> ScopedQuerySet:
    """Active people who may work on complaints: those `user` may know of, the customer's owner, the present one."""
    known = Q(pk__in=User.objects.for_user(user).values("pk")) | Q(pk=user.pk)
    if customer is not None:
        known |= Q(pk__in=[customer.owner_id or 0, customer.service_owner_id or 0])
    if complaint is not None:
        known |= Q(pk=complaint.owner_id)
    working = Q(is_active=True, role__grants__permission="complaint.change")
    return User.objects.filter(known & working).order_by("name_sort", "id").distinct()


def visible_customers(user: User, found: list[Complaint]) -> set[int]:
    """Ids of the customers whose page `user` may open: an owner of a complaint alone may not."""
    ids = {row.customer_id for row in found}
    return set(Customer.objects.for_user(user).filter(pk__in=ids).values_list("pk", flat=True))
