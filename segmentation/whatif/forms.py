"""Forms of what was asked about."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core import clock
from segmentation.whatif.services import LONGEST_REASON
from ui.forms import Day


class ScoringPublishForm(forms.Form):
    """Why other cut-points or days shall count, and of typed ones from which day on."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=LONGEST_REASON,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("It stays beside the change."),
        error_messages={"required": _("Say why: the reason stays beside the change.")},
    )
    counts_from = Day(label=_("Counts from"), help_text=_("The night after this day is the first that scores by them."))
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, dated: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if dated:
            self.fields["counts_from"].initial = clock.business_date()
        else:
            del self.fields["counts_from"]
