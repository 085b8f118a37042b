"""What may be chosen of the backups."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from core.models import BackupPlan
from ui.forms import ClockTime, VersionedForm, WholeNumber


class BackupForm(VersionedForm, forms.ModelForm):
    """When, and how many stay."""

    at = ClockTime(label=_("At"), help_text=_("By the company's clock. A missed one is made when Keben runs again."))
    keep = WholeNumber(label=_("Backups kept"), low=1, high=365)

    class Meta:
        model = BackupPlan
        fields: ClassVar[list[str]] = ["enabled", "at", "keep"]
        help_texts: ClassVar[dict[str, Any]] = {
            "enabled": _("Database and files into one file, with everything running.")
        }
