"""The record of a warning as its page shows it: from the night that opened it, through what was done, to its end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.models import User
from core import clock, company
from customers.icons import KIND_ICONS
from customers.models import Interaction, Warn
from segmentation.cases import selectors
from segmentation.cases.models import ActionKind, CaseAction, CaseStep, ChurnCause
from segmentation.models import ChurnCase
from ui import formatting

Step, State = CaseStep.Kind, ChurnCase.State
MOST_ACTIVITIES = 100
ACTION_ICONS: Mapping[str, str] = {
    ActionKind.CALL: "phone",
    ActionKind.EMAIL: "mail",
    ActionKind.MESSAGE: "message-circle",
    ActionKind.VISIT: "map-pin",
    ActionKind.COUPON: "tag",
    ActionKind.GIFT: "gift",
    ActionKind.SERVICE: "star",
    ActionKind.OTHER: "check",
}
STEP_ICONS: Mapping[str, str] = {
    Step.STARTED: "user-round",
    Step.GIVEN: "user-plus",
    Step.PLANNED: "target",
    Step.CLOSED: "x",
    Step.REOPENED: "refresh-cw",
}
# What the night saw at the end: words, icon and tone.
ENDS: Mapping[str, tuple[str, str]] = {
    State.WON_BACK: ("shopping-bag", "good"),
    State.EASED: ("check", "good"),
    State.LOST: ("x", "bad"),
    State.FALSE_ALARM: ("x", ""),
}


@dataclass(frozen=True)
class Entry:
    """One line. `said` is our own sentence, `typed` what a person wrote; `action`: the one to remove."""

    order: datetime
    shown: date | datetime
    title: str
    icon: str
    tone: str = ""
    said: str = ""
    typed: str = ""
    by: str = ""
    cost: int | None = None
    action: int = 0


def entries_of(user: User, case: ChurnCase, *, may_change: bool) -> list[Entry]:
    """All of it, the newest first."""
    people = _people(case)
    causes = {cause.pk: cause.name for cause in ChurnCause.objects.all()}
    found = [_opened(case), *_risen(case), *_ended(case)]
    found += [_step(step, people, causes) for step in case.steps.filter(undone=False).select_related("by")]
    actions = case.actions.filter(removed_at=None).select_related("done_by")
    found += [_action(action, may_change=may_change) for action in actions]
    logged = selectors.activities_of(user, case).select_related("user").order_by("-occurred_at")[:MOST_ACTIVITIES]
    found += [_activity(entry) for entry in logged]
    return sorted(found, key=lambda entry: entry.order, reverse=True)


def _midnight(day: date, hour: int = 0) -> datetime:
    return clock.at_local(day, time(hour), company.zone())


def _opened(case: ChurnCase) -> Entry:
    words = _("The night opened the warning")
    return Entry(_midnight(case.opened_on), case.opened_on, words, "triangle-alert", "bad")


def _risen(case: ChurnCase) -> Iterable[Entry]:
    """The last change of its level, which is all that is kept of it."""
    if case.level_since > case.opened_on:
        red = case.level == Warn.RED
        words = _("The warning turned red") if red else _("The warning fell to yellow")
        yield Entry(_midnight(case.level_since), case.level_since, words, "triangle-alert", "bad" if red else "warm")


def _ended(case: ChurnCase) -> Iterable[Entry]:
    """The end that the night saw; one by a person is a step."""
    if case.closed_at is None or case.closed_by_id is not None or case.closed_on is None:
        return
    words: dict[str, str] = {
        State.WON_BACK: _("Won back: the customer bought again"),
        State.EASED: _("Eased: buying again has become likely"),
        State.LOST: _("Lost: no purchase is left in the window that counts"),
    }
    title = str(words.get(case.state, capfirst(case.get_state_display())))
    yield Entry(case.closed_at, case.closed_on, title, *ENDS[case.state])


def _people(case: ChurnCase) -> Mapping[int, str]:
    """Names of those to whom it was given, whoever is in reach: they stand in the record of a case that one sees."""
    ids = {step.after.get("in_charge_id") for step in case.steps.all()} - {None}
    return dict(User.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}


def _step(step: CaseStep, people: Mapping[int, str], causes: Mapping[int, str]) -> Entry:
    after: Mapping[str, Any] = step.after
    title, typed, said = str(capfirst(step.get_kind_display())), "", []
    if step.kind == Step.GIVEN:
        title = _("Given to %(name)s") % {"name": people.get(after["in_charge_id"], "—")}
    if step.kind == Step.CLOSED:
        state = State(after["state"])
        title = _("Closed: %(state)s") % {"state": state.label}
        typed = after.get("close_reason", "")
    if after.get("due_on"):
        day = formatting.day_short(date.fromisoformat(after["due_on"]))
        said.append(_("to be settled by %(day)s") % {"day": day})
    if after.get("cause_id"):
        said.append(_("cause: %(name)s") % {"name": causes.get(after["cause_id"], "—")})
    typed = typed or formatting.listed([text for text in (after.get("plan"), after.get("cause_note")) if text])
    icon, tone = STEP_ICONS[step.kind], ""
    if step.kind == Step.CLOSED:
        icon, tone = ENDS[after["state"]]
    told = str(capfirst(" · ".join(said)))
    return Entry(step.at, step.at, title, icon, tone or "accent", told, typed, step.by.name if step.by else "")


def _action(action: CaseAction, *, may_change: bool) -> Entry:
    order = action.created_at
    if clock.business_date(order) != action.done_on:
        order = _midnight(action.done_on, 12)
    return Entry(
        order,
        action.done_on,
        str(capfirst(action.get_kind_display())),
        ACTION_ICONS[action.kind],
        "warm",
        typed=action.note,
        by=action.done_by.name if action.done_by else "",
        cost=action.cost,
        action=action.pk if may_change else 0,
    )


def _activity(entry: Interaction) -> Entry:
    said = str(capfirst(entry.get_result_display())) if entry.result else ""
    return Entry(
        entry.occurred_at,
        entry.occurred_at,
        str(capfirst(entry.get_kind_display())),
        KIND_ICONS.get(entry.kind, "message-circle"),
        said=said,
        typed=entry.summary,
        by=entry.user.name if entry.user else "",
    )
