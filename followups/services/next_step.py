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
from core.digits import whole_number
from customers.models import Customer, CustomerFacts, Interaction, InteractionKind
from customers.services import facts_write
from customers.services.interactions import counts_as_contact
from followups import reasons
from followups.answering import answered_by
from followups.hours.days import person_days
from followups.models import FollowUp
from followups.reckoning import RECKONED_WITH, reckon
from followups.services.check_ins import check_in_answered
from followups.services.follow_ups import State, add, close, close_all, note_next, reopen
from followups.services.plans import dates_ensure
from followups.visits import is_over

Source = FollowUp.Source
PLAN, NOTHING = "plan", "none"
IN_DAYS = (1, 3, 7, 30)
PLANNABLE = frozenset(InteractionKind) - {InteractionKind.NOTE, InteractionKind.OTHER}  # methods that one can plan
LATEST = timedelta(days=5 * 366)  # beyond, a year was mistyped


@transaction.atomic(savepoint=False)
def interaction_answer(
    *,
    interaction: Interaction,
    by: User | None,
    next_step: str | None,
    next_time: time | None = None,
    next_purpose: str = "",
    next_assignee: User | None = None,
    routine: bool = False,
) -> None:
    """Handler of interaction_logged: close what it answers (followups/answering.py), then set the next step.

    A visit that is over and that this contact doesn't write up stays open, as a person's own: the plan goes on beside
    it.
    A note among colleagues and automatic entries close nothing; a next step chosen in them counts all the same.
    `next_step`: "plan" or None = the default plan (not where a person has planned something), "1", "3", "7", "30" =
    so many days from the entry, an ISO date, or "none" = nothing was agreed: automatic ones give way, and where nobody
    has planned anything the plan goes on. It takes the place of an open automatic follow-up, never of one made by a
    person. With `next_time`, `next_purpose` or another `next_assignee` than usual a person has planned it,
    also on the day of the default plan. Raises ValueError for anything else. `routine`: a contact in the course of
    other work, such as a complaint, answers the default plan and what the customer has written; what else is planned
    was about something else and stands. `by` None: an entry that came by itself.
    """
    # Each log entry comes through here, so everything is read once: the customer, and all that stands for it.
    customer = _locked(interaction.customer_id)
    mine = Q(source_key=source_key(interaction)) | Q(closed_by_interaction=interaction)
    rows = FollowUp.objects.filter(Q(customer=customer, state=State.OPEN) | mine).select_related(
        "assignee", "appointment"
    )
    found = list(rows.select_for_update(of=("self",)).order_by("due_on", "id"))
    if any(row.state != State.OPEN or row.source_key == source_key(interaction) for row in found):
        return  # answered already
    standing = found
    contact = counts_as_contact(interaction)
    if contact:
        answered = answered_by(interaction.kind, standing, routine=routine)
        close_all(answered, State.DONE, by=by, interaction=interaction)
        check_in_answered(interaction, answered)
        standing = [row for row in standing if row not in answered]
        if not routine:
            _keep(standing, interaction)
    others = routine and any(row.source not in (Source.CADENCE, Source.MANUAL) for row in standing)
    if (contact or next_step) and not others and by is not None:
        standing = _next_step_set(
            interaction, customer, standing, next_step, at=next_time, purpose=next_purpose, who=next_assignee, by=by
        )
    facts_write(customer.pk, next_follow_up_on=min((row.due_on for row in standing), default=None))


@transaction.atomic(savepoint=False)
def first_contact_plan(*, customer: Customer, by: User | None) -> None:
    """Handler of customer_created: whoever is new has a next date at once, where plans are made at all."""
    wanted = reckon(customer)
    if wanted is None or customer.owner is None:
        return
    add(customer=customer, assignee=customer.owner, by=by, source=Source.CADENCE, **wanted.fields())
    note_next(customer.pk)


def _locked(customer_id: int) -> Customer:
    """The customer with facts and owner; nobody else plans for it before the transaction ends."""
    rows = CustomerFacts.objects.select_for_update(of=("self",)).select_related(
        *(f"customer__{name}" for name in RECKONED_WITH[1:])
    )
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
    *,
    at: time | None,
    purpose: str,
    who: User | None,
    by: User,
) -> list[FollowUp]:
    """Set the next follow-up, see interaction_answer; returns those that are open then."""
    by_hand = [row for row in standing if row.source == Source.MANUAL]
    ahead = [row for row in by_hand if not _to_write_up(row)]
    contact_on = interaction.occurred_at.astimezone(zone()).date()
    usual = usual_assignee(customer, by)
    planned: dict[str, Any] | None = None
    if choice in (None, "", PLAN):
        wanted = reckon(customer)
        if wanted is None or (ahead and choice != PLAN):
            return list(standing)
        planned = wanted.fields() | {"source": Source.CADENCE}
        if at or purpose or who not in (None, usual):  # a person has planned it, on the day of the plan
            planned |= {"source": Source.MANUAL, "due_time": at or wanted.at, "purpose": purpose or wanted.purpose}
    elif choice == NOTHING:
        wanted = None if ahead else reckon(customer, left="" if counts_as_contact(interaction) else State.CANCELLED)
        planned = wanted.fields() | {"source": Source.CADENCE} if wanted else None
    else:
        due_on = _chosen_day(choice, contact_on, by, who or usual)
        planned = {
            "due_on": due_on,
            "due_time": at,
            "purpose": purpose,
            "method": interaction.kind if interaction.kind in PLANNABLE else InteractionKind.CALL,
            "source": Source.MANUAL,
            "reason_code": reasons.NEXT_STEP,
            "reason": {"days": (due_on - contact_on).days},
        }
    # Automatic ones give way; noted on the entry, so that undo brings them back.
    automatic = [row for row in standing if row.source != Source.MANUAL]
    close_all(automatic, State.CANCELLED, by=by, interaction=interaction)
    if planned is None:
        return by_hand
    made = add(customer=customer, assignee=who or usual, by=by, source_key=source_key(interaction), **planned)
    return [*by_hand, made]


def _to_write_up(plan: FollowUp) -> bool:
    """A visit or meeting that is over: it says nothing of what comes next."""
    return is_over(plan, clock.user_today(plan.assignee))


def _keep(standing: Sequence[FollowUp], interaction: Interaction) -> None:
    """Automatic visits that wait to be written up become their person's own, so that the plan can go on beside them."""
    kept = [row for row in standing if row.source != Source.MANUAL and _to_write_up(row)]
    for row in kept:
        row.reason = {**row.reason, reasons.KEPT: [row.source, interaction.pk]}
        row.source = Source.MANUAL
        row.version += 1
    FollowUp.objects.bulk_update(kept, ["source", "reason", "version"])


def _give_back(interaction: Interaction) -> None:
    """The same taken back: they are the plan's again, unless it has made another one since."""
    kept = FollowUp.objects.filter(customer=interaction.customer_id, state=State.OPEN, source=Source.MANUAL)
    for row in kept.filter(**{f"reason__{reasons.KEPT}__1": interaction.pk}):
        row.source = row.reason.pop(reasons.KEPT)[0]
        if not _automatic_open(interaction.customer_id):
            row.version += 1
            row.save(update_fields=["source", "reason", "version"])


def _automatic_open(customer_id: int) -> bool:
    rows = FollowUp.objects.filter(customer=customer_id, state=State.OPEN).exclude(source=Source.MANUAL)
    return rows.exists()


def usual_assignee(customer: Customer, by: User) -> User:
    """Who does the next step unless somebody is named: the owner, else whoever wrote the entry."""
    owner = customer.owner
    return owner if owner and owner.is_active else by


def _chosen_day(choice: str, contact_on: date, by: User, who: User) -> date:
    """The day of a choice, one that `who` works; whoever sits west of the company may still choose their own today."""
    if (ahead := whole_number(choice)) is not None and ahead in IN_DAYS:
        return person_days(who.pk).next_day(max(contact_on + timedelta(days=ahead), clock.business_date()))
    day = date.fromisoformat(choice)
    if not min(contact_on, clock.user_today(by)) <= day <= clock.business_date() + LATEST:
        raise ValueError(choice)
    return day


def source_key(interaction: Interaction) -> str:
    """The key of the follow-up that a log entry has set."""
    return f"interaction:{interaction.pk}"


@transaction.atomic
def interaction_take_back(*, interaction: Interaction, by: User) -> None:
    """Handler of interaction_undone: what the entry set is cancelled, what it closed is open again."""
    for made in FollowUp.objects.filter(source_key=source_key(interaction), state=State.OPEN):
        close(made, State.CANCELLED, by=by)
    _give_back(interaction)
    for closed in FollowUp.objects.filter(closed_by_interaction=interaction).order_by("id"):
        reopen(closed, by=by)
    note_next(interaction.customer_id)
    dates_ensure([interaction.customer_id])
