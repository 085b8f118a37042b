"""What people do with a warning: take it on, give it to somebody, plan, note what was done, close it, take that back.

Each step is written over the version of the case that was seen, and kept with what it changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from accounts.scope import reach_of
from core import clock, events
from core.numbers import days
from core.texts import seen
from core.versions import StaleVersionError
from customers.models import CustomerFacts, CustomerShare, Lifecycle, OwnerChange, Warn
from customers.services import UNDO_FOR, UndoTooLateError, customer_share, customer_unshare, facts_write
from segmentation.cases.models import MOST_COST, ActionKind, CaseAction, CaseStep, ChurnCause
from segmentation.models import ChurnCase
from segmentation.services import RefusedError

State, Step = ChurnCase.State, CaseStep.Kind
LONGEST_REASON = 200  # as the column
LONGEST_PLAN = timedelta(days=366)
SHARED, PLANNED = "shared", "follow_up"  # in `before` of a step, beside the columns of the case


# --- taking on, giving, planning ----------------------------------------------------------------------------------


@transaction.atomic
def warning_start(*, case: ChurnCase, version: int, by: User) -> ChurnCase:
    """Take a new warning into work; who does is in charge of it."""
    locked = _locked(case, version, only_from=State.NEW)
    _take_step(locked, Step.STARTED, {"state": State.WORKING, "in_charge": by}, by=by)
    audit.record("warning.start", by=by, on=case)
    return _read_into(case, locked)


@transaction.atomic
def warning_give(
    *,
    case: ChurnCase,
    version: int,
    to: User,
    due_on: date,
    by: User,
    method: str = "call",
    plan: str = "",
    settled_by: date | None = None,
    batch: UUID | None = None,
) -> bool:
    """Give an open warning to somebody, who is asked to contact the customer by that day: the event plans it.

    `plan` says what to do, `method` by which way to begin; without it a plan that stands already stays. Who can't reach
    the customer gets it shared. False when the same was done already: a form that was sent twice. ValidationError names
    the field, as `day_problem` says.
    """
    locked = ChurnCase.objects.select_for_update(of=("self",)).select_related("customer").get(pk=case.pk)
    if locked.version == version + 1 and locked.in_charge_id == to.pk and locked.state == State.WORKING:
        return False
    if not to.is_active or not to.can("warning.change"):
        raise RefusedError(_("%(name)s can't work on warnings. Choose somebody else.") % {"name": to.name})
    if text := day_problem(due_on):
        raise ValidationError({"due_on": text})
    if locked.version != version or locked.closed_at is not None:
        raise StaleVersionError(locked)
    changes: dict[str, Any] = {"state": State.WORKING, "in_charge": to}
    changes["due_on"] = settled_by or locked.due_on or _latest(due_on + days("win_back_days"))
    if plan := seen(plan):
        changes["plan"] = plan
    before: dict[str, Any] = {}
    if not reach_of(to).holds(locked.customer, "customer.view", pool=False):
        before[SHARED] = not CustomerShare.objects.filter(customer_id=locked.customer_id, user=to).exists()
        customer_share(customer=locked.customer, user=to, by=by)
    purpose = changes.get("plan", locked.plan)
    events.publish(
        "warning_given", case=locked, to=to, due_on=due_on, by=by, method=method, purpose=purpose, before=before
    )
    _take_step(locked, Step.GIVEN, changes, by=by, before=before, batch=batch)
    audit.record("warning.give", by=by, on=case, to=to.pk, due_on=due_on.isoformat())
    _read_into(case, locked)
    return True


@transaction.atomic
def warning_plan(*, case: ChurnCase, version: int, changes: Mapping[str, Any], by: User) -> ChurnCase:
    """Write plan, deadline (`due_on`), cause and its own words. Who plans for a new warning has taken it on.

    Of a closed case only the cause can be written: it is often understood afterwards. ValidationError names the field.
    """
    locked = _locked(case, version, closed=True)
    values = {name: seen(value) if isinstance(value, str) else value for name, value in changes.items()}
    values = {name: value for name, value in values.items() if value != getattr(locked, name)}
    if not values:
        return case
    _check_plan(locked, values)
    if locked.state == State.NEW:
        values |= {"state": State.WORKING, "in_charge": by}
    _take_step(locked, Step.PLANNED, values, by=by)
    audit.record("warning.plan", by=by, on=case, fields=sorted(values))
    return _read_into(case, locked)


def day_problem(day: date) -> str:
    """Why nothing can be planned for a warning on that day; empty where it can: from today on, within a year."""
    if day < clock.business_date():
        return _("The day lies in the past. Choose today or a later day.")
    return "" if day == _latest(day) else _("A warning is settled within a year. Choose an earlier day.")


def _latest(day: date) -> date:
    """That day, or the last one on which a warning can be settled."""
    return min(day, clock.business_date() + LONGEST_PLAN)


def _check_plan(case: ChurnCase, values: Mapping[str, Any]) -> None:
    due_on, cause = values.get("due_on"), values.get("cause")
    wrong = {}
    if case.closed_at is not None and values.keys() & {"plan", "due_on"}:
        raise RefusedError(_("The warning is closed: only its cause can still be written."))
    if due_on is not None and (text := day_problem(due_on)):
        wrong["due_on"] = text
    if cause is not None and not cause.is_active:
        wrong["cause"] = _("“%(name)s” isn't in use any more. Choose another cause.") % {"name": cause.name}
    if wrong:
        raise ValidationError(wrong)


# --- closing, opening again ---------------------------------------------------------------------------------------


@transaction.atomic
def warning_close(
    *,
    case: ChurnCase,
    version: int,
    state: str,
    reason: str,
    by: User,
    cause: ChurnCause | None = None,
) -> ChurnCase:
    """Close a case as lost or false alarm. No new case opens before the customer's next purchase."""
    if state not in (State.LOST, State.FALSE_ALARM):
        raise RefusedError(_("A person closes a warning as lost or as a false alarm; the rest is seen by the night."))
    reason = seen(reason)
    if not reason:
        raise RefusedError(_("Write the reason: it counts into the share of false alarms and the causes of churn."))
    if len(reason) > LONGEST_REASON:
        text = _("The reason is too long: %(n)s characters, at most %(most)s fit.")
        raise RefusedError(text % {"n": len(reason), "most": LONGEST_REASON})
    locked = _locked(case, version)
    changes: dict[str, Any] = {"state": state, "close_reason": reason, "closed_by": by}
    changes |= {"closed_at": clock.now(), "closed_on": clock.business_date()}
    if cause is not None:
        _check_plan(locked, {"cause": cause})
        changes["cause"] = cause
    _take_step(locked, Step.CLOSED, changes, by=by)
    facts_write(case.customer_id, warning=Warn.NONE, value_at_risk=None)
    audit.record("warning.close", by=by, on=case, state=state)
    return _read_into(case, locked)


@transaction.atomic
def warning_reopen(*, case: ChurnCase, version: int, by: User) -> ChurnCase:
    """Work on again what a person had closed."""
    locked = _locked(case, version, closed=True)
    if locked.closed_at is None:
        raise StaleVersionError(locked)
    if locked.closed_by_id is None:
        raise RefusedError(_("The night has closed this warning by what the customer did; it can't be opened again."))
    if ChurnCase.objects.filter(customer=locked.customer_id, closed_at=None).exists():
        raise RefusedError(_("This customer has another open warning. Go on with that one."))
    if CustomerFacts.objects.filter(pk=locked.customer_id, lifecycle=Lifecycle.LOST).exists():
        raise RefusedError(_("This customer has bought nothing in the window that counts: the night would close it."))
    nothing = {"closed_at": None, "closed_on": None, "closed_by": None, "close_reason": ""}
    changes = {"state": State.WORKING, "in_charge": locked.in_charge or by, **nothing}
    _take_step(locked, Step.REOPENED, changes, by=by)
    _warn_again(locked)
    audit.record("warning.reopen", by=by, on=case)
    return _read_into(case, locked)


def _warn_again(case: ChurnCase) -> None:
    facts_write(case.customer_id, warning=case.level, value_at_risk=case.value_at_risk)


# --- undo ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class GivenBack:
    """Of several that were given: how many are as before, and how many stay, moved on or no longer one's to change."""

    back: int
    moved_on: int
    not_ours: int


@transaction.atomic
def warning_undo(*, case: ChurnCase, by: User) -> ChurnCase:
    """Take back one's own last step of a case; UndoTooLateError after 10 minutes, or when the case moved on."""
    last = CaseStep.objects.filter(case=case, undone=False).order_by("-pk").first()
    if last is None or not _undone(last, by):
        raise UndoTooLateError
    case.refresh_from_db()
    return case


@transaction.atomic
def warnings_undo(*, batch: UUID, by: User) -> GivenBack:
    """Take back that several were given at once, as far as their customers are still this person's to change.

    UndoTooLateError where all that are have moved on.
    """
    steps = list(CaseStep.objects.filter(batch=batch, by=by, undone=False).order_by("case_id"))
    rows = ChurnCase.objects.filter(customer__deleted_at=None, pk__in=[step.case_id for step in steps])
    ours = set(rows.for_user(by, "change").values_list("pk", flat=True))
    within = [step for step in steps if step.case_id in ours]
    back = sum(_undone(step, by) for step in within)
    if not back and (within or not steps):
        raise UndoTooLateError
    return GivenBack(back, len(within) - back, len(steps) - len(within))


def _undone(step: CaseStep, by: User) -> bool:
    """Whether the step could be taken back, with what was planned and shared for it."""
    case = ChurnCase.objects.select_for_update(of=("self",)).select_related("customer").get(pk=step.case_id)
    if step.by_id != by.pk or step.at < clock.now() - UNDO_FOR or case.version != step.version:
        return False
    if case.closed_at is not None and ChurnCase.objects.filter(customer=case.customer_id, closed_at=None).exists():
        return False
    fields = {field.attname: field for field in ChurnCase._meta.concrete_fields}
    values = {name: fields[name].to_python(value) for name, value in step.before.items() if name in fields}
    ChurnCase.objects.filter(pk=case.pk).update(**values, version=F("version") + 1)
    CaseStep.objects.filter(pk=step.pk).update(undone=True)
    case.refresh_from_db()
    if step.kind == Step.CLOSED:
        _warn_again(case)
    if step.kind == Step.REOPENED:
        facts_write(case.customer_id, warning=Warn.NONE, value_at_risk=None)
    if step.kind == Step.GIVEN:
        if step.before.get(SHARED):
            customer_unshare(customer=case.customer, user_id=step.after["in_charge_id"], by=by)
        events.publish("warning_ungiven", case=case, before=step.before, by=by)
    audit.record("warning.undo", by=by, on=case)
    return True


# --- what was done ------------------------------------------------------------------------------------------------


@transaction.atomic
def action_add(
    *,
    case: ChurnCase,
    kind: str,
    done_on: date,
    by: User,
    done_by: User | None = None,
    cost: int | None = None,
    note: str = "",
) -> CaseAction:
    """Note something that was done; `cost` in minor units of the company's currency, None = not noted.

    Who notes it for a new warning has taken that on. ValidationError names the field.
    """
    locked = ChurnCase.objects.select_for_update(of=("self",)).get(pk=case.pk)
    _check_action(locked, kind, done_on, cost)
    action = CaseAction.objects.create(
        case=locked, kind=kind, done_on=done_on, done_by=done_by or by, cost=cost, note=seen(note), created_by=by
    )
    if locked.state == State.NEW:
        _take_step(locked, Step.STARTED, {"state": State.WORKING, "in_charge": done_by or by}, by=by)
        _read_into(case, locked)
    audit.record("warning.action", by=by, on=locked, action=kind, cost=cost)
    return action


def _check_action(case: ChurnCase, kind: str, done_on: date, cost: int | None) -> None:
    wrong = {}
    if kind not in ActionKind.values:
        wrong["kind"] = _("Choose what was done.")
    if done_on > clock.business_date():
        wrong["done_on"] = _("The day lies ahead. Note what was done, and plan the rest.")
    if done_on < case.opened_on:
        wrong["done_on"] = _("The day lies before the warning, which was opened on %(day)s.") % {"day": case.opened_on}
    if cost is not None and not 0 <= cost <= MOST_COST:
        wrong["cost"] = _("Enter an amount from 0 on, or leave it empty.")
    if wrong:
        raise ValidationError(wrong)


@transaction.atomic
def action_remove(*, action: CaseAction, by: User) -> None:
    """Taken off the case: it was noted by mistake. Twice does no harm."""
    removed = CaseAction.objects.filter(pk=action.pk, removed_at=None).update(removed_at=clock.now(), removed_by=by)
    if removed:
        audit.record("warning.action_remove", by=by, on=action.case, action=action.kind, cost=action.cost)


@transaction.atomic
def action_restore(*, action: CaseAction, by: User) -> None:
    """Put back what one has just removed; UndoTooLateError after 10 minutes, or where somebody else removed it."""
    rows = CaseAction.objects.filter(pk=action.pk, removed_by=by, removed_at__gte=clock.now() - UNDO_FOR)
    if not rows.update(removed_at=None, removed_by=None):
        raise UndoTooLateError
    audit.record("warning.action", by=by, on=action.case, action=action.kind, cost=action.cost)


# --- when people or customers move --------------------------------------------------------------------------------


def warnings_go_along(*, changes: Sequence[OwnerChange], by: User | None) -> None:
    """Customers changed hands: their open warnings go along, where the former owner was in charge of them."""
    moved: dict[tuple[int, int | None], list[int]] = defaultdict(list)
    for change in changes:
        if change.from_user_id is not None:
            moved[change.from_user_id, change.to_user_id].append(change.customer_id)
    for (giver, taker), customers in moved.items():
        ours = ChurnCase.objects.filter(customer__in=customers, closed_at=None, in_charge=giver)
        ours.update(in_charge=taker, version=F("version") + 1)


def warnings_let_go(*, user: User, by: User) -> None:
    """Who left is in charge of nothing; the owners of the customers are asked again."""
    ChurnCase.objects.filter(closed_at=None, in_charge=user).update(in_charge=None, version=F("version") + 1)


# --- one step -----------------------------------------------------------------------------------------------------


def _locked(case: ChurnCase, version: int, *, only_from: str = "", closed: bool = False) -> ChurnCase:
    """The stored case, locked, as long as it is the version that was seen; a closed one only where that is asked."""
    stored = ChurnCase.objects.select_for_update(of=("self",)).get(pk=case.pk)
    old = stored.version != version or (stored.closed_at is not None and not closed)
    if old or (only_from and stored.state != only_from):
        raise StaleVersionError(stored)
    return stored


def _take_step(
    case: ChurnCase,
    kind: str,
    changes: Mapping[str, Any],
    *,
    by: User,
    before: Mapping[str, Any] | None = None,
    batch: UUID | None = None,
) -> None:
    """Write the columns over the locked case and keep what they were; `before` holds more for an undo."""
    attnames = {field.name: field.attname for field in ChurnCase._meta.concrete_fields}
    names = {name: attnames[name] for name in changes}
    was = {attname: _plain(getattr(case, attname)) for attname in names.values()}
    for name, value in changes.items():
        setattr(case, name, value)
    case.version += 1
    case.save(update_fields=[*changes, "version"])
    CaseStep.objects.create(
        case=case,
        kind=kind,
        by=by,
        before={**was, **(before or {})},
        after={attname: _plain(getattr(case, attname)) for attname in names.values()},
        version=case.version,
        batch=batch,
    )


def _plain(value: Any) -> Any:
    """As JSON holds it."""
    return value.isoformat() if isinstance(value, date) else value


def _read_into(case: ChurnCase, stored: ChurnCase) -> ChurnCase:
    """The caller's instance says what is stored now."""
    for field in ChurnCase._meta.concrete_fields:
        setattr(case, field.attname, getattr(stored, field.attname))
    return case
