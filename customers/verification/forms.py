"""How often files are verified and which fields; who does it for a team."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from accounts.selectors import team_labels
from customers import selectors
from customers.models import VerificationRules
from customers.models.verification import LONGEST, SHORTEST
from customers.verification.rule import VERIFIABLE, label_of
from ui.forms import Colleague, OnceForm, Several, VersionedForm, WholeNumber, offer


class VerificationRulesForm(VersionedForm, forms.ModelForm):
    """Days, fields, and whether people are reminded."""

    every_days = WholeNumber(label=_("Days after which a file is verified again"), low=SHORTEST, high=LONGEST)
    asked = Several(label=_("Fields that are verified"))

    class Meta:
        model = VerificationRules
        fields: ClassVar[list[str]] = ["every_days", "asked", "reminds"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = cast(forms.MultipleChoiceField, self.fields["asked"])
        asked.choices = [(name, capfirst(str(label_of(name)))) for name in VERIFIABLE]
        asked.required = True


class StewardForm(OnceForm):
    """Of which team, and who."""

    team = forms.ModelChoiceField(
        label=_("Team"), queryset=Team.objects.none(), required=False, empty_label=_("The whole company")
    )
    user = Colleague(label=_("Data steward"))

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams = Team.objects.for_user(by).order_by("path")
        offer(self, team=teams, user=selectors.possible_owners(by))
        labels = team_labels(teams)
        team: Any = self.fields["team"]
        team.label_from_instance = lambda row: labels[row.pk]
