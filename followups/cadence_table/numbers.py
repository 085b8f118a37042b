"""The numbers beside the lines of the cadence table: a form, and which of them are as shipped."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from customers.models import ContactRules
from customers.models.rules import LIMITS, rule_field
from followups.forms import METHODS
from ui.forms import VersionedForm

GROUPS = (
    ("first_contact_hours", "write_up_hours", "touches"),
    ("tries", "retry_days", "warned_days"),
    ("first_month_days", "after_sale_days", "closes_days"),
    ("revisit_1_days", "revisit_1_method", "revisit_1_content"),
    ("revisit_2_days", "revisit_2_method", "revisit_2_content"),
    ("revisit_3_days", "revisit_3_method", "revisit_3_content"),
    ("chain_near_days", "chain_late_days"),
    ("win_back_method", "win_back_content"),
)
RISING = (
    ("first_month_days", "after_sale_days", False),
    ("revisit_1_days", "revisit_2_days", True),
    ("revisit_2_days", "revisit_3_days", True),
)


class NumbersForm(VersionedForm, forms.ModelForm):
    """All of them at once; each says beside it what it is as shipped."""

    class Meta:
        model = ContactRules
        fields = tuple(name for group in GROUPS for name in group)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if name in LIMITS:
                low, high = LIMITS[name]
                words = {"low": low, "high": high}
                field.error_messages["invalid"] = _("Enter a whole number from %(low)s to %(high)s.") % words
                field.help_text = _("As shipped: %(n)s") % {"n": rule_field(name).default}
            elif name.endswith("_method") and isinstance(field, forms.TypedChoiceField):
                field.choices = METHODS

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name, (low, high) in LIMITS.items():
            if name in data and not low <= (data[name] or 0) <= high:
                words = {"low": low, "high": high}
                self.add_error(name, _("Enter a whole number from %(low)s to %(high)s.") % words)
        for first, then, apart in RISING:
            if data.get(first) and data.get(then) and data[then] < data[first] + apart:
                self.add_error(then, _("Enter at least %(n)s.") % {"n": data[first] + apart})
        return data

    @property
    def groups(self) -> list[list[Any]]:
        """The fields in the rows in which they stand."""
        return [[self[name] for name in group] for group in GROUPS]

    @property
    def changed(self) -> bool:
        """Whether any number isn't as shipped."""
        return any(self.initial.get(name) != rule_field(name).default for name in LIMITS)
