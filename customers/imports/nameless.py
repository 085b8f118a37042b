"""New customers of a file whose rows hold no name: left out, or called by their number, as a person chooses."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from intake.kinds import Option

NAMELESS_OPTION, LEFT_OUT, BY_NUMBER = "nameless", "", "number"


def _field(user: User) -> forms.Field:
    return forms.ChoiceField(
        label=_("Rows of new customers without a name"),
        choices=[
            (LEFT_OUT, _("leave them out, with the refused rows")),
            (BY_NUMBER, _("take them: the number stands for the name")),
        ],
        required=False,
    )


NAMELESS = Option(NAMELESS_OPTION, _field, gettext_lazy("number: take them; else they are left out"))
