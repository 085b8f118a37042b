"""The form that moves several follow-ups to another day."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy as _

from core.workcalendar import next_working_day
from followups.forms import day_ahead
from followups.selectors import move_choices
from ui import formatting
from ui.forms import Day

SALT = "follow-ups moved together"
SPREAD, PICKED = "spread", "on"


def sealed(versions: dict[int, int]) -> str:
    """The chosen follow-ups with the versions that were shown, signed, as the value of one hidden field."""
    return signing.dumps(list(versions.items()), salt=SALT, compress=True)


class TogetherForm(forms.Form):
    """Where to: tomorrow, in 3 or 7 days, spread over the coming days, or a day that is picked."""

    rows = forms.CharField(widget=forms.HiddenInput)
    to = forms.ChoiceField(label=_("Move to"), widget=forms.RadioSelect, initial="1")
    on = Day(label=_("Day"), required=False)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.days = {days: day for days, _words, day in move_choices(today) if day is not None}
        near = [(days, f"{words} · {formatting.day_short(day)}") for days, words, day in move_choices(today)]
        field = self.fields["to"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [*near, (SPREAD, _("Spread over the coming days")), (PICKED, _("Another day"))]
        self.fields["on"].widget.attrs["min"] = today.isoformat()

    def clean_rows(self) -> dict[int, int]:
        """{id: version that was seen}."""
        try:
            return {int(pk): int(version) for pk, version in signing.loads(self.cleaned_data["rows"], salt=SALT)}
        except signing.BadSignature:
            words = _("The form was changed on its way. Nothing was saved; open the page again.")
            raise forms.ValidationError(words) from None

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("to") == PICKED and "on" not in self.errors:
            if data.get("on") is None:
                self.add_error("on", _("Choose the day."))
            else:
                try:
                    day_ahead(data["on"], self.today)
                except forms.ValidationError as error:
                    self.add_error("on", error)
        return data

    @property
    def day(self) -> date | None:
        """The day that was chosen; None: they are spread. A day off that was picked stays what it is."""
        wanted = self.cleaned_data["to"]
        if wanted == SPREAD:
            return None
        return self.cleaned_data["on"] if wanted == PICKED else next_working_day(self.days[wanted])
