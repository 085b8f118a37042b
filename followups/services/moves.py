"""What follows for the plans when a customer changes: its stage, a pause, its owner, whether it may be contacted."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import F, Q

from accounts.models import User
from core import clock
from customers.models import Customer, Interaction, OwnerChange, Stage
from followups.models import FollowUp
from followups.services.follow_ups import State, close_all, reopen
from followups.services.plans import customers_replan, dates_ensure

ENDED_BY_PAUSE = "ended_by_pause"  # in the reason of what a pause has cancelled


@transaction.atomic(savepoint=False)
def stages_plan(*, customer_ids: Sequence[int], by: User | None) -> None:
    """Handler of stage_moved: automatic dates move at once.

    A pause ends what people planned before its end; who is taken up early, or by an undo, has back what is still ahead.
    """
    paused = Q(customer__stage=Stage.PAUSED)
    before_it_ends = Q(customer__paused_until=None) | Q(due_on__lt=F("customer__paused_until"))
    meant = FollowUp.objects.filter(
        paused, before_it_ends, customer__in=customer_ids, state=State.OPEN, source=FollowUp.Source.MANUAL
    )
    rows = list(meant.select_for_update(of=("self",)).order_by("pk"))
    close_all(rows, State.CANCELLED, by=by)
    for row in rows:
        row.reason[ENDED_BY_PAUSE] = True
    FollowUp.objects.bulk_update(rows, ["reason"])
    ended = FollowUp.objects.filter(
        ~paused, customer__in=customer_ids, state=State.CANCELLED, reason__has_key=ENDED_BY_PAUSE
    )
    back = list(ended.filter(due_on__gte=clock.business_date()).order_by("pk").select_for_update(of=("self",)))
    for row in back:
        reopen(row, by=by)
        del row.reason[ENDED_BY_PAUSE]
    FollowUp.objects.bulk_update(back, ["reason"])
    customers_replan(customer_ids)


@transaction.atomic(savepoint=False)
def wishes_plan(*, customer_ids: Sequence[int], by: User | None) -> None:
    """Handler of contact_wish_changed: whoever may be contacted again has a date at once, the others none by itself."""
    customers_replan(customer_ids)


@transaction.atomic(savepoint=False)
def correction_plan(*, interaction: Interaction, by: User) -> None:
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
