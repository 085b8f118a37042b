"""Tables that people bring: CSV and XLSX (also gzipped) read as a stream, and CSV files written back to them.

`open_table` looks at the file once (kind, encoding, delimiter, columns, size) and then streams rows; problems of the
file as a whole are a `TabularError` with a sentence for the person who brought it.
"""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import gzip
import hashlib
import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import IO, Any, Self

import python_calamine
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.tables.cells import damaged_number

MEGABYTE = 1024 * 1024
CHUNK = MEGABYTE
HEAD_BYTES = 64 * 1024
DELIMITERS = ",;\t|"
GZIP_MAGIC, ZIP_MAGIC, OLD_EXCEL_MAGIC = b"\x1f\x8b", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
csv.field_size_limit(MEGABYTE)


class TabularError(Exception):
    """The file can't be read as a table; the text says why and what to do, in the current language."""


class MissingColumnsError(TabularError):
    """Columns that were asked for aren't in the file. `missing` and `available` hold their names."""

    def __init__(self, name: str, missing: Sequence[str], available: Sequence[str]) -> None:
        self.missing, self.available = list(missing), list(available)
        super().__init__(
            _("%(file)s has no column %(missing)s. Its columns are: %(available)s.")
            % {"file": name, "missing": ", ".join(missing), "available": ", ".join(available)}
        )


@dataclass(frozen=True)
class Limits:
    """What a file may weigh, in bytes, as it is stored and unpacked, and how often smaller it may be packed."""

    stored: int = 500 * MEGABYTE
    unpacked: int = 4096 * MEGABYTE
    workbook: int = 1024 * MEGABYTE
    ratio: int = 200
    columns: int = 300


COMMAND_LIMITS = Limits()
UPLOAD_LIMITS = Limits(stored=50 * MEGABYTE, unpacked=500 * MEGABYTE, workbook=400 * MEGABYTE)


@dataclass
class Table:
    """An opened file: `columns` as written in its header, and its rows as a stream that may be started again."""

    path: Path
    name: str
    kind: str  # csv or xlsx
    packed: bool
    columns: list[str] = field(default_factory=list)
    encoding: str = "utf-8"
    delimiter: str = ","
    lines: int = 0  # upper bound of the data rows, for progress
    place: int = 0  # of the row that was yielded last, as a spreadsheet counts it: the header is 1
    _header_at: int = 0
    _limits: Limits = COMMAND_LIMITS

    def rows(self, *, start: int = 0) -> Iterator[tuple[int, list[str]]]:
        """Yield (row number from 1, cells) behind the first `start` rows; blank lines aren't rows.

        Cells are stripped texts, one for each column; a row with more cells than columns keeps them, so that the
        reader can refuse it.
        """
        width = len(self.columns)
        number = 0
        for place, cells in enumerate(self._records(), start=self._header_at + 2):
            if not any(cells):
                continue
            number += 1
            if number <= start:
                continue
            self.place = place
            if len(cells) < width:
                cells = [*cells, *[""] * (width - len(cells))]
            yield number, cells

    def dicts(self, *, start: int = 0) -> Iterator[tuple[int, dict[str, str]]]:
        """The same rows as {column: cell}."""
        for number, cells in self.rows(start=start):
            yield number, dict(zip(self.columns, cells, strict=False))

    def sample(self, count: int = 5) -> list[list[str]]:
        """The first `count` rows."""
        found = []
        for _number, cells in self.rows():
            found.append(cells[: len(self.columns)])
            if len(found) == count:
                break
        return found

    def require(self, columns: Iterable[str]) -> None:
        """Raise MissingColumnsError unless all of `columns` are in the file."""
        missing = [column for column in columns if column not in self.columns]
        if missing:
            raise MissingColumnsError(self.name, missing, self.columns)

    @cached_property
    def sha256(self) -> str:
        """Of the bytes as stored."""
        digest = hashlib.sha256()
        with self.path.open("rb") as source:
            while chunk := source.read(CHUNK):
                digest.update(chunk)
        return digest.hexdigest()

    # --- reading -----------------------------------------------------------------------------------------------------
    def _records(self) -> Iterator[list[str]]:
        """All records behind the header, cells stripped."""
        records = _xlsx_records(self) if self.kind == "xlsx" else self._csv_records()
        for _skipped in range(self._header_at + 1):
            next(records, None)
        return records

    def _csv_records(self) -> Iterator[list[str]]:
        with self._text() as source:
            reader = csv.reader(source, delimiter=self.delimiter)
            while True:
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    raise _damaged(self.name, reader.line_num, error) from error
                except (UnicodeDecodeError, EOFError, OSError, zlib.error) as error:
                    raise _unreadable(self.name) from error
                yield [cell.strip() for cell in cells]

    def _text(self) -> io.TextIOWrapper:
        return io.TextIOWrapper(_Clean(self), encoding=self.encoding, newline="")

    def bytes(self) -> IO[bytes]:
        """The unpacked bytes."""
        return gzip.open(self.path) if self.packed else self.path.open("rb")


class _Clean(io.RawIOBase):
    """The unpacked bytes of a table without NUL, which PostgreSQL can't store (UTF-16 needs its own)."""

    def __init__(self, table: Table) -> None:
        self._source = table.bytes()
        self._keep = table.encoding.startswith("utf-16")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._source.read(len(buffer))
        if not self._keep and b"\0" in data:
            data = data.replace(b"\0", b" ")
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._source.close()
        super().close()


def open_table(path: str | Path, *, limits: Limits = COMMAND_LIMITS, name: str = "") -> Table:
    """Look at a CSV or XLSX file (also .gz) and return it ready to stream; TabularError says what is wrong.

    `name` is what the person calls the file (an upload's original name).
    """
    path = Path(path)
    name = name or path.name
    _check_stored(path, name, limits)
    table = _recognised(path, name, limits)
    if table.kind == "xlsx":
        _open_xlsx(table)
    else:
        _open_csv(table)
    _check_columns(table)
    return table


def _check_stored(path: Path, name: str, limits: Limits) -> None:
    if not path.is_file():
        raise TabularError(_("%(file)s: there is no such file.") % {"file": path})
    size = path.stat().st_size
    if size == 0:
        raise TabularError(_("%(file)s is empty.") % {"file": name})
    if size > limits.stored:
        raise _too_large(name, limits.stored)


def _too_large(name: str, limit: int) -> TabularError:
    return TabularError(
        _("%(file)s is too large: at most %(limit)s MB. Split it into several files.")
        % {"file": name, "limit": f"{limit // MEGABYTE:,}"}
    )


def _recognised(path: Path, name: str, limits: Limits) -> Table:
    """Kind and packing by the first bytes, never by the file name."""
    with path.open("rb") as source:
        magic = source.read(8)
    packed = magic.startswith(GZIP_MAGIC)
    if packed:
        magic = _unpacked_head(path, name)
    if magic.startswith(OLD_EXCEL_MAGIC):
        raise TabularError(
            _("%(file)s is an old or password-protected Excel file. Save it as .xlsx or CSV, without a password.")
            % {"file": name}
        )
    kind = "xlsx" if magic.startswith(ZIP_MAGIC) else "csv"
    return Table(path, name, kind, packed, _limits=limits)


def _unpacked_head(path: Path, name: str) -> bytes:
    try:
        with gzip.open(path) as source:
            return source.read(8)
    except (OSError, EOFError, zlib.error) as error:
        raise _unreadable(name) from error


def _unreadable(name: str) -> TabularError:
    return TabularError(
        _("%(file)s is damaged: it can't be unpacked or decoded to its end. Export or upload it once more.")
        % {"file": name}
    )


def _damaged(name: str, line: int, error: Exception) -> TabularError:
    return TabularError(
        _("%(file)s can't be read from line %(line)s on: %(error)s. Is a quotation mark missing there?")
        % {"file": name, "line": line, "error": error}
    )


# --- CSV -------------------------------------------------------------------------------------------------------------
def _open_csv(table: Table) -> None:
    survey = _survey(table)
    table.encoding = survey.encoding
    with table._text() as source:
        head = source.read(HEAD_BYTES)
    skipped, header = _header_line(head)
    table.delimiter = _delimiter(head, header)
    # A first line like `sep=;` (Excel) and blank lines stand before the header.
    table._header_at = skipped
    records = table._csv_records()
    for _line in range(skipped):
        next(records, None)
    table.columns = _named(next(records, []))
    table.lines = max(survey.lines - skipped - 1, 0)


@dataclass
class _Survey:
    encoding: str
    lines: int


def _survey(table: Table) -> _Survey:
    """Encoding, number of lines and unpacked size by reading the bytes through, once for UTF-8."""
    with table.bytes() as source:
        told = _by_bom(_read(source, table.name))
    for encoding in [told] if told else ["utf-8", "gb18030"]:
        lines = _lines_in(table, encoding)
        if lines is not None:
            return _Survey(encoding, lines)
    raise TabularError(
        _("%(file)s is written in an unknown encoding. Save it as CSV UTF-8; UTF-16 and GBK are read too.")
        % {"file": table.name}
    )


def _lines_in(table: Table, encoding: str) -> int | None:
    """How many lines the file has, None when it isn't written in this encoding."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    plain = encoding in ("utf-8", "utf-8-sig", "gb18030")  # ASCII needs no decoding there
    lines, size, last, pending = 0, 0, b"", False
    with table.bytes() as source:
        while chunk := _read(source, table.name):
            size += len(chunk)
            _check_unpacked(table, size)
            lines, last = lines + chunk.count(b"\n"), chunk
            if plain and not pending and chunk.isascii():
                continue
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                return None
            pending = bool(decoder.getstate()[0])
    try:
        decoder.decode(b"", True)
    except UnicodeDecodeError:
        return None
    return lines + (not last.endswith(b"\n"))


def _read(source: IO[bytes], name: str) -> bytes:
    try:
        return source.read(CHUNK)
    except (OSError, EOFError, zlib.error) as error:
        raise _unreadable(name) from error


def _by_bom(first: bytes) -> str:
    for bom, encoding in BOMS:
        if first.startswith(bom):
            return encoding
    head = first[:2000]
    # UTF-16 without a mark: every other byte of Latin text, digits and commas is NUL.
    if head.count(b"\0") > len(head) // 5:
        return "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"
    return ""


def _check_unpacked(table: Table, size: int) -> None:
    limits = table._limits
    if size > limits.unpacked:
        raise _too_large(table.name, limits.unpacked)
    if table.packed and size > 10 * MEGABYTE and size > limits.ratio * table.path.stat().st_size:
        raise _bomb(table.name)


def _bomb(name: str) -> TabularError:
    return TabularError(
        _("%(file)s grows suspiciously when it is unpacked and was not read. Upload it unpacked as CSV.")
        % {"file": name}
    )


def _header_line(head: str) -> tuple[int, str]:
    """(records before the header, the header's line)."""
    for index, line in enumerate(head.splitlines()):
        if line.strip(' \t,;|"\ufeff') and not re.fullmatch(r"\ufeff?\"?sep=.\"?", line.strip(), re.IGNORECASE):
            return index, line
    return 0, ""


def _delimiter(head: str, header: str) -> str:
    told = re.match(r"\ufeff?\"?sep=(.)", head, re.IGNORECASE)
    if told:
        return told.group(1)
    plain = re.sub(r'"[^"]*"', "", header)
    return max(DELIMITERS, key=plain.count)


# --- XLSX ------------------------------------------------------------------------------------------------------------
def _open_xlsx(table: Table) -> None:
    _check_workbook(table)
    records = _xlsx_records(table)
    for index, cells in enumerate(records):
        if any(cells):
            table._header_at, table.columns = index, _named(cells)
            break
    table.lines = max(_sheet(table).height - table._header_at - 1, 0)


def _check_workbook(table: Table) -> None:
    """A workbook is a ZIP: its directory says how large it becomes, before anything is unpacked."""
    data = _workbook_bytes(table)
    try:
        with zipfile.ZipFile(data) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError) as error:
        raise _unreadable(table.name) from error
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries) or 1
    if unpacked > table._limits.workbook:
        raise _too_large(table.name, table._limits.workbook)
    if unpacked > 50 * MEGABYTE and unpacked > table._limits.ratio * packed:
        raise _bomb(table.name)
    if not any(entry.filename.startswith("xl/") for entry in entries):
        raise TabularError(
            _("%(file)s is an archive, not a table. Unpack it and upload the CSV or XLSX inside.")
            % {"file": table.name}
        )


def _workbook_bytes(table: Table) -> io.BytesIO:
    limit = table._limits.stored
    try:
        with table.bytes() as source:
            data = source.read(limit + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise _unreadable(table.name) from error
    if len(data) > limit:
        raise _too_large(table.name, limit)
    return io.BytesIO(data)


def _sheet(table: Table) -> Any:
    """The first visible sheet that holds anything."""
    if "sheet" not in table.__dict__:
        try:
            book = python_calamine.CalamineWorkbook.from_filelike(_workbook_bytes(table))
            visible = [meta.name for meta in book.sheets_metadata if "Visible" in str(meta.visible)]
            sheets = [book.get_sheet_by_name(name) for name in visible or book.sheet_names]
        except Exception as error:  # the reader raises errors of its own for each kind of damage
            raise _unreadable(table.name) from error
        table.__dict__["sheet"] = next((sheet for sheet in sheets if sheet.height), sheets[0] if sheets else None)
    if table.__dict__["sheet"] is None:
        raise TabularError(_("%(file)s has no sheet.") % {"file": table.name})
    return table.__dict__["sheet"]


def _xlsx_records(table: Table) -> Iterator[list[str]]:
    for cells in _sheet(table).iter_rows():
        yield [cell_text(cell) for cell in cells]


def cell_text(value: Any) -> str:
    """A cell of a workbook as a person would have typed it: 17850, 2.5, 2026-11-24 14:30:00."""
    if isinstance(value, str):
        return value.strip().replace("\0", " ")
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        if abs(value) >= 1e15:
            return f"{value:.14E}"  # a spreadsheet keeps 15 digits; damaged_number() knows the rest is lost
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    return value.isoformat() if isinstance(value, dt.date | dt.time) else str(value)


# --- columns ---------------------------------------------------------------------------------------------------------
def _named(cells: Sequence[str]) -> list[str]:
    """Each column gets a name of its own: nameless ones a number, a name that comes again a mark."""
    names: list[str] = []
    for index, cell in enumerate(_trimmed(cells), start=1):
        wanted = cell.strip("\ufeff").strip() or _("column %(n)s") % {"n": index}
        name, copy = wanted, 2
        while name in names:
            name, copy = f"{wanted} ({copy})", copy + 1
        names.append(name)
    return names


def _trimmed(cells: Sequence[str]) -> list[str]:
    cells = list(cells)
    while cells and not cells[-1].strip():
        cells.pop()
    return cells


def _check_columns(table: Table) -> None:
    if not table.columns:
        raise TabularError(_("%(file)s has no header line with column names.") % {"file": table.name})
    if len(table.columns) > table._limits.columns:
        raise TabularError(
            _("%(file)s has %(count)s columns, at most %(limit)s are read.")
            % {"file": table.name, "count": len(table.columns), "limit": table._limits.columns}
        )


# --- writing ---------------------------------------------------------------------------------------------------------
_DANGEROUS = "=+-@"
_UNSEEN = "CZ"  # controls, marks of direction and all kinds of blanks
_NUMBER = re.compile(r"[+-]?\d[\d,]*(\.\d+)?([eE][+-]?\d+)?%?")


def neutralise(text: object) -> object:
    """The value so that no spreadsheet takes it for a formula: an apostrophe before = + - @ TAB CR and the like.

    Also when blanks or characters that nobody sees stand before it, or when it is written full-width. Numbers, dates
    and None stay as they are.
    """
    if not isinstance(text, str):
        return text
    if text[:1] in ("\t", "\r", "\n"):
        return f"'{text}"
    seen = next((char for char in text if unicodedata.category(char)[0] not in _UNSEEN), "")
    first = unicodedata.normalize("NFKC", seen)[:1]
    if not first or first not in _DANGEROUS or _NUMBER.fullmatch(text):
        return text
    return f"'{text}"


class CsvWriter:
    """Rows for people as CSV: UTF-8, one header line, formulas neutralised."""

    def __init__(self, target: IO[str], header: Sequence[object]) -> None:
        self._writer = csv.writer(target, lineterminator="\n")
        self.count = 0
        self._writer.writerow([neutralise(cell) for cell in header])

    def row(self, cells: Iterable[object]) -> None:
        """Write one row."""
        self._writer.writerow([neutralise(cell) for cell in cells])
        self.count += 1


REASON = gettext_lazy("reason")


class ErrorFile:
    """Rows that were refused: the original columns and the reason, to be corrected and imported again."""

    def __init__(self, path: str | Path, columns: Sequence[str]) -> None:
        self.path = Path(path)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._width = len(columns)
        self._target = self.path.open("w", encoding="utf-8", newline="")
        self._writer = CsvWriter(self._target, [*columns, _reason_name(columns)])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._target.close()

    @property
    def count(self) -> int:
        """How many rows stand in the file."""
        return self._writer.count

    def row(self, cells: Sequence[str], reason: str) -> None:
        """Write one refused row; cells beyond the header are joined to the last column."""
        kept = list(cells[: self._width])
        if len(cells) > self._width > 0:
            kept[-1] = " ".join(cells[self._width - 1 :])
        self._writer.row([*kept, *[""] * (self._width - len(kept)), reason])


def _reason_name(columns: Sequence[str]) -> str:
    name = str(REASON)
    while name in columns:
        name += "_"
    return name


__all__ = [
    "COMMAND_LIMITS",
    "MEGABYTE",
    "UPLOAD_LIMITS",
    "CsvWriter",
    "ErrorFile",
    "Limits",
    "MissingColumnsError",
    "Table",
    "TabularError",
    "damaged_number",
    "neutralise",
    "open_table",
]
