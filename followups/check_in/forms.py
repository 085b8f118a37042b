"""A check-in and a customer's place as forms."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from followups.check_in.places import Position
from ui.forms import OnceForm, VersionedForm

OTHER = "other"
REASONS = (
    ("refused", _("I don't share my position")),
    ("no_signal", _("no signal here")),
    ("device", _("this device has none")),
    (OTHER, pgettext_lazy("reason", "another reason")),
)
FARTHEST_OUT = 1_000_000  # metres: what a device says of its own accuracy


class WhereForm(forms.Form):
    """The position that a device sent; its three fields are empty where it sent none."""

    latitude = forms.FloatField(min_value=-90, max_value=90, required=False, widget=forms.HiddenInput)
    longitude = forms.FloatField(min_value=-180, max_value=180, required=False, widget=forms.HiddenInput)
    accuracy = forms.FloatField(min_value=0, max_value=FARTHEST_OUT, required=False, widget=forms.HiddenInput)

    def position(self) -> Position | None:
        """The position of a valid form; None where none was sent."""
        latitude, longitude = self.cleaned_data["latitude"], self.cleaned_data["longitude"]
        if latitude is None or longitude is None:
            return None
        return Position(latitude, longitude, round(self.cleaned_data["accuracy"] or 0))


class CheckInForm(WhereForm, OnceForm):
    """Signing in at a customer: which one, the position, and without a position the reason."""

    customer = forms.IntegerField(widget=forms.HiddenInput, error_messages={"required": _("Choose a customer.")})
    remember = forms.IntegerField(required=False, widget=forms.HiddenInput)  # whose place this is from now on
    reason = forms.ChoiceField(
        label=_("Why without a position"), choices=REASONS, required=False, widget=forms.RadioSelect
    )
    words = forms.CharField(label=_("In words (optional)"), max_length=120, required=False)

    def why(self) -> str:
        """The reason as it is kept: its code, and the words that were typed."""
        return " ".join(part for part in (self.cleaned_data["reason"], self.cleaned_data["words"].strip()) if part)


class PlaceForm(VersionedForm):
    """The position of a customer, typed by hand."""

    latitude = forms.FloatField(label=_("Latitude"), min_value=-90, max_value=90)
    longitude = forms.FloatField(label=_("Longitude"), min_value=-180, max_value=180)
