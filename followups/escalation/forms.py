"""What is chosen for follow-ups that lie too long, and after how many days they count as such."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from followups.models import Escalation, EscalationDays
from ui.forms import Colleague, VersionedForm, offer


class LateForm(forms.Form):
    """What to do with the ticked follow-ups of one person: leave them, or give them to a colleague."""

    answer = forms.ChoiceField(choices=Escalation.Answer)
    to = Colleague(label=_("To"), required=False, empty_label=_("as proposed"))
    rows = forms.TypedMultipleChoiceField(coerce=int, error_messages={"required": _("Tick at least one row.")})

    def __init__(self, *args: Any, people: QuerySet, rows: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, to=people)
        cast(forms.TypedMultipleChoiceField, self.fields["rows"]).choices = [(pk, str(pk)) for pk in rows]


class EscalationForm(VersionedForm, forms.ModelForm):
    """After how many working days who is told."""

    class Meta:
        model = EscalationDays
        fields: ClassVar[list[str]] = ["lead_after", "manager_after", "proposal_after", "is_on"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("lead_after", "manager_after", "proposal_after"):
            self.fields[name].help_text = _("Working days; holidays don't count.")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        names = ("lead_after", "manager_after", "proposal_after")
        for name in names:
            if name in data and not 1 <= data[name] <= 99:
                self.add_error(name, _("Enter a number of working days from 1 to 99."))
        days: list[int] = [data[name] for name in names if data.get(name) is not None]
        if len(days) == len(names) and days != sorted(days):
            self.add_error(
                None, _("First the lead, then the manager, then the proposal: each no sooner than the one before.")
            )
        return data
