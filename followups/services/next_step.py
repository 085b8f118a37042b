"""What a log entry does to the plan: it closes what it answers and sets the next step; undo takes both back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from core import clock
from core.company import zone
from core.workcalendar import next_working_day
from customers.models import Customer, Interaction
from customers.services.interactions import counts_as_contact
from followups import cadence, reasons
from followups.models import FollowUp, PlanRule
from followups.services.follow_ups import State, close, follow_up_create, note_next, reopen
from segmentation.tiers import scheme_for

Source = FollowUp.Source
PLAN, NOTHING = "plan", "none"
IN_DAYS = (3, 7, 30)
LATEST = timedelta(days=5 * 366)  # beyond, a year was mistyped


def interaction_answer(*, interaction: Interaction, by: User, next_step: str | None) -> None:
    """Handler of interaction_logged: close what is due or due within 7 days, then set the next step.

    A note among colleagues and automatic entries close nothing; a next step chosen in them counts all the same.
    """
    touched = Q(source_key=source_key(interaction)) | Q(closed_by_interaction=interaction)
    if FollowUp.objects.filter(touched).exists():
        return  # answered already
    contact = counts_as_contact(interaction)
    if contact:
        _close_answered(interaction, by=by)
    if contact or next_step:
        next_step_apply(interaction=interaction, choice=next_step, by=by)
    note_next(interaction.customer_id)


def _close_answered(interaction: Interaction, *, by: User) -> None:
    """All that is due; else the nearest one of the coming week."""
    standing = FollowUp.objects.filter(customer_id=interaction.customer_id, state=State.OPEN)
    rows = list(standing.select_for_update(of=("self",)).select_related("assignee").order_by("due_on", "id"))
    due = [row for row in rows if row.due_on <= clock.user_today(row.assignee)]
    for row in due or _nearest(rows):
        close(row, State.DONE, by=by, interaction=interaction)


def _nearest(rows: list[FollowUp]) -> list[FollowUp]:
    if not rows:
        return []
    limit = clock.user_today(rows[0].assignee) + timedelta(days=cadence.CLOSES_WITHIN)
    return rows[:1] if rows[0].due_on <= limit else []


@transaction.atomic
def next_step_apply(*, interaction: Interaction, choice: str | None, by: User) -> FollowUp | None:
    """Set the next follow-up of a log entry; None when there is none to set.

    `choice`: "plan" or None = the default plan of the tier (not where a person has planned something), "3", "7",
    "30" = so many days from the entry, an ISO date, or "none". It replaces an open automatic follow-up, never one
    made by a person. Raises ValueError for anything else.
    """
    customer = Customer.all_objects.select_related("facts", "owner").get(pk=interaction.customer_id)
    contact_on = interaction.occurred_at.astimezone(zone()).date()
    if choice == NOTHING:
        _cancel_automatic(interaction, by=by)
        return None
    if choice in (None, "", PLAN):
        return _by_plan(interaction, customer, contact_on, asked=choice == PLAN, by=by)
    due_on = _chosen_day(choice, contact_on)
    _cancel_automatic(interaction, by=by)
    reason = {"days": (due_on - contact_on).days}
    return _create(interaction, customer, due_on, by, Source.MANUAL, reasons.NEXT_STEP, reason, interaction.kind)


def _chosen_day(choice: str, contact_on: date) -> date:
    if choice.isdecimal() and int(choice) in IN_DAYS:
        return next_working_day(max(contact_on + timedelta(days=int(choice)), clock.business_date()))
    day = date.fromisoformat(choice)
    if not contact_on <= day <= clock.business_date() + LATEST:
        raise ValueError(choice)
    return day


def _by_plan(
    interaction: Interaction, customer: Customer, contact_on: date, *, asked: bool, by: User
) -> FollowUp | None:
    rule = plan_rule_of(customer)
    if rule is None or not may_be_planned(customer):
        return None
    if not asked and FollowUp.objects.filter(customer=customer, state=State.OPEN, source=Source.MANUAL).exists():
        return None
    _cancel_automatic(interaction, by=by)
    reason = {"every_days": rule.every_days, "basis": "contact", "since": contact_on.isoformat()}
    due_on = plan_date(contact_on, rule.every_days)
    return _create(interaction, customer, due_on, by, Source.CADENCE, reasons.TIER_PLAN, reason, rule.method)


def plan_date(contact_on: date, every_days: int) -> date:
    """The day of the default plan, moved to a working day and never in the past."""
    return next_working_day(max(contact_on + timedelta(days=every_days), clock.business_date()))


def plan_rule_of(customer: Customer) -> PlanRule | None:
    """The active default plan of the customer's tier."""
    tier = customer.facts.tier if hasattr(customer, "facts") else "unrated"
    return PlanRule.objects.filter(scheme=scheme_for(customer.kind), tier=tier, is_active=True).first()


def may_be_planned(customer: Customer) -> bool:
    """Whether plans are made by themselves: not paused, not to be left alone, owned by somebody who works here."""
    owner = customer.owner
    return bool(owner and owner.is_active and customer.stage != "paused" and not customer.do_not_contact)


def _cancel_automatic(interaction: Interaction, *, by: User) -> None:
    """Open automatic follow-ups give way; noted on the entry, so that undo brings them back."""
    standing = FollowUp.objects.filter(customer_id=interaction.customer_id, state=State.OPEN)
    for row in standing.exclude(source=Source.MANUAL):
        close(row, State.CANCELLED, by=by, interaction=interaction)


def _create(
    interaction: Interaction,
    customer: Customer,
    due_on: date,
    by: User,
    source: str,
    code: str,
    reason: dict[str, Any],
    method: str,
) -> FollowUp:
    owner = customer.owner
    return follow_up_create(
        customer=customer,
        assignee=owner if owner and owner.is_active else by,
        due_on=due_on,
        by=by,
        method=method,
        source=source,
        reason_code=code,
        reason=reason,
        source_key=source_key(interaction),
    )


def source_key(interaction: Interaction) -> str:
    """The mark of what an entry has set."""
    return f"interaction:{interaction.pk}"


@transaction.atomic
def interaction_take_back(*, interaction: Interaction, by: User) -> None:
    """Handler of interaction_undone: what the entry set is cancelled, what it closed is open again."""
    for made in FollowUp.objects.filter(source_key=source_key(interaction), state=State.OPEN):
        close(made, State.CANCELLED, by=by)
    for closed in FollowUp.objects.filter(closed_by_interaction=interaction).order_by("id"):
        reopen(closed, by=by)
    note_next(interaction.customer_id)
