"""A cost entry, and what time costs."""

from __future__ import annotations

import unicodedata
from decimal import Decimal
from typing import Any, ClassVar, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock, company
from core.refusals import BadCellError
from customers.models import Channel
from customers.selectors import known_channels
from sales.forms import read_price
from segmentation.costs.models import MINUTES, CostKind, CostSettings
from ui import formatting
from ui.forms import Day, Figure, OnceForm, VersionedForm


def read_amount(text: str) -> Decimal:
    """As a price is written; ² and ½ are no digits, or they would be read as 2 and 1/2."""
    if any(unicodedata.category(sign) == "No" for sign in text):
        raise BadCellError(_("Write the amount in digits."))
    return read_price(text)


class CostForm(OnceForm):
    """What was paid, when and for what; `of_channel`: for a channel, which is chosen, else for a customer."""

    channel = forms.ModelChoiceField(label=gettext_lazy("Channel"), queryset=Channel.objects.none())
    kind = forms.ChoiceField(
        label=gettext_lazy("What was paid for"),
        choices=CostKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what was paid for.")},
    )
    amount = Figure(label=gettext_lazy("Amount"), read=read_amount)
    spent_on = Day(label=gettext_lazy("Spent on"))
    note = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=300)

    def __init__(self, *args: Any, of_channel: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount"].label = _("Amount (%(currency)s)") % {"currency": company.currency()}
        self.initial.setdefault("spent_on", clock.business_date())
        if of_channel:
            cast("forms.ModelChoiceField[Channel]", self.fields["channel"]).queryset = known_channels()
        else:
            del self.fields["channel"]

    def clean_amount(self) -> int:
        """In minor units."""
        return formatting.minor(cast(Decimal, self.cleaned_data["amount"]), company.currency())

    def values(self) -> dict[str, Any]:
        """What `cost_add` takes."""
        names = ("channel", "kind", "amount", "spent_on", "note")
        return {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}


class CostSettingsForm(VersionedForm, forms.ModelForm):
    """What an hour costs, and minutes by method."""

    class Meta:
        model = CostSettings
        fields: ClassVar[list[str]] = ["hourly_cost", *(f"minutes_{kind}" for kind in MINUTES)]
