"""One page before a visit, a call or a video meeting: whom one meets, what was said last, what is open, what to ask.

Its parts are those of the customer's page, each behind its own permission and masked alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q

from accounts.models import User
from core import clock
from core.contributions import TimelineEntry
from customers.birthdays import falling_on
from customers.models import Customer, Interaction, InteractionKind
from feedback import selectors as feedback
from feedback.models import Complaint
from followups.asking import Frame, frames_for
from workbench.customer_page.panels import CustomerPage, Drawn
from workbench.customer_page.timeline import timeline

LATEST = 5
OPEN_FOR = timedelta(days=365)  # what was said longer ago is history
BIRTHDAYS_AHEAD = 21  # days
PANELS = ("people", "next_step", "reminders", "warning", "entitled", "purchases", "buying_profile")


@dataclass(frozen=True)
class Said:
    """What came up in a contact: a need, an objection, a change."""

    at: datetime
    need: str
    objection: str
    change: str


@dataclass(frozen=True)
class Briefing:
    """What one should know of a customer before a contact."""

    tags: Sequence[Drawn]
    figures: Sequence[Drawn]
    panels: dict[str, Drawn]
    said: Sequence[Said]
    complaints: Sequence[Complaint]
    entries: Sequence[TimelineEntry]
    frames: Sequence[Frame]
    birthday_on: date | None


def briefing_of(user: User, page: CustomerPage) -> Briefing:
    """For a customer whose page this person may see in full."""
    customer, places = page.customer, page.places or {}
    everywhere = {drawn.panel.key: drawn for drawn in [one for place in places.values() for one in place]}
    complaints: list[Complaint] = []
    if user.can("complaint.view"):
        found = feedback.complaints(user).filter(feedback.OPEN, customer=customer)
        complaints = list(found.order_by("-received_at", "-pk")[:LATEST])
    return Briefing(
        tags=places.get("tags", ()),
        figures=places.get("figures", ()),
        panels={key: everywhere[key] for key in PANELS if key in everywhere},
        said=_said(user, customer) if user.can("interaction.view") else [],
        complaints=complaints,
        entries=timeline(user, customer).entries[:LATEST],
        frames=frames_for(customer, _planned_method(everywhere.get("next_step"))),
        birthday_on=_next_birthday(customer),
    )


def _planned_method(next_step: Drawn | None) -> str:
    """How the next contact is planned: what to ask goes by it; a visit where nothing is."""
    plans = next_step.shows.plans if next_step is not None else []
    return plans[0].follow_up.method if plans else InteractionKind.VISIT.value


def _said(user: User, customer: Customer) -> list[Said]:
    """The newest first."""
    something = ~Q(needs_found="") | ~Q(objection="") | ~Q(change_found="")
    rows = Interaction.objects.for_user(user).filter(something, customer=customer)
    rows = rows.filter(occurred_at__gte=clock.now() - OPEN_FOR).order_by("-occurred_at", "-pk")
    names = ("occurred_at", "needs_found", "objection", "change_found")
    return [Said(*row) for row in rows.values_list(*names)[:LATEST]]


def _next_birthday(customer: Customer) -> date | None:
    """The day on which it is kept, where that is near."""
    if not customer.birthday:
        return None
    today, kept = clock.business_date(), customer.birthday[-5:]
    for day in (today + timedelta(days=n) for n in range(BIRTHDAYS_AHEAD + 1)):
        falling = falling_on(day)
        of_leap = falling.leap if customer.birthday_leap_month else falling.lunar
        if kept in (of_leap if customer.birthday_is_lunar else falling.solar):
            return day
    return None
