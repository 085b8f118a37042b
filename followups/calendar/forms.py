"""What the company says of everybody's calendar, as a form."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from followups.models import CalendarSetting
from ui.forms import VersionedForm

HOW_MANY = _("Enter a whole number from 1 to 100.")


class CalendarSettingForm(VersionedForm):
    """How much a day holds, and when a week begins."""

    per_day = forms.IntegerField(
        label=_("Follow-ups a person can do in a day"),
        min_value=1,
        max_value=100,
        help_text=_("The calendar says when a day holds more. Nothing is refused."),
        error_messages={"min_value": HOW_MANY, "max_value": HOW_MANY, "invalid": HOW_MANY},
    )
    week_start = forms.ChoiceField(
        label=_("A week begins on"), choices=CalendarSetting.WeekStart, required=False, widget=forms.RadioSelect
    )
