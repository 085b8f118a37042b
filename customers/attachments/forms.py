"""Forms for files at customers: adding some, and saying what each one is and who may see it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.models import Attachment
from ui.files import Files, brought_by
from ui.forms import OnceForm, VersionedForm


class AboutForm(forms.Form):
    """What kind of file it is, and who may see it."""

    what = forms.ChoiceField(label=_("What it is"), choices=Attachment.What, widget=forms.RadioSelect)
    seen = forms.ChoiceField(
        label=_("Who may see it"),
        choices=Attachment.Seen,
        widget=forms.RadioSelect,
        initial=Attachment.Seen.ALL,
        help_text=_("Whom the file isn't meant for doesn't find it anywhere, not even by its name."),
    )


class AttachmentForm(AboutForm, OnceForm):
    """Adds files to a customer, an entry of the log or another row."""

    brought = Files(label=_("Files"), required=True)
    what = forms.ChoiceField(
        label=_("What it is"),
        choices=[("", _("as it looks")), *Attachment.What.choices],
        widget=forms.RadioSelect,
        required=False,
    )
    field_order = ("brought", "what", "seen")

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        brought_by(self, by)


class ChangeForm(AboutForm, VersionedForm):
    """Changes what kind of file it is and who may see it."""
