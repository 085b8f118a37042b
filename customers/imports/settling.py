"""By what a file knows a customer again, and what becomes of rows that may mean one who is there (docs/adr/0054)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from intake.kinds import Option
from ui.forms import Several

MATCH_OPTION, RULE_OPTION = "match_by", "possible"
PHONE, EMAIL, CREDIT_CODE, NAME = KEYS = ("phone", "email", "credit_code", "name")
ASK, UPDATE, SKIP, MAKE = "", "update", "skip", "make"
RULES = (UPDATE, SKIP, MAKE)


class MatchKeys(Several):
    """Any of KEYS; over the API and in a command they are one text with commas."""

    def to_python(self, value: Any) -> list[str]:
        if isinstance(value, str):
            value = [part.strip() for part in value.split(",") if part.strip()]
        return super().to_python(value)


def _keys_field(user: User) -> forms.Field:
    return MatchKeys(
        label=_("A customer is known by"),
        choices=[
            (PHONE, _("phone and name")),
            (EMAIL, _("e-mail and name")),
            (CREDIT_CODE, _("credit code")),
            (NAME, _("name alone")),
        ],
        initial=list(KEYS),
        help_text=_(
            "The customer number always counts. Untick what says nothing in this file, such as the phone of a"
            " switchboard; with nothing ticked all count. The name alone counts where a row gives nothing else, and for"
            " companies as a question."
        ),
    )


def _rule_field(user: User) -> forms.Field:
    return forms.ChoiceField(
        label=_("Rows that may be a customer who is there"),
        choices=[
            (ASK, _("leave them out until I have decided")),
            (UPDATE, _("update the customer who is there")),
            (SKIP, _("leave them out, without asking")),
            (MAKE, _("make new customers of them")),
        ],
        required=False,
    )


MATCH = Option(
    MATCH_OPTION, _keys_field, gettext_lazy("phone,email,credit_code,name: some of these, with commas; else all")
)
RULE = Option(
    RULE_OPTION,
    _rule_field,
    gettext_lazy("update, skip or make; else rows that may be somebody who is there are refused"),
)
