"""Forms of the register of paper originals."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import clock
from ui.forms import Colleague, Day, OnceForm, VersionedForm, offer


class WhereForm(forms.Form):
    """Where a paper is, and who has it."""

    holder = Colleague(label=_("Who has it"), empty_label=None)
    place = forms.CharField(
        label=_("Where it lies"), max_length=120, help_text=_("Such as: safe in the Shanghai office, folder 12.")
    )
    since = Day(label=_("Since"))
    handed_to = forms.CharField(
        label=_("Handed to (somebody outside)"),
        max_length=120,
        required=False,
        help_text=_("Such as: the court, the customer. Empty while it is with us."),
    )

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, holder=people)

    def clean_since(self) -> date:
        since: date = self.cleaned_data["since"]
        if since > clock.business_date():
            raise forms.ValidationError(_("This day is still to come. Enter since when it has been there."))
        return since


class AboutForm(forms.Form):
    """What paper it is."""

    title = forms.CharField(
        label=_("Paper"), max_length=120, help_text=_("Such as: contract of 2026, signed by both sides.")
    )
    note = forms.CharField(label=_("Note"), max_length=300, required=False)


class OriginalForm(AboutForm, WhereForm, OnceForm):
    """A paper that is entered."""

    field_order = ("title", "holder", "place", "since", "handed_to", "note")


class ChangeForm(AboutForm, WhereForm, VersionedForm):
    """A paper that went elsewhere, or is called otherwise."""

    field_order = ("title", "holder", "place", "since", "handed_to", "note")
