"""What people type about relations."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import Customer, RelationKind
from customers.relations.reading import BACK, offered
from ui.forms import Day, OnceForm, VersionedForm


class RelationChange(VersionedForm):
    """Since when, and what else is to be known."""

    since = Day(label=_("Since"), required=False)
    note = forms.CharField(
        label=pgettext_lazy("of a relation", "Note"),
        max_length=300,
        required=False,
        help_text=_("Such as the share held, what is supplied, or who brought them together."),
    )


class RelationForm(OnceForm):
    """What the other company is to this one."""

    what = forms.ChoiceField(label=_("What it is"), widget=forms.RadioSelect)
    since = Day(label=_("Since"), required=False)
    note = forms.CharField(
        label=pgettext_lazy("of a relation", "Note"),
        max_length=300,
        required=False,
        help_text=_("Such as the share held, what is supplied, or who brought them together."),
    )

    def __init__(self, *args: Any, customer: Customer, other: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.customer, self.other = customer, other
        what = self.fields["what"]
        assert isinstance(what, forms.ChoiceField)
        what.choices = offered()

    def relation(self) -> dict[str, Any]:
        """Which is what to which."""
        said = self.values()
        choice = said.pop("what")
        ends = (self.customer, self.other) if choice.endswith(BACK) else (self.other, self.customer)
        kind = RelationKind.objects.get(pk=choice.removesuffix(BACK))
        return {"first": ends[0], "second": ends[1], "kind": kind, **said}
