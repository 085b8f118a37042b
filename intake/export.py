"""A list as a file: which rows, asked for with a reason, counted, put on record, masked and written.

The rows are those of the list under the same address (ui/exports.py says what the file holds) on which the person
holds the permission to export. They are chosen once, by their ids in the list's order, so that the record names exactly
what went out; then they are read 1,000 at a time, again through `for_user`, and masked.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cached_property
from typing import IO, Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F, OrderBy, QuerySet
from django.http import FileResponse, HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import limits, policy
from accounts.decorators import FORM, needs
from accounts.http import Request
from accounts.masking import mask_value, masked, masked_copy, mode_for
from accounts.models import ExportedRows, User
from accounts.scope import Scoped
from core import clock, company
from core.contributions import ExportColumn, ExportPart, registry
from core.http import row_id
from core.numbers import number
from intake.exportfiles import BookWriter, csv_lines, written
from ui import formatting
from ui.exports import Export, Sheet
from ui.flow import form_page
from ui.listing import COLUMNS, MOST_TICKED, ONLY, Asked, Listing, Words

MOST_ROWS = 100_000
CHUNK = 1000
CSV, XLSX = "csv", "xlsx"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What a search may hold and the audit log may not: a phone number, an address.
_NUMBER = re.compile(r"\+?\d[\d\s-]{5,}\d")
_EMAIL = re.compile(r"\S+@\S+")
_NOT_IN_A_NAME = re.compile(r'[\\/:*?"<>|\s]+')


class ExportForm(forms.Form):
    """Why, and as what."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        help_text=gettext_lazy("What the file is for. It is kept in the audit log with your name."),
        error_messages={
            "required": gettext_lazy("Say what you need the file for; the reason is kept in the audit log.")
        },
    )
    file = forms.ChoiceField(
        label=gettext_lazy("File"),
        choices=[(XLSX, gettext_lazy("Excel workbook (.xlsx)")), (CSV, gettext_lazy("CSV (.csv)"))],
        initial=XLSX,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose a kind of file.")},
    )


# --- the page --------------------------------------------------------------------------------------------------------
def export_page(listing: Listing) -> Any:
    """The view behind the export button of a list: what will go out, a form for the reason, and the file."""
    export = listing.export
    if export is None:
        raise ValueError("a list without export has no page for it")

    @needs(export.permission, FORM)
    def page(request: Request) -> HttpResponse:
        if not request.user.can(listing.permission):
            raise PermissionDenied
        if request.method == "POST" and ("ids" in request.POST or "all" in request.POST):
            return redirect(f"{reverse(export.page, args=export.args)}{_ticked(listing, request)}")
        taken = Taken(Asked(listing, request), export)
        return form_page(
            request,
            ExportForm,
            "ui/export.html",
            save=lambda form: taken.file(form.cleaned_data["file"], form.cleaned_data["reason"]),
            refused=(limits.LimitReachedError,),
            then=f"{reverse(export.home, args=export.args)}{taken.asked.query()}".removesuffix("?"),
            taken=taken,
            title=export.title,
            most=number("exports_a_day"),
        )

    return page


def _ticked(listing: Listing, request: Request) -> str:
    """The address of the list that `view` describes, of its ticked rows alone unless all of it are meant."""
    asked = Asked(listing, request, QueryDict(request.POST.get("view", "").removeprefix("?")))
    wanted = [pk for text in request.POST.getlist("ids")[:MOST_TICKED] if (pk := row_id(text)) is not None]
    if "all" in request.POST:
        return asked.query()
    return asked.query(**{ONLY: ".".join(map(str, wanted))})


# --- which columns ---------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Table:
    """A sheet as this person gets it: what they read of nobody is left out, what apps add stands at the end."""

    sheet: Sheet
    own: list[ExportColumn]
    parts: list[ExportPart]

    @cached_property
    def columns(self) -> list[ExportColumn]:
        """All of them, in order."""
        return [*self.own, *(column for part in self.parts for column in part.columns)]

    @property
    def heads(self) -> list[str]:
        """What they are called, in the reader's language."""
        return [_head(column) for column in self.columns]

    @property
    def told(self) -> str:
        """The heads as a sentence names them."""
        return formatting.listed(self.heads)

    def rows(self, asked: Asked, chunk: Sequence[Any]) -> Iterator[list[object]]:
        """The cells of these masked rows of the list."""
        found: list[Mapping[int, Any]] = [part.load(asked.user, chunk) for part in self.parts]
        for drawn in self.sheet.draw(asked, chunk) if self.sheet.draw else chunk:
            cells = [written(column.value, drawn, column.money) for column in self.own]
            for part, by_id in zip(self.parts, found, strict=True):
                there = by_id.get(drawn.pk)
                cells += [None if there is None else written(one.value, there, one.money) for one in part.columns]
            yield cells


def _head(column: ExportColumn) -> str:
    head = str(column.head)
    head = head[:1].upper() + head[1:]
    return _("%(column)s (%(currency)s)") % {"column": head, "currency": company.currency()} if column.money else head


# --- the rows --------------------------------------------------------------------------------------------------------
class Taken:
    """What one person takes out of one list, as its address asks for it."""

    def __init__(self, asked: Asked, export: Export) -> None:
        self.asked = asked
        self.export = export
        self.user: User = asked.user

    # --- for the page
    @cached_property
    def count(self) -> int:
        """How many rows go out."""
        return self._rows.count()

    @cached_property
    def held_back(self) -> int:
        """How many rows of the list this person may look at and not export."""
        return self.asked.rows.order_by().count() - self.count

    @property
    def counted(self) -> str:
        """How many, in words."""
        return self.export.counted(self.count)

    @property
    def told(self) -> list[tuple[Words, Words]]:
        """What the list was narrowed by."""
        return self.asked.told

    @property
    def too_many(self) -> bool:
        """Whether one file can't hold them."""
        return self.count > MOST_ROWS

    @cached_property
    def tables(self) -> list[Table]:
        """The sheets as this person gets them."""
        parts = [
            part if part.columns_of is None else replace(part, columns=part.columns_of(self.user))
            for part in (registry().parts_of(self.export.parts) if self.export.parts else ())
            if not part.permission or self.user.can(part.permission)
        ]
        if self.by_choice:
            sheet = self._sheet_to_choose
            return [Table(sheet, self._chosen(), self._chosen_of(parts) if sheet is self.export.sheets[0] else [])]
        return [
            Table(sheet, self._readable(sheet), parts * first)
            for sheet, first in ((sheet, sheet is self.export.sheets[0]) for sheet in self.export.sheets)
        ]

    def _readable(self, sheet: Sheet) -> list[ExportColumn]:
        return [one for one in sheet.columns if self._modes(sheet, one) != {policy.HIDDEN}]

    @property
    def by_choice(self) -> bool:
        """Whether the file holds the columns that were chosen in the list."""
        return bool(self.asked.chosen) and any(one.key for one in self._sheet_to_choose.columns)

    @property
    def _sheet_to_choose(self) -> Sheet:
        """The sheet that has the list's columns: the first that has any."""
        found = (sheet for sheet in self.export.sheets if any(one.key for one in sheet.columns))
        return next(found, self.export.sheets[0])

    def _chosen(self) -> list[ExportColumn]:
        """The columns of the list, in its order, after those that say whom a row is about."""
        columns = self._readable(self._sheet_to_choose)
        by_key = {one.key: one for one in columns if one.key}
        wanted = [by_key[key] for key in self.asked.chosen if key in by_key]
        return [*(one for one in columns if one.kept and one not in wanted), *wanted]

    @property
    def masked(self) -> str:
        """The columns of which the person reads some values masked only."""
        found = [
            _head(one) for table in self.tables for one in table.own if self._modes(table.sheet, one) - {policy.FULL}
        ]
        return formatting.listed(list(dict.fromkeys(found)))

    def _modes(self, sheet: Sheet, column: ExportColumn) -> set[str]:
        """How the person reads this column, of their own rows, their team's and the rest."""
        if not column.field:
            return set()
        field_class = sheet.model.mask_fields[column.field]  # type: ignore[attr-defined]
        return {mode_for(self.user, field_class, relation) for relation in policy.RELATIONS}

    def _chosen_of(self, parts: Sequence[ExportPart]) -> list[ExportPart]:
        """What apps add: of columns that the list has too the chosen ones, the others where something is chosen that
        stands in none of them, such as a score."""
        keys = {one.key for part in parts for one in part.columns} | {one.key for one in self.export.sheets[0].columns}
        elsewhere = bool(set(self.asked.chosen) - keys)
        found = []
        for part in parts:
            columns = tuple(one for one in part.columns if (one.key in self.asked.chosen if one.key else elsewhere))
            if columns:
                found.append(replace(part, columns=columns))
        return found

    @property
    def with_all_columns(self) -> str:
        """The address of the same file with everything that it can hold."""
        return self.asked.query(**{COLUMNS: None})

    # --- for the file
    @cached_property
    def _rows(self) -> QuerySet[Any]:
        """The rows of the list on which the person holds the permission to export, unordered."""
        rows = self.asked.rows.order_by()
        return rows.filter(pk__in=self._within.order_by().values("pk")) if issubclass(rows.model, Scoped) else rows

    @cached_property
    def _within(self) -> QuerySet[Any]:
        """Everything that the person may export of this kind, with what the sheets need."""
        model = self.asked.rows.model
        if not issubclass(model, Scoped):
            return self.export.load(model._default_manager.all())  # unscoped: a catalogue
        scoped: Any = model._default_manager
        return self.export.load(scoped.for_user(self.user, self.export.permission))

    def ids(self) -> array[int]:
        """The rows that go out, in the list's order; one more than a file holds where there are too many."""
        ordered = self._rows.order_by(*map(_ordering, self.asked.order))
        return array("q", ordered.values_list("pk", flat=True)[: MOST_ROWS + 1])

    def file(self, kind: str, reason: str) -> HttpResponseBase:
        """Put the export on record, then give the file."""
        ids = self.ids()
        if not ids:
            raise ValidationError(_("There is nothing to export: no row of this list may go out."))
        if len(ids) > MOST_ROWS:
            raise ValidationError(
                _("A file holds at most %(n)s rows. Narrow the list with a filter and export it in parts.")
                % {"n": f"{MOST_ROWS:,}"}
            )
        self._record(ids, kind, reason)
        name = _file_name(str(self.export.title), kind)
        if kind == XLSX:
            return FileResponse(self._book(ids), as_attachment=True, filename=name, content_type=XLSX_TYPE)
        table = self.tables[0]
        response = StreamingHttpResponse(
            _in(translation.get_language(), csv_lines(table.heads, self._table(table, ids))),
            content_type="text/csv; charset=utf-8",
        )
        response.headers["Content-Disposition"] = content_disposition_header(True, name) or ""
        return response

    def _table(self, table: Table, ids: array[int]) -> Iterator[Iterator[list[object]]]:
        return (table.rows(self.asked, chunk) for chunk in self._chunks(ids))

    def _book(self, ids: array[int]) -> IO[bytes]:
        tables = self.tables
        book = BookWriter([(str(table.sheet.title), table.heads) for table in tables])
        for chunk in self._chunks(ids):
            for which, table in enumerate(tables):
                book.rows(which, table.rows(self.asked, chunk))
        return book.finish()

    def _chunks(self, ids: array[int]) -> Iterator[list[Any]]:
        """The rows in order, as this person may read them; what has gone meanwhile is left out."""
        for start in range(0, len(ids), CHUNK):
            wanted = ids[start : start + CHUNK]
            found = {row.pk: row for row in self._within.filter(pk__in=wanted)}
            yield [_readable(self.user, found[pk]) for pk in wanted if pk in found]

    @transaction.atomic
    def _record(self, ids: array[int], kind: str, reason: str) -> None:
        limit = limits.Limit(
            audit_act=self.export.audit_act,
            most=number("exports_a_day"),
            within=timedelta(days=1),
            text=_("You have exported this list %(n)s times within a day. Export again after %(when)s."),
        )
        told = {language: self._told_in(language) for language in ("en", "zh-hans")}
        line = limits.count(limit, by=self.user, rows=len(ids), told=told, file=kind, reason=reason)
        ExportedRows.objects.create(entry=line, model=self.asked.rows.model._meta.label_lower, ids=list(ids))

    def _told_in(self, language: str) -> str:
        """What the list was narrowed by, for the audit log: whole phone numbers and addresses don't belong there."""
        with translation.override(language):
            told = Asked(self.asked.listing, self.asked.request).on_record
            text = "; ".join(formatting.labelled(label, value) for label, value in told)
        text = _EMAIL.sub(lambda found: mask_value("email", found[0]), text)
        return _NUMBER.sub(lambda found: mask_value("phone", found[0]), text)


def _ordering(path: str) -> OrderBy:
    """As the pages of the list go: empty values last in both directions."""
    field = F(path.removeprefix("-"))
    return field.desc(nulls_last=True) if path.startswith("-") else field.asc(nulls_last=True)


def _readable(user: User, row: Any) -> Any:
    """The row and the customer that it belongs to, masked."""
    row = masked_copy(user, row)
    beside = getattr(row, "scope_customer", None)
    customer = getattr(row, beside) if beside else None
    if customer is not None:
        masked(user, customer)
    return row


def _in(language: str | None, lines: Iterator[str]) -> Iterator[str]:
    """The parts of a file in the language in which it was asked for: they are made after the page's is forgotten."""
    while True:
        with translation.override(language):
            part = next(lines, None)
        if part is None:
            return
        yield part


def _file_name(title: str, kind: str) -> str:
    """Keben-Customers-2026-11-28.csv"""
    words = (company.company().name, title, clock.business_date().isoformat())
    return f"{'-'.join(filter(None, (_NOT_IN_A_NAME.sub('-', word).strip('-') for word in words)))}.{kind}"
