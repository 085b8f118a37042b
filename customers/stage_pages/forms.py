"""Until when a customer is paused, and why: the form, and the ends that it offers."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from core.digits import whole_number
from core.texts import seen
from customers.services.stages import check_pause
from customers.stages import PAUSE_REASONS, pause_reason
from ui import formatting
from ui.forms import Day

IN_MONTHS = (1, 3, 6)
ON_DAY, FOR_GOOD = "day", "never"


def in_months(day: date, count: int) -> date:
    """The same day so many months later, or the last of that month."""
    months = day.year * 12 + day.month - 1 + count
    first = date(months // 12, months % 12 + 1, 1)
    return min(first + (day - day.replace(day=1)), clock.month_end(first))


class PauseForm(forms.Form):
    """Until when and why; in months, on a day, or for good."""

    ends = forms.ChoiceField(label=gettext_lazy("Take it up again"), widget=forms.RadioSelect, initial="3")
    until = Day(label=gettext_lazy("Day"), required=False)
    why = forms.ChoiceField(label=gettext_lazy("Reason"), widget=forms.RadioSelect, required=False)
    words = forms.CharField(label=gettext_lazy("In your own words (optional)"), max_length=160, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = clock.business_date()
        months = [
            (str(n), _("%(when)s, %(day)s") % {"when": when, "day": formatting.day_short(in_months(today, n))})
            for n, when in zip(IN_MONTHS, (_("In 1 month"), _("In 3 months"), _("In 6 months")), strict=True)
        ]
        cast(forms.ChoiceField, self.fields["ends"]).choices = [
            *months,
            (ON_DAY, _("On a day")),
            (FOR_GOOD, _("Not any more: let go")),
        ]
        cast(forms.ChoiceField, self.fields["why"]).choices = list(PAUSE_REASONS.items())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        ends = data.get("ends")
        if ends == ON_DAY and not data.get("until") and "until" not in self.errors:
            self.add_error("until", _("Choose the day on which it is taken up again."))
        if ends and not self.errors:
            self._check()
        return data

    def _check(self) -> None:
        pause = self.pause()
        try:
            check_pause(pause["until"], pause["reason"])
        except forms.ValidationError as error:
            named = {"until": "until", "reason": "why"}
            for name, texts in error.message_dict.items():
                self.add_error(named.get(name), texts)

    def pause(self) -> dict[str, Any]:
        """Until when (None = for good) and the reason as it is stored."""
        data = self.cleaned_data
        ends = data["ends"]
        until = {ON_DAY: data.get("until"), FOR_GOOD: None}.get(ends)
        if (months := whole_number(ends)) is not None:
            until = in_months(clock.business_date(), months)
        return {"until": until, "reason": pause_reason(data.get("why", ""), seen(data.get("words", "")))}
