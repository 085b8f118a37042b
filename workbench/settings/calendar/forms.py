"""What people type on the pages of the work calendar."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.models import Company, WorkDay
from intake.tabular import MEGABYTE, UPLOAD_LIMITS, TabularError, open_table
from intake.values import ORDER_WORDS
from ui.forms import ClockTime, Day, OnceForm, VersionedForm
from workbench.settings.calendar import reading
from workbench.settings.calendar.weekdays import Weekdays

LARGEST = 2 * MEGABYTE
LONGEST_SPAN = 62  # days entered at once


class WeekForm(VersionedForm, forms.ModelForm):
    """The working week and the working hours of a day."""

    working_week = Weekdays(label=gettext_lazy("These weekdays are worked"))
    work_from = ClockTime(label=gettext_lazy("Work begins"))
    work_until = ClockTime(label=gettext_lazy("Work ends"))

    class Meta:
        model = Company
        fields: ClassVar[list[str]] = ["work_from", "work_until"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        begins, ends = values.get("work_from"), values.get("work_until")
        if begins and ends and begins >= ends:
            self.add_error("work_until", _("Work must end after it begins."))
        return values

    def _post_clean(self) -> None:
        """The service writes and refuses; the row itself isn't touched."""


class NewDayForm(OnceForm):
    """One day, or several in a row, that differ from the usual."""

    working = forms.TypedChoiceField(
        label=gettext_lazy("The day is"),
        choices=(("off", gettext_lazy("day off")), ("on", gettext_lazy("working day"))),
        coerce=lambda value: value == "on",
        widget=forms.RadioSelect,
    )
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("Such as “Founding day” or “Stocktaking”; shown in the calendar."),
        widget=forms.TextInput({"data-user": "", "autocomplete": "off"}),
    )
    until = Day(label=gettext_lazy("Up to and including"), required=False)

    def __init__(self, *args: Any, day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.day = day
        self.fields["until"].help_text = _("Only for several days in a row.")

    def clean_until(self) -> date | None:
        until: date | None = self.cleaned_data["until"]
        if until is not None and not 0 <= (until - self.day).days < LONGEST_SPAN:
            words = {"day": self.day.isoformat(), "n": LONGEST_SPAN}
            raise forms.ValidationError(_("The last day lies on or after %(day)s, at most %(n)s days on.") % words)
        return until


class DayForm(VersionedForm, forms.ModelForm):
    """The name of a day that differs already."""

    class Meta:
        model = WorkDay
        fields: ClassVar[list[str]] = ["name"]
        widgets: ClassVar[dict[str, Any]] = {"name": forms.TextInput({"data-user": "", "autocomplete": "off"})}

    def _post_clean(self) -> None:
        """The service writes; the row itself isn't touched."""


class ImportForm(forms.Form):
    """A list of days, as a file or pasted. The first time it only shows what it would write."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        required=False,
        help_text=gettext_lazy("CSV or XLSX, up to 2 MB."),
        error_messages={"empty": gettext_lazy("The file is empty.")},
    )
    text = forms.CharField(
        label=gettext_lazy("Or paste the list"),
        required=False,
        max_length=200_000,
        help_text=gettext_lazy("A day a line: date, working or off, name. Without a word for it, a day is off."),
        widget=forms.Textarea({"rows": 8, "data-user": "", "spellcheck": "false"}),
    )
    dates = forms.ChoiceField(
        label=gettext_lazy("Dates are written as"), required=False, choices=list(ORDER_WORDS.items())
    )
    confirmed = forms.CharField(required=False, widget=forms.HiddenInput)

    rows: list[list[str]]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        upload, text = values.get("file"), values.get("text", "")
        self.rows = []
        if upload:
            self.rows = self._of_file(upload)
        elif text.strip():
            self.rows = reading.lines_of(text)
        elif not self.errors:
            self.add_error("text", _("Choose a file, or paste a list."))
        if len(self.rows) > reading.MOST:
            self.add_error("file" if upload else "text", _("At most %(n)s days at once.") % {"n": reading.MOST})
        return values

    def _of_file(self, upload: Any) -> list[list[str]]:
        if upload.size > LARGEST:
            limit = LARGEST // MEGABYTE
            self.add_error("file", _("The file is larger than %(limit)s MB. Split it.") % {"limit": limit})
            return []
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "days"
            with path.open("wb") as target:
                for chunk in upload.chunks():
                    target.write(chunk)
            try:
                table = open_table(path, limits=UPLOAD_LIMITS, name=upload.name)
                first: Iterable[list[str]] = [table.columns]
                return [*first, *(list(cells) for _number, cells in table.rows())]
            except TabularError as error:
                self.add_error("file", str(error))
                return []
