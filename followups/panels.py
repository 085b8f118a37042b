"""What a customer's page shows of this app: what is planned next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from accounts.scope import reach_of
from core import clock
from core.composed import composed
from core.contributions import CustomerPanel
from customers.models import Customer
from followups.models import FollowUp
from followups.selectors import open_of, why

PLANS = 4


@dataclass(frozen=True)
class Plan:
    """A follow-up that is open, and why it stands there."""

    follow_up: FollowUp
    why: str


@dataclass(frozen=True)
class NextStep:
    """The next plan and the ones after it; what may be done about them."""

    plans: list[Plan]
    may_log: bool
    may_plan: bool


def _open_plans(user: User, customer: Customer) -> list[FollowUp]:
    found = _first_plans(user, pk=customer.pk) if user.can("follow_up.view") else []
    for plan in found:
        plan.customer = customer
    return found


@composed
def _first_plans(user: User, *, pk: int) -> QuerySet[FollowUp]:
    return open_of(user, pk)[:PLANS]


def _draw_next_step(user: User, customer: Customer, found: list[FollowUp]) -> NextStep:
    today, reach = clock.user_today(user), reach_of(user)
    return NextStep(
        [Plan(follow_up, why(follow_up, today)) for follow_up in found],
        may_log=reach.holds(customer, "interaction.add"),
        may_plan=reach.holds(customer, "follow_up.add"),
    )


def _first_of(user: User, customer: Customer, found: list[FollowUp]) -> Any:
    return found[0] if found else False  # the day that is known of the customer, or none


# Without the right to see plans one still sees that something is planned, and when: that is known of the customer.
PANELS = (
    CustomerPanel("next_day", "figures", "followups/panels/next_day.html", 10, load=_open_plans, draw=_first_of),
    CustomerPanel("next_step", "middle", "followups/panels/next_step.html", 10, load=_open_plans, draw=_draw_next_step),
)
