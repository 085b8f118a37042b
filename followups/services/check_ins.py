"""Signing in at a customer, and where customers are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.masking import may_read
from accounts.models import User
from core import clock
from core.company import company
from core.texts import seen
from core.versions import StaleVersionError, save_version
from customers.models import CheckInState, Customer, Interaction, InteractionKind
from customers.services.interactions import TIMED_KINDS
from followups import reasons
from followups.check_in.places import Position, metres_between
from followups.locks import hold
from followups.models import CheckIn, FollowUp, Place
from followups.services.follow_ups import State, follow_up_create, follow_up_reschedule

REASON_MISSING = _("Say why there is no position. The check-in is accepted all the same.")


@transaction.atomic
def check_in(
    *, customer: Customer, by: User, position: Position | None, reason: str = "", remember: bool = False
) -> CheckIn:
    """Somebody is at the customer now: from here on the visit is open until it is written up, within 24 hours.

    The visit that they have planned for today begins now; without one, one begins. Without a position a reason is
    asked for. `remember` stores the position as the customer's place where none is known. Signing in twice at one
    customer on one day gives the first check-in, as long as its visit is open.
    """
    reason = seen(reason)
    if position is None and not reason:
        raise ValidationError({"reason": REASON_MISSING})
    hold([customer.pk])
    now = clock.now()
    here = now.astimezone(clock.user_zone(by)).replace(second=0, microsecond=0)
    mine = FollowUp.objects.filter(customer=customer, assignee=by, state=State.OPEN, due_on=here.date())
    standing = CheckIn.objects.filter(follow_up__in=mine, user=by).select_related("follow_up").first()
    if standing is not None:
        return standing
    place = Place.objects.filter(pk=customer.pk).first()
    # How far it is, and even whether it is near, tells where the customer is.
    state, distance = _measured(position, place if may_read(by, customer, "address") else None)
    if remember and position is not None and place is None and not _rough(position):
        place_set(customer=customer, changes=_degrees(position), version=0, by=by)
    made = CheckIn.objects.create(
        customer=customer,
        user=by,
        follow_up=_visit(customer, mine.filter(method__in=TIMED_KINDS).order_by("due_time", "pk").first(), here, by),
        at=now,
        state=state,
        reason="" if position else reason,
        distance=distance,
        **(_degrees(position) | {"accuracy": position.accuracy} if position else {}),
    )
    audit.record("check_in.create", by=by, on=made, customer=customer.pk, check_in=state)
    return made


def _visit(customer: Customer, planned: FollowUp | None, here: datetime, by: User) -> FollowUp:
    """The visit that begins now: today's planned one takes this time."""
    if planned is not None:
        follow_up_reschedule(follow_up=planned, due_on=here.date(), due_time=here.time(), by=by)
        return planned
    return follow_up_create(
        customer=customer,
        assignee=by,
        due_on=here.date(),
        due_time=here.time(),
        method=InteractionKind.VISIT,
        by=by,
        reason_code=reasons.CHECK_IN,
    )


def _measured(position: Position | None, place: Place | None) -> tuple[CheckInState, int | None]:
    """What the position says, and the metres to the customer's place."""
    if position is None or place is None or _rough(position):
        return CheckInState.NO_LOCATION, None
    metres = round(metres_between(position, place))
    within = metres <= company().check_in_radius
    return (CheckInState.VERIFIED if within else CheckInState.OUT_OF_RANGE), metres


def _rough(position: Position) -> bool:
    """Whether the device knows less than is asked."""
    return position.accuracy > company().check_in_radius


def _degrees(position: Position) -> dict[str, float]:
    return {"latitude": position.latitude, "longitude": position.longitude}


def check_in_answered(interaction: Interaction, answered: Sequence[FollowUp]) -> None:
    """The entry says how its visit began, if that was with a check-in of its author."""
    visits = [row.pk for row in answered if row.method in TIMED_KINDS]
    if interaction.kind not in TIMED_KINDS or not visits:
        return
    began = CheckIn.objects.filter(follow_up__in=visits, user=interaction.user).order_by("-at").first()
    if began is not None:
        interaction.check_in = began.state
        Interaction.all_objects.filter(pk=interaction.pk).update(check_in=began.state)


@transaction.atomic
def place_set(*, customer: Customer, changes: dict[str, Any], version: int, by: User) -> Place:
    """Write latitude and longitude over `version` (0: no place is known); StaleVersionError over another one."""
    hold([customer.pk])
    stored = Place.objects.filter(pk=customer.pk).first()
    if (stored.version if stored else 0) != version:
        raise StaleVersionError(stored or Place(customer=customer, version=0))
    if stored is None:
        place = Place.objects.create(customer=customer, created_by=by, updated_by=by, **changes)
    else:
        place = stored
        save_version(place, changes, version=version, by=by)
    audit.record("place.set", by=by, on=place, customer=customer.pk)
    return place


@transaction.atomic
def place_remove(*, customer: Customer, by: User) -> None:
    """Forget where the customer is."""
    hold([customer.pk])
    place = Place.objects.filter(pk=customer.pk).first()
    if place is not None:
        audit.record("place.remove", by=by, on=place, customer=customer.pk)
        place.delete()
