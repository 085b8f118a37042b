"""The rules of the pool as a form: one number for each tier and each stage of the lifecycle."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _

from customers.models import Lifecycle, PoolRules
from segmentation import catalogue
from ui.forms import OfRow, VersionedForm

LONGEST = 3_660
MOST = 10_000
DAYS = ("warned_days", "protected_days", "deal_days")
BY_CODE = {"tier": "tier_days", "lifecycle": "lifecycle_days"}  # beginning of the control's name -> the row's column


class DaysOf(OfRow, forms.IntegerField):
    """How long customers of one tier or stage are protected; empty: nothing is said of them."""

    def __init__(self, column: str, code: str, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)
        self.column, self.code = column, code

    def of_row(self, row: PoolRules) -> int | None:
        return getattr(row, self.column).get(self.code)


class PoolForm(VersionedForm, forms.ModelForm):
    """Limits of the pool, protection, and taking back."""

    class Meta:
        model = PoolRules
        fields: ClassVar[list[str]] = [
            *("claims_a_day", "looks_a_day", "quota"),
            *("reclaims", "warned_days", "protected_days", "deal_days"),
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["looks_a_day"].help_text = _("One customer counts once a day, however often it is opened.")
        self.fields["quota"].help_text = _("Who has so many claims no more. Empty: without limit.")
        self.fields["warned_days"].help_text = _("So many days. Nobody loses a customer without a warning.")
        self.fields["protected_days"].help_text = _("After the last activity, order or hand-over.")
        self.fields["deal_days"].help_text = _("Empty: an open order protects no longer than others.")
        for code, name in catalogue.choices():
            self.fields[f"tier_{code}"] = DaysOf("tier_days", code, label=name)
        for code, word in Lifecycle.choices:
            self.fields[f"lifecycle_{code}"] = DaysOf("lifecycle_days", code, label=word)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name, value in list(data.items()):
            if name in DAYS or self._by_code(name):
                self._check(name, value, LONGEST)
            elif name in ("claims_a_day", "looks_a_day", "quota"):
                self._check(name, value, MOST)
        return data

    def _check(self, name: str, value: int | None, most: int) -> None:
        if value is not None and not 1 <= value <= most:
            self.add_error(name, _("Enter a number from 1 to %(most)s.") % {"most": f"{most:,}"})

    def _by_code(self, name: str) -> bool:
        return isinstance(self.fields.get(name), DaysOf)

    def fields_by_code(self, beginning: str) -> list[forms.BoundField]:
        """The controls of all tiers, or of all stages."""
        return [self[name] for name in self.fields if self._by_code(name) and name.startswith(f"{beginning}_")]

    @property
    def tiers(self) -> list[forms.BoundField]:
        return self.fields_by_code("tier")

    @property
    def lifecycles(self) -> list[forms.BoundField]:
        return self.fields_by_code("lifecycle")

    def changed_columns(self, changes: dict[str, Any]) -> dict[str, Any]:
        """What a person changed, by columns of the row: of those by code the codes that change."""
        found: dict[str, Any] = {}
        for name, value in changes.items():
            field = self.fields[name]
            if isinstance(field, DaysOf):
                found.setdefault(field.column, {})[field.code] = value
            else:
                found[name] = value
        return found
