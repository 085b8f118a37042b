"""What the forms of all apps are made of: the key that makes one thing once, the version, and fields of daily use."""

from __future__ import annotations

import re
import uuid
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.forms.models import ModelChoiceIterator
from django.forms.utils import flatatt
from django.utils.functional import Promise
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst, format_lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.phones import BadPhoneError, checked_phone
from core.refusals import BadCellError
from core.texts import by_pinyin, mail_address

Attrs = dict[str, Any]
# Fields that belong to the sending of a form, not to what it says.
ENVELOPE = frozenset({"idempotency_key", "version", "original"})
QUIET_FOR_NO_TIME = _("Quiet hours must end at another time than they begin; they may end on the next day.")


class OnceForm(forms.Form):
    """Makes one thing, however often it is sent: its key comes with the page (ui.flow.form_page, once=Model)."""

    idempotency_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4, required=False)

    def body(self) -> dict[str, Any]:
        """What was typed, to tell the same form sent twice from the same key with other entries."""
        return {name: self[name].data for name in self.fields if name not in ENVELOPE}

    def values(self) -> dict[str, Any]:
        """What a valid form says, without what only belongs to its sending."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ENVELOPE}


class StepForm(forms.Form):
    """A step of a row, such as handing it over: it counts only over the version that was seen (ui.flow.forms_page)."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def values(self) -> dict[str, Any]:
        """What a valid form says, without what only belongs to its sending."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ENVELOPE}


class VersionedForm(forms.Form):
    """Changes a row: carries its version and, sealed, its values as the form was opened (ui.flow.edit_page)."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    original = forms.CharField(widget=forms.HiddenInput, required=False)


class OfRow(ABC):
    """Of a field that stands in no column of its own in the row."""

    @abstractmethod
    def of_row(self, row: Any) -> Any:
        """What the stored row holds of it, as an initial value."""


class Part(OfRow, forms.Field):
    """Something of a row that is no column and takes several controls, such as the lines of an order.

    Its controls are called `NAME-...`, as those of Django's formsets, and its widget reads them. Under `NAME` alone the
    widget reads the whole as its `format_value` has written it: so it travels through the page of a conflict. Two edits
    are compared as one thing: lines merged from two people could make a sum that neither of them has seen.
    """

    @abstractmethod
    def in_words(self, text: str) -> SafeString:
        """A value, as `format_value` has written it, for the page of a conflict."""


class _Ticks(forms.CheckboxSelectMultiple):
    """Boxes to tick; several values may also come as one text, as the page of a conflict sends them."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        sent = super().value_from_datadict(data, files, name) or []
        parts = [sent] if isinstance(sent, str) else sent
        return [value for part in parts for value in str(part).split(",") if value]


class Several(forms.MultipleChoiceField):
    """Any number of a few fixed words, kept by their codes."""

    widget = _Ticks

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, **options)


class Day(forms.DateField):
    """A calendar day, by the browser's own calendar."""

    widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")


class ClockTime(forms.TimeField):
    """A time of day, to the minute."""

    widget = forms.TimeInput({"type": "time"}, format="%H:%M")


YEARS = range(1970, 2200)  # of moments: the first and last years of the calendar aren't there in every zone


class Moment(forms.DateTimeField):
    """A day with a time of day in the person's own zone, to the minute."""

    widget = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def __init__(self, **options: Any) -> None:
        options.setdefault("error_messages", {"invalid": _("Enter a date and a time, such as 2026-11-24 14:30.")})
        super().__init__(input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"], **options)

    def to_python(self, value: Any) -> datetime | None:
        """A moment of YEARS."""
        moment = super().to_python(value)
        if moment is not None and moment.year not in YEARS:
            words = {"first": YEARS[0], "last": YEARS[-1]}
            raise forms.ValidationError(
                _("Check the year: it goes from %(first)s to %(last)s.") % words, code="invalid"
            )
        return moment


class LongSelect(forms.Select):
    """A select of hundreds of choices that are the same for everybody.

    Django draws each option by a template of its own: four hundred cost as much as five whole pages. Here they are put
    together once for each language, and the chosen one is marked.
    """

    def __init__(self, offered: Callable[[], Sequence[tuple[str, str | Promise]]], attrs: Attrs | None = None) -> None:
        super().__init__(attrs)
        self.offered = offered

    def render(self, name: str, value: Any, attrs: Attrs | None = None, renderer: Any = None) -> SafeString:
        options = _options(self.offered, get_language() or "")
        mark = f'value="{escape("" if value is None else value)}"'
        options = options.replace(mark, f"{mark} selected", 1)
        given = flatatt(self.build_attrs(self.attrs, attrs))
        return format_html('<select name="{}"{}>{}</select>', name, given, mark_safe(options))  # noqa: S308


@lru_cache(maxsize=32)
def _options(offered: Callable[[], Sequence[tuple[str, str | Promise]]], language: str) -> str:
    return format_html_join(
        "\n", '<option value="{}">{}</option>', ((value, begun(label)) for value, label in offered())
    )


def begun(label: Any) -> Any:
    """Words of ours begin with a capital where they stand alone; names that people typed stay as they are."""
    return capfirst(str(label)) if isinstance(label, Promise) else label


class ByPinyin(ModelChoiceIterator):
    """The people of a choice as one looks for them: the database sorts Chinese names by the numbers of their signs."""

    def __iter__(self) -> Iterator[Any]:
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        yield from map(self.choice, sorted(self.queryset, key=lambda person: by_pinyin(person.name)))


class Colleague(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic at run time
    """One of the people whom the form lets choose among with `offer`; before that it can't even be drawn."""

    iterator = ByPinyin

    def __init__(self, **options: Any) -> None:
        options.setdefault("error_messages", {"invalid_choice": _("Choose one of the people in the list.")})
        super().__init__(queryset=None, **options)


def as_typed(number: str) -> str:
    """A number that can be called, in the person's own spelling; BadPhoneError for what is none."""
    checked_phone(number)
    return number


class Phone(forms.CharField):
    """A telephone number that can be called.

    `read` gives it as it is kept, or says with BadPhoneError what is wrong. What stands there already (`stored`) may
    stay: who mends another field isn't held up by an old number.
    """

    stored: str | None = None

    def __init__(self, *, read: Callable[[str], str] = as_typed, **options: Any) -> None:
        self.read = read
        super().__init__(**options)

    def clean(self, value: Any) -> str | None:
        text: str | None = super().clean(value)
        if not text or text == self.stored:
            return text
        try:
            return self.read(text)
        except BadPhoneError as error:
            raise forms.ValidationError(str(error)) from error


class Email(forms.CharField):
    """An e-mail address. `read` gives it as it is kept, or says with ValidationError what is wrong."""

    def __init__(self, *, read: Callable[[str], str] = mail_address, **options: Any) -> None:
        self.read = read
        super().__init__(**options)

    def clean(self, value: Any) -> str | None:
        text: str | None = super().clean(value)
        return self.read(text) if text else text


class Lines(forms.CharField):
    """Any number of short texts, one a line, kept as a list. `read` gives each as it is kept, or says what is wrong
    with it. What stands there already (`stored`) may stay."""

    MOST = 20
    SEPARATORS = re.compile(r"[\n,，;；、]+")
    widget = forms.Textarea({"rows": 2, "autocomplete": "off"})
    stored: Sequence[str] = ()

    def __init__(self, *, read: Callable[[str], str], **options: Any) -> None:
        self.read = read
        options.setdefault("help_text", _("One a line."))
        super().__init__(required=False, max_length=4000, **options)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> list[str]:
        found: dict[str, None] = {}
        for part in self.SEPARATORS.split(super().clean(value) or ""):
            text = part.strip()
            try:
                found |= {text if text in self.stored else self.read(text): None} if text else {}
            except BadPhoneError as error:
                raise forms.ValidationError(str(error)) from error
            except forms.ValidationError as error:
                words = _("%(text)s: %(problem)s")
                raise forms.ValidationError(words % {"text": text, "problem": error.messages[0]}) from error
        if len(found) > self.MOST:
            raise forms.ValidationError(_("At most %(most)s of them.") % {"most": self.MOST})
        return list(found)


class Figure(forms.CharField):
    """A number as people write it. `read` makes a Decimal of the text, or says with BadCellError what is wrong."""

    def __init__(self, *, read: Callable[[str], Decimal], **options: Any) -> None:
        self.read = read
        typed = {"inputmode": "decimal", "autocomplete": "off", "class": "digits"}
        options.setdefault("widget", forms.TextInput(typed))
        super().__init__(max_length=40, **options)

    def clean(self, value: Any) -> Decimal | None:
        text = super().clean(value)
        try:
            return self.read(text) if text else None
        except BadCellError as error:
            raise forms.ValidationError(str(error)) from error

    def prepare_value(self, value: Any) -> Any:
        return format(value.normalize(), "f") if isinstance(value, Decimal) else value


class WholeNumber(forms.IntegerField):
    """A number of things, days or metres; whatever is wrong with it is said with the numbers that are right."""

    def __init__(self, *, low: int, high: int, **options: Any) -> None:
        wrong = format_lazy(_("Enter a whole number from {low} to {high}."), low=low, high=high)
        said = dict.fromkeys(("invalid", "min_value", "max_value"), wrong)
        super().__init__(min_value=low, max_value=high, error_messages=said, **options)


def offer(form: forms.BaseForm, **choices: QuerySet[Any]) -> None:
    """Let these rows be chosen in the fields of these names: those that this person may know of."""
    for name, rows in choices.items():
        field = form.fields[name]
        if not isinstance(field, forms.ModelChoiceField):
            raise TypeError(f"{name} offers no rows")
        field.queryset = rows
