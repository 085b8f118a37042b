"""An occasion as a form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core import clock
from customers import selectors
from customers.models import Industry, Kind
from followups.forms import METHODS, day_ahead, offer_methods
from followups.models import Occasion
from followups.occasions.days import OF_CUSTOMERS
from segmentation import catalogue
from ui.forms import Day, OnceForm, VersionedForm, offer

MOST_DAYS = _("Enter a number of days from 0 to 30.")


class OccasionForm(OnceForm, VersionedForm):
    """For whom, how long before, how, and what about; a day of one's own has a name and its day."""

    name = forms.CharField(label=_("Name"), max_length=80)
    on = Day(label=_("Day"))
    kind = forms.ChoiceField(
        label=_("For"),
        choices=[("", _("persons and companies")), (Kind.PERSON, _("persons")), (Kind.COMPANY, _("companies"))],
        required=False,
    )
    tiers = forms.MultipleChoiceField(
        label=_("Tiers"), required=False, widget=forms.CheckboxSelectMultiple, help_text=_("None chosen means all.")
    )
    industry = forms.ModelChoiceField(
        label=_("Industry"), queryset=Industry.objects.none(), required=False, empty_label=_("all industries")
    )
    days_before = forms.IntegerField(
        label=_("Days before"),
        min_value=0,
        max_value=30,
        initial=0,
        error_messages={"min_value": MOST_DAYS, "max_value": MOST_DAYS, "invalid": MOST_DAYS},
    )
    method = forms.ChoiceField(label=_("Method"), choices=METHODS)
    content = forms.CharField(label=_("Content"), max_length=200, required=False)
    is_active = forms.BooleanField(label=_("In use"), required=False)

    def __init__(self, *args: Any, occasion: Occasion | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        own = occasion is None or occasion.what == Occasion.What.OWN
        tiers = self.fields["tiers"]
        assert isinstance(tiers, forms.MultipleChoiceField)
        tiers.choices = catalogue.choices()
        if occasion is not None:
            offer_methods(self, occasion.method)
        kept = Industry.objects.filter(pk=occasion.industry_id or 0) if occasion else Industry.objects.none()
        offer(self, industry=selectors.entries(Industry) | kept)
        if not own:
            del self.fields["name"], self.fields["on"]
        if occasion is not None and occasion.what in OF_CUSTOMERS:
            self.fields["days_before"].help_text = _("It is planned so many days before the day itself.")
        else:
            self.fields["days_before"].help_text = _("They are dealt out over so many days before the day itself.")

    def clean_on(self) -> Any:
        """A day that is over plans nothing, and beyond five years a year was mistyped."""
        day = self.cleaned_data["on"]
        return day and day_ahead(day, clock.business_date())
