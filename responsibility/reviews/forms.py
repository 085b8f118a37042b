"""What people type about reviews and their decisions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from ui.forms import Colleague, Day, OnceForm, VersionedForm, offer


class ReviewForm(OnceForm, VersionedForm):
    """What was looked at and found."""

    subject = forms.CharField(label=pgettext_lazy("of a review", "Subject"), max_length=120)
    held_on = Day(label=_("Held on"))
    next_on = Day(label=_("Next review"), required=False)
    looked_at = forms.CharField(
        label=_("What was looked at"),
        max_length=20_000,
        widget=forms.Textarea({"rows": 6}),
        help_text=_("Such as the rules of tiers, the rhythm of activities, targets, complaints, data quality, duties."),
    )
    findings = forms.CharField(
        label=_("What was found"), max_length=20_000, required=False, widget=forms.Textarea({"rows": 6})
    )


class DecisionForm(OnceForm):
    """What was decided: by whom, until when."""

    text = forms.CharField(label=_("Decision"), max_length=500)
    owner = Colleague(label=_("Owner"))
    due_on = Day(label=_("Due"))

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, owner=people)


class OutcomeForm(forms.Form):
    """What came of a decision."""

    outcome = forms.CharField(label=_("What came of it"), max_length=500)
