"""What has to be typed before a company begins anew."""

from django import forms
from django.utils.translation import gettext_lazy as _


class StartOverForm(forms.Form):
    """The company's name, letter by letter."""

    name = forms.CharField(
        label=_("The company's name"),
        help_text=_("Type it to confirm that you mean this company."),
        max_length=200,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": _("Type the company's name.")},
    )
