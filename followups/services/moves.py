"""What follows for the plans when a customer changes: its stage, a pause, its owner, whether it may be contacted."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import F, Q

from accounts.models import User
from core import clock
from customers.models import Customer, Interaction, OwnerChange, Stage
from followups import reasons
from followups.models import FollowUp
from followups.services.follow_ups import State, close_all, reopen
from followups.services.plans import customers_replan, dates_ensure


@transaction.atomic(savepoint=False)
def stages_plan(*, customer_ids: Sequence[int], by: User | None) -> None:
    """Handler of stage_moved: automatic dates move at once.

    A pause ends what people planned before its end; who is taken up early, or by an undo, has back what is still ahead.
    """
    paused = Q(customer__stage=Stage.PAUSED)
    before_it_ends = Q(customer__paused_until=None) | Q(due_on__lt=F("customer__paused_until"))
    of_people = Q(source=FollowUp.Source.MANUAL) | Q(reason__has_key="chosen")
    meant = FollowUp.objects.filter(paused, before_it_ends, of_people, customer__in=customer_ids, state=State.OPEN)
    rows = list(meant.select_for_update(of=("self",)).order_by("pk"))
    close_all(rows, State.CANCELLED, by=by)
    for row in rows:
        row.reason[reasons.ENDED_BY_PAUSE] = True
    FollowUp.objects.bulk_update(rows, ["reason"])
    ended = FollowUp.objects.filter(
        ~paused, customer__in=customer_ids, state=State.CANCELLED, reason__has_key=reasons.ENDED_BY_PAUSE
    )
    back = list(ended.filter(due_on__gte=clock.business_date()).order_by("pk").select_for_update(of=("self",)))
    for row in back:
        reopen(row, by=by)
        del row.reason[reasons.ENDED_BY_PAUSE]
    FollowUp.objects.bulk_update(back, ["reason"])
    customers_replan(customer_ids)


@transaction.atomic(savepoint=False)
def merged_plan(*, customer_ids: Sequence[int], by: User | None) -> None:
    """Handler of customers_merged: what was planned for two stands with one, and automatic dates follow the contacts of
    both."""
    customers_replan(customer_ids)


@transaction.atomic(savepoint=False)
def wishes_plan(*, customer_ids: Sequence[int], by: User | None) -> None:
    """Handler of contact_wish_changed: whoever may be contacted again has a date at once, the others none by itself."""
    customers_replan(customer_ids)


@transaction.atomic(savepoint=False)
def tiers_plan(*, customer_ids: Sequence[int], by: User | None) -> None:
    """Handler of tier_set: a tier set by hand, or shown as rated again, moves the automatic dates at once."""
    customers_replan(customer_ids)


@transaction.atomic(savepoint=False)
def urgency_plan(*, customer_ids: Sequence[int], by: User | None) -> None:
    """Handler of qualified: what a prospect says of time and urgency moves the automatic date at once."""
    customers_replan(customer_ids)


@transaction.atomic(savepoint=False)
def left_out_plan(*, customer_ids: Sequence[int], by: User | None) -> None:
    """Handler of left_out_changed: who was taken into the plans has a date at once, and loses it where it is undone."""
    customers_replan(customer_ids)


@transaction.atomic(savepoint=False)
def correction_plan(*, interaction: Interaction, by: User | None) -> None:
    """Handler of interaction_corrected: automatic dates follow; what people planned stands."""
    customers_replan([interaction.customer_id])


@transaction.atomic(savepoint=False)
def owners_plan(*, changes: Sequence[OwnerChange], by: User | None) -> None:
    """Handler of customers_transferred, after follow_ups_go_along: whoever got an owner and has no date gets one."""
    dates_ensure([change.customer_id for change in changes if change.to_user_id is not None])


@transaction.atomic(savepoint=False)
def restored_plan(*, customer: Customer, by: User) -> None:
    """Handler of customer_restored: what was planned may have ended meanwhile."""
    dates_ensure([customer.pk])
