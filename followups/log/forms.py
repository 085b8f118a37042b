"""The quick log: chips, everything prefilled, nothing that must be typed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple
from datetime import date, datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import clock
from customers.icons import KIND_ICONS
from customers.models import Contact, Interaction, InteractionKind, InteractionResult
from customers.results import ANSWERED, MET
from customers.services.interactions import RESULT_MISSING
from followups.selectors import NextStep, PlanWords
from followups.services.next_step import NOTHING, PLAN
from followups.visits import day_of
from ui.forms import ClockTime, Colleague, Day, Moment, OnceForm, offer

FIRST_KINDS = ("call", "visit", "wechat", "email", "meeting")
MOODS = ((Interaction.Mood.GOOD, "smile"), (Interaction.Mood.NEUTRAL, "meh"), (Interaction.Mood.BAD, "frown"))
ONE_MINUTE = 60
LONGEST_NOTE = 10_000
ON_DAY = "day"  # the next step on a day that is typed beside it


class LogForm(OnceForm):
    """One contact with one customer."""

    kind = forms.ChoiceField(label=_("Method"), choices=InteractionKind, widget=forms.RadioSelect)
    result = forms.ChoiceField(
        label=_("Result"),
        choices=InteractionResult,
        widget=forms.RadioSelect,
        required=False,  # a note among colleagues has none
    )
    mood = forms.ChoiceField(
        label=_("How did they feel?"),
        choices=[(mood.value, mood.label) for mood, _icon in MOODS],
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
    summary = forms.CharField(
        label=_("Note"),
        max_length=LONGEST_NOTE,
        required=False,
        widget=forms.Textarea({"rows": 3, "placeholder": _("What was said, what was promised")}),
    )
    needs_found = forms.CharField(label=_("New need"), max_length=300, required=False)
    objection = forms.CharField(label=_("Objection"), max_length=300, required=False)
    change_found = forms.CharField(label=_("Change at the customer"), max_length=300, required=False)
    contact = forms.ModelChoiceField(label=_("Contact"), queryset=Contact.objects.none(), required=False)
    direction = forms.ChoiceField(
        label=_("Who began"),
        choices=[("out", _("we did")), ("in", _("the customer"))],
        widget=forms.RadioSelect,
        required=False,
    )
    occurred_at = Moment(label=_("When"))
    participants = forms.CharField(label=_("Participants"), max_length=200, required=False)
    place = forms.CharField(label=_("Place"), max_length=200, required=False)
    minutes = forms.IntegerField(label=_("Minutes"), min_value=0, max_value=24 * 60, required=False)
    late_reason = forms.CharField(
        label=_("Reason for the late entry"),
        max_length=200,
        required=False,
        help_text=_("A visit or meeting that is entered more than 24 hours later is marked as a late entry."),
    )

    def __init__(
        self,
        *args: Any,
        contacts: QuerySet[Contact],
        people: QuerySet[User],
        steps: Sequence[NextStep],
        plans: Callable[[date | None], Mapping[str, PlanWords]],
        today: date,
        on: date | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.today, self.on, self.plans_of = today, on, plans
        offer(self, contact=contacts, next_assignee=people)
        *offered, nothing = steps
        self.steps = [*offered, NextStep(ON_DAY, gettext("Pick a day")), nothing]
        self.days = {step.value: step.day for step in steps if step.day}
        self.fields["next_step"].choices = [(step.value, step.words) for step in self.steps]

    def clean_occurred_at(self) -> datetime:
        moment: datetime = self.cleaned_data["occurred_at"]
        ahead = (moment - clock.now()).total_seconds()
        if ahead > ONE_MINUTE:
            raise forms.ValidationError(_("The activity can't lie in the future. Choose a time up to now."))
        return min(moment, clock.now())

    def clean(self) -> dict[str, Any]:
        """The next step has a day where it has anything; a day counts only where it was asked for."""
        data = self.cleaned_data
        if data.get("kind") != InteractionKind.NOTE and not data.get("result") and "result" not in self.errors:
            self.add_error("result", RESULT_MISSING)
        if data.get("next_step") == ON_DAY and "next_on" not in self.errors:
            day = data.get("next_on")
            if day is None:
                self.add_error("next_on", _("Choose the day of the next follow-up."))
            elif day < self.today:
                self.add_error("next_on", _("The day lies in the past. Choose today or a later day."))
            elif day.year > self.today.year + 5:
                self.add_error("next_on", _("The day is more than five years ahead. Check the year."))
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
        return {**typed, **without, "next_step": step}

    @property
    def result_chips(self) -> list[tuple[Any, Any, Any]]:
        """Each result with its words for a visit and for a message, where those differ."""
        found = [(radio, radio.data["value"]) for radio in self["result"]]
        return [(radio, MET.get(value), ANSWERED.get(value)) for radio, value in found]

    @property
    def found_chips(self) -> list[tuple[Any, Any, str]]:
        """What may have come up: a line that unfolds, the short word on its chip, and the picture."""
        return [
            (self["needs_found"], _("New need"), "lightbulb"),
            (self["objection"], _("Objection"), "message-circle-warning"),
            (self["change_found"], pgettext_lazy("what is new at a customer", "Change"), "shuffle"),
        ]

    @property
    def step_chips(self) -> list[tuple[Any, NextStep]]:
        return list(zip(self["next_step"], self.steps, strict=True))

    @cached_property
    def plans(self) -> Mapping[str, PlanWords]:
        """What the plan asks for after each result, counted from the day `on`, else from the one that stands there."""
        return self.plans_of(self.on or self._day_of_contact())

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

    @property
    def kind_chips(self) -> list[tuple[Any, str]]:
        """The usual methods with their pictures."""
        return [
            (radio, KIND_ICONS[radio.data["value"]]) for radio in self["kind"] if radio.data["value"] in FIRST_KINDS
        ]

    @property
    def other_kinds(self) -> list[tuple[Any, str]]:
        """The rare ones."""
        rare = [radio for radio in self["kind"] if radio.data["value"] not in FIRST_KINDS]
        return [(radio, KIND_ICONS[radio.data["value"]]) for radio in rare]

    @property
    def rare_kind_chosen(self) -> bool:
        return (self["kind"].value() or "") not in FIRST_KINDS

    @property
    def mood_chips(self) -> list[tuple[Any, str]]:
        return list(zip(self["mood"], [icon for _mood, icon in MOODS], strict=True))


def now_to_the_minute() -> datetime:
    """The present minute in the person's zone."""
    return timezone.localtime(clock.now()).replace(second=0, microsecond=0)
