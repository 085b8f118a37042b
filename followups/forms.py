"""Forms of follow-ups, plans and reminders."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import clock
from core.outbox import mail_is_on
from customers.models import InteractionKind
from followups.cadence import Phase
from followups.models import CadenceRule, Category, FollowUp, PhaseWord, Reminder
from segmentation.models import Tier
from ui import conflicts
from ui.forms import ClockTime, Colleague, Day, OnceForm, VersionedForm, offer

# Methods one can plan; a note among colleagues is no contact.
METHODS = [(kind.value, kind.label) for kind in InteractionKind if kind not in ("note", "other")]


def day_ahead(day: date, today: date) -> date:
    """The day, if one can plan for it."""
    if day < today:
        raise forms.ValidationError(_("The day lies in the past. Choose today or a later day."))
    if day.year > today.year + 5:
        raise forms.ValidationError(_("The day is more than five years ahead. Check the year."))
    return day


class FollowUpForm(OnceForm, VersionedForm):
    """A planned contact. `assignee` offers the colleagues who may work on this customer."""

    due_on = Day(label=_("Day"))
    due_time = ClockTime(label=_("Time (optional)"), required=False)
    method = forms.ChoiceField(label=_("Method"), choices=METHODS, widget=forms.RadioSelect, initial="call")
    purpose = forms.CharField(label=_("What for"), max_length=200, required=False)
    assignee = Colleague(label=_("Who"), empty_label=None)

    def __init__(
        self, *args: Any, people: QuerySet, today: date, planned: FollowUp | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.today, self.planned = today, planned
        offer(self, assignee=people)

    def clean_due_on(self) -> date:
        day: date = self.cleaned_data["due_on"]
        if self.planned and self.planned.due_on == day:
            return day
        return day_ahead(day, self.today)


class MoveForm(forms.Form):
    """Another day for a planned contact, picked on Today; what isn't sent along stays as it is."""

    on = Day(label=_("Day"))
    at = ClockTime(label=_("Time (optional)"), required=False)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_on(self) -> date:
        return day_ahead(self.cleaned_data["on"], self.today)

    @property
    def wrong(self) -> str:
        """Which field can't be read, and the cure, in one sentence each."""
        return " ".join(
            f"{self.fields[name].label}: {' '.join(str(one) for one in errors)}" for name, errors in self.errors.items()
        )


NO_MAIL = _("This installation sends no mail. Choose the reminder in the app.")


class ReminderForm(OnceForm):
    """A reminder at a minute of the reader's own clock."""

    day = Day(label=_("Day"))
    time = ClockTime(label=_("Time"))
    text = forms.CharField(label=_("Remind me of"), max_length=300)
    channel = forms.ChoiceField(label=_("How"), choices=Reminder.Channel, widget=forms.RadioSelect, initial="in_app")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        channel = self.fields["channel"]
        if not mail_is_on():
            channel.help_text = NO_MAIL
            channel.error_messages = {"invalid_choice": NO_MAIL}
        if not user.email or not mail_is_on():
            channel.choices = [(Reminder.Channel.IN_APP, Reminder.Channel.IN_APP.label)]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("day") and data.get("time") and self.due_at(data) <= clock.now():
            self.add_error("time", _("This moment has passed. Choose a later day or time."))
        return data

    def values(self) -> dict[str, Any]:
        """The fields of a reminder."""
        return {"due_at": self.due_at(), "text": self.cleaned_data["text"], "channel": self.cleaned_data["channel"]}

    def due_at(self, data: dict[str, Any] | None = None) -> datetime:
        """The instant, read in the person's own zone."""
        data = data or self.cleaned_data
        return clock.at_local(data["day"], data["time"], clock.user_zone(self.user))


WHOLE_DAYS = {
    "min_value": _("Enter a number of days from 1 to 366."),
    "max_value": _("Enter a number of days from 1 to 366."),
    "invalid": _("Enter the days as a whole number."),
}


class CadenceRuleForm(forms.Form):
    """One line of the cadence table."""

    shortest = forms.IntegerField(label=_("From days"), min_value=1, max_value=366, error_messages=WHOLE_DAYS)
    longest = forms.IntegerField(label=_("To days"), min_value=1, max_value=366, error_messages=WHOLE_DAYS)
    method = forms.ChoiceField(label=_("Method"), choices=METHODS)
    other_method = forms.ChoiceField(label=_("Without an answer"), choices=METHODS)
    content = forms.CharField(label=_("Content"), max_length=200, required=False)
    category = forms.ChoiceField(label=_("Plan"), choices=Category, required=False)
    is_active = forms.BooleanField(label=_("Plan by itself"), required=False)

    def __init__(self, data: QueryDict | None, *, rule: CadenceRule, tier: Tier | None) -> None:
        stored = {name: getattr(rule, name) for name in self.base_fields}
        super().__init__(data, prefix=f"rule{rule.pk}", initial=stored)
        self.rule, self.tier = rule, tier
        for name in ("method", "other_method", "content", "category"):
            self.fields[name].widget.attrs |= {"class": "input", "aria-label": self.fields[name].label}
        if rule.phase != Phase.LONG_TERM:  # the tier's plan stands with its long-term line
            del self.fields["category"]

    @property
    def numbers(self) -> list[Any]:
        return [self["shortest"], self["longest"]]

    def clean(self) -> dict[str, Any]:
        super().clean()
        data = self.cleaned_data
        shortest, longest = data.get("shortest"), data.get("longest")
        if shortest and longest and shortest > longest:
            self.add_error("longest", _("Enter at least the %(n)s days it begins with.") % {"n": shortest})
        return data


class CadenceForm(forms.Form):
    """The cadence table on one page, a part for each line; it carries what they were when it was opened."""

    original = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        data: QueryDict | None = None,
        initial: Mapping[str, Any] | None = None,
        *,
        rules: Iterable[CadenceRule],
        tiers: Mapping[tuple[str, str], Tier],
    ) -> None:
        super().__init__(data)
        parts = [CadenceRuleForm(data, rule=rule, tier=tiers.get((rule.scheme, rule.tier))) for rule in rules]
        self.parts = sorted(parts, key=_place)
        self.initial = {"original": conflicts.seal({str(part.rule.pk): part.initial for part in self.parts})}

    def clean(self) -> dict[str, Any]:
        if [part for part in self.parts if not part.is_valid()]:
            raise forms.ValidationError(_("Some entries need another look; nothing has been saved yet."))
        return self.cleaned_data

    def changes(self) -> Iterator[tuple[CadenceRule, dict[str, Any]]]:
        """What this person changed, rule by rule: what somebody else changed meanwhile isn't taken back."""
        opened = conflicts.unseal(self.cleaned_data["original"]) or {}
        for part in self.parts:
            before = opened.get(str(part.rule.pk), part.initial)
            changed = {name: value for name, value in part.cleaned_data.items() if value != before[name]}
            if changed:
                yield part.rule, changed

    @property
    def phases(self) -> list[tuple[Any, list[CadenceRuleForm]]]:
        """(stage in words, its lines): what holds for all of it first."""
        words = dict(PhaseWord.choices)
        return [(words[phase], list(parts)) for phase, parts in groupby(self.parts, key=lambda part: part.rule.phase)]


def _place(part: CadenceRuleForm) -> tuple[Any, ...]:
    rule = part.rule
    return (
        PhaseWord.values.index(rule.phase),
        rule.scheme,
        part.tier.rank if part.tier else 0,
        rule.amount,
        rule.frequency,
    )
