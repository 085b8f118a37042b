"""In-app notices: each exactly once by its key, visible when its time has come; no worker is needed to show them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.scope import ALL, reach_of
from accounts.selectors import holders
from core import clock, outbox, sql
from core.models import OutboxMail
from core.workcalendar import is_working
from customers.models import Customer
from followups.models import FollowUp, Notice

DAY_NOTICE_AT = time(8, 30)
DAY_ENDS = time(18, 0)  # a day notice later than this helps nobody
WARNINGS_A_NIGHT = 10


def notice_add(
    *,
    user: User,
    key: str,
    kind: str,
    due_at: datetime | None = None,
    customer: Any = None,
    text: str = "",
    numbers: dict[str, Any] | None = None,
    url: str = "",
) -> Notice:
    """Tell `user` something in the app at `due_at` (default now); the same key gives the notice that is there."""
    notice = Notice(
        user=user,
        key=key,
        kind=kind,
        customer=customer,
        due_at=due_at or clock.now(),
        text=text[:300],
        numbers=numbers or {},
        url=url[:200],
    )
    Notice.objects.bulk_create([notice], ignore_conflicts=True)
    return Notice.objects.get(key=key)


def notice_read(*, notice: Notice) -> None:
    """Done with it."""
    Notice.objects.filter(pk=notice.pk, read_at=None).update(read_at=clock.now())


def notices_read_all(*, user: User) -> int:
    """Done with everything that is shown now; returns how many."""
    return Notice.objects.filter(user=user, read_at=None, due_at__lte=clock.now()).update(read_at=clock.now())


# --- the day's work: one notice per person at 08:30 of their own day -------------------------------------------------
def day_notices_make(ahead: timedelta = timedelta(0)) -> int:
    """Make the day notices that are due now and missing; `ahead` lets the night prepare those of the morning."""
    due = {user: day for user in User.objects.filter(is_active=True) if (day := _notice_day(user, ahead))}
    if not due:
        return 0
    known = set(Notice.objects.filter(key__in=[_day_key(u, d) for u, d in due.items()]).values_list("key", flat=True))
    missing = {user: day for user, day in due.items() if _day_key(user, day) not in known}
    # {user id: {"due": .., "overdue": ..}} of the open follow-ups on each person's own day: one query for each day.
    open_of: dict[int, dict[str, int]] = {}
    for day in set(missing.values()):
        people = [user.pk for user, on in missing.items() if on == day]
        rows = FollowUp.objects.filter(
            state=FollowUp.State.OPEN, assignee__in=people, due_on__lte=day, customer__deleted_at=None
        )
        counted = rows.values("assignee").annotate(due=Count("pk"), overdue=Count("pk", filter=Q(due_on__lt=day)))
        open_of |= {row["assignee"]: {"due": row["due"], "overdue": row["overdue"]} for row in counted}
    return sum(_day_notice(user, day, open_of[user.pk]) for user, day in missing.items() if open_of.get(user.pk))


def _notice_day(user: User, ahead: timedelta) -> date | None:
    """The working day whose notice this person should have by now, or `ahead` of now."""
    now, zone = clock.now(), clock.user_zone(user)
    today = now.astimezone(zone).date()
    for day in (today, today + timedelta(days=1)):
        at = clock.at_local(day, DAY_NOTICE_AT, zone)
        if now < clock.at_local(day, DAY_ENDS, zone) and at <= now + ahead and is_working(day):
            return day
    return None


def _day_key(user: User, day: date) -> str:
    return f"day:{user.pk}:{day.isoformat()}"


@transaction.atomic
def _day_notice(user: User, day: date, numbers: dict[str, int]) -> int:
    """The notice of one person's day, and its mail for who wants one; returns 1."""
    at = clock.at_local(day, DAY_NOTICE_AT, clock.user_zone(user))
    key = _day_key(user, day)
    notice = notice_add(
        user=user, key=key, kind=Notice.Kind.DAY, due_at=at, numbers={**numbers, "day": day.isoformat()}, url="/"
    )
    if user.mail_reminders and user.email:
        with translation.override(user.language or settings.LANGUAGE_CODE):
            due, overdue = numbers["due"], numbers["overdue"]
            subject = ngettext("%(n)s follow-up today", "%(n)s follow-ups today", due) % {"n": due}
            more = _("%(n)s of them are overdue.") % {"n": overdue} if overdue else ""
        outbox.mail_queue(
            kind="day",
            dedupe_key=key,
            address=user.email,
            user=user,
            source_id=notice.pk,
            policy=OutboxMail.Policy.RESEND,
            due_at=at,
            subject=subject,
            body=f"{subject}. {more}\n\n{settings.BASE_URL}/\n",
        )
    return 1


def day_mail_wanted(mail: OutboxMail) -> bool:
    """The gate of day mails: something is still open for that day."""
    notice = Notice.objects.filter(pk=mail.source_id, read_at=None, cancelled_at=None).first()
    if notice is None:
        return False
    day = date.fromisoformat(notice.numbers["day"])
    rows = FollowUp.objects.filter(assignee_id=notice.user_id, state=FollowUp.State.OPEN, due_on__lte=day)
    return rows.filter(customer__deleted_at=None).exists()


# --- news ------------------------------------------------------------------------------------------------------------
def warning_notices_make(business_date: date) -> int:
    """Tell owners of the warnings that opened or turned red that night, the largest value first, ten each at most."""
    params = {"day": business_date, "cap": WARNINGS_A_NIGHT, "now": clock.now()}
    return sql.change("followups", "warning_notices", params | {"kind_warning": Notice.Kind.WARNING.value})


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
def transfer_notice(*, customer: Any, from_user: User | None, to_user: User | None, by: User | None) -> None:
    """Tell the new owner; what one person hands over within a minute is one notice that counts."""
    if to_user is None or to_user.pk == getattr(by, "pk", None):
        return
    minute = clock.now().strftime("%Y%m%d%H%M")
    key = f"assigned:{to_user.pk}:{getattr(by, 'pk', 0)}:{minute}"
    made = notice_add(
        user=to_user,
        key=key,
        kind=Notice.Kind.ASSIGNED,
        customer=customer,
        numbers={"customers": 0, "by": getattr(by, "pk", None)},
        url=reverse("customer", args=[customer.pk]),
    )
    locked = Notice.objects.select_for_update(of=("self",)).get(pk=made.pk)
    locked.numbers["customers"] += 1
    if locked.customer_id != customer.pk:
        locked.customer, locked.url = None, f"{reverse('customer_list')}?view=mine"
    locked.save(update_fields=["numbers", "customer", "url"])
