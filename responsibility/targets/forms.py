"""The five targets of a person in a month, as people type them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import company
from core.refusals import BadCellError
from responsibility.targets.figures import FIGURES
from sales import money
from sales.goals import Metric
from sales.imports.targets import target_value

HELP = {
    Metric.REVENUE: gettext_lazy("An amount such as 150000 or 15万."),
    Metric.NEW: gettext_lazy("Customers who buy for the first time in this month."),
    Metric.VISITS: gettext_lazy("Visits and meetings."),
    Metric.RETENTION: gettext_lazy("Per cent of the customers who had bought that are still buying."),
    Metric.SATISFACTION: gettext_lazy("Mean mark of answered complaints, from 1 to 5."),
}


class TargetField(forms.CharField):
    """One figure; empty is no target."""

    def __init__(self, metric: str) -> None:
        super().__init__(label=Metric(metric).label, help_text=HELP[Metric(metric)], required=False, max_length=20)
        self.metric = metric

    def prepare_value(self, value: Any) -> Any:
        return plain(self.metric, value) if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:
        text = super().clean(value).strip()
        if not text:
            return None
        try:
            return target_value(self.metric, text.rstrip("%％ ") if self.metric == Metric.RETENTION else text)
        except BadCellError as error:
            raise ValidationError(_("Enter a number: %(error)s") % {"error": error}) from None


def plain(metric: str, value: int) -> str:
    """A stored value as one would type it."""
    digits = money.digits(company.currency()) if metric == Metric.REVENUE else 2 if metric == Metric.SATISFACTION else 0
    amount = Decimal(value).scaleb(-digits)
    return f"{amount:.0f}" if amount == int(amount) else f"{amount.normalize():f}"


class TargetsForm(forms.Form):
    """All five."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for metric in FIGURES:
            self.fields[metric] = TargetField(metric)
