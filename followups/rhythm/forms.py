"""A customer's own plan as a form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from followups.forms import METHODS, WHOLE_DAYS, offer_methods
from followups.models import Rhythm
from followups.services.rhythms import FIELDS, NOTHING_SAID
from ui.forms import ClockTime, VersionedForm


class RhythmForm(VersionedForm):
    """How often, by which method, at what time, what about; what stays empty follows the default plan."""

    every_days = forms.IntegerField(
        label=_("Every so many days"), min_value=1, max_value=366, required=False, error_messages=WHOLE_DAYS
    )
    method = forms.ChoiceField(
        label=_("Method"),
        choices=[("", _("as in the default plan")), *METHODS],
        required=False,
        widget=forms.RadioSelect,
    )
    at_time = ClockTime(label=_("Best time of day"), required=False)
    purpose = forms.CharField(label=_("Content"), max_length=200, required=False)

    def __init__(self, *args: Any, plan: Rhythm, **more: Any) -> None:
        super().__init__(*args, **more)
        offer_methods(self, plan.method)

    def clean(self) -> dict[str, Any]:
        super().clean()
        data = self.cleaned_data
        if not self.errors and not any(data.get(name) for name in FIELDS):
            raise forms.ValidationError(NOTHING_SAID)
        return data
