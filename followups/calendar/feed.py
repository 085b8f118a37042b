"""What a person's calendar feed holds: their open follow-ups as they may see them at this moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.masking import masked_all
from accounts.models import User
from core import clock
from followups import durations, selectors
from followups.calendar import ics
from followups.models import FollowUp

BACK, AHEAD = timedelta(days=31), timedelta(days=366)
MOST = 2000


def feed_of(person: User, address: Callable[[str], str]) -> bytes:
    """The calendar as a file in the person's language; `address` makes a whole address of a path."""
    today = clock.user_today(person)
    rows = selectors.open_for(person, person).filter(due_on__gte=today - BACK, due_on__lte=today + AHEAD)
    rows = rows.select_related("customer").defer("customer__search_tokens").order_by("due_on", "pk")[:MOST]
    with translation.override(person.language or settings.LANGUAGE_CODE):
        plans = masked_all(person, rows)
        return ics.feed(_("Follow-ups · %(name)s") % {"name": person.name}, [entry_of(plan, address) for plan in plans])


def uid_of(plan: FollowUp) -> str:
    """By what calendars know a follow-up for good."""
    return f"follow-up-{plan.pk}@{settings.BASE_HOST}"


def entry_of(plan: FollowUp, address: Callable[[str], str]) -> ics.Entry:
    """A follow-up as an entry; needs a masked customer."""
    method = capfirst(str(plan.get_method_display()))
    title = _("%(method)s: %(name)s") % {"method": method, "name": plan.customer.name}
    url = address(reverse("customer", args=[plan.customer_id]))
    if plan.due_at is None:
        return ics.Entry(uid_of(plan), plan.updated_at, plan.due_on, title, text=plan.purpose, url=url)
    lasts = timedelta(minutes=durations.minutes_of(plan))
    return ics.Entry(uid_of(plan), plan.updated_at, plan.due_at, title, lasts, text=plan.purpose, url=url)
