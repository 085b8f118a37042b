"""A privilege or an offer as a form."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from customers.models.facts import LIFECYCLE_WORDS
from segmentation import catalogue
from segmentation.policies.models import PER_CENT, PolicyKind, TierPolicy
from ui.forms import Day, OnceForm, VersionedForm, WholeNumber


class PolicyForm(OnceForm, VersionedForm, forms.ModelForm):
    """For whom, what it is called, what to do or say; of an offer also how much and when."""

    tier = forms.ChoiceField(label=_("Tier"), required=False)
    lifecycle = forms.ChoiceField(label=_("Lifecycle stage"), required=False)
    limit = WholeNumber(label=_("Discount up to (%)"), low=PER_CENT[0], high=PER_CENT[1], required=False)
    valid_from = Day(label=_("May be made from"), required=False)
    valid_to = Day(label=_("until"), required=False)

    class Meta:
        model = TierPolicy
        fields: ClassVar[list[str]] = [
            *("tier", "lifecycle", "name_en", "name_zh", "sentence_en", "sentence_zh"),
            *("limit", "valid_from", "valid_to"),
        ]

    def __init__(self, *args: Any, scheme: str, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tiers = [(tier.code, f"{tier.letter} {tier.name}") for tier in catalogue.ordered([scheme])]
        for_tier, for_stage = (cast("forms.ChoiceField", self.fields[name]) for name in ("tier", "lifecycle"))
        for_tier.choices = [("", _("all tiers")), *tiers]
        stages = [(code, capfirst(str(word))) for code, word in LIFECYCLE_WORDS.items()]
        for_stage.choices = [("", _("every stage")), *stages]
        if kind != PolicyKind.OFFER:
            for name in ("limit", "valid_from", "valid_to"):
                del self.fields[name]

    def _post_clean(self) -> None:
        """What is wrong is said by the service, which looks with all locked."""
