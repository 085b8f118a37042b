"""What people type into an appraisal."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import clock, company
from core.refusals import BadCellError
from intake import values
from responsibility.appraisals.models import Appraisal
from ui import formatting
from ui.forms import Colleague, Day, OnceForm, VersionedForm, offer

BACK = 13  # months that may still be appraised
MOST = 10**15


class BeginForm(OnceForm):
    """Whose sheet, and of which months."""

    person = Colleague(label=_("Person"))
    period = forms.ChoiceField(label=_("Period"))

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, person=people)
        period = self.fields["period"]
        assert isinstance(period, forms.ChoiceField)
        period.choices = [(f"{begins:%Y-%m}/{months}", period_words(begins, months)) for begins, months in periods()]

    def begun(self) -> dict[str, Any]:
        """The person and the period."""
        begins, _slash, months = self.cleaned_data["period"].partition("/")
        return {
            "person": self.cleaned_data["person"],
            "begins": date.fromisoformat(f"{begins}-01"),
            "months": int(months),
        }


def periods() -> list[tuple[date, int]]:
    """Months and quarters that have begun, the latest first; quarters before their months."""
    found = []
    for month in reversed(clock.months_back(clock.business_date(), BACK)):
        if month.month % 3 == 1:
            found.append((month, 3))
        found.append((month, 1))
    return found


def period_words(begins: date, months: int) -> str:
    """November 2026, or the quarter from October 2026."""
    if months == 1:
        return formatting.month(begins)
    return str(_("quarter from %(month)s") % {"month": formatting.month(begins)})


class Amount(forms.CharField):
    """An amount in the company's currency, as people type it; kept in minor units, empty is none."""

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, int):
            return value
        amount = formatting.major(value, company.currency())
        return f"{amount:.0f}" if amount == int(amount) else f"{amount:f}"

    def clean(self, value: Any) -> int | None:
        text = super().clean(value).strip()
        if not text:
            return None
        try:
            amount = values.number(text, company.currency())
        except BadCellError as error:
            raise forms.ValidationError(_("Enter a number: %(error)s") % {"error": error}) from None
        minor = formatting.minor(amount, company.currency())
        if not 0 <= minor < MOST:
            raise forms.ValidationError(_("Enter an amount from 0 on, or leave it empty."))
        return minor


class LeadForm(VersionedForm):
    """What the supervisor says; who may not decide on incentives sees none."""

    strengths = forms.CharField(
        label=_("Strengths"), max_length=5000, required=False, widget=forms.Textarea({"rows": 4})
    )
    remarks = forms.CharField(
        label=_("Remarks of the supervisor"), max_length=5000, required=False, widget=forms.Textarea({"rows": 4})
    )
    grade = forms.ChoiceField(
        label=_("Grade"),
        choices=[("", ""), *Appraisal.Grade.choices],
        required=False,
        help_text=_("Asked for to sign."),
    )
    incentive = Amount(
        label=_("Incentive"), max_length=30, required=False, help_text=_("An amount such as 5000 or 0.5万.")
    )

    def __init__(self, *args: Any, rewards: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not rewards:
            del self.fields["incentive"]


class AnswerForm(VersionedForm):
    """What the person says to it."""

    answer = forms.CharField(
        label=_("Remarks of the person"), max_length=5000, required=False, widget=forms.Textarea({"rows": 6})
    )


class MeasureForm(OnceForm):
    """Something both agree on."""

    text = forms.CharField(label=_("Measure"), max_length=300)
    due_on = Day(label=_("Due"))
