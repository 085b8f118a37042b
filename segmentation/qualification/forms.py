"""The letters of a prospect with their notes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from segmentation.qualification.models import LONGEST_NOTE, Frame
from segmentation.qualification.score import FRAMES
from segmentation.qualification.words import NAMES, QUESTIONS, STEPS
from ui.forms import Day, VersionedForm

NOT_ASKED = pgettext_lazy("a letter of BANT", "not asked yet")


class QualificationForm(VersionedForm):
    """Each letter of the frame, from 0 to 3 or not asked yet."""

    def __init__(self, *args: Any, frame: str, **more: Any) -> None:
        super().__init__(*args, **more)
        self.letters = FRAMES[frame]
        for letter in self.letters:
            self.fields[letter] = forms.TypedChoiceField(
                label=NAMES[letter],
                help_text=QUESTIONS[letter],
                choices=[("", NOT_ASKED), *((step, word) for step, word in enumerate(STEPS[letter]))],
                coerce=int,
                empty_value=None,
                required=False,
                widget=forms.RadioSelect,
            )
            self.fields[f"{letter}_note"] = forms.CharField(
                label=_("Note"), max_length=LONGEST_NOTE, required=False, widget=forms.Textarea({"rows": 2})
            )
        self.fields["decides_on"] = Day(
            label=_("Decides on"),
            required=False,
            help_text=_("As far as they have said: the next follow-up comes by then."),
        )

    def asked(self) -> Iterator[tuple[BoundField, BoundField]]:
        """Each letter with its note."""
        return ((self[letter], self[f"{letter}_note"]) for letter in self.letters)


class AnswerForm(forms.Form):
    """One tap: a step of one letter, or the frame. A tap that was sent says over which version."""

    version = forms.IntegerField(min_value=0, max_value=10**8)
    frame = forms.ChoiceField(choices=Frame.choices, required=False)

    def __init__(self, *args: Any, frame: str, **more: Any) -> None:
        super().__init__(*args, **more)
        for letter in FRAMES[frame]:
            steps = [(step, word) for step, word in enumerate(STEPS[letter])]
            self.fields[letter] = forms.TypedChoiceField(choices=steps, coerce=int, empty_value=None, required=False)

    def changes(self) -> dict[str, Any]:
        """What the tap says."""
        said = {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}
        return {name: value for name, value in said.items() if name != "version"}
