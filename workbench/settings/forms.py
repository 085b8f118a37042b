"""What people type on the pages of settings."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from core.models import Company
from customers.models import Kind
from ui.forms import VersionedForm


class CompanyForm(VersionedForm, forms.ModelForm):
    """What may change of the company: days and amounts that are stored hang on the rest."""

    class Meta:
        model = Company
        fields: ClassVar[list[str]] = ["name", "sells_to"]
        help_texts: ClassVar[dict[str, Any]] = {
            "name": _("Stands in the menu and on the sign-in page, on every device."),
            "sells_to": _(
                "What a new customer is when nobody says it: the form starts with it, and files without a column for"
                " the kind follow it. With “both”, customers of such files stay of unknown kind."
            ),
        }
        widgets: ClassVar[dict[str, Any]] = {"sells_to": forms.RadioSelect}


class KindsForm(forms.Form):
    """What all customers of unknown kind are."""

    kind = forms.ChoiceField(
        label=_("All of them are"),
        choices=[(Kind.PERSON.value, _("persons")), (Kind.COMPANY.value, _("companies"))],
        widget=forms.RadioSelect,
    )
