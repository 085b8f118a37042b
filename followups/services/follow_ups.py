"""Follow-ups: create, change, move, close and hand over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.db.models import F, Min

from accounts import audit
from accounts.models import User
from core import clock
from core.texts import seen
from core.versions import StaleVersionError, save_version
from customers.models import Customer, CustomerFacts, Interaction, OwnerChange
from customers.services import facts_write
from followups import reasons
from followups.locks import hold
from followups.models import FollowUp, Rescheduling
from followups.reckoning import RECKONED_WITH, reckon
from followups.services.notices import left_notice, planned_notice, taken_notice
from followups.visits import moves_on
from segmentation.models import ChurnCase

State, Source = FollowUp.State, FollowUp.Source
# Precedence of automatic follow-ups: a higher one takes the place of a lower one.
RANK = {
    Source.COMPLAINT: 6,
    Source.WARNING: 5,
    Source.INCOMING: 4,
    Source.REVISIT: 3,
    Source.CARE: 2,
    Source.CADENCE: 1,
}

BY_ITSELF = (Source.CADENCE, Source.REVISIT, Source.INCOMING)  # nobody has planned these for anybody


class AlreadyClosedError(Exception):
    """The follow-up is not open (any more)."""


def due_moment(due_on: date, due_time: time | None, assignee: User) -> datetime | None:
    """The instant of a timed follow-up in its assignee's zone; None for a whole day."""
    return None if due_time is None else clock.at_local(due_on, due_time, clock.user_zone(assignee))


def note_next(customer_id: int) -> None:
    """Write the next planned day of a customer down into its facts."""
    still_open = FollowUp.objects.filter(customer_id=customer_id, state=State.OPEN)
    facts_write(customer_id, next_follow_up_on=still_open.aggregate(next=Min("due_on"))["next"])


@transaction.atomic
def follow_up_create(
    *,
    customer: Customer,
    assignee: User,
    due_on: date,
    by: User | None,
    due_time: time | None = None,
    minutes: int | None = None,
    method: str = "call",
    purpose: str = "",
    source: str = Source.MANUAL,
    reason_code: str = "",
    reason: dict[str, Any] | None = None,
    source_key: str | None = None,
) -> FollowUp:
    """A new open follow-up. An automatic one (source other than manual) takes the place of an open automatic one of
    lower or equal precedence; where a higher one stands, that one is returned. The same `source_key` gives the same
    row again.
    """
    hold([customer.pk])
    if source_key and (known := FollowUp.objects.filter(source_key=source_key).first()):
        return known
    if source != Source.MANUAL:
        standing = _open_automatic(customer.pk).select_for_update(of=("self",)).first()
        if standing is not None and RANK[Source(standing.source)] > RANK[Source(source)]:
            return standing
        if standing is not None:
            close(standing, State.CANCELLED, by=None)
    follow_up = add(
        customer=customer,
        assignee=assignee,
        due_on=due_on,
        by=by,
        due_time=due_time,
        minutes=minutes,
        method=method,
        purpose=purpose,
        source=source,
        reason_code=reason_code,
        reason=reason,
        source_key=source_key,
    )
    note_next(customer.pk)
    return follow_up


def add(
    *,
    customer: Customer,
    assignee: User,
    due_on: date,
    by: User | None,
    source: str,
    method: str,
    due_time: time | None = None,
    minutes: int | None = None,
    purpose: str = "",
    reason_code: str = "",
    reason: dict[str, Any] | None = None,
    source_key: str | None = None,
    reckoned_on: date | None = None,
) -> FollowUp:
    """Write the row and its audit line. The caller has locked the customer's facts, made room, and writes the facts."""
    follow_up = FollowUp.objects.create(
        customer=customer,
        assignee=assignee,
        due_on=due_on,
        due_time=due_time,
        due_at=due_moment(due_on, due_time, assignee),
        minutes=minutes,
        method=method,
        purpose=purpose.strip(),
        source=source,
        reason_code=reason_code,
        reason=reason or {},
        source_key=source_key,
        reckoned_on=reckoned_on,
        created_by=by,
        updated_by=by,
    )
    audit.record("follow_up.create", by=by, on=follow_up, customer=customer.pk, source=source)
    if source not in BY_ITSELF:
        planned_notice(follow_up, "planned", by)
    return follow_up


def _open_automatic(customer_id: int) -> Any:
    return FollowUp.objects.filter(customer_id=customer_id, state=State.OPEN).exclude(source=Source.MANUAL)


def close(follow_up: FollowUp, state: str, *, by: User | None, interaction: Interaction | None = None) -> bool:
    """Close an open follow-up; False when it isn't open. Facts are the caller's to write."""
    return close_all([follow_up], state, by=by, interaction=interaction) == 1


def close_all(
    follow_ups: Sequence[FollowUp], state: str, *, by: User | None, interaction: Interaction | None = None
) -> int:
    """Close those that are open, in one statement; returns how many. Several are to be locked by the caller, so that
    none of them is closed by somebody else meanwhile. Facts are the caller's to write.
    """
    if not follow_ups:
        return 0
    values = {"state": state, "closed_at": clock.now(), "closed_by_interaction": interaction, "updated_by": by}
    still_open = FollowUp.objects.filter(pk__in=[row.pk for row in follow_ups], state=State.OPEN)
    closed = still_open.update(**values, updated_at=clock.now(), version=F("version") + 1)
    for follow_up in follow_ups if closed else ():
        for name, value in values.items():
            setattr(follow_up, name, value)
        follow_up.version += 1
    return closed


def _close_by_hand(
    follow_up: FollowUp, state: str, *, act: str, by: User, interaction: Interaction | None = None
) -> None:
    hold([follow_up.customer_id])
    if not close(follow_up, state, by=by, interaction=interaction):
        raise AlreadyClosedError
    note_next(follow_up.customer_id)
    audit.record(act, by=by, on=follow_up, customer=follow_up.customer_id)
    if state != State.DONE:
        taken_notice(follow_up, follow_up.assignee, None, by)
    if interaction is None:
        _go_on(follow_up, by=by)


def hand_to_message(follow_up: FollowUp, state: str) -> None:
    """The plan's own message stands for this follow-up, or is left out this time; the count goes on from today."""
    hold([follow_up.customer_id])
    if close(follow_up, state, by=None):
        note_next(follow_up.customer_id)
        _go_on(follow_up, by=None)


def _go_on(let_go: FollowUp, *, by: User | None) -> None:
    """The last open follow-up of an active customer was let go without a contact: the plan gives the next date at once,
    counted from today. The night leaves it where it is as long as stage and tier stay (sql/moved.sql).
    """
    if FollowUp.objects.filter(customer=let_go.customer_id, state=State.OPEN).exists():
        return
    customer = Customer.objects.select_related(*RECKONED_WITH).filter(pk=let_go.customer_id).first()
    wanted = reckon(customer, left=let_go.state) if customer else None
    if customer is None or customer.owner is None or wanted is None:
        return
    key = key_after(let_go)
    add(customer=customer, assignee=customer.owner, by=by, source=Source.CADENCE, source_key=key, **wanted.fields())
    note_next(customer.pk)


def key_after(let_go: FollowUp) -> str:
    """The key of the follow-up that came after one that was let go."""
    return f"after:{let_go.pk}"


@transaction.atomic
def follow_up_complete(*, follow_up: FollowUp, by: User, interaction: Interaction | None = None) -> None:
    """Done, with or without an entry in the log; AlreadyClosedError when it isn't open."""
    _close_by_hand(follow_up, State.DONE, act="follow_up.complete", by=by, interaction=interaction)


@transaction.atomic
def follow_up_skip(*, follow_up: FollowUp, by: User) -> None:
    """Left out on purpose: the plan goes on from here."""
    _close_by_hand(follow_up, State.SKIPPED, act="follow_up.skip", by=by)


@transaction.atomic
def follow_up_cancel(*, follow_up: FollowUp, by: User, why: str = "") -> None:
    """No longer wanted; the history says who called it off, and `why` as far as they say it."""
    _close_by_hand(follow_up, State.CANCELLED, act="follow_up.cancel", by=by)
    follow_up.refresh_from_db(fields=["reason"])
    follow_up.reason[reasons.CALLED_OFF] = seen(why)
    FollowUp.objects.filter(pk=follow_up.pk).update(reason=follow_up.reason)


@transaction.atomic
def follow_up_reopen(*, follow_up: FollowUp, by: User) -> None:
    """Take a close back; an automatic follow-up that came since gives way. AlreadyClosedError when it is open."""
    hold([follow_up.customer_id])
    reopen(follow_up, by=by)
    for came_after in FollowUp.objects.filter(source_key=key_after(follow_up)):
        close(came_after, State.CANCELLED, by=by)
        FollowUp.objects.filter(pk=came_after.pk).update(source_key=None)  # it may be let go once more
    note_next(follow_up.customer_id)
    audit.record("follow_up.reopen", by=by, on=follow_up, customer=follow_up.customer_id)


def reopen(follow_up: FollowUp, *, by: User | None) -> None:
    """Open again without facts and audit."""
    if follow_up.source != Source.MANUAL:
        for standing in _open_automatic(follow_up.customer_id).exclude(pk=follow_up.pk):
            close(standing, State.CANCELLED, by=by)
    values = {"state": State.OPEN, "closed_at": None, "closed_by_interaction": None, "updated_by": by}
    closed = FollowUp.objects.filter(pk=follow_up.pk).exclude(state=State.OPEN)
    if not closed.update(**values, updated_at=clock.now(), version=F("version") + 1):
        raise AlreadyClosedError
    follow_up.refresh_from_db()
    if reasons.CALLED_OFF in follow_up.reason:
        del follow_up.reason[reasons.CALLED_OFF]
        FollowUp.objects.filter(pk=follow_up.pk).update(reason=follow_up.reason)


@transaction.atomic
def follow_up_reschedule(
    *, follow_up: FollowUp, due_on: date, by: User, version: int | None = None, **at: time | None
) -> Rescheduling | None:
    """Move an open follow-up to another day; the time of day stays unless `due_time` is given. Repeating it changes
    nothing. With the `version` that was seen, one that somebody else has moved meanwhile isn't moved over:
    StaleVersionError.

    Returns what takes the move back (`follow_ups_put_back`), where only its day has changed.
    """
    hold([follow_up.customer_id])
    locked = FollowUp.objects.select_for_update(of=("self",)).select_related("assignee").get(pk=follow_up.pk)
    if locked.state != State.OPEN:
        raise AlreadyClosedError
    record = None
    wanted = {"due_on": due_on, **at}
    if changes := {name: value for name, value in wanted.items() if getattr(locked, name) != value}:
        if version is not None and version != locked.version:
            raise StaleVersionError(locked)
        before = [locked.pk, locked.version + 1, locked.due_on.isoformat(), locked.reason]
        _write(locked, changes, version=locked.version, by=by)
        told = {"due_time": f"{locked.due_time:%H:%M}" if locked.due_time else ""} if "due_time" in changes else {}
        audit.record("follow_up.reschedule", by=by, on=locked, due_on=due_on.isoformat(), **told)
        if "due_time" not in changes:
            record = Rescheduling.objects.create(user=by, at=clock.now(), rows=[before])
    follow_up.refresh_from_db()
    return record


@transaction.atomic
def follow_up_change(*, follow_up: FollowUp, changes: dict[str, Any], version: int, by: User) -> None:
    """Write due_on, due_time, minutes, assignee, method or purpose over `version`; StaleVersionError if it is old."""
    hold([follow_up.customer_id])
    _write(follow_up, changes, version=version, by=by)
    audit.record("follow_up.change", by=by, on=follow_up, fields=sorted(changes))


def _write(follow_up: FollowUp, changes: dict[str, Any], *, version: int, by: User) -> None:
    before = (follow_up.assignee, follow_up.due_on, follow_up.due_time)
    planned = {name: changes.get(name, getattr(follow_up, name)) for name in ("due_on", "due_time", "assignee")}
    if not changes.keys().isdisjoint(planned):
        changes = {**changes, "snoozed_until": None}
    if moves_on(follow_up, planned["due_on"], changes.get("method", "")):
        changes = {**changes, "missed_on": follow_up.missed_on or follow_up.due_on}
    if follow_up.source != Source.MANUAL and not changes.keys().isdisjoint(("due_on", "due_time")):
        # From now on a person's choice: the night leaves it where it is (sql/moved.sql).
        kept = {name: value for name, value in follow_up.reason.items() if name != reasons.MOVED_FROM}
        changes = {**changes, "reason": kept | {"chosen": True}}
    save_version(follow_up, {**changes, "due_at": due_moment(**planned)}, version=version, by=by)
    note_next(follow_up.customer_id)
    if follow_up.assignee_id != before[0].pk:
        planned_notice(follow_up, "given", by)
        taken_notice(follow_up, before[0], follow_up.assignee, by)
    elif (follow_up.due_on, follow_up.due_time) != before[1:]:
        planned_notice(follow_up, "moved", by)


@transaction.atomic
def win_back_plan(
    *, case: ChurnCase, to: User, due_on: date, by: User, method: str, purpose: str, before: dict[str, Any]
) -> FollowUp:
    """Somebody was given a warning: they contact the customer on that day, for the reason of the warning.

    The task that the night has planned for it becomes theirs; where a complaint is being seen to, theirs comes besides.
    What stood before is written into `before`, for `win_back_unplan`.
    """
    customer = Customer.objects.get(pk=case.customer_id)
    hold([customer.pk])
    told: dict[str, Any] = {"method": method}
    if purpose:
        told["purpose"] = purpose[: FollowUp._meta.get_field("purpose").max_length]
    standing = _open_automatic(customer.pk).select_related("assignee").select_for_update(of=("self",)).first()
    if standing is not None and standing.source == Source.WARNING:
        wanted = {"due_on": due_on, "assignee": to, **told}
        was = {name: getattr(standing, name) for name in told} | {"due_on": standing.due_on.isoformat()}
        was |= {"assignee": standing.assignee_id, "reason": standing.reason}
        follow_up_change(follow_up=standing, changes=wanted, version=standing.version, by=by)
        before["follow_up"] = {"id": standing.pk, "version": standing.version, "was": was}
        return standing
    key = f"warning:{case.pk}"  # the night plans nothing for a case that has had its task
    beside = standing is not None and standing.source == Source.COMPLAINT
    made = follow_up_create(
        customer=customer,
        assignee=to,
        due_on=due_on,
        by=by,
        source=Source.MANUAL if beside else Source.WARNING,
        source_key=None if FollowUp.objects.filter(source_key=key).exists() else key,
        reason_code=reasons.WARNING,
        reason={"level": case.level, "opened_on": case.opened_on.isoformat(), "case": case.pk, "chosen": True},
        **told,
    )
    gave_way = standing.pk if standing is not None and not beside else None
    before["follow_up"] = {"id": made.pk, "version": made.version, "gave_way": gave_way}
    return made


@transaction.atomic
def win_back_unplan(*, case: ChurnCase, before: Mapping[str, Any], by: User) -> None:
    """A warning was taken back from somebody: what was planned for it is again as it stood before.

    What they have done or changed of it since stays.
    """
    hold([case.customer_id])
    kept = before["follow_up"]
    rows = FollowUp.objects.select_for_update(of=("self",)).filter(state=State.OPEN, version=kept["version"])
    planned = rows.select_related("assignee").filter(pk=kept["id"]).first()
    if planned is None:
        return
    if was := kept.get("was"):
        reason = was["reason"]
        changes = {"due_on": date.fromisoformat(was["due_on"]), "assignee": User.objects.get(pk=was["assignee"])}
        changes |= {name: was[name] for name in ("method", "purpose") if name in was}
        follow_up_change(follow_up=planned, changes=changes, version=planned.version, by=by)
        FollowUp.objects.filter(pk=planned.pk).update(reason=reason)
        return
    close(planned, State.CANCELLED, by=by)
    FollowUp.objects.filter(pk=planned.pk).update(source_key=None)  # the night may plan its task anew
    taken_notice(planned, planned.assignee, None, by)
    gave_way = FollowUp.objects.filter(pk=kept["gave_way"] or 0, state=State.CANCELLED).first()
    if gave_way is not None:
        reopen(gave_way, by=by)
    note_next(case.customer_id)


# --- what follows from other acts ------------------------------------------------------------------------------------
@transaction.atomic
def follow_ups_go_along(*, changes: Sequence[OwnerChange], by: User | None) -> None:
    """Customers changed hands: the open follow-ups of their former owners go along; into the pool they end."""
    into_pool = [change.customer_id for change in changes if change.to_user_id is None]
    if into_pool:
        customers_follow_ups_cancel(customer_ids=into_pool, by=by)
    of = {change.customer_id: change for change in changes if change.to_user_id and change.from_user_id}
    hold(of)
    mine = FollowUp.objects.filter(
        customer__in=of, state=State.OPEN, assignee__in={change.from_user_id for change in of.values()}
    )
    going: dict[User, list[FollowUp]] = defaultdict(list)
    # Of many nothing is read but what may shift.
    mine = mine.only("customer", "assignee", "due_on", "due_time", "due_at").order_by("pk")
    for follow_up in mine.select_for_update(of=("self",)) if of else ():
        change = of[follow_up.customer_id]
        if follow_up.assignee_id == change.from_user_id and change.to_user is not None:
            going[change.to_user].append(follow_up)
    for to, rows in going.items():
        _give(rows, to=to, by=by)


def _give(follow_ups: Sequence[FollowUp], *, to: User, by: User | None) -> None:
    """Give locked follow-ups to somebody, in as many statements however many; timed ones keep the wall-clock time."""
    values = {"assignee": to, "updated_by": by, "updated_at": clock.now(), "version": F("version") + 1}
    FollowUp.objects.filter(pk__in=[row.pk for row in follow_ups]).update(**values)
    shifted = []
    for row in follow_ups:
        due_at = due_moment(row.due_on, row.due_time, to)
        if due_at != row.due_at:
            row.due_at = due_at
            shifted.append(row)
    FollowUp.objects.bulk_update(shifted, ["due_at"])


def customer_follow_ups_cancel(*, customer: Customer, by: User) -> None:
    """End everything that is open for a customer."""
    customers_follow_ups_cancel(customer_ids=[customer.pk], by=by)


@transaction.atomic
def customers_follow_ups_cancel(*, customer_ids: Sequence[int], by: User | None) -> None:
    """End everything that is open for these customers."""
    hold(customer_ids)
    standing = FollowUp.objects.filter(customer__in=customer_ids, state=State.OPEN).order_by("pk")
    close_all(list(standing.select_for_update(of=("self",))), State.CANCELLED, by=by)
    CustomerFacts.objects.filter(pk__in=customer_ids).update(next_follow_up_on=None)


@transaction.atomic
def follow_ups_pass_on(person: User, heirs: Sequence[User], by: User) -> None:
    """What a person who leaves still has to do with customers of others: their owners do it, else the heirs in turn;
    without either it ends. Follow-ups of the own customers have gone with them."""
    left = FollowUp.objects.filter(assignee=person, state=State.OPEN).select_related("customer__owner").order_by("pk")
    hold(left.values_list("customer_id", flat=True))
    given: dict[User, list[FollowUp]] = defaultdict(list)
    ended: list[FollowUp] = []
    for n, follow_up in enumerate(left.select_for_update(of=("self",))):
        owner = follow_up.customer.owner
        to = owner if owner and owner.is_active and owner.pk != person.pk else heirs[n % len(heirs)] if heirs else None
        (ended if to is None else given[to]).append(follow_up)
    close_all(ended, State.CANCELLED, by=by)
    for customer_id in sorted({follow_up.customer_id for follow_up in ended}):
        note_next(customer_id)
    for to, rows in given.items():
        _give(rows, to=to, by=by)
        left_notice(person, to, len(rows), by)


@transaction.atomic
def user_zone_changed(*, user: User) -> int:
    """A person moved to another time zone: their timed follow-ups keep the wall-clock time. Returns how many moved."""
    timed = FollowUp.objects.filter(assignee=user, state=State.OPEN, due_time__isnull=False)
    hold(timed.values_list("customer_id", flat=True))
    moved = 0
    for follow_up in timed:
        due_at = due_moment(follow_up.due_on, follow_up.due_time, user)
        moved += FollowUp.objects.filter(pk=follow_up.pk).exclude(due_at=due_at).update(due_at=due_at)
    return moved
