"""What a log entry says, as fields: for the quick log and for correcting it later."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import clock
from customers.icons import KIND_ICONS
from customers.models import Contact, Interaction, InteractionKind, InteractionResult
from customers.results import ANSWERED, MET
from customers.services.interactions import RESULT_MISSING
from ui.forms import Moment

FIRST_KINDS = ("call", "visit", "wechat", "email", "meeting")
MOODS = ((Interaction.Mood.GOOD, "smile"), (Interaction.Mood.NEUTRAL, "meh"), (Interaction.Mood.BAD, "frown"))
ONE_MINUTE = 60
LONGEST_NOTE = 10_000


class EntryForm(forms.Form):
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
        help_text=_("A visit or meeting that is entered later than your company asks for is marked as a late entry."),
    )

    def clean_occurred_at(self) -> datetime:
        moment: datetime = self.cleaned_data["occurred_at"]
        ahead = (moment - clock.now()).total_seconds()
        if ahead > ONE_MINUTE:
            raise forms.ValidationError(_("The activity can't lie in the future. Choose a time up to now."))
        return min(moment, clock.now())

    def clean(self) -> dict[str, Any]:
        """Only a note among colleagues has no result."""
        data = self.cleaned_data
        if data.get("kind") != InteractionKind.NOTE and not data.get("result") and "result" not in self.errors:
            self.add_error("result", RESULT_MISSING)
        return data

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
