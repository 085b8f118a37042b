"""Forms of the administration pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.forms import account_fields
from accounts.holdings import Held, loads
from accounts.models import Role, Team, User
from accounts.names import normal_email
from accounts.selectors import holders, team_labels
from accounts.services import heirs_of_team, is_within, takers
from core import outbox
from core.phones import checked_mobile
from core.texts import by_pinyin
from ui.forms import Colleague, Email, OnceForm, Phone, VersionedForm, offer

NO_SIGN_IN_NAME = _("Give an e-mail address or a mobile number: people sign in with it.")


class TeamChoice(forms.ModelChoiceField):
    """Teams as a tree: each level one step further in, and those of one name with their path. `offer` says which."""

    def __init__(self, **options: Any) -> None:
        super().__init__(queryset=None, required=False, **options)
        self._labels: dict[int, str] | None = None

    def label_from_instance(self, team: Team) -> str:
        if self._labels is None:
            assert self.queryset is not None  # `offer` has said it
            self._labels = team_labels(self.queryset)
        return "　" * (team.path.count("/") - 2) + self._labels.get(team.pk, team.name)


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
            "With the link, which works once and for some days, each person chooses an own password. "
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
            self.fields |= {name: field for name, (field, channel) in account_fields().items() if outbox.is_on(channel)}
        offer(self, team=Team.objects.for_user(by, "user.change" if user else "user.add"))
        # Shown are the roles that this person may give; who sends another one is told so by the service.
        role = cast(forms.ModelChoiceField, self.fields["role"])
        role.choices = [(one.pk, str(one)) for one in Role.objects.order_by("pk") if is_within(by, one)]

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if "email" in data and "mobile" in data and not (data["email"] or data["mobile"]):
            raise ValidationError(NO_SIGN_IN_NAME)
        return data


ONE, IN_TURN, NOBODY, LATER = "one", "team", "pool", "later"
WAYS = (
    (ONE, _("to one colleague")),
    (IN_TURN, _("to a team, in turn")),
    (NOBODY, _("customers to the pool")),
    (LATER, _("later: they stay for now")),
)


class LeaveForm(forms.Form):
    """To whom the things of a person go who is switched off; who holds nothing is only switched off."""

    way = forms.ChoiceField(
        label=_("Hand over"),
        choices=WAYS,
        widget=forms.RadioSelect,
    )
    to = Colleague(label=_("Colleague"), required=False, empty_label=_("Please choose"))
    team = TeamChoice(label=_("Team"), empty_label=_("Please choose"))

    def __init__(self, *args: Any, by: User, person: User, held: Sequence[Held], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        if not held:
            self.fields.clear()
            return
        if not person.is_active:
            cast(forms.ChoiceField, self.fields["way"]).choices = WAYS[:-1]
        people = takers(User.objects.for_user(by).filter(is_active=True).exclude(pk=person.pk), held)
        offer(self, to=people.select_related("team"), team=Team.objects.for_user(by))
        near = {one: one.team_id != person.team_id for one in people.select_related("team")}
        carried = loads(list(near))
        choices: list[tuple[Any, Any]] = [("", _("Please choose"))]
        for one in sorted(near, key=lambda one: (near[one], by_pinyin(one.name))):
            words = (one.name, one.team.name if one.team else "", carried[one.pk])
            choices.append((one.pk, " · ".join(filter(None, words))))
        cast(forms.ModelChoiceField, self.fields["to"]).choices = choices

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("way") == ONE and "to" in data and not data["to"]:
            self.add_error("to", _("Choose who gets everything."))
        if data.get("way") == IN_TURN and "team" in data:
            team = data["team"]
            if team is None:
                self.add_error("team", _("Choose the team."))
            elif not heirs_of_team(team, self.person):
                self.add_error("team", _("Nobody in this team takes customers. Choose another one."))
        return data

    def heirs(self) -> list[User]:
        """Who gets what, in turn."""
        data = self.cleaned_data
        if data["way"] == ONE:
            return [data["to"]]
        return heirs_of_team(data["team"], self.person) if data["way"] == IN_TURN else []


class TeamForm(OnceForm):
    """A new team below a present one."""

    name = forms.CharField(label=_("Name"), max_length=80)
    parent = TeamChoice(label=_("Below"), empty_label=_("top level"))

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, parent=Team.objects.for_user(by, "add"))


class TeamEditForm(VersionedForm):
    """The name of a team, and what is asked of its people."""

    name = forms.CharField(label=_("Name"), max_length=80)
    visits_need_note = forms.BooleanField(
        label=_("Visits need a note"),
        required=False,
        help_text=_(
            "Who visits a customer, or meets one, can't log it without a word. It holds for the teams below too."
        ),
    )
    lead = Colleague(
        label=_("Lead"),
        required=False,
        empty_label=_("nobody: the lead of the team above"),
        help_text=_("Is told first of follow-ups of the team that lie too long."),
    )
    group = forms.ChoiceField(
        label=_("Group chat"),
        required=False,
        help_text=_("Where reminders “in the team's group chat” go. WEBHOOK_URLS names the groups."),
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        leads = holders("customer.assign").filter(pk__in=User.objects.for_user(by).values("pk"))
        offer(self, lead=leads.order_by("name_sort", "pk"))
        group = cast(forms.ChoiceField, self.fields["group"])
        group.choices = [("", _("that of the team above")), *((name, name) for name in settings.WEBHOOK_URLS)]
        if not settings.WEBHOOK_URLS:
            del self.fields["group"]
