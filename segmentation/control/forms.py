"""A hold-out as a form."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from segmentation import catalogue
from segmentation.control.models import SHARES
from segmentation.control.selectors import customers_by_tier
from segmentation.models import Tier
from ui import formatting
from ui.forms import Day, OnceForm, WholeNumber


def _choice(tier: Tier, customers: int) -> str:
    words = ngettext("%(n)s customer", "%(n)s customers", customers) % {"n": formatting.number(customers)}
    return f"{catalogue.scheme_name(tier.scheme)} · {tier.letter} {tier.name} · {words}"


class HoldOutForm(OnceForm):
    """Of which tier, how many, from when on."""

    tier = forms.ChoiceField(label=_("Tier"))
    share = WholeNumber(label=_("Left out (%)"), low=SHARES[0], high=SHARES[1])
    starts_on = Day(label=_("Starts on"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        schemes = [code for code, _name in catalogue.schemes()]
        now = customers_by_tier()
        cast("forms.ChoiceField", self.fields["tier"]).choices = [
            (f"{tier.scheme}:{tier.code}", _choice(tier, now.get((tier.scheme, tier.code), 0)))
            for tier in catalogue.ordered(schemes)
            if tier.in_use
        ]

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        scheme, _colon, tier = self.cleaned_data["tier"].partition(":")
        return {"scheme": scheme, "tier": tier} | {n: self.cleaned_data[n] for n in ("share", "starts_on")}
