"""Reminds of visits that nobody has written up while the 24 hours still run, once for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.urls import reverse
from django.utils.http import urlencode

from core import clock
from core.locks import only_one
from core.rounds import together
from customers.rules import write_up_within
from followups.models import FollowUp, Notice
from followups.services.notices import AT_ONCE, notices_add
from followups.visits import passed, took_place

LEFT_WHEN_TOLD = timedelta(hours=6)
MORNING, EVENING = time(8, 30), time(20)  # nobody is told at night: the evening before, else in the morning
OLD_NEWS = timedelta(days=2)  # after a long break of the server nobody hears of visits long past


@dataclass(frozen=True)
class _Open:
    """A visit that is over and has no entry yet."""

    plan: FollowUp
    ends: datetime

    @property
    def key(self) -> str:
        return f"visit:{self.plan.pk}:{self.ends:%Y%m%d%H%M}"

    @property
    def tell_at(self) -> datetime:
        """Six hours before the end; at an hour at which its person is up."""
        zone = clock.user_zone(self.plan.assignee)
        wanted = (self.ends - LEFT_WHEN_TOLD).astimezone(zone)
        if wanted.time() >= EVENING:
            return clock.at_local(wanted.date(), EVENING, zone)
        if wanted.time() >= MORNING:
            return wanted
        morning = clock.at_local(wanted.date(), MORNING, zone)
        evening_before = clock.at_local(wanted.date() - timedelta(days=1), EVENING, zone)
        return morning if morning < self.ends else evening_before


def visit_notices_make() -> int:
    """Tell of open visits whose 24 hours end soon; returns how many notices were made.

    It looks for what was not told yet: run late or twice it makes the same notices.
    """
    if not _news():
        return 0
    with only_one("open-visits") as mine:
        return _tell(_news()) if mine else 0


def _news() -> list[_Open]:
    now = clock.now()
    # A person's today is at most a day from the company's; each row is looked at by its own person's clock below.
    rows = FollowUp.objects.filter(
        passed(clock.business_date() + timedelta(days=1)),
        due_on__gte=clock.business_date() - OLD_NEWS - timedelta(days=1),
        state=FollowUp.State.OPEN,
        customer__deleted_at=None,
        assignee__is_active=True,
    ).select_related("assignee", "customer")
    found = [_Open(row, _ends(row)) for row in rows]
    due = [one for one in found if one.tell_at <= now < one.ends + OLD_NEWS]
    known = set(Notice.objects.filter(key__in=[one.key for one in due]).values_list("key", flat=True)) if due else ()
    return [one for one in due if one.key not in known]


def _ends(plan: FollowUp) -> datetime:
    return took_place(plan.due_on, plan.due_at, clock.user_zone(plan.assignee)) + write_up_within()


def visit_notice_oldest() -> datetime | None:
    """Since when the oldest open visit waits to be told of."""
    return min((one.tell_at for one in _news()), default=None)


def _tell(news: Sequence[_Open]) -> int:
    return together("visit_notices", _tell_of, news, AT_ONCE)


def _tell_of(news: Sequence[_Open]) -> int:
    notices_add([_notice(one) for one in news])
    return len(news)


def _notice(one: _Open) -> Notice:
    asked = {"customer": one.plan.customer_id, "visit": one.plan.pk}
    return Notice(
        user=one.plan.assignee,
        key=one.key,
        kind=Notice.Kind.VISIT,
        due_at=clock.now(),
        source_id=one.plan.pk,
        customer=one.plan.customer,
        numbers={"method": one.plan.method, "ends": one.ends.isoformat()},
        url=f"{reverse('interaction_new')}?{urlencode(asked)}",
    )
