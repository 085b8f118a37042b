"""Who hears of a complaint: who has to answer it, the customer's owner, and the lead before a clock breaks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import DateTimeField, DurationField, ExpressionWrapper, F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from accounts.policy import ALL, TEAM
from accounts.scope import reach_of
from accounts.selectors import holders
from core import clock
from core.contributions import NoticeKind
from core.locks import only_one
from core.notices import tell
from core.rounds import each
from customers.services.followers import News, followers_tell
from feedback import hours, sla
from feedback.models import Complaint
from feedback.selectors import CLOCK_DUE, OPEN
from followups.models import Notice
from ui import formatting

CODE, CLOCK_CODE, FOLLOWED_CODE = "complaint", "complaint_clock", "followed_complaint"
OWNER_AT = sla.SHORT  # the owner hears when less than this share of the time is left, as the pages mark it,
LEAD_AT = 0.1  # the lead when the owner has not moved since
LAST_CALL = timedelta(minutes=30)  # before work ends: what runs short until work begins again is told now
OLD_NEWS = timedelta(days=1)  # a clock that broke longer ago is told by the pages alone
MOST_AT_ONCE = 5  # to one person; the rest is one notice that counts


# --- what happened to a complaint ------------------------------------------------------------------------------------
def received_notices(complaint: Complaint, by: User) -> None:
    """Tell who has to answer it, and the customer's owner where that is somebody else."""
    _tell(complaint, complaint.owner, "received", by)
    owner = complaint.customer.owner
    if owner is not None and owner.pk != complaint.owner_id:
        _tell(complaint, owner, "of_customer", by)
    news = News(
        complaint.customer,
        str(complaint.pk),
        {"number": complaint.number, "severity": complaint.severity},
        source_id=complaint.pk,
        url=reverse("complaint", args=[complaint.pk]),
        heard=frozenset({complaint.owner_id, complaint.customer.owner_id}),
    )
    followers_tell(FOLLOWED_CODE, [news], by=by)


def handed_notices(complaint: Complaint, before: User, by: User, note: str) -> None:
    """Tell who has to answer it from now on, and who no longer has to."""
    _tell(complaint, complaint.owner, "handed", by, note)
    _tell(complaint, before, "gone", by, note)


def reopened_notice(complaint: Complaint, by: User, note: str) -> None:
    """Tell who has it that it is open again."""
    _tell(complaint, complaint.owner, "reopened", by, note)


def _tell(complaint: Complaint, user: User, what: str, by: User, text: str = "") -> None:
    ends = complaint.clock
    tell(
        user=user,
        by=by,
        kind=CODE,
        key=f"complaint:{complaint.pk}:{complaint.version}:{what}:{user.pk}",
        source_id=complaint.pk,
        customer=complaint.customer,
        numbers={
            "what": what,
            "by_name": by.name,
            "owner": complaint.owner.name,
            **_numbers(complaint, ends.name, ends.due_at),
        },
        text=text,
        url=reverse("complaint", args=[complaint.pk]),
    )


def _numbers(complaint: Complaint, clock_name: str, due_at: datetime | None) -> dict[str, Any]:
    return {
        "number": complaint.number,
        "severity": complaint.severity,
        "clock": clock_name,
        "due": due_at.isoformat() if due_at else None,
    }


# --- the clock is about to break -------------------------------------------------------------------------------------
@dataclass(frozen=True)
class _Warning:
    """One clock to be told to the owner or the leads; its key is that of the clock, so that each is told once."""

    complaint: Complaint
    name: str
    due_at: datetime
    to_lead: bool

    def key(self, user_id: int) -> str:
        told = f"clock:{self.complaint.pk}:{self.name}:{self.due_at:%Y%m%d%H%M%S}"
        return f"{told}:lead:{user_id}" if self.to_lead else f"{told}:owner"


def clock_notices_make() -> int:
    """Tell of the clocks that are about to break, in working hours; returns how many notices were made.

    It looks for what was not told yet: run late or twice it makes the same notices.
    """
    horizon = _horizon(clock.now())
    if horizon is None or not _news(horizon):
        return 0
    with only_one("complaint-clocks") as mine:
        return _tell_all(horizon) if mine else 0


def _tell_all(horizon: datetime) -> int:
    """Look again, now that nobody else tells, and tell."""
    news = _news(horizon)
    return each("clock_notices", lambda user: _tell_of_clocks(user, news[user]), news)


def _horizon(now: datetime) -> datetime | None:
    """Until when a clock must run short to be told now: shortly before work ends, until it begins again."""
    work = hours.work_time()
    today, following = islice(work.days_from(now.astimezone(work.zone).date()), 2)
    opens, closes = work.of(today)
    if not opens <= now < closes:
        return None
    return now if now < closes - LAST_CALL else work.of(following)[0]


def _short(horizon: datetime, left: float) -> QuerySet[Complaint]:
    """Open complaints whose clock has less than this share left at `horizon`."""
    whole = ExpressionWrapper(F("clock_due") - F("received_at"), output_field=DurationField())
    short_at = ExpressionWrapper(F("clock_due") - whole * left, output_field=DateTimeField())
    rows = Complaint.objects.annotate(clock_due=CLOCK_DUE, short_at=short_at).filter(OPEN)
    rows = rows.filter(clock_due__gt=clock.now() - OLD_NEWS, short_at__lte=horizon)
    return rows.select_related("customer", "owner__team", "owner__role").order_by("clock_due", "pk")


def _news(horizon: datetime) -> dict[User, list[_Warning]]:
    """What nobody was told yet, by whom it is for; in as many queries however much it is."""
    waiting: dict[User, list[_Warning]] = defaultdict(list)
    for complaint in _short(horizon, OWNER_AT):
        if complaint.owner.is_active:
            waiting[complaint.owner].append(_of(complaint, to_lead=False))
    late = list(_short(horizon, LEAD_AT))
    leads = _leads_of({complaint.owner for complaint in late})
    for complaint in late:
        for lead in leads[complaint.owner]:
            waiting[lead].append(_of(complaint, to_lead=True))
    keys = [one.key(user.pk) for user, warnings in waiting.items() for one in warnings]
    known = set(Notice.objects.filter(key__in=keys).values_list("key", flat=True)) if keys else set()
    news = {user: [one for one in warnings if one.key(user.pk) not in known] for user, warnings in waiting.items()}
    return {user: warnings for user, warnings in news.items() if warnings}


def _of(complaint: Complaint, *, to_lead: bool) -> _Warning:
    ends = complaint.clock
    assert ends.due_at is not None
    return _Warning(complaint, ends.name, ends.due_at, to_lead)


@transaction.atomic
def _tell_of_clocks(user: User, news: list[_Warning]) -> int:
    """The first ones each by itself; after a time in which nobody was told, the rest in one."""
    told, rest = (news, []) if len(news) <= MOST_AT_ONCE else (news[: MOST_AT_ONCE - 1], news[MOST_AT_ONCE - 1 :])
    for one in told:
        case = one.complaint
        tell(
            user=user,
            kind=CLOCK_CODE,
            key=one.key(user.pk),
            source_id=case.pk,
            customer=case.customer,
            numbers=_numbers(case, one.name, one.due_at) | ({"owner": case.owner.name} if one.to_lead else {}),
            url=reverse("complaint", args=[case.pk]),
        )
    if rest:
        moment = clock.now()
        # What the sum tells is marked as told: by notices that are never shown.
        Notice.objects.bulk_create(
            [
                Notice(
                    user=user, key=one.key(user.pk), kind=CLOCK_CODE, due_at=moment, cancelled_at=moment,
                    source_id=one.complaint.pk, customer=one.complaint.customer,
                )
                for one in rest
            ],
            ignore_conflicts=True,
        )  # fmt: skip
        tab = "open" if any(one.to_lead for one in rest) else "mine"
        tell(
            user=user,
            kind=CLOCK_CODE,
            key=f"clocks:{rest[0].key(user.pk)}",
            source_id=rest[0].complaint.pk,
            numbers={"count": len(rest)},
            url=f"{reverse('complaint_list')}?tab={tab}",
        )
    return len(told) + bool(rest)


def _leads_of(owners: Iterable[User]) -> Mapping[User, list[User]]:
    """Who looks after complaints of these people: the nearest above in the tree of teams, else the whole company's.

    That is who may delete them: those who only work on complaints don't (feedback/contributes.py).
    """
    owners = list(owners)
    able = list(holders("complaint.delete").select_related("role", "team").distinct()) if owners else []
    scopes = {one: reach_of(one).scope("complaint.delete") for one in able}
    found: dict[User, list[User]] = {}
    for owner in owners:
        path = owner.team.path if owner.team else ""
        above = [
            one
            for one in able
            if scopes[one] == TEAM and one.pk != owner.pk and one.team and path.startswith(one.team.path)
        ]
        nearest = max((len(one.team.path) for one in above if one.team), default=0)
        found[owner] = [one for one in above if one.team and len(one.team.path) == nearest] or [
            one for one in able if scopes[one] == ALL and one.pk != owner.pk
        ]
    return found


def clock_notices_end(complaint: Complaint) -> None:
    """A clock that stopped or got another end is no news any more."""
    ends = complaint.clock
    due = ends.due_at.isoformat() if ends.due_at and ends.stopped_at is None and complaint.is_open else ""
    told = Notice.objects.filter(kind=CLOCK_CODE, source_id=complaint.pk, numbers__has_key="due", cancelled_at=None)
    told.exclude(numbers__due=due).update(cancelled_at=clock.now())


# --- in words --------------------------------------------------------------------------------------------------------
def _say(numbers: Mapping[str, Any]) -> str:
    words = {"by": numbers["by_name"], "number": numbers["number"], "owner": numbers["owner"], "clock": _ends(numbers)}
    text = {
        "received": _("%(by)s took in complaint %(number)s for you: %(clock)s"),
        "of_customer": _("Complaint %(number)s of your customer, taken in by %(by)s; %(owner)s answers it: %(clock)s"),
        "handed": _("%(by)s handed complaint %(number)s over to you: %(clock)s"),
        "gone": _("%(by)s gave complaint %(number)s to %(owner)s; you needn't answer it any more"),
        "reopened": _("%(by)s opened complaint %(number)s again: %(clock)s"),
    }[numbers["what"]]
    return text % words


def _say_followed(numbers: Mapping[str, Any]) -> str:
    severity = str(dict(Complaint.Severity.choices).get(numbers["severity"], ""))
    return _("New complaint %(number)s: %(severity)s") % {"number": numbers["number"], "severity": severity}


def _ends(numbers: Mapping[str, Any]) -> str:
    """How severe it is and when its clock ends: high, first response due by 24 Nov 16:00."""
    severity = str(dict(Complaint.Severity.choices).get(numbers["severity"], ""))
    if not numbers["due"]:
        return severity
    due = datetime.fromisoformat(numbers["due"])
    words = {"severity": severity, "when": formatting.moment(due)}
    over, response = due < clock.now(), numbers["clock"] == "response"
    if over and response:
        return _("%(severity)s, the first response was due by %(when)s") % words
    if over:
        return _("%(severity)s, the solution was due by %(when)s") % words
    if response:
        return _("%(severity)s, first response due by %(when)s") % words
    return _("%(severity)s, solution due by %(when)s") % words


def _say_clock(numbers: Mapping[str, Any]) -> str:
    if "count" in numbers:
        text = ngettext(
            "The clock of %(n)s more complaint is about to break",
            "The clocks of %(n)s more complaints are about to break",
            numbers["count"],
        )
        return text % {"n": numbers["count"]}
    words = {"number": numbers["number"], "clock": _ends(numbers), "owner": numbers.get("owner", "")}
    if "owner" in numbers:
        return _("Complaint %(number)s with %(owner)s is about to break its clock: %(clock)s") % words
    return _("Complaint %(number)s is about to break its clock: %(clock)s") % words


def _in_reach(user: User) -> QuerySet[Complaint]:
    return Complaint.objects.for_user(user)


NOTICE_KINDS = (
    NoticeKind(
        CODE,
        gettext_lazy("Complaints that come to you, and those of your customers"),
        _say,
        order=60,
        rows=_in_reach,
        permission="complaint.change",
    ),
    NoticeKind(
        CLOCK_CODE,
        gettext_lazy("Complaints whose clock is about to break"),
        _say_clock,
        order=70,
        rows=_in_reach,
        mail=True,
        always=True,
        permission="complaint.change",
        prompt=True,
    ),
    NoticeKind(
        FOLLOWED_CODE,
        gettext_lazy("Customers you follow: complaints"),
        _say_followed,
        order=91,
        rows=_in_reach,
        permission="complaint.view",
    ),
)
