"""Questions as a form: one a line, and where they stand."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.models import InteractionKind, Kind, Stage
from followups.asking import HIGH, MOST_PROMPTS, OTHERS, SHIPPED, as_text, prompts_of
from followups.models import QuestionFrame
from segmentation import catalogue
from ui.forms import OnceForm, VersionedForm

NONE_MEANS_ALL = _("None chosen means all.")
GROUPS = [(HIGH, _("high-value tiers")), (OTHERS, _("all other tiers"))]
METHODS = [(kind.value, kind.label) for kind in InteractionKind if kind != InteractionKind.NOTE]
STAGES = [(stage.value, stage.label) for stage in Stage if stage != Stage.PAUSED]


def _several(label: Any, choices: Any = ()) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        choices=choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=NONE_MEANS_ALL,
    )


class QuestionFrameForm(OnceForm, VersionedForm):
    """What is asked, and in which contacts with whom; one that comes with the installation may stay without words."""

    name = forms.CharField(label=_("Name"), max_length=80)
    prompts = forms.CharField(
        label=_("Questions"),
        max_length=4000,
        widget=forms.Textarea({"rows": 8}),
        help_text=_("One a line: a heading, a colon, the question. A tap on the heading puts it into the note."),
    )
    methods = _several(_("In which activities"), METHODS)
    kind = forms.ChoiceField(
        label=_("With whom"),
        choices=[("", _("persons and companies")), (Kind.PERSON, _("persons")), (Kind.COMPANY, _("companies"))],
        required=False,
    )
    stages = _several(_("Stages"), STAGES)
    tiers = _several(_("Tiers"))
    on_objection = forms.BooleanField(
        label=_("Also in other stages, as soon as “Objection” is chosen in the log"), required=False
    )
    is_active = forms.BooleanField(label=_("In use"), required=False)

    def __init__(self, *args: Any, frame: QuestionFrame | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        cast(forms.MultipleChoiceField, self.fields["tiers"]).choices = [*GROUPS, *catalogue.choices()]
        shipped = SHIPPED.get(frame.code) if frame else None
        if shipped is None:
            return
        for name in ("name", "prompts"):
            self.fields[name].required = False
        self.fields["name"].widget.attrs["placeholder"] = str(shipped.name)
        self.fields["prompts"].widget.attrs["placeholder"] = as_text(shipped.prompts)
        if shipped.by_letters:
            del self.fields["kind"]  # by which letters somebody is asked follows from the customer

    def clean_prompts(self) -> str:
        """Few enough to be read in passing."""
        text: str = self.cleaned_data["prompts"].strip()
        if len(prompts_of(text)) > MOST_PROMPTS:
            raise forms.ValidationError(_("Write at most %(n)s questions.") % {"n": MOST_PROMPTS})
        if text and not prompts_of(text):
            raise forms.ValidationError(_("Begin each line with a heading."))
        return text
