"""What people type about entries of catalogues and tags in Settings."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from customers import required, selectors
from customers.models import CatalogueRow, Channel, Kind, RequiredFields, Tag
from ui.forms import OnceForm, VersionedForm


class EntryForm(OnceForm, VersionedForm, forms.ModelForm):
    """Its name in both languages; what is called alike is refused by the service, which looks with all locked."""

    def values(self) -> dict[str, Any]:
        """What the new entry says."""
        return {name: self.cleaned_data[name] for name in self._meta.fields or ()}


def entry_form(model: type[CatalogueRow], *, new: bool = False) -> type[Any]:
    """The form of one catalogue's entries; what is fixed is asked of a new one."""
    fields = ("name_en", "name_zh", *(model.fixed if new else ()), *model.further)
    helps: dict[str, Any] = {
        "least": _("Files that bring a number of employees mean the size that begins at or below it."),
        "back_en": _("What the second is to the first: subsidiary, where the first is the parent company."),
        "shape": _("It stays as it is chosen now."),
        "points": _("0 to 15, for the potential score; empty: it says nothing about it."),
    }
    mistakes: dict[str, Any] = {"points": {"max_value": _("Enter points from 0 to 15, or leave it empty.")}}
    return forms.modelform_factory(
        model,
        form=EntryForm,
        fields=fields,
        help_texts={name: text for name, text in helps.items() if name in fields},
        error_messages=mistakes,
    )


class MergeEntryForm(forms.Form):
    """Into which one."""

    into = forms.ModelChoiceField(label=_("Merge into"), queryset=Channel.objects.none())

    def __init__(self, *args: Any, entry: CatalogueRow, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        into = cast("forms.ModelChoiceField[Any]", self.fields["into"])
        into.queryset = selectors.entries(type(entry)).exclude(pk=entry.pk)


class TagForm(OnceForm, VersionedForm, forms.ModelForm):
    """Its name. Whether it is taken is asked by the service: a form sent twice mustn't be refused for its own tag."""

    class Meta:
        model = Tag
        fields: ClassVar[list[str]] = ["name"]

    def validate_unique(self) -> None:
        """Not here."""


class MergeTagForm(forms.Form):
    """Into which tag."""

    into = forms.ModelChoiceField(label=_("Merge into"), queryset=Tag.objects.none())

    def __init__(self, *args: Any, tag: Tag, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        into = cast("forms.ModelChoiceField[Tag]", self.fields["into"])
        into.queryset = selectors.tags().exclude(pk=tag.pk)


class RequiredFieldsForm(VersionedForm, forms.ModelForm):
    """How much is asked for each field of one kind of customer."""

    class Meta:
        model = RequiredFields
        fields: ClassVar[list[str]] = list(required.ALL_FIELDS)

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = required.FIELDS[Kind(kind)]
        self.fields = {name: self.fields[name] for name in (*self.names, "version", "original")}
        for name in self.names:  # each has an answer: "required" beside every label would only be read as one
            self.fields[name].required = False
        self.fields[required.REACH].help_text = _("One of the three will do.")
        if required.CONTACT in self.fields:
            self.fields[required.CONTACT].help_text = _("Asked for with a new customer, not when its file is changed.")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        for name in self.names:
            if name in values and not values[name]:
                self.add_error(name, _("Choose how much it is asked for."))
        return values
