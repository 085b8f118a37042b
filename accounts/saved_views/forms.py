"""The form of a saved view."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ui.forms import OnceForm, VersionedForm


class SavedViewForm(OnceForm, VersionedForm):
    """How it is called, and who has it."""

    name = forms.CharField(
        label=pgettext_lazy("of a view", "name"),
        max_length=60,
        error_messages={"required": _("Give it a name.")},
    )
    shared = forms.BooleanField(
        label=_("shared with everybody"),
        required=False,
        help_text=_("Others open the same filters, order and columns; they see of the list what they may see."),
    )
