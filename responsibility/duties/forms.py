"""What people type about a post."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Role, Team, User
from ui.forms import Colleague, OnceForm, VersionedForm, offer


class PostForm(OnceForm, VersionedForm):
    """Who holds it, and what is asked of them."""

    name = forms.CharField(label=pgettext_lazy("of a post", "Post"), max_length=80)
    team = forms.ModelChoiceField(
        label=_("Team"), queryset=Team.objects.none(), required=False, empty_label=_("every team")
    )
    role = forms.ModelChoiceField(
        label=_("Role"), queryset=Role.objects.none(), required=False, empty_label=_("every role")
    )
    person = Colleague(label=_("Person"), required=False, empty_label=_("everybody"))
    duties = forms.CharField(
        label=_("Duties"),
        max_length=20_000,
        widget=forms.Textarea({"rows": 10}),
        help_text=_("What this post is responsible for, a line each."),
    )
    requirements = forms.CharField(
        label=_("Management requirements"),
        max_length=20_000,
        required=False,
        widget=forms.Textarea({"rows": 6}),
        help_text=_("How the work is to be done: rhythm of activities, write-ups, limits, and what it is measured by."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.for_user(user).filter(is_active=True).order_by("name_sort", "pk")
        offer(self, team=Team.objects.for_user(user), role=Role.objects.order_by("pk"), person=people)
