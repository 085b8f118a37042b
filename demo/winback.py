"""What the reps of the demo company did about its churn warnings: month by month, as the nights opened and closed them.

Who bought after that was won back by the night itself; nothing here says so.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from core import clock, company
from customers.models import CustomerFacts, Warn
from demo import phrases
from segmentation.cases.models import ActionKind, CaseAction, CaseStep, ChurnCause
from segmentation.models import ChurnCase

State, Step = ChurnCase.State, CaseStep.Kind
TAKEN_ON = 0.65  # of the warnings that a night opens; the others wait
FALSE_ALARMS, LOST = 0.10, 0.12  # of those taken on
SETTLED_AFTER = timedelta(days=14)
COSTS = {ActionKind.VISIT: (80, 320), ActionKind.COUPON: (50, 300), ActionKind.GIFT: (60, 400)}  # major units
CAUSES = ("price", "competitor", "quality", "service", "no-need", "neglected")
NIGHT = time(3)
WRITTEN = (
    *("state", "in_charge", "plan", "due_on", "cause", "version"),
    *("close_reason", "closed_by", "closed_at", "closed_on"),
)


class WinBack:
    """Works on the warnings of the demo company between two nights."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed + 5)
        self.causes = dict(ChurnCause.objects.values_list("code", "pk"))
        self.steps: list[CaseStep] = []
        self.actions: list[CaseAction] = []

    def work(self, on: date, until: date) -> None:
        """On what the night of `on` opened, in the days up to `until`."""
        rows = ChurnCase.objects.filter(opened_on=on, closed_at=None, state=State.NEW, customer__owner__isnull=False)
        cases = list(rows.select_related("customer__owner").order_by("customer__number"))
        enough = (until - on).days >= 3
        taken = [case for case in cases if enough and self.chance.random() < TAKEN_ON]
        for case in taken:
            self._taken_on(case, until)
        ChurnCase.objects.bulk_update(taken, WRITTEN)
        CaseStep.objects.bulk_create(self.steps)
        CaseAction.objects.bulk_create(self.actions)
        self.steps, self.actions = [], []
        closed = [case.customer_id for case in taken if case.closed_at]
        CustomerFacts.objects.filter(pk__in=closed).update(warning=Warn.NONE, value_at_risk=None)

    def date_back(self) -> None:
        """A case was opened and closed in the night of its day, not when the demo was made."""
        for opened in set(ChurnCase.objects.values_list("opened_on", flat=True)):
            ChurnCase.objects.filter(opened_on=opened).update(opened_at=_night(opened))
        by_night = ChurnCase.objects.filter(closed_on__isnull=False, closed_by=None)
        for day in set(by_night.values_list("closed_on", flat=True)):
            if day is not None:
                by_night.filter(closed_on=day).update(closed_at=_night(day))

    def _taken_on(self, case: ChurnCase, until: date) -> None:
        begun = min(case.opened_on + timedelta(days=self.chance.randint(1, 6)), until)
        texts = phrases.WIN_BACK_EN if case.customer.name.isascii() else phrases.WIN_BACK
        self._step(case, Step.STARTED, begun, 10, state=State.WORKING.value, in_charge_id=case.customer.owner_id)
        planned: dict[str, Any] = {"plan": self.chance.choice(texts["plan"]), "due_on": begun + SETTLED_AFTER}
        cause = self.causes.get(self.chance.choice(CAUSES))
        if self.chance.random() < 0.7 and cause:
            planned["cause_id"] = cause
        self._step(case, Step.PLANNED, begun, 11, **planned)
        last, draw = self._act(case, begun, until, texts["done"]), self.chance.random()
        if draw < FALSE_ALARMS + LOST and last < until:
            state = State.FALSE_ALARM if draw < FALSE_ALARMS else State.LOST
            reason, why = self.chance.choice(texts[state.value])
            self._close(case, last + timedelta(days=1), state.value, reason, self.causes.get(why))

    def _act(self, case: ChurnCase, begun: date, until: date, notes: Mapping[str, Sequence[str]]) -> date:
        """One to three actions; returns the day of the last one."""
        day, owner = begun, case.customer.owner
        kinds = self.chance.sample([ActionKind(code) for code in notes], self.chance.choice([1, 1, 2, 3]))
        for n, kind in enumerate(kinds):
            if n:
                later = day + timedelta(days=self.chance.randint(2, 6))
                if later > until:
                    break
                day = later
            low, high = COSTS.get(kind, (0, 0))
            action = CaseAction(case=case, kind=kind, done_on=day, done_by=owner, created_by=owner)
            action.cost = self.chance.randrange(low, high, 10) * 100 if high else None
            action.note, action.created_at = self.chance.choice(notes[kind.value]), _moment(day, 16)
            self.actions.append(action)
        return day

    def _close(self, case: ChurnCase, day: date, state: str, reason: str, cause: int | None) -> None:
        said = {"state": state, "close_reason": reason, "closed_by_id": case.customer.owner_id}
        said |= {"cause_id": cause} if cause else {}
        self._step(case, Step.CLOSED, day, 17, **said, closed_at=_moment(day, 17), closed_on=day)

    def _step(self, case: ChurnCase, kind: str, day: date, hour: int, **values: Any) -> None:
        """As the services keep it (segmentation/cases/services.py), with a moment of the story."""
        before = {name: _plain(getattr(case, name)) for name in values}
        for name, value in values.items():
            setattr(case, name, value)
        case.version += 1
        after = {name: _plain(value) for name, value in values.items()}
        step = CaseStep(case=case, kind=kind, at=_moment(day, hour), by_id=case.customer.owner_id, version=case.version)
        step.before, step.after = before, after
        self.steps.append(step)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _moment(day: date, hour: int) -> datetime:
    return clock.at_local(day, time(hour, 20), company.zone())


def _night(day: date) -> datetime:
    return clock.at_local(day + timedelta(days=1), NIGHT, company.zone())
