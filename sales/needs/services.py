"""Writes of needs. A need that an entry of the log has brought follows that entry as long as nobody has touched it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy

from accounts import audit
from accounts.models import User
from core import clock
from core.texts import seen, unseen
from core.versions import save_version
from customers.models import Customer, Interaction
from customers.services.stages import UNDO_FOR, UndoTooLateError, facts_locked
from sales.needs.models import UNSETTLED, Need, NeedStep

WORDS = frozenset({"text", "kind", "contact", "since"})
PLACE = frozenset({"state", "product", "reason"})
REASON_MISSING = gettext_lazy("Say in a few words why it is dropped.")
TEXT_MISSING = gettext_lazy("Write down what the customer needs.")


@transaction.atomic
def need_add(*, customer: Customer, text: str, by: User, interaction: Interaction | None = None, **fields: Any) -> Need:
    """Note a need; `fields`: kind, contact, product, state, reason, since (today)."""
    _refuse_without_words(text)
    now = clock.now()
    values = {"since": clock.business_date(), **fields}
    need = Need(
        customer=customer,
        interaction=interaction,
        text=text.strip(),
        by_hand=interaction is None,
        moved_at=now,
        created_by=by,
        updated_by=by,
    )
    for name, value in values.items():
        setattr(need, name, value)
    _refuse_dropped_for_nothing(need.state, need.reason)
    need.save(force_insert=True)
    _step(need, by=by, interaction=interaction)
    audit.record("need.create", by=by, on=need, customer=need.customer_id)
    return need


@transaction.atomic
def need_change(*, need: Need, changes: Mapping[str, Any], version: int, by: User) -> None:
    """Write words, product or state over `version`; StaleVersionError when somebody was faster."""
    unknown = changes.keys() - WORDS - PLACE
    if unknown:
        raise TypeError(f"not editable: {sorted(unknown)}")
    _refuse_without_words(changes.get("text", need.text))
    values = dict(changes)
    before = need.state
    state = values.get("state", before)
    if state != Need.State.DROPPED and (need.reason or values.get("reason")):
        values["reason"] = ""
    _refuse_dropped_for_nothing(state, values.get("reason", need.reason))
    moved = state != before
    if moved:
        values["moved_at"] = clock.now()
    if WORDS & changes.keys():
        values["by_hand"] = True
    save_version(need, values, version=version, by=by)
    if PLACE & changes.keys():
        _step(need, by=by)
    if moved:
        audit.record("need.move", by=by, on=need, customer=need.customer_id, need_state=[before, need.state])
    elif changes:
        audit.record("need.change", by=by, on=need, customer=need.customer_id, fields=sorted(changes))


@transaction.atomic
def need_move(*, need: Need, to: str, by: User, interaction: Interaction | None = None) -> bool:
    """Say that it was offered, met or is open again, with one tap; False where it is so already.

    A state that needs more words than a tap is written by `need_change`."""
    if to not in (Need.State.OPEN, Need.State.OFFERED, Need.State.MET):
        raise ValidationError(REASON_MISSING)
    locked = Need.all_objects.select_for_update(of=("self",)).get(pk=need.pk)
    if locked.state == to:
        return False
    before, changes = locked.state, {"state": to, "reason": "", "moved_at": clock.now()}
    save_version(locked, changes, version=locked.version, by=by)
    _step(locked, by=by, interaction=interaction)
    audit.record("need.move", by=by, on=locked, customer=locked.customer_id, need_state=[before, to])
    return True


def needs_move(*, customer: Customer, moves: Mapping[int, str], by: User, interaction: Interaction) -> None:
    """Move some of a customer's needs with an entry of the log; taking the entry back takes them back."""
    if not moves:
        return
    for need in Need.all_objects.filter(customer=customer, pk__in=moves).order_by("pk"):
        need_move(need=need, to=moves[need.pk], by=by, interaction=interaction)


@transaction.atomic
def need_move_back(*, need: Need, by: User) -> None:
    """Take back one's own last step; UndoTooLateError after 10 minutes, or when another one came."""
    locked = Need.all_objects.select_for_update(of=("self",)).get(pk=need.pk)
    last = locked.steps.order_by("-pk").first()
    if last is None or last.by_id != by.pk or last.at < clock.now() - UNDO_FOR or not _take_back(locked, last, by=by):
        raise UndoTooLateError


def _take_back(need: Need, last: NeedStep, *, by: User) -> bool:
    """The need as the step before `last`, its last one, left it; False where that was its first."""
    earlier = need.steps.filter(pk__lt=last.pk).order_by("-pk").first()
    if earlier is None:
        return False
    before = need.state
    last.delete()
    back = {"state": earlier.state, "product": earlier.product, "reason": earlier.reason, "moved_at": earlier.at}
    save_version(need, back, version=need.version, by=by)
    audit.record("need.move", by=by, on=need, customer=need.customer_id, need_state=[before, need.state])
    return True


def _step(need: Need, *, by: User, interaction: Interaction | None = None) -> None:
    NeedStep.objects.create(
        need=need,
        at=clock.now(),
        by=by,
        state=need.state,
        product_id=need.product_id,
        reason=need.reason,
        interaction=interaction,
    )


def _refuse_without_words(text: str) -> None:
    if unseen(text):
        raise ValidationError({"text": TEXT_MISSING})


def _refuse_dropped_for_nothing(state: str, reason: str) -> None:
    if state == Need.State.DROPPED and unseen(reason):
        raise ValidationError({"reason": REASON_MISSING})


# --- born from the log -----------------------------------------------------------------------------------------------
def need_of_entry(*, interaction: Interaction, by: User, **_rest: Any) -> None:
    """What an entry notes as a new need becomes one, unless the customer has just that need already."""
    text = seen(interaction.needs_found)
    if not text:
        return
    # Whoever writes the facts waits here: two entries with the same words make one need.
    facts_locked([interaction.customer_id])
    known = Need.all_objects.filter(customer=interaction.customer_id, state__in=UNSETTLED, text__iexact=text)
    if known.exists():
        return
    need_add(
        customer=interaction.customer,
        text=text,
        by=by,
        interaction=interaction,
        contact=interaction.contact,
        since=clock.business_date(interaction.occurred_at),
    )


def need_follows_entry(*, interaction: Interaction, by: User, **_rest: Any) -> None:
    """A corrected entry: other words, day or contact are those of its need, too, as long as nobody has touched it.

    One without the words any more loses its need; one that got some brings one."""
    need = _untouched(interaction)
    if need is None:
        if not Need.all_objects.filter(interaction=interaction).exists():
            need_of_entry(interaction=interaction, by=by)
        return
    text = seen(interaction.needs_found)
    if not text:
        _remove(need, by=by)
        return
    now = {
        "text": text,
        "contact_id": interaction.contact_id,
        "since": clock.business_date(interaction.occurred_at),
    }
    changes = {name: value for name, value in now.items() if value != getattr(need, name)}
    if changes:
        save_version(need, changes, version=need.version, by=by)
        audit.record("need.change", by=by, on=need, customer=need.customer_id, fields=sorted(changes))


def need_goes_with_entry(*, interaction: Interaction, by: User, **_rest: Any) -> None:
    """An entry that is taken back takes its need along, if nobody has touched it, and the steps that came with it."""
    for step in NeedStep.objects.filter(interaction=interaction, need__customer=interaction.customer_id):
        moved = Need.all_objects.select_for_update(of=("self",)).get(pk=step.need_id)
        if not moved.steps.filter(pk__gt=step.pk).exists():
            _take_back(moved, step, by=by)
    need = _untouched(interaction)
    if need is not None:
        _remove(need, by=by)


def _untouched(interaction: Interaction) -> Need | None:
    """The need of this entry, locked, as long as it is what the entry made of it."""
    rows = Need.all_objects.select_for_update(of=("self",)).filter(interaction=interaction, by_hand=False)
    need = rows.filter(state=Need.State.OPEN).first()
    return need if need is not None and need.steps.count() == 1 else None


def _remove(need: Need, *, by: User) -> None:
    audit.record("need.remove", by=by, on=need, customer=need.customer_id)
    need.delete()
