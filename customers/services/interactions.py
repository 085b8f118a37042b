"""The interaction log: what happened with a customer, and taking it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Case, Count, F, PositiveSmallIntegerField, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit
from accounts.models import User
from accounts.services import visits_need_note
from core import clock, events
from core.models import StoredFile
from core.texts import unseen
from core.versions import save_version
from customers.models import (
    Contact,
    Customer,
    Interaction,
    InteractionKind,
    InteractionResult,
    Stage,
)
from customers.rules import write_up_within
from customers.services import stages
from customers.services.attachments import attach, files_go_with
from customers.services.facts import facts_write
from customers.services.stages import UNDO_FOR, UndoTooLateError
from customers.stages import Place, stage_after_result

CAPTURE_COUNTS_FOR = timedelta(days=7)
SMALL: PositiveSmallIntegerField[int, int] = PositiveSmallIntegerField()
NOTE_MISSING = gettext_lazy("Your team asks for a note with every visit. Write in a sentence what it was about.")
RESULT_MISSING = gettext_lazy("Choose what came out of it.")
NOTE_WITHOUT = gettext_lazy(
    "A note among colleagues has no result. Leave it out, or choose how the customer was contacted."
)
CORRECTABLE = frozenset(
    {
        *("kind", "direction", "occurred_at", "contact", "result", "mood", "summary", "needs_found", "objection"),
        *("change_found", "participants", "place", "minutes", "late_reason"),
    }
)
TIMED_KINDS = (InteractionKind.VISIT, InteractionKind.MEETING)


def is_late(kind: str, *, occurred_at: datetime, captured_at: datetime | None, received_at: datetime) -> bool:
    """The rule for visits and meetings: written up within 24 hours, or as many as the company says.

    The device's own time counts only when it lies before the arrival here and not more than 7 days back: clocks of
    phones are wrong, and offline entries come later.
    """
    if kind not in TIMED_KINDS:
        return False
    written = received_at
    if captured_at is not None and received_at - CAPTURE_COUNTS_FOR <= captured_at <= received_at:
        written = captured_at
    return written - occurred_at > write_up_within()


def interaction_log(
    *,
    customer: Customer,
    by: User | None,
    kind: str,
    result: str = "",
    occurred_at: datetime | None = None,
    captured_at: datetime | None = None,
    contact: Contact | None = None,
    direction: str = "",
    next_step: str | None = None,
    next_time: time | None = None,
    next_purpose: str = "",
    next_assignee: User | None = None,
    stage: str | None = None,
    automatic: bool = False,
    routine: bool = False,
    files: Sequence[StoredFile] = (),
    **details: Any,
) -> Interaction:
    """Write down an activity; moves facts and stage, and lets the follow-ups answer to `next_step`.

    next_time, next_purpose, next_assignee: when on the day of the next step, what for, and who. routine: it belongs to
    other work, such as a complaint; it moves the default plan on and leaves alone what else is planned. stage: where
    the customer stands from now on; without it, where the result puts them (customers.stages). No pause begins here.
    files: those that `by` has brought along for it. by: None for what came by itself.
    details: mood, summary, needs_found, objection, change_found, participants, place, minutes, late_reason.
    """
    now = clock.now()
    entry = Interaction(
        customer=customer,
        user=by,
        kind=kind,
        direction=_direction(kind, direction),
        automatic=automatic,
        occurred_at=occurred_at or now,
        captured_at=captured_at,
        contact=contact,
        result=result,
        created_by=by,
        updated_by=by,
        **details,
    )
    if kind == InteractionKind.NOTE:
        entry.result = entry.mood = ""
    entry.late = is_late(kind, occurred_at=entry.occurred_at, captured_at=captured_at, received_at=now)
    if stage and stage not in Stage.values:
        raise ValidationError({"stage": _("Choose one of the stages. A pause has its own button.")})
    _refuse_impossible(kind, entry.result, entry.occurred_at)
    if not automatic:
        _ask_for_note(kind, entry.result, entry.summary, by)
    # Without a savepoint: nobody goes on in a transaction in which this failed.
    with transaction.atomic(savepoint=False):
        entry.save(force_insert=True)
        # The file before its facts, as everybody who writes both: nobody waits in a circle.
        moved = _stage_moves(entry, customer, stage or stage_after_result(customer.stage, entry.result), by=by)
        if counts_as_contact(entry):
            _count(entry)
        audit.record("interaction.create", by=by, on=entry, customer=customer.pk)
        if files and by is not None:
            attach(files=files, on="interaction", on_id=entry.pk, customer=customer, by=by)
        events.publish(
            "interaction_logged",
            interaction=entry,
            by=by,
            next_step=next_step,
            next_time=next_time,
            next_purpose=next_purpose,
            next_assignee=next_assignee,
            routine=routine,
        )
        if moved and not _is_answered(entry, routine):
            events.publish("stage_moved", customer_ids=[customer.pk], by=by)
    return entry


def _refuse_impossible(kind: str, result: str, occurred_at: datetime) -> None:
    """Nothing lies in the future, and only a note among colleagues has no result."""
    if occurred_at > clock.now():
        raise ValidationError({"occurred_at": _("The activity can't lie in the future. Choose a time up to now.")})
    if not result and kind != InteractionKind.NOTE:
        raise ValidationError({"result": RESULT_MISSING})


def _direction(kind: str, direction: str) -> str:
    """Nobody outside hears of a note, and every contact was begun by somebody."""
    if kind == InteractionKind.NOTE:
        return Interaction.Direction.INTERNAL
    return Interaction.Direction.OUT if direction in ("", Interaction.Direction.INTERNAL) else direction


def _ask_for_note(kind: str, result: str, summary: str, author: User | None) -> None:
    """Refuse a visit without a word where its author's team asks for one; who met nobody has nothing to tell."""
    told = not unseen(summary) or kind not in TIMED_KINDS or result == InteractionResult.NO_ANSWER
    if not told and author is not None and visits_need_note(author):
        raise ValidationError({"summary": NOTE_MISSING})


def _stage_moves(interaction: Interaction, customer: Customer, stage: str, *, by: User | None) -> bool:
    """Move the stage with the entry; whether it stood elsewhere. One that is paused already stays as it is."""
    if stage in (customer.stage, Stage.PAUSED):
        return False
    stored = stages.locked(customer)
    if stored.stage == stage:
        return False
    place = Place(stage, clock.business_date())
    stages.put(customer, stored, place, by=by, interaction=interaction, replan=False)
    return True


def _is_answered(interaction: Interaction, routine: bool) -> bool:
    """Whether the entry sets the next date anyway."""
    return counts_as_contact(interaction) and not routine


def counts_as_contact(interaction: Interaction) -> bool:
    """Whether it was made by a person and isn't just a note among colleagues."""
    return not interaction.automatic and interaction.direction != Interaction.Direction.INTERNAL


def reached(interaction: Interaction) -> bool:
    """Whether the customer was there: every result but "no answer", and everything that came from the customer."""
    return interaction.result != InteractionResult.NO_ANSWER or interaction.direction == Interaction.Direction.IN


def _count(interaction: Interaction) -> None:
    """One touch more; last contact and last try only move forward, an entry made late doesn't push them back."""
    at = interaction.occurred_at
    newest = Q(last_attempt_at=None) | Q(last_attempt_at__lte=at)
    facts: dict[str, Any] = {
        "touches": F("touches") + 1,
        "last_attempt_at": Case(When(newest, then=Value(at)), default=F("last_attempt_at")),
        "last_result": Case(When(newest, then=Value(interaction.result)), default=F("last_result")),
    }
    after_contact = Q(last_contact_at=None) | Q(last_contact_at__lte=at)
    if reached(interaction):
        facts |= {
            "last_contact_at": Case(When(after_contact, then=Value(at)), default=F("last_contact_at")),
            "last_contact_kind": Case(
                When(after_contact, then=Value(interaction.kind)), default=F("last_contact_kind")
            ),
            "unanswered": Case(
                When(after_contact, then=_tries_after(interaction)), default=F("unanswered"), output_field=SMALL
            ),
        }
    else:
        facts["unanswered"] = Case(
            When(after_contact, then=F("unanswered") + 1), default=F("unanswered"), output_field=SMALL
        )
    facts_write(interaction.customer_id, **facts)


SILENT = Q(result=InteractionResult.NO_ANSWER) & ~Q(direction=Interaction.Direction.IN)


def _touches_of(customer_id: int) -> QuerySet[Interaction]:
    """All contacts and tries that people have made, the newest first."""
    made = Interaction.all_objects.filter(customer_id=customer_id, deleted_at=None, automatic=False)
    return made.exclude(direction=Interaction.Direction.INTERNAL).order_by("-occurred_at", "-id")


def _tries_after(contact: Interaction) -> Coalesce:
    """How many tries without an answer came after this contact: some, where it was written down later than they."""
    tries = _touches_of(contact.customer_id).filter(SILENT, occurred_at__gt=contact.occurred_at).order_by()
    return Coalesce(Subquery(tries.values("customer").annotate(n=Count("pk")).values("n")), 0)


def contacts_count_again(customer_id: int) -> None:
    """The facts of contacts from all entries that stand."""
    made = _touches_of(customer_id)
    last, contact = made.first(), made.exclude(SILENT).first()
    tries = made.filter(SILENT, occurred_at__gt=contact.occurred_at) if contact else made.filter(SILENT)
    facts_write(
        customer_id,
        touches=made.count(),
        last_attempt_at=last.occurred_at if last else None,
        last_result=last.result if last else "",
        last_contact_at=contact.occurred_at if contact else None,
        last_contact_kind=contact.kind if contact else "",
        unanswered=tries.count(),
    )


@transaction.atomic
def interaction_correct(*, interaction: Interaction, changes: Mapping[str, Any], version: int, by: User) -> None:
    """Write other words, result, time or contact over `version` of an entry; StaleVersionError when somebody was
    faster. Not its customer, nor what it closed or planned by hand.

    Facts are counted anew and automatic dates follow. A new result moves the stage as far as nobody has moved it since,
    and only if the entry is the last one. Whether it is late is reckoned from when it came in, as ever.
    """
    unknown = changes.keys() - CORRECTABLE
    if unknown or interaction.automatic:
        raise ValueError(f"can't be corrected: {sorted(unknown)}")
    stages.facts_locked([interaction.customer_id])
    values = _corrected(interaction, changes)
    before = interaction.result
    save_version(interaction, {**values, "corrected_at": clock.now()}, version=version, by=by)
    contacts_count_again(interaction.customer_id)
    if interaction.result != before:
        _stage_follows(interaction, by=by)
    audit.record("interaction.correct", by=by, on=interaction, customer=interaction.customer_id, fields=sorted(changes))
    events.publish("interaction_corrected", interaction=interaction, by=by)


def _corrected(interaction: Interaction, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The changes with what follows from them; ValidationError for what an entry can't be."""
    values = dict(changes)
    told = ("kind", "direction", "result", "occurred_at", "summary")
    whole = {name: getattr(interaction, name) for name in told} | values
    if {"kind", "result", "summary"} & values.keys():
        _ask_for_note(whole["kind"], whole["result"], whole["summary"], interaction.user)
    _refuse_impossible(whole["kind"], whole["result"], whole["occurred_at"])
    if whole["kind"] == InteractionKind.NOTE:
        values |= {"result": "", "mood": ""}
    if (direction := _direction(whole["kind"], whole["direction"])) != whole["direction"]:
        values["direction"] = direction
    late = is_late(
        whole["kind"],
        occurred_at=whole["occurred_at"],
        captured_at=interaction.captured_at,
        received_at=interaction.received_at,
    )
    return {**values, "late": late}


def _stage_follows(interaction: Interaction, *, by: User) -> None:
    """The stage after a corrected result: the move that came with the entry goes, another one may come."""
    stages.take_back(interaction)
    later = Interaction.all_objects.filter(
        customer=interaction.customer_id, deleted_at=None, occurred_at__gt=interaction.occurred_at
    )
    if not later.exists():
        customer = Customer.all_objects.get(pk=interaction.customer_id)
        _stage_moves(interaction, customer, stage_after_result(customer.stage, interaction.result), by=by)


def may_undo(interaction: Interaction, user: User) -> bool:
    """Whether `user` may still take this entry back."""
    young = clock.now() - interaction.received_at <= UNDO_FOR
    return young and interaction.user_id == user.pk and interaction.deleted_at is None


@transaction.atomic
def interaction_undo(*, interaction: Interaction, by: User) -> None:
    """Take back one's own entry within 10 minutes: facts, stage and follow-ups stand as before."""
    stages.facts_locked([interaction.customer_id])  # before the entry, as a correction does
    locked = Interaction.all_objects.select_for_update(of=("self",)).get(pk=interaction.pk)
    if not may_undo(locked, by):
        raise UndoTooLateError
    Interaction.all_objects.filter(pk=locked.pk).update(deleted_at=clock.now(), deleted_by=by, version=F("version") + 1)
    moved_back = stages.take_back(locked)
    contacts_count_again(locked.customer_id)
    files_go_with("interaction", locked.pk, by=by)
    audit.record("interaction.undo", by=by, on=locked, customer=locked.customer_id)
    events.publish("interaction_undone", interaction=locked, by=by)
    if moved_back and not counts_as_contact(locked):
        events.publish("stage_moved", customer_ids=[locked.customer_id], by=by)


@transaction.atomic
def interaction_leave(*, interaction: Interaction, by: User) -> None:
    """Take an entry that came by itself out of the history: it belongs to somebody else's."""
    if not interaction.automatic:
        raise ValueError("what people wrote is taken back by them")
    stages.facts_locked([interaction.customer_id])
    mine = Interaction.all_objects.filter(pk=interaction.pk, deleted_at=None)
    if mine.update(deleted_at=clock.now(), deleted_by=by, version=F("version") + 1):
        audit.record("interaction.undo", by=by, on=interaction, customer=interaction.customer_id)
        events.publish("interaction_undone", interaction=interaction, by=by)


@transaction.atomic
def interaction_unreached(*, interaction: Interaction) -> None:
    """What was sent has come back: nobody was reached by it, so it counts as a try; automatic dates follow."""
    stages.facts_locked([interaction.customer_id])
    rows = Interaction.all_objects.filter(pk=interaction.pk, deleted_at=None)
    values = {"result": InteractionResult.NO_ANSWER, "corrected_at": clock.now()}
    if rows.exclude(result=InteractionResult.NO_ANSWER).update(**values, version=F("version") + 1):
        if not interaction.automatic:
            contacts_count_again(interaction.customer_id)
        audit.record(
            "interaction.correct", by=None, on=interaction, customer=interaction.customer_id, fields=["result"]
        )
        events.publish("interaction_corrected", interaction=interaction, by=None)
