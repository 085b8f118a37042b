"""The quick log: chips, everything prefilled, nothing that must be typed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple
from datetime import date, datetime
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import clock
from customers.models import Contact, InteractionKind, InteractionResult, Stage
from customers.services.interactions import TIMED_KINDS
from followups.forms import day_ahead
from followups.log.entry import EntryForm
from followups.selectors import NextStep, PlanWords
from followups.services.next_step import NOTHING, PLAN
from followups.visits import day_of
from sales.needs.models import Need
from ui.files import Files, brought_by
from ui.forms import ClockTime, Colleague, Day, Moment, OnceForm, VersionedForm, offer

STAGES = [(stage.value, stage.label) for stage in Stage if stage != Stage.PAUSED]  # a pause has its own page
MOVES = (Need.State.OFFERED.value, Need.State.MET.value)  # what may be said of a need while logging
ON_DAY = "day"  # the next step on a day that is typed beside it


class LogForm(EntryForm, OnceForm):
    """One contact with one customer, and what is to be done next."""

    stage = forms.ChoiceField(
        label=_("Stage"),
        choices=[("", _("as the result says")), *STAGES],
        widget=forms.RadioSelect,
        required=False,
    )
    next_step = forms.ChoiceField(label=_("Next follow-up"), widget=forms.RadioSelect, required=False)
    next_on = Day(label=_("Day"), required=False)
    next_time = ClockTime(label=_("Time (optional)"), required=False)
    next_purpose = forms.CharField(
        label=_("What for"),
        max_length=200,
        required=False,
        widget=forms.TextInput({"placeholder": _("such as: send the sample")}),
    )
    next_assignee = Colleague(label=_("Who"), required=False, empty_label=None)
    # Asked for when they are drawn, or when somebody ticked one: a form that is sent without needs nothing of them.
    needs_moved = forms.MultipleChoiceField(
        label=_("What they wait for"), widget=forms.CheckboxSelectMultiple, required=False
    )
    # When the visit to be written up was, as the form was opened.
    visit_at = Moment(widget=forms.DateTimeInput({"type": "hidden"}, format="%Y-%m-%dT%H:%M"), required=False)
    brought = Files(label=_("Photos and files"))

    def __init__(
        self,
        *args: Any,
        by: User,
        needs: Callable[[], Sequence[Need]],
        contacts: QuerySet[Contact],
        people: QuerySet[User],
        steps: Sequence[NextStep],
        plans: Callable[[date | None, str], Mapping[str, PlanWords]],
        stage: str,
        today: date,
        on: date | None = None,
        moved: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.today, self.on, self.plans_of, self.stage_now, self.moved = today, on, plans, stage, moved
        offer(self, contact=contacts, next_assignee=people)
        self.needs = needs
        moved_needs = cast(forms.MultipleChoiceField, self.fields["needs_moved"])
        moved_needs.choices = lambda: [(f"{need.pk}:{to}", to) for need in self.needs() for to in MOVES]
        brought_by(self, by)
        *offered, nothing = steps
        self.steps = [*offered, NextStep(ON_DAY, gettext("Pick a day")), nothing]
        self.days = {step.value: step.day for step in steps if step.day}
        cast(forms.ChoiceField, self.fields["next_step"]).choices = [(step.value, step.words) for step in self.steps]

    def clean(self) -> dict[str, Any]:
        """The next step has a day where it has anything; a day counts only where it was asked for.

        A call has no part in the time of a visit that stood in the form: it is one of now, unless somebody said when.
        """
        data = super().clean()
        at = data.pop("visit_at", None)
        if at and data.get("occurred_at") == at and data.get("kind") not in ("", None, *TIMED_KINDS):
            data["occurred_at"] = clock.now()
        if data.get("next_step") == ON_DAY and "next_on" not in self.errors:
            day = data.get("next_on")
            if day is None:
                self.add_error("next_on", _("Choose the day of the next follow-up."))
            else:
                try:
                    day_ahead(day, self.today)
                except forms.ValidationError as error:
                    self.add_error("next_on", error)
        if data.get("next_step") in ("", NOTHING) and (data.get("next_purpose") or data.get("next_time")):
            self.add_error("next_step", _("Choose a day for what is to be done next, or clear time and purpose."))
        return data

    def entry(self) -> dict[str, Any]:
        """The fields of the entry; a note among colleagues has no direction.

        "In 3 days" stands for the day named beside it, whenever the contact was.
        """
        typed = self.values()
        note = typed["kind"] == InteractionKind.NOTE
        # Those stand in the form whatever the method is; a note has none.
        without = {"direction": "", "result": "", "mood": ""} if note else {}
        day = typed.pop("next_on")
        chosen = day if typed["next_step"] == ON_DAY else self.days.get(typed["next_step"])
        step = chosen.isoformat() if chosen else typed["next_step"] or None
        if note and step == PLAN:
            step = None  # nobody was contacted: what is planned stands as it is
        typed["files"] = typed.pop("brought")
        del typed["needs_moved"]
        return {**typed, **without, "next_step": step, "stage": typed["stage"] or None}

    @property
    def moves(self) -> dict[int, str]:
        """Which needs went where; a need that was offered and met in one is met."""
        found = (one.partition(":") for one in self.cleaned_data["needs_moved"])
        pairs = sorted(((int(pk), to) for pk, _colon, to in found), key=lambda pair: MOVES.index(pair[1]))
        return dict(pairs)

    @property
    def need_rows(self) -> list[tuple[Need, list[tuple[str, str, bool]]]]:
        """Each need that waits, with where it may go: value, state, and whether it is ticked."""
        ticked = set(self["needs_moved"].value() or ())
        return [
            (need, [(f"{need.pk}:{to}", to, f"{need.pk}:{to}" in ticked) for to in MOVES if to != need.state])
            for need in self.needs()
        ]

    @property
    def stage_words(self) -> str:
        """Where the customer stands now."""
        return str(Stage(self.stage_now).label)

    @property
    def step_chips(self) -> list[tuple[Any, NextStep]]:
        return list(zip(self["next_step"], self.steps, strict=True))

    @cached_property
    def plans(self) -> Mapping[str, PlanWords]:
        """What the plan asks for after each result, counted from the day `on`, else from the one that stands there."""
        return self.plans_of(self.on or self._day_of_contact(), self.moved or self["stage"].value() or "")

    def _day_of_contact(self) -> date | None:
        at = self["occurred_at"].value()
        try:
            return clock.business_date(self.fields["occurred_at"].to_python(at)) if day_of(str(at)) else None
        except forms.ValidationError:
            return None

    @property
    def plan(self) -> PlanWords:
        """What the plan asks for after the chosen result; before one is chosen, if they are reached."""
        return self.plans.get(self["result"].value() or InteractionResult.REACHED) or PlanWords()

    @property
    def plans_as_text(self) -> str:
        """For the script that shows the day of each result as it is tapped."""
        return json.dumps({result: astuple(words) for result, words in self.plans.items()}, ensure_ascii=False)

    @property
    def others_may_do_it(self) -> bool:
        """Whether there is anybody else to give the next step to."""
        return len(self["next_assignee"].field.widget.choices) > 1


class CorrectionForm(EntryForm, VersionedForm):
    """What an entry says, for its author or a lead to put right."""

    def __init__(self, *args: Any, contacts: QuerySet[Contact], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, contact=contacts)


def now_to_the_minute() -> datetime:
    """The present minute in the person's zone."""
    return timezone.localtime(clock.now()).replace(second=0, microsecond=0)
