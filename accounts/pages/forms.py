"""Forms of the administration pages."""

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Role, Team, User
from accounts.names import normal_email
from core.idempotency import body_hash
from core.phones import BadPhoneError, checked_mobile

FIELDS = ("name", "email", "mobile", "role", "team")


class TeamChoice(forms.ModelChoiceField):
    """Teams as a tree: each level one step further in."""

    def label_from_instance(self, team: Team) -> str:
        return "　" * (team.path.count("/") - 2) + team.name


class OnceForm(forms.Form):
    """A form that makes one thing, however often it is sent."""

    idempotency_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4, required=False)

    @cached_property
    def key(self) -> str:
        """The key of a bound form; one of its own for a form that came without."""
        self.full_clean()
        return str(self.cleaned_data.get("idempotency_key") or uuid.uuid4())

    def typed(self) -> dict[str, Any]:
        """The fields as they came, to tell whether the same was sent before."""
        return {name: self[name].data for name in self.fields if name != "idempotency_key"}


class UserForm(OnceForm):
    """Name, sign-in names, role and team of a user; `seen` tells whether somebody changed them meanwhile."""

    name = forms.CharField(label=pgettext_lazy("of a person", "Name"), max_length=80)
    email = forms.CharField(label=_("E-mail"), required=False, max_length=254, widget=forms.EmailInput)
    mobile = forms.CharField(label=_("Mobile number"), required=False, max_length=30)
    role = forms.ModelChoiceField(Role.objects.order_by("pk"), label=_("Role"), empty_label=None)
    team = TeamChoice(Team.objects.none(), label=_("Team"), required=False, empty_label=_("no team"))
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, by: User, *args: Any, user: User | None = None, **kwargs: Any) -> None:
        self.user = user
        initial = {} if user is None else {name: getattr(user, name) for name in FIELDS} | {"seen": seen_hash(user)}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["team"].queryset = Team.objects.for_user(by, "user.change" if user else "user.add")

    def clean_email(self) -> str | None:
        typed = self.cleaned_data["email"]
        email = normal_email(typed) if typed else None
        if email and self._others().filter(email=email).exists():
            raise ValidationError(_("Another user signs in with this address."))
        return email

    def clean_mobile(self) -> str | None:
        typed = self.cleaned_data["mobile"]
        if self.user is not None and typed == self.user.mobile:
            return typed  # what stood there before may stay
        try:
            mobile = checked_mobile(typed) if typed else None
        except BadPhoneError as error:
            raise ValidationError(str(error)) from error
        if mobile and self._others().filter(mobile=mobile).exists():
            raise ValidationError(_("Another user signs in with this number."))
        return mobile

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if "email" in data and "mobile" in data and not (data["email"] or data["mobile"]):
            raise ValidationError(_("Give an e-mail address or a mobile number: people sign in with it."))
        if self.user is not None and data.get("seen") != seen_hash(self.user):
            raise ValidationError(
                _("Somebody changed this user meanwhile. Reload the page to see the present values, then change again.")
            )
        return data

    def _others(self) -> Any:
        # unscoped: a sign-in name is taken by anybody who has it
        return User._base_manager.exclude(pk=self.user.pk if self.user else None)

    def values(self) -> dict[str, Any]:
        """What the services take."""
        return {name: self.cleaned_data[name] for name in FIELDS}


def seen_hash(user: User) -> str:
    """A short hash of what the form shows."""
    return body_hash([user.name, user.email, user.mobile, user.role_id, user.team_id])[:16]


class TeamForm(OnceForm):
    """A new team below a present one."""

    name = forms.CharField(label=_("Name"), max_length=80)
    parent = TeamChoice(Team.objects.none(), label=_("Below"), required=False, empty_label=_("top level"))

    def __init__(self, by: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = Team.objects.for_user(by, "add")

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        # unscoped: a name is taken once per place
        if Team._base_manager.filter(name=data.get("name"), parent=data.get("parent")).exists():
            self.add_error("name", _("There is a team of this name in the same place."))
        return data


class TeamNameForm(forms.Form):
    """Another name for a team."""

    name = forms.CharField(label=_("Name"), max_length=80)

    def __init__(self, team: Team, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial={"name": team.name}, **kwargs)
        self.team = team

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        # unscoped: a name is taken once per place
        if Team._base_manager.filter(name=name, parent=self.team.parent_id).exclude(pk=self.team.pk).exists():
            raise ValidationError(_("There is a team of this name in the same place."))
        return name
