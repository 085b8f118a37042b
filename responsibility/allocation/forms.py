"""A rule of allocation as people fill it in."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.selectors import holders
from core.texts import seen
from customers.models import CompanySize, Industry, Kind
from customers.selectors import known_entries
from responsibility.models import AllocationRule
from segmentation import catalogue
from ui.forms import OnceForm, Several, VersionedForm

MOST_WORDS = 20


class Words(forms.CharField):
    """Some words in one line, parted by commas of either width."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=600, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        words = [seen(word) for word in str(value or "").replace("，", ",").replace("、", ",").split(",")]
        return list(dict.fromkeys(word for word in words if word))

    def validate(self, value: Any) -> None:
        if len(value) > MOST_WORDS or any(len(word) > 80 for word in value):
            raise forms.ValidationError(_("At most 20 words, none longer than 80 characters."))

    def run_validators(self, value: Any) -> None:
        """The length was looked at word by word."""


class RuleForm(OnceForm, VersionedForm, forms.ModelForm):
    """Which customers, and among whom."""

    kinds = Several(label=gettext_lazy("Kind"), choices=Kind.choices)
    industries = Several(label=gettext_lazy("Industries"))
    sizes = Several(label=gettext_lazy("Company sizes"))
    tiers = Several(label=gettext_lazy("Tiers"))
    regions = Words(label=gettext_lazy("Regions"), help_text=gettext_lazy("What the region begins with, by commas."))
    needs = Words(label=gettext_lazy("Needs"), help_text=gettext_lazy("Words in an open need, by commas."))
    people = Several(
        label=gettext_lazy("People"),
        help_text=gettext_lazy("Who is away today, has left or has reached the quota is left out."),
    )
    how = forms.ChoiceField(
        label=gettext_lazy("among them"), choices=AllocationRule.How.choices, widget=forms.RadioSelect, initial="turn"
    )

    class Meta:
        model = AllocationRule
        fields: ClassVar[list[str]] = ["name", "is_on"]

    field_order = ("name", "kinds", "industries", "sizes", "tiers", "regions", "needs", "people", "how", "is_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = holders("customer.change").order_by("name_sort", "pk").distinct()
        offered = {
            "industries": [(str(row.pk), row.name) for row in known_entries(Industry)],
            "sizes": [(str(row.pk), row.name) for row in known_entries(CompanySize)],
            "tiers": catalogue.choices(),
            "people": [(str(person.pk), person.name) for person in people],
        }
        for name, choices in offered.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name in ("industries", "sizes", "people"):
            if name in data:
                data[name] = [int(pk) for pk in data[name]]
        if not data.get("people"):
            self.add_error("people", _("Choose at least one person."))
        return data
