"""Settings of the scoring as forms."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import company
from sales.forms import read_price
from segmentation import lifecycle, rfm
from segmentation.models import CutPoints, ScoringSettings, Tier, TierScheme
from segmentation.rules.checks import (
    ASLEEP,
    CYCLE_RATIO,
    FIXED_DAYS,
    HORIZON,
    MEASURES,
    MOST,
    OF_AMOUNTS,
    POINTS,
    PURCHASE_DAYS,
    SHARES,
    SHOWN,
    cut_point_problems,
)
from segmentation.selectors import scoring_settings
from segmentation.wording import NAMES
from ui import formatting
from ui.forms import Figure, OnceForm, VersionedForm, WholeNumber


class Percent(forms.DecimalField):
    """A share of 1, typed as per cent."""

    def __init__(self, **options: Any) -> None:
        wrong = _("Enter a share from 1 to 99 per cent, such as 35.")
        said = dict.fromkeys(("invalid", "min_value", "max_value", "max_digits", "max_decimal_places"), wrong)
        options |= {"min_value": 1, "max_value": 99, "max_digits": 3, "decimal_places": 1, "error_messages": said}
        super().__init__(**options)

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        return float(typed) / 100 if isinstance(typed, Decimal) else typed

    def prepare_value(self, value: Any) -> Any:
        return f"{round(value * 100, 1):g}" if isinstance(value, float) else value


class Times(forms.FloatField):
    """How many times as long."""

    def __init__(self, *, low: float, high: float, **options: Any) -> None:
        wrong = format_lazy(_("Enter a number from {low} to {high}."), low=low, high=high)
        said = dict.fromkeys(("invalid", "min_value", "max_value"), wrong)
        super().__init__(min_value=low, max_value=high, error_messages=said, **options)

    def prepare_value(self, value: Any) -> Any:
        return f"{value:g}" if isinstance(value, float) else value


class WarningsForm(VersionedForm, forms.ModelForm):
    """When warnings open, change and end, and how many of them a person is shown."""

    class Meta:
        model = ScoringSettings
        fields: ClassVar[list[str]] = [
            "horizon_days",
            *SHARES,
            "fixed_rule",
            "fixed_days",
            "cycle_ratio",
            "openers",
            "warnings_shown",
        ]
        field_classes: ClassVar[dict[str, Any]] = dict.fromkeys(SHARES, Percent)

    horizon_days = WholeNumber(
        label=_("Days ahead"),
        low=HORIZON[0],
        high=HORIZON[1],
        help_text=_("For so many days ahead the chance of a purchase is reckoned."),
    )
    fixed_days = WholeNumber(label=_("Days without a purchase"), low=FIXED_DAYS[0], high=FIXED_DAYS[1])
    cycle_ratio = Times(
        label=_("Times the usual interval"),
        low=CYCLE_RATIO[0],
        high=CYCLE_RATIO[1],
        help_text=_("Of customers with three intervals or more."),
    )
    openers = forms.MultipleChoiceField(
        label=_("Reasons that open a yellow warning by themselves"),
        choices=tuple(NAMES.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    warnings_shown = WholeNumber(
        label=_("Warnings shown to a person in a day"),
        low=SHOWN[0],
        high=SHOWN[1],
        help_text=_("What one person can call in a day. The list of warnings has them all."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chance, drop = _("Chance below (%)"), _("Fallen by at least (%)")
        labels = {
            "yellow_p": chance,
            "yellow_drop": drop,
            "red_p": chance,
            "red_drop": drop,
            "red_falls_p": _("Yellow again from (%)"),
            "eased_p": _("Chance from (%)"),
            "eased_drop": _("Or fallen by less than (%)"),
            "fixed_rule": _("Warn by days without a purchase alone, not by the chance"),
        }
        for name, label in labels.items():
            self.fields[name].label = label

    def clean_openers(self) -> list[str]:
        return [code for code in NAMES if code in self.cleaned_data["openers"]]


class ClassesForm(VersionedForm, forms.ModelForm):
    """Where the classes of frequency and amount begin, and when a customer is loyal or dormant."""

    class Meta:
        model = ScoringSettings
        fields: ClassVar[list[str]] = [
            "frequency_high",
            "frequency_mid",
            "amount_large",
            "amount_mid",
            "loyal_days",
            "loyal_r",
            "dormant_days",
        ]
        field_classes: ClassVar[dict[str, Any]] = dict.fromkeys(OF_AMOUNTS, Percent)

    frequency_high = WholeNumber(
        label=_("Often: days with a purchase from"), low=PURCHASE_DAYS[0], high=PURCHASE_DAYS[1]
    )
    frequency_mid = WholeNumber(
        label=_("Now and then: days with a purchase from"), low=PURCHASE_DAYS[0], high=PURCHASE_DAYS[1]
    )
    loyal_days = WholeNumber(label=_("Loyal: days with a purchase from"), low=PURCHASE_DAYS[0], high=PURCHASE_DAYS[1])
    loyal_r = WholeNumber(label=_("And points of R from"), low=POINTS[0], high=POINTS[1])
    dormant_days = WholeNumber(
        label=_("Dormant: days without a purchase, more than"), low=ASLEEP[0], high=ASLEEP[1], required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["amount_large"].label = _("Large: those who bring the first … % of sales")
        self.fields["amount_mid"].label = _("Medium: those who bring the next … %")
        asleep = lifecycle.dormant_after(self.instance.window_days)
        self.fields["dormant_days"].help_text = format_lazy(
            _("Empty: {days}, which is of the days that count as 180 are of 365."), days=asleep
        )


Choices = list[tuple[str, Any]]
COLOURS: Choices = [
    ("1", pgettext_lazy("colour of a tier", "purple")),
    ("2", pgettext_lazy("colour of a tier", "blue")),
    ("3", pgettext_lazy("colour of a tier", "brown")),
    ("4", pgettext_lazy("colour of a tier", "green")),
    ("5", pgettext_lazy("colour of a tier", "grey")),
]


class TierForm(VersionedForm, forms.ModelForm):
    """What a tier is called in both languages, its letter, colour and value."""

    class Meta:
        model = Tier
        fields: ClassVar[list[str]] = ["name_en", "name_zh", "letter", "slot", "high_value"]

    slot = forms.TypedChoiceField(label=_("Colour"), choices=COLOURS, coerce=int)


class SchemeForm(VersionedForm, forms.ModelForm):
    """What a scheme is called in both languages."""

    class Meta:
        model = TierScheme
        fields: ClassVar[list[str]] = ["name_en", "name_zh"]


# --- cut-points ------------------------------------------------------------------------------------------------------
class CutPointSwitches(VersionedForm, forms.ModelForm):
    """How many days count, which cut-points, and whether new ones are taken each month.

    `begun`: what was typed before and not saved, over what is stored.
    """

    def __init__(self, *args: Any, begun: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.begun = begun or {}

    def get_initial_for_field(self, field: forms.Field, field_name: str) -> Any:
        """What the field shows before anything is sent."""
        return self.begun.get(field_name, super().get_initial_for_field(field, field_name))

    window_days = WholeNumber(
        label=_("Days that count"),
        low=rfm.WINDOW[0],
        high=rfm.WINDOW[1],
        help_text=_(
            "Who hasn't bought within them is lost; who hasn't for half of them, or for as long as somebody has set, is"
            " dormant. 365 are a year; where most customers buy each week or month, 90 say more."
        ),
    )

    class Meta:
        model = ScoringSettings
        fields: ClassVar[list[str]] = ["window_days", "manual_cuts", "calibrate_monthly"]
        labels: ClassVar[dict[str, Any]] = {
            "manual_cuts": _("Score by the cut-points that somebody typed"),
            "calibrate_monthly": _("Calibrate anew at the end of each month"),
        }


class CutPointsForm(OnceForm):
    """Four limits of each measure. Left empty: a score that nobody reaches."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.window = scoring_settings().window_days
        most = MOST | {"r": self.window}
        for name in MEASURES:
            for score in (5, 4, 3, 2):
                label = format_lazy(_("Score {score} from"), score=score)
                if name == "m":
                    field: forms.Field = Figure(read=read_price, label=label, required=False)
                else:
                    if name == "r":
                        label = format_lazy(_("Score {score} up to"), score=score)
                    field = WholeNumber(low=0 if name == "r" else 1, high=most[name], label=label, required=False)
                self.fields[f"{name}{score}"] = field

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.errors:
            for name, wrong in cut_point_problems(self.cuts(), self.window).items():
                for score, text in wrong.items():
                    self.add_error(f"{name}{score}", text)
        return data

    def cuts(self) -> rfm.CutPoints:
        """What was typed, as the scoring reads it."""
        typed = {name: [self.cleaned_data.get(f"{name}{score}") for score in (2, 3, 4, 5)] for name in MEASURES}
        money = company.currency()
        amounts = tuple(None if value is None else formatting.minor(value, money) for value in typed["m"])
        return rfm.CutPoints(tuple(typed["r"]), tuple(typed["f"]), amounts)


def typed_as(row: CutPoints) -> dict[str, Any]:
    """The limits of a version as the form begins with them."""
    shown = {"m": lambda value: formatting.major(value, company.currency())}
    return {
        f"{name}{score}": None if limit is None else shown.get(name, int)(limit)
        for name in MEASURES
        for score, limit in enumerate(getattr(row, name), 2)
    }
