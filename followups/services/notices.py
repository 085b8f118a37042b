"""In-app notices: each exactly once by its key, visible when its time has come; no worker is needed to show them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import reaching
from accounts.models import User
from accounts.scope import ALL, reach_of
from accounts.selectors import holders
from core import clock, outbox, sql
from core.contributions import registry
from core.models import OutboxMail
from core.notices import tell
from core.rounds import together
from customers.models import Customer, CustomerShare, OwnerChange
from followups import reasons
from followups.hours.days import person_days
from followups.models import FollowUp, Notice
from followups.review.conditions import SINGLE
from segmentation.models import ChurnReason
from segmentation.selectors import warnings_shown

Channel = OutboxMail.Channel
DAY_NOTICE_AT = time(8, 30)
DAY_ENDS = time(18, 0)  # a day notice later than this helps nobody


LETTER = "notice"
DIGEST = "digest"
AT_ONCE = 500  # notices of one statement
ALL_TOLD = timedelta(minutes=1)  # a hand-over in slices is one letter


def notice_add(
    *,
    user: User,
    key: str,
    kind: str,
    due_at: datetime | None = None,
    source_id: int | None = None,
    customer: Customer | None = None,
    text: str = "",
    numbers: dict[str, Any] | None = None,
    url: str = "",
) -> Notice:
    """Tell `user` something in the app at `due_at` (default now); the same key gives the notice that is there."""
    notice = Notice(
        user=user,
        key=key,
        kind=kind,
        source_id=source_id,
        customer=customer,
        due_at=due_at or clock.now(),
        text=text[:300],
        numbers=numbers or {},
        url=url[:200],
    )
    Notice.objects.bulk_create([notice], ignore_conflicts=True)
    return Notice.objects.get(key=key)


@transaction.atomic
def notices_add(notices: Sequence[Notice]) -> None:
    """Many at once, each exactly once by its key, and their letters for who wishes those: a few statements for all."""
    Notice.objects.bulk_create(notices, ignore_conflicts=True, batch_size=AT_ONCE)
    wishing = {notice.key: notice.user for notice in notices if any(reaching.wished(notice.user, notice.kind))}
    for notice in Notice.objects.filter(key__in=wishing).order_by("pk") if wishing else ():
        letter_queue(notice, wishing[notice.key])


@transaction.atomic
def notice_tell(*, user: User, kind: str, key: str, mail_at: datetime | None = None, **told: Any) -> Notice:
    """Handler of `told` (core/notices.py): in the app, and from `mail_at` on by mail for who wishes it."""
    notice = notice_add(user=user, kind=kind, key=key, **told)
    letter_queue(notice, user, mail_at)
    return notice


def letter_queue(notice: Notice, user: User, mail_at: datetime | None = None) -> None:
    """The letter of a notice, and its messages by other ways; what they say is made when they go
    (followups/notices/letters.py). Where the person wants one message in the morning, it goes with that one."""
    leaves_at = max(notice.due_at, mail_at) if mail_at else notice.due_at
    if reaching.waits_for_morning(user, notice.kind):
        _digest_queue(notice, user, leaves_at)
        return
    with translation.override(user.language or settings.LANGUAGE_CODE):
        subject = str(registry().notice_kinds[notice.kind].word)
    for channel, address in reaching.wished(user, notice.kind):
        outbox.mail_queue(
            kind=LETTER,
            channel=channel,
            dedupe_key=f"{LETTER}:{notice.pk}{reaching.key_of(channel, address)}",
            address=address,
            user=user,
            source_id=notice.pk,
            policy=OutboxMail.Policy.RESEND,
            due_at=leaves_at,
            subject=subject,
            body="",
        )


def _digest_queue(notice: Notice, user: User, leaves_at: datetime) -> None:
    """Let the notice go with the one message of the next morning, by each way that the person wants its kind by.

    The row says which morning, so that it goes with that one alone, whatever the person chooses meanwhile.
    """
    day = reaching.digest_day(user, max(leaves_at, clock.now()))
    Notice.objects.filter(pk=notice.pk, digest_on=None).update(digest_on=day)
    for channel, address in reaching.wished(user, notice.kind):
        outbox.mail_queue(
            kind=DIGEST,
            channel=channel,
            dedupe_key=f"{DIGEST}:{user.pk}:{day.isoformat()}{reaching.key_of(channel, address)}",
            address=address,
            user=user,
            source_id=day.toordinal(),
            policy=OutboxMail.Policy.RESEND,
            due_at=reaching.digest_at(user, day),
            subject="",
            body="",
        )


def notice_read(*, notice: Notice) -> None:
    """Done with it."""
    Notice.objects.filter(pk=notice.pk, read_at=None).update(read_at=clock.now())


def notices_read_all(*, user: User) -> int:
    """Done with everything that is shown now; returns how many."""
    return Notice.objects.filter(user=user, read_at=None, due_at__lte=clock.now()).update(read_at=clock.now())


# --- the day's work: one notice per person at 08:30 of their own day -------------------------------------------------
@dataclass(frozen=True)
class _Morning:
    """What a person is to be told on a day, and nobody has told yet."""

    user: User
    day: date
    open: dict[str, int]  # how many are "due" by that day, and "overdue"

    @property
    def at(self) -> datetime:
        return clock.at_local(self.day, DAY_NOTICE_AT, clock.user_zone(self.user))

    @property
    def key(self) -> str:
        return _day_key(self.user, self.day)


def day_notices_make(ahead: timedelta = timedelta(0)) -> int:
    """Make the day notices that are due now and missing; `ahead` lets the night prepare those of the morning."""
    return together("day_notices", _day_notices, _mornings(ahead), AT_ONCE)


def day_notice_oldest() -> datetime | None:
    """When the oldest day notice was due that nobody has made."""
    return min((morning.at for morning in _mornings()), default=None)


def _mornings(ahead: timedelta = timedelta(0)) -> list[_Morning]:
    due = {user: day for user in User.objects.filter(is_active=True) if (day := _notice_day(user, ahead))}
    if not due:
        return []
    known = set(Notice.objects.filter(key__in=[_day_key(u, d) for u, d in due.items()]).values_list("key", flat=True))
    missing = {user: day for user, day in due.items() if _day_key(user, day) not in known}
    # {user id: {"due": .., "overdue": ..}} of the open follow-ups on each person's own day: one query for each day.
    open_of: dict[int, dict[str, int]] = {}
    for day in set(missing.values()):
        people = [user.pk for user, on in missing.items() if on == day]
        rows = FollowUp.objects.filter(
            SINGLE, state=FollowUp.State.OPEN, assignee__in=people, due_on__lte=day, customer__deleted_at=None
        )
        counted = rows.values("assignee").annotate(due=Count("pk"), overdue=Count("pk", filter=Q(due_on__lt=day)))
        open_of |= {row["assignee"]: {"due": row["due"], "overdue": row["overdue"]} for row in counted}
    return [_Morning(user, day, open_of[user.pk]) for user, day in missing.items() if user.pk in open_of]


def _notice_day(user: User, ahead: timedelta) -> date | None:
    """The working day whose notice this person should have by now, or `ahead` of now."""
    now, zone = clock.now(), clock.user_zone(user)
    today = now.astimezone(zone).date()
    for day in (today, today + timedelta(days=1)):
        at = clock.at_local(day, DAY_NOTICE_AT, zone)
        if now < clock.at_local(day, DAY_ENDS, zone) and at <= now + ahead and person_days(user.pk).works(day):
            return day
    return None


def _day_key(user: User, day: date) -> str:
    return f"day:{user.pk}:{day.isoformat()}"


@transaction.atomic
def _day_notices(mornings: Sequence[_Morning]) -> int:
    """The notices of these days in one statement, and the mail of each for who wants one; returns how many."""
    Notice.objects.bulk_create([_day_notice(one) for one in mornings], ignore_conflicts=True)
    wishing = {one.key: one for one in mornings if any(reaching.wished(one.user, Notice.Kind.DAY))}
    for notice in Notice.objects.filter(key__in=wishing).order_by("pk") if wishing else ():
        _day_letters(notice, wishing[notice.key])
    return len(mornings)


def _day_notice(morning: _Morning) -> Notice:
    numbers = {**morning.open, "day": morning.day.isoformat()}
    return Notice(user=morning.user, key=morning.key, kind=Notice.Kind.DAY, due_at=morning.at, numbers=numbers, url="/")


def _day_letters(notice: Notice, morning: _Morning) -> None:
    user, due, overdue = morning.user, morning.open["due"], morning.open["overdue"]
    with translation.override(user.language or settings.LANGUAGE_CODE):
        subject = ngettext("%(n)s follow-up today", "%(n)s follow-ups today", due) % {"n": due}
        more = _("%(n)s of them are overdue.") % {"n": overdue} if overdue else ""
    for channel, address in reaching.wished(user, Notice.Kind.DAY):
        outbox.mail_queue(
            kind="day",
            channel=channel,
            dedupe_key=f"{morning.key}{reaching.key_of(channel, address)}",
            address=address,
            user=user,
            source_id=notice.pk,
            policy=OutboxMail.Policy.RESEND,
            due_at=morning.at,
            subject=subject,
            body=f"{subject}. {more}\n\n{settings.BASE_URL}/\n" if channel == Channel.MAIL else more,
        )


def day_mail_wanted(mail: OutboxMail) -> bool:
    """The gate of day mails: something is still open for that day."""
    notice = Notice.objects.filter(pk=mail.source_id or 0, read_at=None, cancelled_at=None).first()
    if notice is None:
        return False
    day = date.fromisoformat(notice.numbers["day"])
    rows = FollowUp.objects.filter(SINGLE, assignee_id=notice.user_id, state=FollowUp.State.OPEN, due_on__lte=day)
    return rows.filter(customer__deleted_at=None).exists()


# --- news ------------------------------------------------------------------------------------------------------------
@transaction.atomic
def warning_notices_make(business_date: date) -> int:
    """Tell owners of the warnings that opened or turned red that night, the largest value first: to each
    as many at most as the company lets a person see in a day.

    By mail from the morning on, for who wishes it: what was read in the app by then isn't sent.
    """
    moment = clock.now()
    params = {"day": business_date, "cap": warnings_shown(), "now": moment}
    made = sql.change("followups", "warning_notices", params | {"kind_warning": Notice.Kind.WARNING.value})
    wished = Q(user__notice_mails__warning=True) | Q(user__notice_ways__has_key=Notice.Kind.WARNING.value)
    new = Notice.objects.filter(wished, kind=Notice.Kind.WARNING, due_at=moment)
    for notice in new.select_related("user"):
        zone = clock.user_zone(notice.user)
        morning = clock.at_local(moment.astimezone(zone).date(), DAY_NOTICE_AT, zone)
        letter_queue(notice, notice.user, morning)
    return made


@transaction.atomic
def leaver_notice(*, user: User, by: User) -> None:
    """Tell everybody who may give the customers of a switched-off person to others that they wait, but who did it."""
    waiting = Customer.objects.filter(owner=user).count()
    for lead in holders("customer.assign").select_related("role", "team").exclude(pk=by.pk) if waiting else ():
        people = reach_of(lead).people("customer.assign")
        if people is ALL or user.pk in people:
            notice_add(
                user=lead,
                key=f"left:{lead.pk}:{user.pk}:{clock.now():%Y%m%d%H%M%S}",
                kind=Notice.Kind.ASSIGNED,
                numbers={"left": user.name, "customers": waiting},
                url=f"{reverse('customer_list')}?view=all&orphan=yes",
            )


@transaction.atomic
def handover_notices(*, changes: Sequence[OwnerChange], by: User | None) -> None:
    """Tell who got customers and who lost them, each once for a whole hand-over; its further slices count up."""
    gained: dict[User, list[OwnerChange]] = defaultdict(list)
    lost: dict[tuple[User, User | None], list[OwnerChange]] = defaultdict(list)
    for change in changes:
        if change.to_user is not None:
            gained[change.to_user].append(change)
        if change.from_user is not None and by is not None:
            lost[change.from_user, change.to_user].append(change)
    for user, mine in gained.items():
        act = mine[0].handover or mine[0].pk
        listed = f"{reverse('customer_list')}?view=mine&handover={mine[0].handover}"
        _tell_of_customers(user, by, f"assigned:{user.pk}:{act}", Notice.Kind.ASSIGNED, mine, {}, listed)
    for (user, to), mine in lost.items():
        act, heir = mine[0].handover or mine[0].pk, {"to": to.name} if to else {}
        _tell_of_customers(user, by, f"taken:{user.pk}:{to.pk if to else 0}:{act}", Notice.Kind.TAKEN, mine, heir, "")


def _tell_of_customers(
    user: User,
    by: User | None,
    key: str,
    kind: str,
    changes: Sequence[OwnerChange],
    numbers: dict[str, Any],
    listed: str,
) -> None:
    """One notice that counts: it opens the customer while it is one, else `listed`."""
    one = changes[0].customer
    if by is not None:
        numbers["by_name"] = by.name
    soon = clock.now() + ALL_TOLD
    tell(
        user=user,
        by=by,
        kind=kind,
        key=key,
        customer=one,
        numbers={**numbers, "customers": 0},
        text=changes[0].reason,
        url=reverse("customer", args=[one.pk]),
        mail_at=soon,
    )
    notice = Notice.objects.select_for_update(of=("self",)).filter(key=key).first()
    if notice is None:  # it isn't for this person
        return
    notice.numbers["customers"] += len(changes)
    notice.read_at = None
    if notice.numbers["customers"] > 1:
        notice.customer, notice.url = None, listed
    notice.save(update_fields=["numbers", "customer", "url", "read_at"])
    with suppress(outbox.TooLateError):
        outbox.mail_change(kind=LETTER, source_id=notice.pk, due_at=soon)


def share_notice(*, share: CustomerShare, by: User) -> None:
    """Tell the colleague with whom a customer was shared."""
    tell(
        user=share.user,
        by=by,
        kind=Notice.Kind.ASSIGNED,
        key=f"shared:{share.pk}",
        customer=share.customer,
        numbers={"shared": True, "by_name": by.name},
        url=reverse("customer", args=[share.customer_id]),
    )


# --- follow-ups that others plan -------------------------------------------------------------------------------------
def planned_notice(follow_up: FollowUp, what: str, by: User | None) -> None:
    """Tell who has to do it that somebody else has planned it, moved it or given it to them."""
    if by is None:
        return
    case = follow_up.reason.get("case") if follow_up.reason_code == reasons.WARNING else None
    tell(
        user=follow_up.assignee,
        by=by,
        kind=Notice.Kind.FOLLOW_UP,
        key=f"follow_up:{follow_up.pk}:{follow_up.version}:{follow_up.assignee_id}",
        source_id=follow_up.pk,
        customer=follow_up.customer,
        numbers={"what": what, **_as_planned(follow_up, by), **(_warned_because(case) if case else {})},
        text=follow_up.purpose,
        url=reverse("warning", args=[case]) if case else reverse("follow_up_edit", args=[follow_up.pk]),
    )


def _warned_because(case: int) -> dict[str, Any]:
    """The reasons of a churn warning, to be put into the words of who reads the notice."""
    return {"reasons": list(ChurnReason.objects.filter(case=case).values_list("code", "numbers"))}


def taken_notice(follow_up: FollowUp, user: User, to: User | None, by: User | None) -> None:
    """Tell who had to do it that somebody else gave it to `to`, or called it off."""
    if by is None:
        return
    tell(
        user=user,
        by=by,
        kind=Notice.Kind.TAKEN,
        key=f"follow_up_taken:{follow_up.pk}:{follow_up.version}:{user.pk}",
        customer=follow_up.customer,
        numbers=_as_planned(follow_up, by) | ({"to": to.name} if to else {}),
        text=follow_up.purpose,
        url=reverse("customer", args=[follow_up.customer_id]),
    )


def _as_planned(follow_up: FollowUp, by: User) -> dict[str, Any]:
    at = follow_up.due_time
    return {
        "by_name": by.name,
        "day": follow_up.due_on.isoformat(),
        "time": at.isoformat() if at else None,
        "method": follow_up.method,
    }


def left_notice(person: User, to: User, count: int, by: User) -> None:
    """Tell who got the follow-ups of a colleague who left, with customers of others."""
    tell(
        user=to,
        by=by,
        kind=Notice.Kind.ASSIGNED,
        key=f"follow_ups_left:{person.pk}:{to.pk}:{clock.now():%Y%m%d%H%M%S}",
        numbers={"follow_ups": count, "by_name": by.name, "left": person.name},
        url=reverse("follow_up_list"),
    )
