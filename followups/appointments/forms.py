"""Forms of an appointment: whom to invite, and what a guest answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import clock
from followups.models import Guest
from ui.forms import ClockTime, Day, OnceForm


class InviteForm(OnceForm):
    """People of the customer who can be written to, and colleagues; `outside` are (value, name).

    `known_place` is what those know who are invited already: another one may be written without inviting anybody more.
    """

    outside = forms.MultipleChoiceField(label=_("At the customer"), required=False, widget=forms.CheckboxSelectMultiple)
    colleagues = forms.ModelMultipleChoiceField(
        label=_("Colleagues"), queryset=User.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    place = forms.CharField(label=_("Place"), max_length=200, required=False)

    def __init__(
        self,
        *args: Any,
        outside: list[tuple[str, str]],
        colleagues: QuerySet[User],
        known_place: str | None,
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        self.known_place = known_place
        first, second = self.fields["outside"], self.fields["colleagues"]
        assert isinstance(first, forms.MultipleChoiceField)
        assert isinstance(second, forms.ModelMultipleChoiceField)
        first.choices, second.queryset = outside, colleagues

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors or data.get("outside") or data.get("colleagues"):
            return data
        if self.known_place is None:
            raise forms.ValidationError(_("Choose at least one person."))
        if data["place"] == self.known_place:
            raise forms.ValidationError(_("Choose at least one more person, or write another place."))
        return data


class AnswerForm(forms.Form):
    """What a guest says; another time is read on the clock of the host."""

    answer = forms.ChoiceField(choices=[one for one in Guest.Answer.choices if one[0]])
    on = Day(label=_("Day"), required=False)
    at = ClockTime(label=_("Time"), required=False)
    note = forms.CharField(label=_("A word to us (optional)"), max_length=300, required=False)

    def __init__(self, *args: Any, zone: ZoneInfo, **more: Any) -> None:
        super().__init__(*args, **more)
        self.zone = zone

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("answer") == Guest.Answer.OTHER and not self.errors:
            if not (data.get("on") and data.get("at")):
                self.add_error("on", _("Choose the day and the time that would suit you."))
            elif self.proposed_at <= clock.now():
                self.add_error("on", _("This moment has passed. Choose a later day or time."))
        return data

    @property
    def proposed_at(self) -> datetime:
        """The instant that was proposed."""
        return clock.at_local(self.cleaned_data["on"], self.cleaned_data["at"], self.zone)
