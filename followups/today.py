"""What stands beside a person's Today of this app: visits to write up, and reminders ahead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Subquery, Value, Window
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce, JSONObject
from django.db.models.lookups import GreaterThanOrEqual, In
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import User
from core import clock
from core.contributions import TodayCard
from core.models import Draft
from customers import birthdays
from customers.models import Customer
from customers.rules import write_up_within
from followups import reasons
from followups.cadence import quarter_end
from followups.hours.conditions import has_days_off, on_own_day_off
from followups.log.offline import PREFIX, WrittenOffline
from followups.models import FollowUp
from followups.occasions.days import OF_CUSTOMERS
from followups.review.conditions import SINGLE
from followups.selectors import OPEN, greetings, reminders_ahead, to_look_through
from followups.visits import passed, took_place
from ui import formatting
from ui.drafts import fields_of

VISITS_SHOWN = 5
REMINDERS_SHOWN = 3
CELEBRATIONS_READ, CELEBRATIONS_SHOWN = 40, 4


# --- visits to write up ----------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Visit:
    """A planned visit whose time has passed without an entry; `left` is below zero when the 24 hours are over."""

    pk: int
    customer_id: int
    name: str
    left: timedelta

    @property
    def late(self) -> bool:
        return self.left < timedelta(0)

    @property
    def over(self) -> timedelta:
        return -self.left

    @property
    def hot(self) -> bool:
        return self.left < write_up_within() / 4

    @property
    def share(self) -> float:
        return max(self.left / write_up_within(), 0)

    @property
    def log_url(self) -> str:
        """The form that logs the visit and comes back to Today."""
        asked = {"customer": str(self.customer_id), "visit": str(self.pk), "next": reverse("today")}
        return f"{reverse('interaction_new')}?{urlencode(asked)}"


def _read_visits(user: User) -> ArraySubquery:
    """Visits whose planned time has passed and that have no entry in the log."""
    rows = FollowUp.objects.for_user(user, own=True, by="assignee").filter(
        passed(clock.user_today(user)), state=FollowUp.State.OPEN, customer__deleted_at=None
    )
    counted = rows.annotate(total=Window(Count("pk")))
    shown = JSONObject(
        pk="pk", customer="customer_id", name="customer__name", due_on="due_on", due_at="due_at", total="total"
    )
    return ArraySubquery(counted.order_by("-due_on", "pk").values(data=shown)[:VISITS_SHOWN])


@dataclass(frozen=True)
class ToWriteUp:
    """The latest of them; `total` counts all."""

    visits: list[Visit]
    total: int
    may_log: bool

    @property
    def first(self) -> Visit:
        """Whose 24 hours are over next; where all are over, the latest."""
        return min(
            (visit for visit in self.visits if not visit.late), key=lambda visit: visit.left, default=None
        ) or max(self.visits, key=lambda visit: visit.left)

    @property
    def all_url(self) -> str:
        """The list of what is overdue, where the others stand."""
        return f"{reverse('follow_up_list')}?{urlencode({'whose': 'mine', 'when': 'overdue'})}"


def _draw_visits(user: User, found: list[dict[str, Any]] | None) -> ToWriteUp | None:
    visits = []
    for row in found or []:
        timed = datetime.fromisoformat(row["due_at"]) if row["due_at"] else None
        was = took_place(date.fromisoformat(row["due_on"]), timed, clock.user_zone(user))
        visits.append(Visit(row["pk"], row["customer"], row["name"], was + write_up_within() - clock.now()))
    return ToWriteUp(visits, found[0]["total"], user.can("interaction.add")) if found else None


# --- visits that came in from a phone without a network ---------------------------------------------------------------
def _read_written_offline(user: User) -> ArraySubquery:
    """Those that couldn't be saved as they were (log/offline.py)."""
    rows = Draft.objects.filter(user=user, form_key__startswith=PREFIX).order_by("updated_at", "pk")
    return ArraySubquery(rows.values(said=JSONObject(key="form_key", data="data"))[:VISITS_SHOWN])


def _draw_written_offline(user: User, found: list[dict[str, Any]] | None) -> list[WrittenOffline]:
    return [WrittenOffline(row["key"].removeprefix(PREFIX), fields_of(row["data"])) for row in found or []]


# --- birthdays -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Celebration:
    """A birthday or founding day of the week that no follow-up is planned for."""

    pk: int
    name: str
    on: date
    month: str
    words: str
    today: bool


@dataclass(frozen=True)
class Celebrations:
    """`all` and `planned` are the figures of the lists that they open."""

    all: int
    planned: int
    rows: list[Celebration]


def _read_celebrations(user: User) -> JSONObject:
    """Of one's own customers, lunar birthdays too; without those for whom a follow-up has been planned or done."""
    today = clock.user_today(user)
    of_week = Customer.objects.for_user(user, own=True).filter(birthdays.within(today, birthdays.A_WEEK))
    greeted = FollowUp.objects.filter(
        ~Q(state=FollowUp.State.CANCELLED),
        In(KT("reason__what"), [what.value for what in OF_CUSTOMERS]),
        GreaterThanOrEqual(KT("reason__day"), Value(today.isoformat())),
        customer=OuterRef("pk"),
        reason_code=reasons.OCCASION,
    )
    # Read once: who is greeted already stands behind the others and isn't drawn.
    placed = of_week.annotate(silent=Q(do_not_contact=True) | Exists(greeted), total=Window(Count("pk")))
    planned = FollowUp.objects.for_user(user, own=True, by="assignee")
    planned = planned.filter(greetings(today), state=FollowUp.State.OPEN, customer__deleted_at=None)
    shown = JSONObject(
        pk="pk",
        name="name",
        birthday="birthday",
        lunar="birthday_is_lunar",
        leap="birthday_leap_month",
        founded="founded_on",
        silent="silent",
        total="total",
    )
    return JSONObject(
        planned=_counted(planned),
        rows=ArraySubquery(placed.order_by("silent", "pk").values(data=shown)[:CELEBRATIONS_READ]),
    )


def _counted(rows: QuerySet[Any]) -> Coalesce:
    counted = rows.order_by().annotate(one=Value(1)).values("one").annotate(n=Count("pk"))
    return Coalesce(Subquery(counted.values("n")), 0)


def _draw_celebrations(user: User, found: dict[str, Any]) -> Celebrations | None:
    found_rows = found["rows"] or []
    total = found_rows[0]["total"] if found_rows else 0
    if not total and not found["planned"]:
        return None
    today = clock.user_today(user)
    alone = (_celebration(row, today) for row in found_rows if not row["silent"])
    rows = sorted(alone, key=lambda one: (one.on, one.name))
    return Celebrations(total, found["planned"], rows[:CELEBRATIONS_SHOWN])


def _celebration(row: dict[str, Any], today: date) -> Celebration:
    kept = partial(birthdays.kept_on, first=today, days=birthdays.A_WEEK)
    if day := kept(row["birthday"], lunar=row["lunar"], leap=row["leap"]):
        words = str(_("birthday, lunar calendar") if row["lunar"] else _("birthday"))
    else:
        day = kept(row["founded"]) or today
        years = day.year - int(row["founded"][:4])
        words = ngettext("founded %(n)s year ago", "founded %(n)s years ago", years) % {"n": years}
    return Celebration(row["pk"], row["name"], day, _month(day), words, day == today)


# --- reminders -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Ahead:
    """A reminder that is to come; `month` and `day` stand on the leaf beside it."""

    text: str
    name: str | None
    due_at: datetime
    month: str
    day: int
    today: bool


def _read_reminders(user: User) -> ArraySubquery:
    shown = JSONObject(text="text", due_at="due_at", name="customer__name")
    return ArraySubquery(reminders_ahead(user).values(data=shown)[:REMINDERS_SHOWN])


def _draw_reminders(user: User, found: list[dict[str, Any]] | None) -> list[Ahead]:
    zone, today, ahead = clock.user_zone(user), clock.user_today(user), []
    for row in found or []:
        due_at = datetime.fromisoformat(row["due_at"])
        day = due_at.astimezone(zone).date()
        ahead.append(Ahead(row["text"], row["name"], due_at, _month(day), day.day, day == today))
    return ahead


def _month(day: date) -> str:
    return f"{day.month}月" if formatting.chinese() else formatting.month_short(day)


# --- the review list -------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Reviews:
    """How many customers wait to be looked through, and until when."""

    count: int
    until: date


def _read_reviews(user: User) -> Subquery:
    counted = to_look_through(user).order_by().annotate(one=F("assignee")).values("one").annotate(n=Count("pk"))
    return Subquery(counted.values("n"))


def _draw_reviews(user: User, found: int | None) -> Reviews | None:
    return Reviews(found, quarter_end(clock.user_today(user))) if found else None


# --- what people planned for days off ---------------------------------------------------------------------------------
@dataclass(frozen=True)
class DaysOff:
    """How many follow-ups whose days people chose stand on days on which the person is away or doesn't work."""

    count: int
    first: date
    url: str


def _read_days_off(user: User) -> Subquery:
    today = clock.user_today(user)
    mine = FollowUp.objects.for_user(user, own=True, by="assignee").filter(OPEN, SINGLE, due_on__gte=today)
    coming = mine.filter(has_days_off(user, today)).filter(on_own_day_off())
    counted = coming.order_by().annotate(one=Value(1)).values("one").annotate(n=Count("pk"), day=Min("due_on"))
    return Subquery(counted.values(data=JSONObject(count="n", first="day")))


def _draw_days_off(user: User, found: dict[str, Any] | None) -> DaysOff | None:
    if not found or not found["count"]:
        return None
    url = f"{reverse('follow_up_calendar')}?{urlencode({'day': found['first']})}"
    return DaysOff(found["count"], date.fromisoformat(found["first"]), url)


CARDS = (
    TodayCard(
        "days_off",
        _("Planned for your days off"),
        "followups/today/days_off.html",
        8,
        permission="follow_up.view",
        read=_read_days_off,
        draw=_draw_days_off,
    ),
    TodayCard(
        "offline",
        _("Written without a network"),
        "followups/today/offline.html",
        5,
        permission="interaction.add",
        read=_read_written_offline,
        draw=lambda user, found: _draw_written_offline(user, found) or None,
    ),
    TodayCard(
        "visits",
        _("Visits to write up"),
        "followups/today/visits.html",
        10,
        permission="follow_up.view",
        read=_read_visits,
        draw=_draw_visits,
        strip="followups/today/visits_strip.html",
    ),
    TodayCard(
        "reviews",
        _("To look through"),
        "followups/today/reviews.html",
        20,
        permission="follow_up.view",
        read=_read_reviews,
        draw=_draw_reviews,
    ),
    TodayCard(
        "celebrations",
        _("Birthdays and founding days"),
        "followups/today/celebrations.html",
        20,
        permission="customer.view",
        read=_read_celebrations,
        draw=_draw_celebrations,
    ),
    TodayCard(
        "reminders",
        _("Reminders"),
        "followups/today/reminders.html",
        30,
        permission="reminder.view",
        read=_read_reminders,
        draw=_draw_reminders,
    ),
)
