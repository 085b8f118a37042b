"""What an administrator types about an own field, and the options of one that is chosen from."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, ClassVar, cast

from django import forms
from django.utils.functional import cached_property
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.identity import tidy
from customers.models import CHOOSING, Level, OwnField, OwnFor, OwnKind, OwnReaders
from customers.words import name_key
from ui import formatting
from ui.forms import OnceForm, Part, VersionedForm

MOST_OPTIONS = 100
BLANK_ROWS = 3
Row = dict[str, Any]


class OptionsInput(forms.Widget):
    """Reads rows from controls called options-0-name_en and so on; the template draws them."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[Row]:
        if data.get(name):
            return self.rows_of(data[name])
        rows: dict[int, Row] = {}
        for key, value in data.items():
            found = re.fullmatch(rf"{re.escape(name)}-([0-9]{{1,3}})-(code|name_en|name_zh|used)", key)
            if found:
                rows.setdefault(int(found[1]), {})[found[2]] = value
        return [_row(rows[place]) for place in sorted(rows)]

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return not self.value_from_datadict(data, files, name)

    def format_value(self, value: Any) -> str:
        """All as one text, equal for equal options."""
        return json.dumps([_row(one) for one in value or []], ensure_ascii=False)

    def rows_of(self, whole: Any) -> list[Row]:
        """What `format_value` has written; nothing of anything else."""
        try:
            rows = json.loads(whole)
        except (TypeError, ValueError, RecursionError):
            return []
        return [_row(one) for one in rows if isinstance(one, dict)] if isinstance(rows, list) else []


def _row(given: Mapping[str, Any]) -> Row:
    texts = {name: str(given.get(name, "")) for name in ("code", "name_en", "name_zh")}
    return {**texts, "used": bool(given.get("used"))}


class Options(Part):
    """What may be chosen: at least two, each with a name of its own. One that was offered stays, or is offered no more.

    An option named in one language only is called so in both.
    """

    widget = OptionsInput
    known: frozenset[str] = frozenset()  # the codes that the field has

    def of_row(self, row: OwnField) -> list[Row]:
        return list(row.options)

    def in_words(self, text: str) -> SafeString:
        rows = OptionsInput().rows_of(text)
        return escape(formatting.listed([one["name_zh"] if one["used"] else f"({one['name_zh']})" for one in rows]))

    def clean(self, value: list[Row]) -> list[Row]:
        rows: list[Row] = []
        seen: set[str] = set()
        for one in value or []:
            english, chinese = tidy(one["name_en"]), tidy(one["name_zh"])
            if not (english or chinese or one["code"]):
                continue
            if one["code"] and one["code"] not in self.known:
                raise forms.ValidationError(
                    _("The form was changed on its way. Nothing was saved; open the page again.")
                )
            if not (english or chinese):
                raise forms.ValidationError(
                    _("An option that files may hold needs its name. To offer it no longer, take away its tick.")
                )
            names = {"name_en": english or chinese, "name_zh": chinese or english}
            if max(map(len, names.values())) > 80:
                raise forms.ValidationError(_("The name of an option has at most 80 characters."))
            keys = {name_key(name) for name in names.values()}
            if keys & seen:
                raise forms.ValidationError(_("“%(name)s” stands there twice.") % {"name": chinese or english})
            seen |= keys
            rows.append({"code": one["code"], **names, "used": one["used"]})
        if len(rows) > MOST_OPTIONS:
            raise forms.ValidationError(_("A field has at most %(most)s options.") % {"most": MOST_OPTIONS})
        if sum(one["used"] for one in rows) < 2:
            raise forms.ValidationError(_("Enter at least two options that are offered."))
        return rows


class OwnFieldForm(OnceForm, VersionedForm, forms.ModelForm):
    """A field of one kind, new or stored. The service refuses what is called alike: it looks with all locked."""

    options = Options(label=gettext_lazy("Options"), required=False)

    class Meta:
        model = OwnField
        fields: ClassVar[list[str]] = ["name_zh", "name_en", "help_zh", "help_en", "of", "asked", "readers"]
        help_texts: ClassVar[dict[str, Any]] = {
            "help_zh": gettext_lazy("Stands below the field in forms."),
            "help_en": gettext_lazy("Stands below the field in forms."),
            "asked": gettext_lazy(
                "Wanted counts for completeness; required fields stand in the form of a new customer."
            ),
            "readers": gettext_lazy("Settings › Field masking says how each role reads these."),
        }

    def __init__(self, *args: Any, kind: str, field: OwnField | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind not in CHOOSING:
            del self.fields["options"]
        elif field is not None:
            cast(Options, self.fields["options"]).known = frozenset(one.code for one in field.choices)
        for name, choices in (("of", OwnFor), ("asked", Level), ("readers", OwnReaders)):
            cast(forms.ChoiceField, self.fields[name]).choices = choices.choices
            self.fields[name].required = False

    @cached_property
    def option_rows(self) -> list[Row]:
        """The options as they are drawn, and some empty rows."""
        if "options" not in self.fields:
            return []
        filled = [
            one for one in self["options"].value() or [] if any(one.get(n) for n in ("code", "name_en", "name_zh"))
        ]
        empty = [{"code": "", "name_en": "", "name_zh": "", "used": True}] * BLANK_ROWS
        return [*filled, *empty][: MOST_OPTIONS + BLANK_ROWS]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        for name, usual in (("of", OwnFor.BOTH), ("asked", Level.NO)):
            values[name] = values.get(name) or usual
        return values

    def values(self) -> dict[str, Any]:
        """What the new field is."""
        return {name: self.cleaned_data[name] for name in (*self.Meta.fields, "options") if name in self.cleaned_data}


KIND_WORDS: Mapping[str, Any] = dict(OwnKind.choices)
