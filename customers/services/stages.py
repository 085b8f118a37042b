"""The relationship stage moves: by hand, with a log entry, into a pause and out of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit
from accounts.models import AuditEntry, User
from core import clock, events
from core.texts import seen, unseen
from customers.models import Customer, CustomerFacts, Interaction, Stage, StageMove
from customers.stages import Place, place_after_pause, stage_after

ONLY_PAUSED = gettext_lazy("Only a paused customer has an end of its pause and a reason.")
IN_FILE = ("paused_until", "pause_reason")
UNDO_FOR = timedelta(minutes=10)
LONGEST_PAUSE = timedelta(days=5 * 366)  # beyond, a year was mistyped


class UndoTooLateError(Exception):
    """Older than UNDO_FOR, or somebody else's."""


def place_of(customer: Customer) -> Place:
    """Where the customer stands."""
    return Place(customer.stage, customer.stage_since, customer.paused_until, customer.pause_reason)


@transaction.atomic
def customer_stage_move(*, customer: Customer, stage: str, by: User) -> bool:
    """Move the customer to another stage; False when it stands there already. A pause has `customer_pause`."""
    if stage == Stage.PAUSED or stage not in Stage.values:
        raise ValidationError({"stage": _("Choose one of the stages. A pause has its own button.")})
    stored = locked(customer)
    if stored.stage == stage:
        return False
    put(customer, stored, Place(stage, _since(stored, stage)), by=by)
    return True


@transaction.atomic
def customer_pause(*, customer: Customer, until: date | None, reason: str, by: User) -> None:
    """Leave the customer alone until a coming day, or until further notice; for a paused one set both anew.

    ValidationError, with the field to put right, when the day isn't ahead or a pause without an end has no reason.
    """
    reason = seen(reason)
    check_pause(until, reason)
    stored = locked(customer)
    since = stored.stage_since if stored.stage == Stage.PAUSED else clock.business_date()
    place = Place(Stage.PAUSED, since, until, reason)
    if place != place_of(stored):
        put(customer, stored, place, by=by)


@transaction.atomic
def customer_resume(*, customer: Customer, by: User | None) -> bool:
    """End the pause: back to the stage before it, or the one that follows from the orders. False if it isn't paused."""
    stored = locked(customer)
    if stored.stage != Stage.PAUSED:
        return False
    put(customer, stored, _after_pause(stored), by=by)
    return True


@transaction.atomic
def customer_stage_undo(*, customer: Customer, by: User) -> None:
    """Take back one's own last move, pause or end of a pause; UndoTooLateError after 10 minutes or another move."""
    stored = locked(customer)
    move = StageMove.objects.filter(customer=stored).order_by("-pk").first()
    mine = move is not None and move.by_id == by.pk and move.at >= clock.now() - UNDO_FOR
    if move is None or not mine or not _back(stored, move):
        raise UndoTooLateError
    audit.record("customer.stage", by=by, on=customer, customer_stage=[move.to_stage, move.from_stage])
    events.publish("stage_moved", customer_ids=[customer.pk], by=by)


def pauses_end(today: date) -> int:
    """Take up again the customers whose pause ends today or has ended; returns how many. The plans come after it."""
    over = Customer.objects.filter(stage=Stage.PAUSED, paused_until__lte=today).order_by("pk")
    ended = 0
    for customer in over.only("pk"):
        with transaction.atomic():
            stored = locked(customer)
            if stored.stage == Stage.PAUSED and stored.paused_until is not None and stored.paused_until <= today:
                put(stored, stored, _after_pause(stored), by=None, replan=False)
                ended += 1
    return ended


@transaction.atomic
def pauses_back(today: date) -> int:
    """Take back what `pauses_end` did by a later day than today; returns how many."""
    ended = StageMove.objects.filter(by=None, from_stage=Stage.PAUSED, from_until__gt=today, customer__deleted_at=None)
    return sum(_back(locked(move.customer), move) for move in ended.select_related("customer").order_by("customer"))


def end_pauses(business_date: date) -> dict[str, int]:
    """The nightly job: pauses as of today, also when the night is made up for later."""
    return {"pauses": pauses_end(clock.business_date())}


def check_new(customer: Customer) -> None:
    """A new file may be paused from the beginning; only then it has an end of the pause and a reason."""
    if customer.stage == Stage.PAUSED:
        customer.pause_reason = seen(customer.pause_reason)
        check_pause(customer.paused_until, customer.pause_reason, IN_FILE)
    elif customer.paused_until or customer.pause_reason:
        raise ValidationError({"paused_until": ONLY_PAUSED})


def check_pause(until: date | None, reason: str, names: tuple[str, str] = ("until", "reason")) -> None:
    """Refuse a day that isn't ahead, and a pause for good that nobody says the reason of; `names` are the fields'."""
    today = clock.business_date()
    if until is not None and until <= today:
        raise ValidationError({names[0]: _("The day lies in the past. Choose a day from tomorrow on.")})
    if until is not None and until > today + LONGEST_PAUSE:
        raise ValidationError({names[0]: _("The day is more than five years ahead. Check the year.")})
    if until is None and unseen(reason):
        raise ValidationError({names[1]: _("Say why nobody is to follow up any more; it stays in the history.")})


# --- for the other services of this app ------------------------------------------------------------------------------
def locked(customer: Customer) -> Customer:
    """The row as it is stored, with its facts; nobody else moves it or plans for it before the transaction ends."""
    facts_locked([customer.pk])
    stored = Customer.all_objects.select_related("facts").filter(pk=customer.pk).first()
    if stored is None:  # removed for good meanwhile: not found, as for whoever opens it now
        raise Http404
    return stored


def facts_locked(customer_ids: Sequence[int]) -> None:
    """One planner of a customer at a time: lock the files, then their facts, as everybody does (followups/locks.py)."""
    files = Customer.all_objects.select_for_update(no_key=True)  # others may still refer to them
    list(files.filter(pk__in=customer_ids).order_by("pk").values_list("pk", flat=True))
    rows = CustomerFacts.objects.select_for_update().filter(pk__in=customer_ids).order_by("pk")
    list(rows.values_list("pk", flat=True))


def moved_values(stored: Customer, changes: dict[str, Any]) -> Place | None:
    """The place that changes of a file (stage, paused_until, pause_reason) ask for; None where it stays."""
    stage = changes.get("stage", stored.stage)
    if stage != Stage.PAUSED:
        if changes.get("paused_until") or changes.get("pause_reason"):
            raise ValidationError({"paused_until": ONLY_PAUSED})
        if stage == stored.stage:
            return None
        return _after_pause(stored) if _goes_back(stored, stage) else Place(stage, _since(stored, stage))
    begins = stored.stage != Stage.PAUSED
    until = changes.get("paused_until", None if begins else stored.paused_until)
    reason = seen(changes.get("pause_reason", "" if begins else stored.pause_reason))
    place = Place(Stage.PAUSED, clock.business_date() if begins else stored.stage_since, until, reason)
    if place == place_of(stored):
        return None
    # A day that stands already may be today's: the night ends that pause.
    if begins or until is None or until != stored.paused_until:
        check_pause(until, reason, IN_FILE)
    return place


def put(
    customer: Customer,
    stored: Customer,
    place: Place,
    *,
    by: User | None,
    interaction: Interaction | None = None,
    replan: bool = True,
) -> None:
    """Write the place of a locked customer, its history and audit line; open automatic dates follow at once."""
    before = place_of(stored)
    values = {**place.values(), "updated_by": by, "updated_at": clock.now()}
    Customer.all_objects.filter(pk=stored.pk).update(**values, version=F("version") + 1)
    for row in {id(customer): customer, id(stored): stored}.values():
        for name, value in values.items():
            setattr(row, name, value)
        row.version += 1
    note(stored, before, place, by=by, interaction=interaction)
    if replan:
        events.publish("stage_moved", customer_ids=[stored.pk], by=by)


def put_together(rows: Sequence[Customer], stage: str, *, by: User) -> None:
    """Move locked customers, none of them paused, to one stage that isn't a pause: a few statements, dates follow."""
    put_each(rows, {row.pk: Place(stage, _since(row, stage)) for row in rows}, by=by)


def put_each(rows: Sequence[Customer], places: Mapping[int, Place], *, by: User) -> None:
    """The same, each to the place of its own."""
    moves = [_move(row, place_of(row), places[row.pk], by) for row in rows]
    lines = [_line(row, row.stage, places[row.pk], by) for row in rows]
    stamps = {"updated_by": by, "updated_at": clock.now()}
    for row in rows:
        for name, value in {**places[row.pk].values(), **stamps, "version": row.version + 1}.items():
            setattr(row, name, value)
    Customer.all_objects.bulk_update(rows, [*places[rows[0].pk].values(), *stamps, "version"])
    StageMove.objects.bulk_create(moves)
    audit.record_lines(lines)
    events.publish("stage_moved", customer_ids=[row.pk for row in rows], by=by)


def note(
    customer: Customer, before: Place, place: Place, *, by: User | None, interaction: Interaction | None = None
) -> None:
    """Keep the move in the history and the audit log."""
    _move(customer, before, place, by, interaction).save(force_insert=True)
    audit.record_lines([_line(customer, before.stage, place, by)])


def _move(
    customer: Customer, before: Place, place: Place, by: User | None, interaction: Interaction | None = None
) -> StageMove:
    return StageMove(
        customer=customer,
        by=by,
        from_stage=before.stage,
        from_since=before.since,
        from_until=before.until,
        from_reason=before.reason,
        to_stage=place.stage,
        until=place.until,
        reason=place.reason,
        interaction=interaction,
    )


def _line(customer: Customer, before: str, place: Place, by: User | None) -> AuditEntry:
    ends = {"paused_until": place.until.isoformat()} if place.until else {}
    return audit.line("customer.stage", by=by, on=customer, customer_stage=[before, place.stage], **ends)


def take_back(interaction: Interaction) -> bool:
    """Undo the move that came with a log entry, unless the stage was moved again since; whether it was undone."""
    move = StageMove.objects.filter(interaction=interaction).order_by("-pk").first()
    return move is not None and _back(locked(interaction.customer), move)


def _back(stored: Customer, move: StageMove) -> bool:
    """Put a locked customer where it stood before its last move, which is forgotten."""
    later = StageMove.objects.filter(customer=stored, pk__gt=move.pk).exists()
    if later or stored.stage != move.to_stage:
        return False
    place = Place(move.from_stage, move.from_since, move.from_until, move.from_reason)
    Customer.all_objects.filter(pk=stored.pk).update(**place.values(), version=F("version") + 1)
    move.delete()
    return True


def _since(customer: Customer, stage: str) -> date:
    """Since when a stage counts that begins now: after the deal from the deal, as the orders say it."""
    today = clock.business_date()
    follows, since = stage_after(_bought_on(customer), today)
    return since if stage == follows == Stage.AFTER_SALE else today


def _goes_back(stored: Customer, stage: str) -> bool:
    return stored.stage == Stage.PAUSED and _after_pause(stored).stage == stage


def _after_pause(stored: Customer) -> Place:
    begun = StageMove.objects.filter(customer=stored, to_stage=Stage.PAUSED).exclude(from_stage=Stage.PAUSED)
    move = begun.order_by("-pk").first()
    before = Place(move.from_stage, move.from_since) if move else None
    return place_after_pause(place_of(stored), before, _bought_on(stored), clock.business_date())


def _bought_on(customer: Customer) -> date | None:
    facts = getattr(customer, "facts", None)
    return facts.last_order_on if facts else None
