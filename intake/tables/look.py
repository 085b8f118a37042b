"""One look at a file, and its rows as a stream: plain values in and out, so that another process can ask for both."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from intake.tables import charsets, dialect, workbook
from intake.tables.cells import MARKS, plain_cell
from intake.tables.csvfile import Dialect, Records, open_bytes, open_text
from intake.tables.problems import Damage, FileProblem

MEGABYTE = 1024 * 1024
HEAD = 64 * 1024  # characters that tell the dialect
MOST_CELLS = 20_000_000
LONGEST_CELL = 32_767  # as in a spreadsheet
LONGEST_NAME = 200
SAMPLE_ROWS, SAMPLE_CELL = 20, 200
FIRST_ROWS, FIRST_CELLS, FIRST_CELL = 12, 8, 40
EXTRA_CELLS = 20  # of a row that is too wide, for the file of refused rows
BATCH_ROWS, BATCH_TEXT = 1_000, 256 * 1024
GZIP, ZIP, OLD_EXCEL = b"\x1f\x8b", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
# What people send by mistake, by its first bytes.
OTHERS = (
    (b"%PDF", "pdf"), (b"\x89PNG", "picture"), (b"\xff\xd8\xff", "picture"), (b"GIF8", "picture"), (b"BM", "picture"),
    (b"MZ", "program"), (b"\x7fELF", "program"), (b"{\\rtf", "document"), (b"7z\xbc\xaf", "archive"),
    (b"Rar!", "archive"), (b"SQLite format 3", "program"), (b"RIFF", "picture"), (b"PK\x05\x06", "archive"),
)  # fmt: skip
WEB_PAGE = re.compile(rb"\s*<(?:!doctype|\?xml|html|svg|table|meta|head|body|script|!--)", re.IGNORECASE)
JSON_TEXT = re.compile(rb"\s*(?:\{\s*\"|\[\s*[\[{])")
CONTROL = bytes(code for code in range(32) if code not in b"\t\n\r\x0b\x0c\x1a\0") + b"\x7f"


@dataclass
class Look:
    """What a file is; the parts that find its rows again, and the ones that people look at."""

    kind: str = "csv"  # or xlsx
    packed: bool = False
    encoding: str = ""
    sure: bool = True  # that this is the encoding
    readings: list[dict[str, Any]] = field(default_factory=list)  # of a file whose encoding isn't sure
    damaged: bool = False  # a few signs can't be read in it
    delimiter: str = ","
    wrapped: bool = False
    sheet: str = ""
    header_row: int = 1  # row of the file, from 1
    titles: bool = False  # rows above the header were passed over
    columns: list[str] = field(default_factory=list)  # empty where the header names none
    lines: int = 0  # upper bound of the data rows, for progress
    sample: list[list[str]] = field(default_factory=list)
    first: list[tuple[int, list[str]]] = field(default_factory=list)  # rows of the file, to choose the header from


def look(path: str, *, limits: dict[str, int], encoding: str = "", header_row: int = 0) -> dict[str, Any]:
    """Look at the file; `encoding` and `header_row` are what a person has chosen. FileProblem says what is wrong."""
    found = _recognised(path)
    if found.kind == "xlsx":
        first, more = _look_at_workbook(path, found, limits)
    else:
        first, more = _look_at_text(path, found, limits, encoding)
    _choose_header(found, first, header_row, limits["columns"])
    found.lines = max(found.lines - found.header_row, more)
    # Those of a workbook are at hand; to open it again would read all its words again.
    behind = [row for row in first if row[0] > found.header_row] if found.kind == "xlsx" else _text_rows(path, found)
    for _place, row, _damage in _whole_rows(behind, len(found.columns)):
        found.sample.append([cell[:SAMPLE_CELL] for cell in row[: len(found.columns)]])
        if len(found.sample) == SAMPLE_ROWS:
            break
    found.first = [(row, [cell[:FIRST_CELL] for cell in cells[:FIRST_CELLS]]) for row, cells, _d in first[:FIRST_ROWS]]
    return _storable(vars(found))


def _storable(value: Any) -> Any:
    """Without NUL, which PostgreSQL can't store."""
    if isinstance(value, str):
        return value.replace("\0", " ")
    if isinstance(value, list | tuple):
        return [_storable(part) for part in value]
    return {key: _storable(part) for key, part in value.items()} if isinstance(value, dict) else value


def _recognised(path: str) -> Look:
    """Kind and packing by the first bytes, never by the file name."""
    with open(path, "rb") as source:
        head = source.read(HEAD)
    packed = head.startswith(GZIP)
    if packed:
        with open_bytes(path, packed=True) as source:
            head = _read(source, HEAD)
    if head.startswith(OLD_EXCEL):
        raise FileProblem("old_excel")
    if head.startswith(ZIP):
        return Look("xlsx", packed)
    for magic, name in OTHERS:
        if head.startswith(magic) and (len(magic) > 2 or not head[:200].isascii() or b"\0" in head[:200]):
            raise FileProblem("archive" if name == "archive" else "no_table", kind=name)
    if not charsets.by_mark(head).startswith("utf-16"):
        plain = head.removeprefix(b"\xef\xbb\xbf")
        if WEB_PAGE.match(plain):
            raise FileProblem("no_table", kind="web_page")
        if JSON_TEXT.match(plain):
            raise FileProblem("no_table", kind="json")
        odd = len(head) - len(head.translate(None, CONTROL))
        if odd * 50 > len(head) or head.count(b"\0") > max(10, len(head) // 50):
            raise FileProblem("no_table", kind="binary")
    return Look("csv", packed)


def _read(source: Any, size: int) -> bytes:
    data = source.read(size)
    while 0 < len(data) < size and (more := source.read(size - len(data))):
        data += more
    return data


# --- text ------------------------------------------------------------------------------------------------------------
def _look_at_text(path: str, found: Look, limits: dict[str, int], told: str) -> tuple[list[dialect.Found], int]:
    chunks = _chunks(path, found, limits)
    with open_bytes(path, packed=found.packed) as source:
        mark = charsets.by_mark(_read(source, HEAD))
    survey = charsets.survey(chunks, mark or told)
    if survey is None:
        if told and not mark:
            raise FileProblem("other_encoding", encoding=told)
        raise FileProblem("unknown_encoding")
    found.sure = bool(survey.encoding)
    found.encoding, found.damaged = survey.encoding or survey.candidates[0], survey.damaged
    if not found.sure:
        found.readings = [_reading(path, found, name, survey.sample) for name in survey.candidates]
    with _open(path, found) as source:
        head = source.read(HEAD)
        whole = not source.read(1)
    if not whole and "\n" not in head.strip() and "\r" not in head.strip():
        raise FileProblem("line_too_long", row=1)
    chosen, first = dialect.dialect_of(head, found.encoding, whole=whole)
    found.delimiter, found.wrapped, found.lines = chosen.delimiter, chosen.wrapped, survey.lines
    return first, 0


def _chunks(path: str, found: Look, limits: dict[str, int]) -> Callable[[], Iterator[bytes]]:
    """Reads the bytes through, again at each call; refuses what grows too large."""
    stored = os.path.getsize(path)

    def read() -> Iterator[bytes]:
        size = 0
        with open_bytes(path, packed=found.packed) as source:
            while chunk := source.read(MEGABYTE):
                size += len(chunk)
                if size > limits["unpacked"]:
                    raise FileProblem("too_large", limit=limits["unpacked"])
                if found.packed and size > 10 * MEGABYTE and size > limits["ratio"] * stored:
                    raise FileProblem("bomb")
                yield chunk

    return read


def _reading(path: str, found: Look, name: str, sample: bytes) -> dict[str, Any]:
    """The first line and some with odd signs, as they read in this encoding."""
    with open_text(path, packed=found.packed, encoding=charsets.codec(name), damaged=True) as source:
        first = source.readline(2_000)
    lines = [first, *sample.decode(charsets.codec(name), "replace").split("\n")]
    shown = list(dict.fromkeys(line.strip()[:120] for line in lines if line.strip()))
    return {"encoding": name, "lines": shown[:4]}


# --- workbooks -------------------------------------------------------------------------------------------------------
def _book(path: str, found: Look, limits: dict[str, int]) -> workbook.Workbook:
    source: Any = path
    if found.packed:
        with open_bytes(path, packed=True) as packed:
            data = packed.read(limits["stored"] + 1)
        if len(data) > limits["stored"]:
            raise FileProblem("too_large", limit=limits["stored"])
        source = io.BytesIO(data)
    return workbook.open_workbook(source, limit=limits["workbook"], ratio=limits["ratio"])


def _look_at_workbook(path: str, found: Look, limits: dict[str, int]) -> tuple[list[dialect.Found], int]:
    book = _book(path, found, limits)
    first: list[dialect.Found] = []
    for name in book.sheets:
        found.sheet = name
        for row, cells in workbook.rows(book, name, columns=limits["columns"]):
            first.append((row, cells, None))
            if len(first) == dialect.HEAD_ROWS:
                break
        if first:
            found.lines = workbook.measure(book, name, columns=limits["columns"], cells=MOST_CELLS)
            break
    return first, max(found.lines - len(first), 0)


# --- header and rows -------------------------------------------------------------------------------------------------
def _choose_header(found: Look, first: list[dialect.Found], told: int, most: int) -> None:
    if told:
        at = next((index for index, (row, _cells, _damage) in enumerate(first) if row == told), None)
        if at is None:
            raise FileProblem("no_such_header", row=told)
    else:
        at = dialect.header_index([cells for _row, cells, _damage in first]) if first else 0
    if not first:
        raise FileProblem("no_header")
    found.header_row, cells, damage = first[at]
    found.titles = at > 0
    if damage:
        raise FileProblem(damage.code, line=damage.figure, row=found.header_row)
    cells = dialect.trimmed(cells)
    if len(cells) > most:
        raise FileProblem("too_many_columns", count=len(cells), limit=most)
    found.columns = [" ".join(cell.strip("\ufeff").split())[:LONGEST_NAME] for cell in cells]


def rows(
    path: str, found: dict[str, Any], *, limits: dict[str, int], start: int = 0, single: list[int] | None = None
) -> Iterator[list[Any]]:
    """The data rows behind the first `start`, in batches of (row of the file, row); `found` is what look() gave.

    A row is its cells, or {"cells", "code", "figure"} where it is damaged.
    """
    batch: list[Any] = []
    size = total = 0
    told = Look(**found)
    records = (
        _sheet_rows(path, told, limits) if told.kind == "xlsx" else _text_rows(path, told, frozenset(single or ()))
    )
    for number, (place, cells, damage) in enumerate(_whole_rows(records, len(told.columns))):
        if number < start:
            continue
        size += sum(map(len, cells))
        row = {"cells": cells, "code": damage.code, "figure": damage.figure} if damage else cells
        batch.append((place, row))
        if len(batch) == BATCH_ROWS or size > BATCH_TEXT:
            yield batch
            # A workbook can say one long text a million times.
            total, batch, size = total + size, [], 0
            if total > limits["unpacked"]:
                raise FileProblem("too_large", limit=limits["unpacked"])
    if batch:
        yield batch


def _whole_rows(records: Iterable[dialect.Found], width: int) -> Iterator[dialect.Found]:
    """The records that aren't blank, each as wide as the header; with a damage they are as they came."""
    for place, cells, damage in records:
        cells = list(map(str.strip, cells))
        text = "".join(cells)
        if not text:
            continue
        if "'" in text or "=" in text:
            cells = [plain_cell(cell) if cell[:1] in MARKS else cell for cell in cells]
        if len(cells) != width:
            if len(cells) < width:
                cells.extend([""] * (width - len(cells)))
            elif any(cells[width:]):
                damage = damage or Damage("more_cells")
                del cells[width + EXTRA_CELLS :]
            else:
                del cells[width:]
        if len(text) > LONGEST_CELL and max(map(len, cells)) > LONGEST_CELL:
            damage = damage or Damage("long_cell", LONGEST_CELL)
            cells = [cell[:LONGEST_CELL] for cell in cells]
        yield place, cells, damage


def _text_rows(path: str, found: Look, single: frozenset[int] = frozenset()) -> Iterator[dialect.Found]:
    chosen = Dialect(found.encoding, found.delimiter, found.wrapped)
    with _open(path, found) as source:
        records = Records(source, chosen)
        for _row in range(found.header_row):
            next(records, None)
        records.width, records.single = len(found.columns), single
        for place, (cells, damage) in enumerate(records, start=found.header_row + 1):
            if found.damaged and damage is None and any(charsets.BROKEN in cell for cell in cells):
                damage = Damage("broken_sign")
            yield place, cells, damage


def _open(path: str, found: Look) -> io.TextIOWrapper:
    return open_text(path, packed=found.packed, encoding=charsets.codec(found.encoding), damaged=found.damaged)


def _sheet_rows(path: str, found: Look, limits: dict[str, int]) -> Iterator[dialect.Found]:
    book = _book(path, found, limits)
    for row, cells in workbook.rows(book, found.sheet, columns=len(found.columns) + EXTRA_CELLS):
        if row > found.header_row:
            yield row, cells, None
