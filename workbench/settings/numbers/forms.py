"""The numbers of one page, and why they are set."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.numbers import number
from ui.forms import WholeNumber
from workbench.settings.numbers.groups import Group
from workbench.settings.numbers.services import LONGEST_REASON


class NumbersForm(forms.Form):
    """A field for each number; `seen` is the last change that the page was opened with."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, group: Group, seen: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.group = group
        self.fields["seen"].initial = seen
        for one in group.numbers():
            shipped = _("%(text)s As shipped: %(n)s %(unit)s.")
            self.fields[one.key] = WholeNumber(
                low=one.least,
                high=one.most,
                label=one.title,
                initial=number(one.key),
                help_text=shipped % {"text": one.text, "n": one.default, "unit": one.unit},
            )
        self.fields["reason"] = forms.CharField(
            label=_("Reason"),
            max_length=LONGEST_REASON,
            required=False,
            help_text=_("Stands in the history, for those who wonder later."),
        )

    def numbers(self) -> list[forms.BoundField]:
        """The fields of the numbers, for the template."""
        return [self[one.key] for one in self.group.numbers()]

    def values(self) -> dict[str, int]:
        """What was typed, by key."""
        return {one.key: self.cleaned_data[one.key] for one in self.group.numbers()}
