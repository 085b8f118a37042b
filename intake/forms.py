"""What people choose when they bring a file in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from intake import guessing, selectors, values
from intake.kinds import Option, kind_of
from intake.models import ImportJob
from intake.tabular import ENCODINGS, MEGABYTE, UPLOAD_LIMITS, Table
from ui.forms import OnceForm

SOURCE_WORD = r"^[\w.-]{1,40}$"


def check_source(word: str) -> None:
    """The word by which rows of one source are known is a file's, not that of what people enter."""
    if word == "manual":
        raise forms.ValidationError(_("“manual” is kept for orders entered by hand. Choose another word."))


class UploadForm(OnceForm):
    """A file and what stands in it."""

    kind = forms.ChoiceField(label=gettext_lazy("What stands in the file?"), widget=forms.RadioSelect, required=False)
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV or XLSX, also gzipped (.gz), up to 50 MB. UTF-8, GBK and UTF-16 are read."),
        error_messages={
            "required": gettext_lazy("Choose a file."),
            "empty": gettext_lazy("The file is empty."),
        },
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(kind.code, kind.label) for kind in selectors.kinds_for(user)]
        cast(forms.ChoiceField, self.fields["kind"]).choices = [("", _("see by the columns")), *kinds]

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > UPLOAD_LIMITS.stored:
            limit = UPLOAD_LIMITS.stored // MEGABYTE
            raise forms.ValidationError(_("The file is larger than %(limit)s MB. Split it.") % {"limit": limit})
        return upload

    def body(self) -> dict[str, Any]:
        """Name and size stand for the file."""
        upload = self.cleaned_data["file"]
        return {"kind": self.cleaned_data["kind"], "name": upload.name, "size": upload.size}


class ReadingForm(forms.Form):
    """How the file is to be read: its encoding, and the row that holds the names of the columns."""

    encoding = forms.ChoiceField(
        label=gettext_lazy("Encoding"), required=False, widget=forms.Select({"class": "input"})
    )
    header_row = forms.TypedChoiceField(
        label=gettext_lazy("Row with the names of the columns"),
        coerce=int,
        required=False,
        empty_value=0,
        widget=forms.Select({"class": "input", "data-user": ""}),
    )

    def __init__(self, *args: Any, table: Table, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        look = table.look
        cast(forms.ChoiceField, self.fields["encoding"]).choices = [(name, name.upper()) for name in ENCODINGS]
        self.initial["encoding"] = table.encoding
        rows = [(row, f"{row}: {' · '.join(cell for cell in cells if cell)[:80]}") for row, cells in look["first"]]
        cast(forms.ChoiceField, self.fields["header_row"]).choices = rows
        self.initial["header_row"] = look["header_row"]


class ColumnsForm(forms.Form):
    """Which column goes where, in which zone and currency, and who gets the new customers."""

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        job: ImportJob,
        table: Table,
        user: User,
        given: Mapping[str, Any] | None = None,
    ) -> None:
        """`data` is what was sent to be checked, `given` what stands in the fields without being checked yet."""
        super().__init__(data)
        self.job, self.columns, kind = job, table.columns, kind_of(job.kind)
        self.sample = table.sample(guessing.SAMPLE)
        self.guess = guessing.guessed(kind, self.columns, self.sample)
        self.labels = {column.name: column.label for column in kind.columns}
        choices = [("", _("(don't import)")), *self.labels.items()]
        taken = {column: name for name, column in job.mapping.items()}
        for index, column in enumerate(self.columns):
            self.fields[f"col{index}"] = forms.ChoiceField(
                label=column,
                choices=choices,
                required=False,
                initial=taken.get(column, ""),
                widget=forms.Select({"class": "input"}),
            )
        for option in kind.options:
            self.fields[option.name] = option.field(user)
        for name, value in {"source": job.source, **job.options, **(given or {})}.items():
            if name in self.fields:
                self.fields[name].initial = value

    def clean(self) -> dict[str, Any]:
        super().clean()
        data = self.cleaned_data
        seen: dict[str, str] = {}
        for index, column in enumerate(self.columns):
            name = data.get(f"col{index}")
            if name and name in seen:
                text = _("“%(other)s” goes there already. Choose one of the two.") % {"other": seen[name]}
                self.add_error(f"col{index}", text)
            elif name:
                seen[name] = column
        unclear = None if data.get("date_format") else self._unclear_date(seen)
        if unclear:
            text = _("Is “%(value)s” day first or month first? Choose how the dates are written.")
            self.add_error("date_format", text % {"value": values.shown(unclear)})
        return data

    def _unclear_date(self, chosen: Mapping[str, str]) -> str | None:
        """A date of the first rows that can be read in two ways, in a column that is to be imported."""
        dates = [column.name for column in kind_of(self.job.kind).columns if column.holds.dated]
        places = [self.columns.index(chosen[name]) for name in dates if name in chosen]
        cells = (row[place] for place in places for row in self.sample if place < len(row))
        return next((cell for cell in cells if values.needs_order(cell)), None)

    def mapping(self) -> dict[str, str]:
        """{field: column} as chosen."""
        chosen = ((self.cleaned_data.get(f"col{index}"), column) for index, column in enumerate(self.columns))
        return {name: column for name, column in chosen if name}

    def options(self) -> dict[str, Any]:
        """Options of the job."""
        names = [option.name for option in kind_of(self.job.kind).options if option.name != "source"]
        return {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}

    def chosen(self) -> list[forms.BoundField]:
        """What is chosen beside the columns."""
        return [self[option.name] for option in kind_of(self.job.kind).options]

    def rows(self) -> list[Row]:
        """Each column with its field, its first values and what it might be besides."""
        maybe = {column: name for name, column in self.guess.maybe.items()}
        chosen = {self[f"col{index}"].value() for index in range(len(self.columns))}
        rows = []
        for index, column in enumerate(self.columns):
            bound, name = self[f"col{index}"], maybe.get(column, "")
            offered = self.labels[name] if name and not bound.value() and name not in chosen else ""
            cells = [row[index] for row in self.sample if index < len(row) and row[index]]
            rows.append(Row(bound, list(dict.fromkeys(cells))[:3], offered, f"col{index}:{name}"))
        return rows


@dataclass(frozen=True)
class Row:
    """A column of the file on the page: `offered` names what it may be, `take` is sent by the button beside it."""

    bound: forms.BoundField
    values: list[str]
    offered: Any
    take: str


def _date_order_field(user: User) -> forms.Field:
    return forms.ChoiceField(label=_("Dates are written as"), choices=list(values.ORDER_WORDS.items()), required=False)


DATE_ORDER = Option("date_format", _date_order_field)  # of every kind with dates
