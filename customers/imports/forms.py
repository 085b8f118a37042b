"""What people choose when they bring a file in."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import company
from core.tabular import ENCODINGS, MEGABYTE, UPLOAD_LIMITS, Table
from customers.imports import guessing, selectors, values
from customers.imports.kinds import kind_of
from customers.models import ImportJob


class UploadForm(forms.Form):
    """A file and what stands in it."""

    idempotency_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    kind = forms.ChoiceField(label=gettext_lazy("What stands in the file?"), widget=forms.RadioSelect, required=False)
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV or XLSX, also gzipped (.gz), up to 50 MB. UTF-8, GBK and UTF-16 are read."),
        error_messages={
            "required": gettext_lazy("Choose a file."),
            "empty": gettext_lazy("The file is empty."),
        },
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(kind.code, kind.label) for kind in selectors.kinds_for(user)]
        self.fields["kind"].choices = [("", _("see by the columns")), *kinds]

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > UPLOAD_LIMITS.stored:
            limit = UPLOAD_LIMITS.stored // MEGABYTE
            raise forms.ValidationError(_("The file is larger than %(limit)s MB. Split it.") % {"limit": limit})
        return upload


class ReadingForm(forms.Form):
    """How the file is to be read: its encoding, and the row that holds the names of the columns."""

    encoding = forms.ChoiceField(label=gettext_lazy("Encoding"), required=False, widget=forms.Select({"class": "in"}))
    header_row = forms.TypedChoiceField(
        label=gettext_lazy("Row with the names of the columns"),
        coerce=int,
        required=False,
        empty_value=0,
        widget=forms.Select({"class": "in", "data-user": ""}),
    )

    def __init__(self, *args: Any, table: Table, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        look = table.look
        self.fields["encoding"].choices = [(name, name.upper()) for name in ENCODINGS]
        self.initial["encoding"] = table.encoding
        rows = [(row, f"{row}: {' · '.join(cell for cell in cells if cell)[:80]}") for row, cells in look["first"]]
        self.fields["header_row"].choices = rows
        self.initial["header_row"] = look["header_row"]


class ColumnsForm(forms.Form):
    """Which column goes where, in which zone and currency, and who gets the new customers."""

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        job: ImportJob,
        table: Table,
        user: Any,
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
                widget=forms.Select({"class": "in"}),
            )
        self.fields["owner"] = forms.ChoiceField(
            label=_("New customers go to"), choices=selectors.owner_choices(user), required=False
        )
        self.fields["date_format"] = forms.ChoiceField(
            label=_("Dates are written as"), choices=list(values.ORDER_WORDS.items()), required=False
        )
        if job.kind == ImportJob.Kind.ORDERS:
            self._add_order_fields()
        for name, value in {**job.options, **(given or {})}.items():
            if name in self.fields:
                self.fields[name].initial = value

    def _add_order_fields(self) -> None:
        own = company.company()
        zones = sorted(available_timezones() - {"localtime"})
        self.fields["timezone"] = forms.ChoiceField(
            label=_("Time zone of the file"),
            choices=[(own.time_zone, own.time_zone), *[(zone, zone) for zone in zones if zone != own.time_zone]],
        )
        self.fields["currency"] = forms.RegexField(
            r"^[A-Za-z]{3}$",
            label=_("Currency of the file"),
            initial=own.currency,
            help_text=_("Three letters. Another one than the company's needs exchange rates of each day."),
            error_messages={"invalid": _("Write three letters like CNY.")},
        )
        self.fields["source"] = forms.RegexField(
            r"^[\w.-]{1,40}$",
            label=_("Source"),
            initial="import",
            help_text=_("An order is known by source and number: take the same word again for the same shop."),
            error_messages={"invalid": _("One short word of letters, digits, dots and dashes.")},
        )

        self.fields["amount_counts"] = forms.BooleanField(
            label=_("The amount counts"),
            required=False,
            help_text=_("Where it is less than quantity x unit price, the difference is a discount."),
        )

    def clean_source(self) -> str:
        if self.cleaned_data["source"] == "manual":
            raise forms.ValidationError(_("“manual” is kept for orders entered by hand. Choose another word."))
        return self.cleaned_data["source"]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
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
        dates = [column.name for column in kind_of(self.job.kind).columns if column.holds in ("date", "birthday")]
        places = [self.columns.index(chosen[name]) for name in dates if name in chosen]
        cells = (row[place] for place in places for row in self.sample if place < len(row))
        return next((cell for cell in cells if values.needs_order(cell)), None)

    def mapping(self) -> dict[str, str]:
        """{field: column} as chosen."""
        chosen = ((self.cleaned_data.get(f"col{index}"), column) for index, column in enumerate(self.columns))
        return {name: column for name, column in chosen if name}

    def options(self) -> dict[str, Any]:
        """Options of the job."""
        names = ("owner", "date_format", "timezone", "currency", "amount_counts")
        found = {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}
        return found | ({"currency": found["currency"].upper()} if "currency" in found else {})

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
