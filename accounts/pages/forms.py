"""Forms of the administration pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Role, Team, User
from accounts.names import normal_email
from core.phones import BadPhoneError, checked_mobile
from ui.forms import OnceForm, VersionedForm, offer

NO_SIGN_IN_NAME = _("Give an e-mail address or a mobile number: people sign in with it.")


class TeamChoice(forms.ModelChoiceField):
    """Teams as a tree: each level one step further in. `offer` says which."""

    def __init__(self, **options: Any) -> None:
        super().__init__(queryset=None, required=False, **options)

    def label_from_instance(self, team: Team) -> str:
        return "　" * (team.path.count("/") - 2) + team.name


class UserForm(OnceForm, VersionedForm):
    """Name, sign-in names, role and team of a user, a new one or `user`."""

    name = forms.CharField(label=pgettext_lazy("of a person", "Name"), max_length=80)
    email = forms.CharField(label=_("E-mail"), required=False, max_length=254, widget=forms.EmailInput)
    mobile = forms.CharField(label=_("Mobile number"), required=False, max_length=30)
    role = forms.ModelChoiceField(Role.objects.order_by("pk"), label=_("Role"), empty_label=None)
    team = TeamChoice(label=_("Team"), empty_label=_("no team"))

    def __init__(self, *args: Any, by: User, user: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        offer(self, team=Team.objects.for_user(by, "user.change" if user else "user.add"))

    def clean_email(self) -> str | None:
        typed = self.cleaned_data["email"]
        return normal_email(typed) if typed else None

    def clean_mobile(self) -> str | None:
        typed = self.cleaned_data["mobile"]
        if self.user is not None and typed == self.user.mobile:
            return typed  # what stood there before may stay
        try:
            return checked_mobile(typed) if typed else None
        except BadPhoneError as error:
            raise ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if "email" in data and "mobile" in data and not (data["email"] or data["mobile"]):
            raise ValidationError(NO_SIGN_IN_NAME)
        return data

    def values(self) -> dict[str, Any]:
        """What makes a user."""
        return {name: self.cleaned_data[name] for name in ("name", "email", "mobile", "role", "team")}


class TeamForm(OnceForm):
    """A new team below a present one."""

    name = forms.CharField(label=_("Name"), max_length=80)
    parent = TeamChoice(label=_("Below"), empty_label=_("top level"))

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, parent=Team.objects.for_user(by, "add"))

    def values(self) -> dict[str, Any]:
        """What makes a team."""
        return {name: self.cleaned_data[name] for name in ("name", "parent")}


class TeamNameForm(VersionedForm):
    """Another name for a team."""

    name = forms.CharField(label=_("Name"), max_length=80)
