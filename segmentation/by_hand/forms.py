"""Which tier, until when and why."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from customers.models import Customer
from customers.stage_pages.forms import in_months
from segmentation.rating import rating_as_of
from segmentation.selectors import scheme_of, tiers_by_code
from segmentation.services import LONGEST_TIER_REASON
from ui import formatting
from ui.forms import Day

IN_MONTHS = (3, 6)
ON_DAY = "day"


class ByHandForm(forms.Form):
    """A tier of the customer's scheme, for 3 or 6 months or until a day."""

    tier = forms.ChoiceField(
        label=gettext_lazy("Tier"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose the tier.")},
    )
    ends = forms.ChoiceField(label=gettext_lazy("Until"), widget=forms.RadioSelect, initial=str(IN_MONTHS[0]))
    until = Day(label=gettext_lazy("Day"), required=False)
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=LONGEST_TIER_REASON,
        error_messages={
            "required": gettext_lazy("Say why: it stands on the customer's page as long as the tier does."),
        },
    )

    over = forms.IntegerField(widget=forms.HiddenInput, required=False)  # which one the person saw standing, 0: none

    def __init__(self, *args: Any, customer: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = clock.business_date()
        ends = [
            (str(n), _("%(when)s, %(day)s") % {"when": when, "day": formatting.day_short(in_months(today, n))})
            for n, when in zip(IN_MONTHS, (_("3 months"), _("6 months")), strict=True)
        ]
        scheme = scheme_of(customer)
        found, known = rating_as_of(today).definitions[scheme].tiers, tiers_by_code()
        tiers = [(code, f"{known[scheme, code].letter} {known[scheme, code].name}") for code in found]
        cast(forms.ChoiceField, self.fields["tier"]).choices = tiers
        cast(forms.ChoiceField, self.fields["ends"]).choices = [*ends, (ON_DAY, _("On a day"))]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("ends") == ON_DAY and not data.get("until") and "until" not in self.errors:
            self.add_error("until", _("Choose the last day on which the tier stands."))
        return data

    def values(self) -> dict[str, Any]:
        """What `tier_override` takes."""
        data = self.cleaned_data
        ends: str = data["ends"]
        until: date = data["until"] if ends == ON_DAY else in_months(clock.business_date(), int(ends))
        return {"tier": data["tier"], "reason": data["reason"], "until": until}
