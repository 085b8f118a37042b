"""What people type on the pages of settings."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from core.models import Company, FileSpace
from customers.models import Kind
from ui.forms import QUIET_FOR_NO_TIME, ClockTime, VersionedForm, WholeNumber


class CompanyForm(VersionedForm, forms.ModelForm):
    """What may change of the company: days and amounts that are stored hang on the rest."""

    class Meta:
        model = Company
        fields: ClassVar[list[str]] = ["name", "sells_to", "check_in_radius", "quiet_from", "quiet_until"]
        field_classes: ClassVar[dict[str, Any]] = {"quiet_from": ClockTime, "quiet_until": ClockTime}
        help_texts: ClassVar[dict[str, Any]] = {
            "name": _("Stands in the menu and on the sign-in page, on every device."),
            "sells_to": _(
                "What a new customer is when nobody says it: the form starts with it, and files without a column for"
                " the kind follow it. With “both”, customers of such files stay of unknown kind."
            ),
            "check_in_radius": _("So far from the customer's place a visit check-in still counts as on site."),
        }
        widgets: ClassVar[dict[str, Any]] = {
            "sells_to": forms.RadioSelect,
            "quiet_from": ClockTime.widget,
            "quiet_until": ClockTime.widget,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        radius = self.fields["check_in_radius"]
        self.fields["check_in_radius"] = WholeNumber(label=radius.label, help_text=radius.help_text, low=50, high=5000)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if bool(data.get("quiet_from")) != bool(data.get("quiet_until")):
            self.add_error("quiet_until", _("Quiet hours need a beginning and an end. Fill in both, or neither."))
        elif data.get("quiet_from") and data["quiet_from"] == data["quiet_until"]:
            self.add_error("quiet_until", QUIET_FOR_NO_TIME)
        return data


class FileSpaceForm(VersionedForm, forms.ModelForm):
    """How large files may be, and how much all may take."""

    class Meta:
        model = FileSpace
        fields: ClassVar[list[str]] = ["largest_mb", "quota_mb"]

    largest_mb = WholeNumber(
        label=_("Largest file (MB)"),
        low=1,
        high=50,
        help_text=_("From 1 to 50. Larger files are refused with a sentence that says so."),
    )
    quota_mb = WholeNumber(
        label=_("Room for all files (MB)"),
        low=1,
        high=100_000_000,
        help_text=_("Once it is used up nobody adds files. The server's disk and its backups must hold as much."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        largest, room = data.get("largest_mb"), data.get("quota_mb")
        if largest and room and room < largest:
            self.add_error("quota_mb", _("There must be room for one file at least: %(n)s MB.") % {"n": largest})
        return data


class KindsForm(forms.Form):
    """What all customers of unknown kind are."""

    kind = forms.ChoiceField(
        label=_("All of them are"),
        choices=[(Kind.PERSON.value, _("persons")), (Kind.COMPANY.value, _("companies"))],
        widget=forms.RadioSelect,
    )
