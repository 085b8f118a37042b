"""A new text of the catalogue, and a new version of one."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core.texts import unseen
from customers.models import ConsentChannel, ConsentWording, Topic
from ui.forms import Day, OnceForm

WORDS = ("words_zh", "words_en")


class WordingForm(OnceForm, forms.ModelForm):
    """The words in both languages, and from which day on they hold."""

    class Meta:
        model = ConsentWording
        fields: ClassVar[list[str]] = [*WORDS, "valid_from"]
        field_classes: ClassVar[dict[str, type[forms.Field]]] = {"valid_from": Day}
        widgets: ClassVar[dict[str, Any]] = {
            **{name: forms.Textarea({"rows": 4}) for name in WORDS},
            "valid_from": Day.widget,
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name in WORDS:
            if name in data and unseen(data[name]):
                self.add_error(name, _("Write it in words that can be read."))
        return data


class ConsentTextForm(WordingForm):
    """What the text is about, and its first version."""

    name_zh = forms.CharField(label=gettext_lazy("name (Chinese)"), max_length=80)
    name_en = forms.CharField(label=gettext_lazy("name (English)"), max_length=80)
    channel = forms.ChoiceField(label=gettext_lazy("Channel"), required=False)
    topic = forms.ChoiceField(label=pgettext_lazy("of a message", "Topic"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, empty, choices in (
            ("channel", _("all"), ConsentChannel.choices),
            ("topic", _("everything"), Topic.choices),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", empty), *choices]
