"""A person's own week, and an absence, as forms."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core import clock
from followups.hours.days import Hours
from followups.services.hours import Week
from ui import formatting
from ui.forms import ClockTime, Day, OnceForm, VersionedForm

COMPANY, OWN, OFF = "company", "own", "off"
WAYS = ((COMPANY, _("as the company")), (OWN, _("own hours")), (OFF, _("no working day")))
WEEKDAYS = range(1, 8)


class WeekForm(forms.Form):
    """For each weekday: as the company has it, own hours, or no working day."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for day in WEEKDAYS:
            name = formatting.weekday(date(2024, 1, day))  # the first of January 2024 was a Monday
            self.fields[f"way_{day}"] = forms.ChoiceField(label=name, choices=WAYS, initial=COMPANY, required=False)
            self.fields[f"from_{day}"] = ClockTime(label=_("%(day)s from") % {"day": name}, required=False)
            self.fields[f"until_{day}"] = ClockTime(label=_("%(day)s until") % {"day": name}, required=False)

    @staticmethod
    def of(week: Week) -> dict[str, Any]:
        """A stored week as initial values."""
        values: dict[str, Any] = {}
        for day, hours in week.items():
            values[f"way_{day}"] = OWN if hours else OFF
            if hours:
                values |= {f"from_{day}": hours[0], f"until_{day}": hours[1]}
        return values

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for day in WEEKDAYS:
            begins, ends = data.get(f"from_{day}"), data.get(f"until_{day}")
            if data.get(f"way_{day}") != OWN or {f"from_{day}", f"until_{day}"} & self.errors.keys():
                continue
            if begins is None or ends is None:
                missing = f"from_{day}" if begins is None else f"until_{day}"
                self.add_error(missing, _("Enter a time, or choose “as the company”."))
            elif begins >= ends:
                self.add_error(f"until_{day}", _("The end lies before the beginning. Check both times."))
        return data

    def week(self) -> dict[int, Hours | None]:
        """{weekday: hours, or None where they don't work}; those as the company has them aren't in it."""
        data, week = self.cleaned_data, dict[int, Hours | None]()
        for day in WEEKDAYS:
            if data[f"way_{day}"] == OFF:
                week[day] = None
            elif data[f"way_{day}"] == OWN:
                week[day] = data[f"from_{day}"], data[f"until_{day}"]
        return week

    def days(self) -> Iterator[tuple[Any, Any, Any]]:
        """The three controls of each weekday."""
        for day in WEEKDAYS:
            yield self[f"way_{day}"], self[f"from_{day}"], self[f"until_{day}"]


class AbsenceForm(OnceForm, VersionedForm):
    """From one day to another, both included."""

    first_on = Day(label=_("First day"))
    last_on = Day(label=_("Last day"))
    note = forms.CharField(
        label=_("Note (optional)"),
        max_length=80,
        required=False,
        help_text=_("Such as holiday. Read by the person and by those who plan for them."),
    )

    def clean_last_on(self) -> date:
        """One that was over long ago, or begins in years, is a mistyped year."""
        day: date = self.cleaned_data["last_on"]
        if abs((day - clock.business_date()).days) > 800:
            raise ValidationError(_("That is more than two years from now. Check the year."))
        return day
