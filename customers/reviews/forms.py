"""What a supervisor writes under a sheet."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from ui.forms import StepForm


class SignForm(StepForm):
    """What was found, and what was agreed on."""

    note = forms.CharField(
        label=_("What you found, and what was agreed on"),
        max_length=1000,
        required=False,
        widget=forms.Textarea({"rows": 4}),
    )
