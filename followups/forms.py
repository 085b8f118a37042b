"""Forms of follow-ups, plans and reminders."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts import reaching
from accounts.models import User
from core import clock
from core.outbox import mail_is_on
from core.workcalendar import next_working_day
from customers.models import InteractionKind
from followups import durations
from followups.models import FollowUp, Reminder
from followups.services.many import Wanted
from ui import formatting
from ui.forms import ClockTime, Colleague, Day, LongSelect, OnceForm, VersionedForm, offer

# Methods one can plan; a note among colleagues is no contact.
METHODS = [(kind.value, kind.label) for kind in InteractionKind if kind not in ("note", "other")]


def day_ahead(day: date, today: date) -> date:
    """The day, if one can plan for it: on pages and over the API."""
    if day < today:
        raise forms.ValidationError(_("The day lies in the past. Choose today or a later day."))
    if day.year > today.year + 5:
        raise forms.ValidationError(_("The day is more than five years ahead. Check the year."))
    return day


def offer_methods(form: forms.BaseForm, stored: str, name: str = "method") -> None:
    """Let a form of a stored row keep its method, whatever it is: one that it didn't show would vanish with saving."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    if stored and stored not in dict(METHODS):
        if isinstance(field.widget, LongSelect):  # shows the same to everybody
            field.widget = forms.Select(field.widget.attrs)
        field.choices = [*cast(Any, field.choices), (stored, dict(InteractionKind.choices).get(stored, stored))]


def length_choices() -> list[tuple[Any, Any]]:
    """How long a contact may take; nothing chosen is what its method usually takes."""
    return [("", _("as usual for the method")), *((n, formatting.duration(n * 60)) for n in durations.CHOICES)]


def offer_length(form: forms.BaseForm, stored: int | None) -> None:
    """Let a form of a stored row keep a length that it doesn't offer, one of the API."""
    field = form.fields["minutes"]
    assert isinstance(field, forms.ChoiceField)
    if stored and stored not in durations.CHOICES:
        field.choices = [*length_choices(), (stored, formatting.duration(stored * 60))]


class FollowUpForm(OnceForm, VersionedForm):
    """A planned contact. `assignee` offers the colleagues who may work on this customer."""

    due_on = Day(label=_("Day"))
    due_time = ClockTime(label=_("Time (optional)"), required=False)
    method = forms.ChoiceField(label=_("Method"), choices=METHODS, widget=forms.RadioSelect, initial="call")
    minutes = forms.TypedChoiceField(
        label=_("Takes"), coerce=int, empty_value=None, required=False, choices=length_choices
    )
    purpose = forms.CharField(label=_("What for"), max_length=200, required=False)
    assignee = Colleague(label=_("Who"), empty_label=None)

    def __init__(
        self, *args: Any, people: QuerySet, today: date, planned: FollowUp | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.today, self.planned = today, planned
        if planned is not None:
            offer_methods(self, planned.method)
            offer_length(self, planned.minutes)
        offer(self, assignee=people)

    def clean_due_on(self) -> date:
        day: date = self.cleaned_data["due_on"]
        if self.planned and self.planned.due_on == day:
            return day
        return day_ahead(day, self.today)


class PlanManyForm(OnceForm):
    """One planned contact for each of many customers."""

    OWNER, ME = "owner", "me"

    due_on = Day(label=_("Day"))
    method = forms.ChoiceField(label=_("Method"), choices=METHODS, widget=forms.RadioSelect, initial="call")
    purpose = forms.CharField(label=_("What for"), max_length=200, required=False)
    who = forms.ChoiceField(
        label=_("Who"), choices=[(OWNER, _("each customer's owner")), (ME, _("me"))], widget=forms.RadioSelect
    )
    only_without = forms.BooleanField(label=_("Only for customers with nothing planned"), required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.today = user, clock.user_today(user)
        tomorrow = next_working_day(self.today + timedelta(days=1))
        self.initial.update({"due_on": tomorrow, "who": self.OWNER})

    def clean_due_on(self) -> date:
        return day_ahead(self.cleaned_data["due_on"], self.today)

    def wanted(self) -> Wanted:
        """What a valid form plans."""
        said = self.values()
        return Wanted(to=self.user if said.pop("who") == self.ME else None, **said)


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


def reaches(user: User, channel: str) -> bool:
    """Whether reminders of that channel arrive at this person."""
    if channel == Reminder.Channel.IN_APP:
        return True
    if channel == Reminder.Channel.EMAIL:
        return bool(user.email) and mail_is_on()
    return bool(reaching.addresses(user, channel))


class ReminderForm(OnceForm):
    """A reminder at a minute of the reader's own clock."""

    day = Day(label=_("Day"))
    time = ClockTime(label=_("Time"))
    text = forms.CharField(label=_("Remind me of"), max_length=300)
    channel = forms.ChoiceField(label=_("How"), choices=Reminder.Channel, widget=forms.RadioSelect, initial="in_app")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        channel = cast(forms.ChoiceField, self.fields["channel"])
        if not mail_is_on():
            channel.help_text = NO_MAIL
            channel.error_messages = {"invalid_choice": NO_MAIL}
        channel.choices = [(one, one.label) for one in Reminder.Channel if reaches(user, one)]

    def clean(self) -> dict[str, Any]:
        super().clean()
        data = self.cleaned_data
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
