"""What a log entry does to the plan: it closes what it answers and sets the next step; undo takes both back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from core import clock
from core.company import zone
from core.workcalendar import next_working_day
from customers.models import UNRATED, Customer, CustomerFacts, Interaction, InteractionKind, Stage
from customers.services import facts_write
from customers.services.interactions import counts_as_contact
from followups import cadence, reasons
from followups.models import FollowUp, PlanRule
from followups.services.follow_ups import State, add, close, close_all, note_next, reopen
from segmentation.tiers import scheme_for

Source = FollowUp.Source
PLAN, NOTHING = "plan", "none"
IN_DAYS = (3, 7, 30)
LATEST = timedelta(days=5 * 366)  # beyond, a year was mistyped


@transaction.atomic(savepoint=False)
def interaction_answer(
    *,
    interaction: Interaction,
    by: User,
    next_step: str | None,
    next_time: time | None = None,
    next_purpose: str = "",
    routine: bool = False,
) -> None:
    """Handler of interaction_logged: close what is due or due within 7 days, then set the next step.

    A note among colleagues and automatic entries close nothing; a next step chosen in them counts all the same.
    `next_step`: "plan" or None = the default plan of the tier (not where a person has planned something), "3", "7",
    "30" = so many days from the entry, an ISO date, or "none". It takes the place of an open automatic follow-up,
    never of one made by a person. With `next_time` or `next_purpose` a person has planned it, also on the day of the
    default plan. Raises ValueError for anything else. `routine`: a contact in the course of other work, such as a
    complaint, answers the default plan alone; what else is planned was about something else and stands.
    """
    # Each log entry comes through here, so everything is read once: the customer, and all that stands for it.
    customer = _locked(interaction.customer_id)
    mine = Q(source_key=source_key(interaction)) | Q(closed_by_interaction=interaction)
    rows = FollowUp.objects.filter(Q(customer=customer, state=State.OPEN) | mine).select_related("assignee")
    found = list(rows.select_for_update(of=("self",)).order_by("due_on", "id"))
    if any(row.state != State.OPEN or row.source_key == source_key(interaction) for row in found):
        return  # answered already
    standing = found
    contact = counts_as_contact(interaction)
    if contact:
        # All that is due; else the nearest one of the coming week. The nearest stands first.
        meant = [row for row in standing if not routine or row.source == Source.CADENCE]
        ahead = {row.pk: row.due_on - clock.user_today(row.assignee) for row in meant}
        answered = [row for row in meant if ahead[row.pk] <= timedelta(0)]
        if not answered and meant and ahead[meant[0].pk] <= timedelta(days=cadence.CLOSES_WITHIN):
            answered = meant[:1]
        close_all(answered, State.DONE, by=by, interaction=interaction)
        standing = [row for row in standing if row not in answered]
    others = routine and any(row.source not in (Source.CADENCE, Source.MANUAL) for row in standing)
    if (contact or next_step) and not others:
        standing = _next_step_set(interaction, customer, standing, next_step, next_time, next_purpose, by=by)
    facts_write(customer.pk, next_follow_up_on=min((row.due_on for row in standing), default=None))


@transaction.atomic(savepoint=False)
def first_contact_plan(*, customer: Customer, by: User) -> None:
    """Handler of customer_created: whoever is new is contacted by the next working day, where plans are made at all."""
    if customer.owner is None or not may_be_planned(customer):
        return
    rule = plan_rule_of(customer)
    today = clock.business_date()
    add(
        customer=customer,
        assignee=customer.owner,
        due_on=next_working_day(today + timedelta(days=1)),
        by=by,
        source=Source.CADENCE,
        method=rule.method if rule else InteractionKind.CALL,
        reason_code=reasons.FIRST_CONTACT,
        reason={"since": today.isoformat()},
    )
    note_next(customer.pk)


def _locked(customer_id: int) -> Customer:
    """The customer with facts and owner; nobody else plans for it before the transaction ends."""
    rows = CustomerFacts.objects.select_for_update(of=("self",)).select_related("customer__owner")
    facts = rows.filter(pk=customer_id).first()
    if facts is None:
        CustomerFacts.objects.get_or_create(pk=customer_id)
        facts = rows.get(pk=customer_id)
    return facts.customer


def _next_step_set(
    interaction: Interaction,
    customer: Customer,
    standing: Sequence[FollowUp],
    choice: str | None,
    at: time | None,
    purpose: str,
    *,
    by: User,
) -> list[FollowUp]:
    """Set the next follow-up, see interaction_answer; returns those that are open then."""
    by_hand = [row for row in standing if row.source == Source.MANUAL]
    contact_on = interaction.occurred_at.astimezone(zone()).date()
    # The plan counts from the last contact: an older one, written down afterwards, doesn't bring the next one nearer.
    last_at = max(filter(None, (interaction.occurred_at, customer.facts.last_contact_at)))
    last_on = last_at.astimezone(zone()).date()
    if choice == NOTHING:
        planned: dict[str, Any] | None = None
    elif choice in (None, "", PLAN):
        rule = plan_rule_of(customer) if may_be_planned(customer) else None
        if rule is None or (by_hand and choice != PLAN):
            return list(standing)
        planned = {
            "due_on": plan_date(last_on, rule.every_days),
            "method": rule.method,
            "source": Source.MANUAL if at or purpose else Source.CADENCE,
            "reason_code": reasons.TIER_PLAN,
            "reason": {"every_days": rule.every_days, "basis": "contact", "since": last_on.isoformat()},
        }
    else:
        due_on = _chosen_day(choice, contact_on)
        planned = {
            "due_on": due_on,
            "method": interaction.kind,
            "source": Source.MANUAL,
            "reason_code": reasons.NEXT_STEP,
            "reason": {"days": (due_on - contact_on).days},
        }
    # Automatic ones give way; noted on the entry, so that undo brings them back.
    automatic = [row for row in standing if row.source != Source.MANUAL]
    close_all(automatic, State.CANCELLED, by=by, interaction=interaction)
    if planned is None:
        return by_hand
    owner = customer.owner
    assignee = owner if owner and owner.is_active else by
    planned |= {"due_time": at, "purpose": purpose, "source_key": source_key(interaction)}
    made = add(customer=customer, assignee=assignee, by=by, **planned)
    return [*by_hand, made]


def _chosen_day(choice: str, contact_on: date) -> date:
    if choice.isdecimal() and int(choice) in IN_DAYS:
        return next_working_day(max(contact_on + timedelta(days=int(choice)), clock.business_date()))
    day = date.fromisoformat(choice)
    if not contact_on <= day <= clock.business_date() + LATEST:
        raise ValueError(choice)
    return day


def plan_date(contact_on: date, every_days: int) -> date:
    """The day of the default plan, moved to a working day and never in the past."""
    return next_working_day(max(contact_on + timedelta(days=every_days), clock.business_date()))


def plan_rule_of(customer: Customer) -> PlanRule | None:
    """The active default plan of the customer's tier."""
    tier = customer.facts.tier if hasattr(customer, "facts") else UNRATED
    return PlanRule.objects.filter(scheme=scheme_for(customer.kind), tier=tier, is_active=True).first()


def may_be_planned(customer: Customer) -> bool:
    """Whether plans are made by themselves: not paused, may be contacted, owned by somebody who is active."""
    owner = customer.owner
    return bool(owner and owner.is_active and customer.stage != Stage.PAUSED and not customer.do_not_contact)


def source_key(interaction: Interaction) -> str:
    """The key of the follow-up that a log entry has set."""
    return f"interaction:{interaction.pk}"


@transaction.atomic
def interaction_take_back(*, interaction: Interaction, by: User) -> None:
    """Handler of interaction_undone: what the entry set is cancelled, what it closed is open again."""
    for made in FollowUp.objects.filter(source_key=source_key(interaction), state=State.OPEN):
        close(made, State.CANCELLED, by=by)
    for closed in FollowUp.objects.filter(closed_by_interaction=interaction).order_by("id"):
        reopen(closed, by=by)
    note_next(interaction.customer_id)
