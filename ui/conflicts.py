"""Two people edited one row: what is merged, what is asked side by side.

A form that changes a row carries the row's values as it was opened, signed. When it comes back over a newer version,
the three are compared field by field, all in the form's own spelling: what only one person changed is kept, what both
changed is asked. Without the values of the opening (an old page) every difference is asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.db.models import Model
from django.forms import BaseForm, Field
from django.http import QueryDict

from ui import formatting
from ui.edit_merge import Merge, merge
from ui.forms import ENVELOPE, OfRow, Part

SALT = "form-as-opened"
Values = dict[str, Any]


@dataclass(frozen=True)
class Edit:
    """What a form of a stored row wants written: the cleaned values that this person changed, over `version`.

    `original`: the form as it was opened, in its own spelling.
    """

    row: Any
    changes: Values
    version: int
    original: Values


@dataclass(frozen=True)
class Question:
    """One field that two people changed: what each of them wrote, as form value and in words."""

    name: str
    label: str
    original: str
    mine: tuple[Any, str]
    theirs: tuple[Any, str]


def spelt(field: Field, value: Any) -> Any:
    """A value as this field's control sends it: ids, ISO dates, text; a list where several may be chosen."""
    if isinstance(value, bool):
        return value
    shown = field.widget.format_value(field.prepare_value(value))
    if isinstance(shown, list | tuple) and not getattr(field.widget, "allow_multiple_selected", False):
        shown = shown[0] if shown else ""
    if isinstance(shown, list | tuple):
        return sorted(shown)
    return str("" if shown is None else shown).replace("\r\n", "\n").strip()  # browsers send other line ends


def row_values(form: BaseForm, row: Model) -> Values:
    """What the row holds of the form's fields, in the form's own spelling."""
    held = _held(form, row)
    return {name: spelt(form.fields[name], value) for name, value in held.items() if name not in ENVELOPE}


def _held(form: BaseForm, row: Model) -> Values:
    """The row's columns, and what else of it the form has fields for."""
    columns = {column.name: column.attname for column in row._meta.concrete_fields}
    held = {name: getattr(row, columns[name]) for name in form.fields if name in columns}
    return held | {name: field.of_row(row) for name, field in form.fields.items() if isinstance(field, OfRow)}


def open_over(form: BaseForm, row: Any) -> None:
    """Let the form begin with what the row holds, and carry it sealed along with its version."""
    form.initial = {**form.initial, **_held(form, row)}
    form.initial["original"] = seal(as_opened(form, row))


def as_opened(form: BaseForm, row: Model) -> Values:
    """The row's values, and of fields that aren't the row's own (tags) what the form began with."""
    others = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    begun = {name: spelt(form.fields[name], value) for name, value in others.items() if name not in ENVELOPE}
    return begun | row_values(form, row)


def version_of(row: Any) -> int:
    """0 for a row that has none."""
    return getattr(row, "version", 0)


def seal(values: Values) -> str:
    """The form as it was opened, to travel with it; signed, so that it comes back unchanged."""
    return signing.dumps(values, salt=SALT, compress=True)


def unseal(text: str) -> Values | None:
    """What `seal` packed; None when it isn't ours."""
    try:
        return signing.loads(text, salt=SALT)
    except signing.BadSignature:
        return None


def compare(form: BaseForm, row: Model, original: Values) -> Merge:
    """The form as it was opened, as it came back (valid), and the row as it is now."""
    mine = {name: spelt(form.fields[name], form.cleaned_data.get(name)) for name in form.fields if name not in ENVELOPE}
    theirs = {name: original.get(name, mine[name]) for name in mine} | row_values(form, row)
    return merge(original, mine, theirs)


def questions(form: BaseForm, result: Merge) -> list[Question]:
    """The fields that both changed, for the page that asks which value to keep."""
    return [
        Question(
            name,
            str(form.fields[name].label),
            _words(form.fields[name], original),
            (_sent(mine), _words(form.fields[name], mine)),
            (_sent(theirs), _words(form.fields[name], theirs)),
        )
        for name, (original, mine, theirs) in result.conflicts.items()
    ]


def carried(sent: QueryDict, form: BaseForm, result: Merge, row: Any, original: Values) -> list[tuple[str, Any]]:
    """Everything of the form but the questions, hidden: what others changed is taken over, what I typed stays."""
    apart = {form.add_prefix(name) for name in (*ENVELOPE, *result.conflicts, *result.theirs)} | {"csrfmiddlewaretoken"}
    kept = [
        (name, value)
        for name, values in sent.lists()
        for value in values
        if not any(name == other or name.startswith(f"{other}-") for other in apart)  # NAME-0-...: controls of a part
    ]
    kept += [(form.add_prefix(name), _sent(value)) for name, value in result.theirs.items() if _sent(value) != ""]
    now = original | row_values(form, row)
    return [*kept, (form.add_prefix("version"), version_of(row)), (form.add_prefix("original"), seal(now))]


def _sent(value: Any) -> Any:
    """None and an empty tick box are empty in a form."""
    if isinstance(value, list | tuple):  # of several ticked boxes (ui.forms.Several)
        return ",".join(map(str, value))
    return "" if value is None or value is False else value


def _words(field: Field, value: Any) -> str:
    """A value as people read it: the choice's name instead of its code."""
    if isinstance(field, Part):
        return field.in_words(value or "")
    if value in (None, "", False, []):
        return "—"
    if value is True:
        return "✓"
    names = {str(key): str(label) for key, label in getattr(field, "choices", ())}
    if isinstance(value, list):
        return formatting.listed([names.get(str(one), str(one)) for one in value])
    is_moment = getattr(field.widget, "input_type", "") == "datetime-local"
    return names.get(str(value)) or (str(value).replace("T", " ") if is_moment else str(value))
