"""Forms of the administration pages."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Role, Team, User
from accounts.names import normal_email
from accounts.services import is_within
from core.phones import checked_mobile
from ui.forms import Email, OnceForm, Phone, VersionedForm, offer

NO_SIGN_IN_NAME = _("Give an e-mail address or a mobile number: people sign in with it.")


class TeamChoice(forms.ModelChoiceField):
    """Teams as a tree: each level one step further in. `offer` says which."""

    def __init__(self, **options: Any) -> None:
        super().__init__(queryset=None, required=False, **options)

    def label_from_instance(self, team: Team) -> str:
        return "　" * (team.path.count("/") - 2) + team.name


INVITE, BY_PASSWORD = "invitation", "password"


def way_in() -> forms.ChoiceField:
    """How a new colleague gets in for the first time."""
    return forms.ChoiceField(
        label=_("How they get in"),
        choices=[(INVITE, _("invitation link")), (BY_PASSWORD, _("temporary password"))],
        initial=INVITE,
        required=False,
        widget=forms.RadioSelect,
        help_text=_(
            "With the link, which works once within 7 days, each person chooses an own password. "
            "Links and temporary passwords are shown once, to copy, send or print."
        ),
    )


class UserForm(OnceForm, VersionedForm):
    """Name, sign-in names, role and team of a user, a new one or `user`."""

    name = forms.CharField(label=pgettext_lazy("of a person", "Name"), max_length=80)
    email = Email(
        label=_("E-mail"),
        read=normal_email,
        required=False,
        empty_value=None,
        max_length=254,
        widget=forms.EmailInput,
    )
    mobile = Phone(label=_("Mobile number"), read=checked_mobile, required=False, empty_value=None, max_length=30)
    role = forms.ModelChoiceField(Role.objects.order_by("pk"), label=_("Role"), empty_label=None)
    team = TeamChoice(label=_("Team"), empty_label=_("no team"))

    def __init__(self, *args: Any, by: User, user: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if user is None:
            self.fields["way_in"] = way_in()
        else:
            cast(Phone, self.fields["mobile"]).stored = user.mobile
        offer(self, team=Team.objects.for_user(by, "user.change" if user else "user.add"))
        # Shown are the roles that this person may give; who sends another one is told so by the service.
        role = cast(forms.ModelChoiceField, self.fields["role"])
        role.choices = [(one.pk, str(one)) for one in Role.objects.order_by("pk") if is_within(by, one)]

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if "email" in data and "mobile" in data and not (data["email"] or data["mobile"]):
            raise ValidationError(NO_SIGN_IN_NAME)
        return data


class TeamForm(OnceForm):
    """A new team below a present one."""

    name = forms.CharField(label=_("Name"), max_length=80)
    parent = TeamChoice(label=_("Below"), empty_label=_("top level"))

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, parent=Team.objects.for_user(by, "add"))


class TeamNameForm(VersionedForm):
    """Another name for a team."""

    name = forms.CharField(label=_("Name"), max_length=80)
