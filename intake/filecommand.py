"""What small commands share that read a whole table at once: columns, refused rows, summary and JSON line."""

from __future__ import annotations

import json
import secrets
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.refusals import ROW_ERRORS, Refusals
from intake.spelling import summary_line, word
from intake.tabular import (
    ENCODINGS,
    DamagedRow,
    ErrorFile,
    Table,
    TabularError,
    UnsureEncodingError,
    checked_encoding,
    open_table,
)


def add_reading_arguments(parser: ArgumentParser) -> None:
    """How a file is to be read where it doesn't say so itself."""
    parser.add_argument("--encoding", default="", metavar="NAME", help=f"of a CSV file: {', '.join(ENCODINGS)}")
    parser.add_argument("--header-row", type=int, default=0, metavar="N", help="row of the file with the column names")


def open_as_chosen(options: Mapping[str, Any]) -> Table:
    """The command's file, its encoding certain or chosen; CommandError or TabularError says what is wrong."""
    try:
        encoding = checked_encoding(options["encoding"])
    except ValueError as error:
        raise CommandError(str(error)) from error
    table = open_table(options["file"], encoding=encoding, header_row=max(options["header_row"], 0))
    try:
        table.require_encoding()
    except UnsureEncodingError as error:
        raise CommandError(f"{error} {_('Write it behind --encoding.')}") from error
    return table


class FileCommand(BaseCommand):
    """Base: say `fields` (all of them needed) and `write(rows)`; `read` refuses a row by raising BadCellError.

    `headers` are further names by which the columns of the fields are known.
    """

    fields: ClassVar[tuple[str, ...]]
    headers: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="CSV or XLSX, also gzipped")
        parser.add_argument("--map", default="", help=f"field=column,... Fields: {', '.join(self.fields)}")
        add_reading_arguments(parser)
        parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")

    def read(self, cells: Mapping[str, str]) -> Any:
        """One row from {field: text}; BadCellError says why it is refused."""
        raise NotImplementedError

    def write(self, rows: list[Any]) -> dict[str, int]:
        """Store the rows; returns counts for the summary."""
        raise NotImplementedError

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        try:
            table = open_as_chosen(options)
            columns = self._columns(options["map"], table)
            table.require(columns.values())
            rows, errors, path = self._read_all(table, columns)
        except TabularError as error:
            raise CommandError(str(error)) from error
        result = {"rows": len(rows) + errors, **self.write(rows), "errors": errors, "error_file": path}
        self._tell({**result, "seconds": round(time.monotonic() - began, 2)}, as_json=options["json"])

    def _columns(self, text: str, table: Table) -> dict[str, str]:
        """{field: column}: the fields' own names and headers unless --map says otherwise."""
        there = {word(column): column for column in reversed(table.columns)}
        columns = {}
        for name in self.fields:
            known = (there.get(word(header)) for header in (name, *self.headers.get(name, ())))
            columns[name] = next(filter(None, known), name)
        for part in filter(None, (part.strip() for part in text.split(","))):
            name, sign, column = part.partition("=")
            if not sign or name.strip() not in columns:
                raise CommandError(
                    _("“%(part)s” in --map must look like field=column with one of %(fields)s.")
                    % {"part": part, "fields": ", ".join(self.fields)}
                )
            columns[name.strip()] = column.strip()
        return columns

    def _read_all(self, table: Table, columns: Mapping[str, str]) -> tuple[list[Any], int, str | None]:
        rows: list[Any] = []
        refused = list(self._split(table, columns, rows.append))
        if not refused:
            return rows, 0, None
        path = Path(settings.STORAGE_DIR).resolve() / "imports" / f"errors-{secrets.token_hex(8)}.csv"
        with ErrorFile(path, table.columns) as target:
            for cells, reason in refused:
                target.row(cells, reason)
        return rows, len(refused), str(path)

    def _split(
        self, table: Table, columns: Mapping[str, str], keep: Callable[[Any], None]
    ) -> Iterator[tuple[list[str], str]]:
        """Hand good rows to `keep` and yield (cells, reason) of the others."""
        at = {name: table.columns.index(column) for name, column in columns.items()}
        refusal = Refusals()
        for number, cells in table.rows(single=columns.values()):
            if isinstance(cells, DamagedRow):
                yield cells, cells.reason
                continue
            try:
                keep(self.read({name: cells[index] for name, index in at.items()}))
            except ROW_ERRORS as error:
                yield cells, refusal(number, error)

    def _tell(self, result: dict[str, Any], *, as_json: bool) -> None:
        for name, value in result.items():
            if value is not None:
                self.stdout.write(summary_line(name, value))
        if result["errors"]:
            self.stderr.write(refused_rows(result["errors"], result["error_file"]))
        if as_json:
            self.stdout.write(json.dumps(result))


def refused_rows(count: int, path: str) -> str:
    """The sentence that nobody overlooks: not everything went in."""
    text = ngettext(
        "%(count)s row was refused and isn't stored. It stands with its reason in %(file)s.",
        "%(count)s rows were refused and aren't stored. They stand with their reasons in %(file)s.",
        count,
    )
    return text % {"count": count, "file": path}
