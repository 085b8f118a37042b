"""The files of an export: CSV as a stream, a workbook by way of the disk; neither holds more than its newest rows.

Days and moments are those of the company's zone. A CSV file begins with the mark by which Excel knows UTF-8; its
figures are plain, without separators of thousands. What a spreadsheet would take for a formula is neutralised in both.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import IO, Any

import xlsxwriter
from django.utils.translation import gettext as _

from core import company
from intake.tables.cells import kept_as_text, neutralise
from ui import formatting

Row = Sequence[object]
BEGIN = "\ufeff"
LONGEST_CELL = 32_000  # Excel's limit is a little higher
EXACT = 10**15  # digits that a cell keeps of a number


def csv_lines(head: Row, chunks: Iterable[Iterable[Row]]) -> Iterator[str]:
    """The lines of the file, one part for each chunk of rows."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    buffer.write(BEGIN)
    writer.writerow([_csv_cell(cell) for cell in head])
    for chunk in chunks:
        writer.writerows([_csv_cell(cell) for cell in row] for row in chunk)
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def _csv_cell(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, dt.datetime):
        return f"{value.astimezone(company.zone()):%Y-%m-%d %H:%M}"
    return kept_as_text(value) if isinstance(value, str) else str(_plain(value))


def _plain(value: object) -> object:
    """What every kind of file writes alike; figures, days and moments stay what they are."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return value if isinstance(value, int | Decimal | dt.date | dt.datetime) else str(value)


class BookWriter:
    """A workbook of several sheets that grow at once."""

    def __init__(self, sheets: Sequence[tuple[str, Row]]) -> None:
        self.target: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - the answer that sends it closes it
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self._book = xlsxwriter.Workbook(self.target, options)
        self._day = self._book.add_format({"num_format": "yyyy-mm-dd"})
        self._moment = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        self._money = {
            digits: self._book.add_format({"num_format": "#,##0" + "." * bool(digits) + "0" * digits})
            for digits in (0, 2, 3)
        }
        bold = self._book.add_format({"bold": True})
        self._sheets: list[list[Any]] = []  # a sheet and the row that comes next
        for title, head in sheets:
            sheet = self._book.add_worksheet(title[:31])
            sheet.freeze_panes(1, 1)
            sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
            for column, word in enumerate(head):
                sheet.set_column(column, column, min(40, max(12, 2 * len(str(word)))))
                sheet.write_string(0, column, str(neutralise(str(word))), bold)
            self._sheets.append([sheet, 1])

    def rows(self, which: int, rows: Iterable[Row]) -> None:
        """Write rows at the end of a sheet."""
        sheet, at = self._sheets[which]
        for row in rows:
            for column, value in enumerate(row):
                self._write(sheet, at, column, _plain(value))
            at += 1
        self._sheets[which][1] = at

    def _write(self, sheet: Any, row: int, column: int, value: object) -> None:
        if isinstance(value, dt.datetime):
            sheet.write_datetime(row, column, value.astimezone(company.zone()).replace(tzinfo=None), self._moment)
        elif isinstance(value, dt.date) and value.year >= 1900:
            sheet.write_datetime(row, column, value, self._day)
        elif isinstance(value, int | Decimal) and -EXACT < value < EXACT:
            sheet.write_number(row, column, value, self._look(value))
        elif value != "":
            text = str(value)
            sheet.write_string(
                row, column, str(neutralise(f"{text[:LONGEST_CELL]}…" if len(text) > LONGEST_CELL else text))
            )

    def _look(self, value: int | Decimal) -> Any:
        """Amounts with the decimals that they were given; counts and quantities as they are."""
        digits = -int(value.as_tuple().exponent) if isinstance(value, Decimal) else -1
        return self._money.get(digits)

    def finish(self) -> IO[bytes]:
        """The whole file, from its beginning."""
        self._book.close()
        self.target.seek(0)
        return self.target


def written(value: Callable[[Any], object], row: Any, money: bool) -> object:
    """The cell of one column: amounts in the currency itself, exact."""
    found = value(row)
    return formatting.major(found, company.currency()) if money and isinstance(found, int) else found
