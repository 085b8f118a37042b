"""Forms of the proof: a day to replay, what a call costs, and a limit with its reason."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core import company
from sales.forms import read_price
from segmentation.rules.forms import Percent
from ui import formatting
from ui.forms import Day, Figure, OnceForm

LONGEST_REASON = 200
MOST_COST = 10**12  # minor units


class ReplayForm(OnceForm):
    """The day to go back to."""

    as_of = Day(label=_("Day"), error_messages={"required": _("Say which day.")})

    def __init__(self, *args: Any, latest: date | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if latest:
            text = _("The latest is %(day)s: what follows it must be over.")
            self.fields["as_of"].help_text = text % {"day": formatting.day(latest)}


class CostForm(forms.Form):
    """What a call costs, and the share of those who are about to leave whom a call wins back."""

    call = Figure(label=_("A call costs"), read=read_price, required=False)
    won = Percent(label=_("A call wins back (%)"), required=False)

    def clean_call(self) -> int | None:
        typed: Decimal | None = self.cleaned_data["call"]
        if typed is None:
            return None
        cost = formatting.minor(typed, company.currency())
        if not 0 <= cost <= MOST_COST:
            raise forms.ValidationError(_("Enter an amount from 0 on."))
        return cost


class LimitForm(forms.Form):
    """The chances below which warnings open and from which they end, and why they change."""

    yellow_p = Percent(label=_("Yellow opens below (%)"))
    red_p = Percent(label=_("Red opens below (%)"))
    red_falls_p = Percent(label=_("Red is yellow again from (%)"))
    eased_p = Percent(label=_("The warning ends from (%)"))
    reason = forms.CharField(
        label=_("Reason"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": _("Say why: the reason stays beside the change.")},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
