"""What a customer's page shows of this app: what is planned next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import JSONField, OuterRef, QuerySet, Value
from django.db.models.functions import JSONObject
from django.urls import reverse

from accounts.models import User
from accounts.scope import reach_of
from core import clock
from core.composed import composed
from core.contributions import CustomerPanel
from customers.models import Customer
from customers.selectors import contacts_of
from followups import reasons
from followups.cadence_table.prompts import WIN_BACK, content_for, revisit_prompt
from followups.customer_page import no_response, relation
from followups.messages.models import MessageChannel
from followups.models import FollowUp, Reminder
from followups.reckoning import rhythm_of
from followups.rhythm.wording import default_words, own_words
from followups.selectors import open_of, why

PLANS = 4


@dataclass(frozen=True)
class Plan:
    """A follow-up that is open, why it stands there, and what to talk about where nobody has written it."""

    follow_up: FollowUp
    why: str
    prompt: str = ""


@dataclass(frozen=True)
class OwnPlan:
    """The customer's own plan in words, beside the default one; `words` is empty where there is none."""

    words: str
    content: str
    default: str
    may_change: bool


@dataclass(frozen=True)
class NextStep:
    """The next plan and those after it; what may be done about them. `write_url`: where the next one is a message."""

    plans: list[Plan]
    may_log: bool
    may_plan: bool
    write_url: str
    own: OwnPlan | None
    reminders: list[Ahead]  # the reader's own
    may_cancel: bool


@dataclass(frozen=True)
class Ahead:
    """One's own reminder about the customer that is still to come."""

    pk: int
    text: str
    due_at: datetime


def _open_plans(user: User, customer: Customer) -> list[FollowUp]:
    found = _first_plans(user, pk=customer.pk) if user.can("follow_up.view") else []
    for plan in found:
        plan.customer = customer
    return found


@composed
def _first_plans(user: User, *, pk: int) -> QuerySet[FollowUp]:
    return open_of(user, pk)[:PLANS]


def _read_reminders(user: User) -> ArraySubquery | Value:
    if not user.can("reminder.view"):
        return Value([], JSONField())
    mine = Reminder.objects.for_user(user).filter(user=user, customer=OuterRef("pk"))
    ahead = mine.filter(state=Reminder.State.OPEN, due_at__gt=clock.now()).order_by("due_at", "pk")
    return ArraySubquery(ahead.values(data=JSONObject(pk="pk", text="text", due_at="due_at"))[:PLANS])


def _draw_next_step(user: User, customer: Customer, both: tuple[list[FollowUp], list[dict[str, Any]]]) -> NextStep:
    reach, (found, reminders) = reach_of(user), both
    return NextStep(
        [Plan(follow_up, why(follow_up), _prompt(follow_up)) for follow_up in found],
        may_log=reach.holds(customer, "interaction.add"),
        may_plan=reach.holds(customer, "follow_up.add"),
        write_url=_write_url(found[0]) if found and reach.holds(customer, "message.add") else "",
        own=_own_plan(user, customer) if user.can("follow_up.view") else None,
        reminders=[Ahead(row["pk"], row["text"], datetime.fromisoformat(row["due_at"])) for row in reminders],
        may_cancel=user.can("reminder.change"),
    )


def _write_url(plan: FollowUp) -> str:
    if plan.method not in MessageChannel.values:
        return ""
    asked = {"customer": plan.customer_id, "channel": plan.method, "follow_up": plan.pk}
    return f"{reverse('message_new')}?{urlencode(asked)}"


def _prompt(plan: FollowUp) -> str:
    """What an automatic one is about that says nothing of its own."""
    if plan.purpose:
        return ""
    if plan.reason_code == reasons.REVISIT:
        return revisit_prompt(int(plan.reason.get("days") or 0))
    if plan.reason_code == reasons.WARNING:
        return str(WIN_BACK)
    return content_for(plan.reason.get("phase", "")) if plan.source == FollowUp.Source.CADENCE else ""


def _own_plan(user: User, customer: Customer) -> OwnPlan | None:
    """The customer's own plan in words; needs a customer whose rhythm was loaded with it."""
    rhythm, may_change = rhythm_of(customer), reach_of(user).holds(customer, "follow_up.change")
    if rhythm is None:
        return OwnPlan("", "", "", may_change) if may_change else None
    return OwnPlan(own_words(rhythm), rhythm.purpose, default_words(customer), may_change)


def _first_of(user: User, customer: Customer, found: list[FollowUp]) -> Any:
    return found[0] if found else False  # the day that is known of the customer, or none


# Without the right to see plans one still sees that something is planned, and when: that is known of the customer.
PANELS = (
    CustomerPanel("next_day", "figures", "followups/panels/next_day.html", 10, load=_open_plans, draw=_first_of),
    CustomerPanel(
        "no_response",
        "question",
        "followups/panels/no_response.html",
        load=contacts_of,
        draw=no_response.draw,
    ),
    CustomerPanel(
        "next_step",
        "middle",
        "followups/panels/next_step.html",
        10,
        read=_read_reminders,
        load=_open_plans,
        draw=_draw_next_step,
    ),
    relation.PANEL,
)
