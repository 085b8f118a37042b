"""Forms of churn warnings."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.workcalendar import next_working_day
from ui.forms import Colleague, Day, offer


class GiveForm(forms.Form):
    """To whom a warning goes and by when the customer is contacted; empty = the customer's owner."""

    to = Colleague(label=_("To whom"), required=False, empty_label=_("The customer's owner"))
    due_on = Day(label=_("First follow-up on"), error_messages={"required": _("Say on which day.")})

    def __init__(self, *args: Any, people: QuerySet[User], today: date, **kwargs: Any) -> None:
        tomorrow = next_working_day(today + timedelta(days=1))
        super().__init__(*args, **kwargs)
        self.today, self.initial["due_on"] = today, tomorrow
        offer(self, to=people)

    def clean_due_on(self) -> date:
        day: date = self.cleaned_data["due_on"]
        if day < self.today:
            raise forms.ValidationError(_("The day lies in the past. Choose today or a later day."))
        if day.year > self.today.year + 5:
            raise forms.ValidationError(_("The day is more than five years ahead. Check the year."))
        return day
