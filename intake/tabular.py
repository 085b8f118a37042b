"""Tables that people bring: CSV and XLSX (also gzipped) read as a stream.

`open_table` looks at the file once (kind, encoding, delimiter, columns, size) and then streams rows; problems of the
file as a whole are a `TabularError` with a sentence for the person who brought it. Files are read by a process of its
own within limits of memory and time (intake/tables), never by the one that asks.
"""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from intake.tables import child
from intake.tables.charsets import READINGS
from intake.tables.problems import FileProblem

MEGABYTE = 1024 * 1024
CHUNK = MEGABYTE
ENCODINGS = ("utf-8", "utf-16", *READINGS)  # offered to people
CODECS = ("utf-8", "utf-16", "gb", "big5", "cp", "shift_jis", "euc_", "iso8859", "koi8", "mac-", "ascii")


class TabularError(Exception):
    """The file can't be read as a table; the text says why and what to do, in the current language."""


class UnsureEncodingError(TabularError):
    """The file's encoding can't be told for certain; a person must choose one of `candidates`."""

    def __init__(self, name: str, candidates: Sequence[str]) -> None:
        self.candidates = list(candidates)
        super().__init__(
            _("It isn't certain in which encoding %(file)s is written. Say which: %(candidates)s.")
            % {"file": name, "candidates": ", ".join(candidates)}
        )


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
    """What a file may weigh, in bytes, as it is stored and unpacked, and how often smaller it may be packed.

    `memory` (bytes) and `seconds` are what the process that reads it may take for one look.
    """

    stored: int = 500 * MEGABYTE
    unpacked: int = 4096 * MEGABYTE
    workbook: int = 1024 * MEGABYTE
    ratio: int = 200
    columns: int = 300
    memory: int = 2048 * MEGABYTE
    seconds: int = 600

    def of_file(self) -> dict[str, int]:
        """The figures that the file itself is measured by."""
        names = ("stored", "unpacked", "workbook", "ratio", "columns")
        return {name: getattr(self, name) for name in names}


COMMAND_LIMITS = Limits()
UPLOAD_LIMITS = Limits(
    stored=50 * MEGABYTE, unpacked=500 * MEGABYTE, workbook=400 * MEGABYTE, memory=512 * MEGABYTE, seconds=30
)


class DamagedRow(list[str]):
    """A row whose cells can't be trusted; `reason` says why, in the current language."""

    reason: str

    def __init__(self, cells: Iterable[str], reason: str) -> None:
        super().__init__(cells)
        self.reason = reason


@dataclass
class Table:
    """An opened file: what its header names, and its rows as a stream that may be started again.

    `look` is what intake/tables/look.py found, as plain values: whoever keeps it needs no second look.
    """

    path: Path
    name: str
    look: dict[str, Any]
    limits: Limits = COMMAND_LIMITS
    place: int = 0  # of the row that was yielded last, as a spreadsheet counts it: the header is 1

    @property
    def columns(self) -> list[str]:
        """As the header names them, each with a name of its own."""
        return self.look["columns"]

    @property
    def kind(self) -> str:
        """csv or xlsx."""
        return self.look["kind"]

    @property
    def encoding(self) -> str:
        """Of a CSV file, as the programs of people name it."""
        return self.look["encoding"]

    @property
    def lines(self) -> int:
        """Upper bound of the data rows, for progress."""
        return self.look["lines"]

    def sample(self, count: int = 5) -> list[list[str]]:
        """The first `count` rows (at most 20), long cells shortened."""
        return self.look["sample"][:count]

    def rows(self, *, start: int = 0, single: Iterable[str] = ()) -> Iterator[tuple[int, list[str]]]:
        """Yield (row number from 1, cells) behind the first `start` rows; blank lines aren't rows.

        Cells are stripped texts, one for each column; a row that can't be trusted is a DamagedRow with what stands
        in it. `single` names columns whose cells can't have several lines: they decide whether a quotation mark is
        missing, and so how rows are counted.
        """
        self.require_encoding()
        places = [self.columns.index(column) for column in single if column in self.columns]
        look = {**self.look, "sample": [], "first": [], "readings": []}
        batches = child.rows(
            str(self.path), found=look, start=start, single=places, limits=self.limits.of_file(),
            memory=self.limits.memory, seconds=self.limits.seconds,
        )  # fmt: skip
        number = start
        try:
            for batch in batches:
                for self.place, cells in batch:
                    number += 1
                    yield number, self._damaged(cells) if isinstance(cells, dict) else cells
        except FileProblem as problem:
            raise _told(self.name, problem) from problem

    def _damaged(self, row: Mapping[str, Any]) -> DamagedRow:
        return DamagedRow(row["cells"], _damage(row["code"], row["figure"], self.columns))

    def dicts(self, *, start: int = 0) -> Iterator[tuple[int, dict[str, str]]]:
        """The same rows as {column: cell}."""
        for number, cells in self.rows(start=start):
            yield number, dict(zip(self.columns, cells, strict=False))

    def require(self, columns: Iterable[str]) -> None:
        """Raise MissingColumnsError unless all of `columns` are in the file."""
        missing = [column for column in columns if column not in self.columns]
        if missing:
            raise MissingColumnsError(self.name, missing, self.columns)

    def require_encoding(self) -> None:
        """Raise UnsureEncodingError unless the encoding is certain, or was chosen."""
        if not self.look["sure"]:
            raise UnsureEncodingError(self.name, [reading["encoding"] for reading in self.look["readings"]])

    @cached_property
    def sha256(self) -> str:
        """Of the bytes as stored."""
        digest = hashlib.sha256()
        with self.path.open("rb") as source:
            while chunk := source.read(CHUNK):
                digest.update(chunk)
        return digest.hexdigest()


def open_table(
    path: str | Path, *, limits: Limits = COMMAND_LIMITS, name: str = "", encoding: str = "", header_row: int = 0
) -> Table:
    """Look at a CSV or XLSX file (also .gz) and return it ready to stream; TabularError says what is wrong.

    `name` is what the person calls the file (an upload's original name); `encoding` and `header_row` (row of the
    file, from 1) are what the person has chosen over what the file seems to be.
    """
    path = Path(path)
    name = name or path.name
    _check_stored(path, name, limits)
    try:
        look = child.look(
            str(path), encoding=encoding, header_row=header_row, limits=limits.of_file(), memory=limits.memory,
            seconds=limits.seconds,
        )  # fmt: skip
    except FileProblem as problem:
        raise _told(name, problem) from problem
    return Table(path, name, {**look, "columns": _named(look["columns"])}, limits)


def checked_encoding(name: str) -> str:
    """The encoding's name, ValueError when we know none of this name that is for text of people."""
    if name in ENCODINGS or not name:
        return name
    try:
        found = codecs.lookup(name).name
    except LookupError:
        found = ""
    if not found.startswith(CODECS):
        raise ValueError(_("There is no encoding “%(name)s”. Known are: %(known)s.") % _known_encodings(name))
    return found


def _known_encodings(name: str) -> dict[str, str]:
    return {"name": name[:40], "known": ", ".join(ENCODINGS)}


def _check_stored(path: Path, name: str, limits: Limits) -> None:
    if not path.is_file():
        raise TabularError(_("%(file)s: there is no such file.") % {"file": path})
    size = path.stat().st_size
    if size == 0:
        raise TabularError(_("%(file)s is empty.") % {"file": name})
    if size > limits.stored:
        raise _told(name, FileProblem("too_large", limit=limits.stored))


def _named(cells: Sequence[str]) -> list[str]:
    """Each column gets a name of its own: nameless ones a number, a name that comes again a mark."""
    names: dict[str, int] = {}
    for index, cell in enumerate(cells, start=1):
        wanted = cell or _("column %(n)s") % {"n": index}
        name = wanted
        while name in names:
            names[wanted] += 1
            name = f"{wanted} ({names[wanted]})"
        names[name] = 1
    return list(names)


# --- sentences -------------------------------------------------------------------------------------------------------
def _told(name: str, problem: FileProblem) -> TabularError:
    """The problem as a sentence for the person who brought the file `name`."""
    params = {"file": name, **problem.params}
    if problem.code == "too_large":
        params["limit"] //= MEGABYTE
    params |= {key: f"{figure:,}" for key, figure in params.items() if isinstance(figure, int)}
    if "kind" in params:
        params["kind"] = NO_TABLES.get(params["kind"], NO_TABLES["binary"])
    return TabularError(str(FILE_PROBLEMS[problem.code]) % params)


NO_TABLES = {
    "binary": gettext_lazy("no text"),
    "document": gettext_lazy("a text document"),
    "json": gettext_lazy("JSON"),
    "pdf": gettext_lazy("a PDF document"),
    "picture": gettext_lazy("a picture or film"),
    "program": gettext_lazy("a program or database"),
    "web_page": gettext_lazy("a web page (HTML or XML)"),
}
FILE_PROBLEMS = {
    "too_large": gettext_lazy("%(file)s is too large: at most %(limit)s MB. Split it into several files."),
    "bomb": gettext_lazy(
        "%(file)s grows suspiciously when it is unpacked and was not read. Upload it unpacked as CSV."
    ),
    "unreadable": gettext_lazy(
        "%(file)s is damaged: it can't be unpacked or decoded to its end. Export or upload it once more."
    ),
    "old_excel": gettext_lazy(
        "%(file)s is an old or password-protected Excel file. Save it as .xlsx or CSV, without a password."
    ),
    "other_workbook": gettext_lazy("%(file)s is a binary Excel file (.xlsb). Save it as .xlsx or CSV."),
    "archive": gettext_lazy("%(file)s is an archive, not a table. Unpack it and upload the CSV or XLSX inside."),
    "no_table": gettext_lazy(
        "%(file)s is %(kind)s, not a table. Open it in a spreadsheet and save it as .xlsx or CSV."
    ),
    "no_sheet": gettext_lazy("%(file)s has no sheet."),
    "no_header": gettext_lazy("%(file)s has no header line with column names."),
    "no_such_header": gettext_lazy(
        "%(file)s: row %(row)s can't be the header; it is empty or lies too far below. Choose one of the first rows."
    ),
    "open_quote": gettext_lazy(
        "%(file)s: a quotation mark is missing in the header (row %(row)s). Correct it and bring the file again."
    ),
    "line_too_long": gettext_lazy("%(file)s: row %(row)s is too long for a header. Is this a table?"),
    "one_column": gettext_lazy(
        "%(file)s has only one column, “%(header)s”: what parts its cells isn't known. Save it as CSV with commas,"
        " semicolons or tabs, or as .xlsx."
    ),
    "too_many_columns": gettext_lazy("%(file)s has %(count)s columns, at most %(limit)s are read."),
    "too_many_rows": gettext_lazy("%(file)s has more than %(limit)s rows. Split it, or save it as CSV."),
    "too_many_cells": gettext_lazy("%(file)s has more than %(limit)s cells. Split it, or save it as CSV."),
    "too_many_quotes": gettext_lazy(
        "%(file)s: quotation marks are missing in very many rows, lastly near line %(line)s. Export it once more."
    ),
    "unknown_encoding": gettext_lazy(
        "%(file)s is written in an unknown encoding. Save it as CSV UTF-8; UTF-16 and GBK are read too."
    ),
    "other_encoding": gettext_lazy("%(file)s isn't written in %(encoding)s. Choose another encoding."),
    "too_complex": gettext_lazy(
        "%(file)s is too large or too complex to be read. Save it as CSV, or split it, and bring it again."
    ),
    "too_slow": gettext_lazy("Reading %(file)s took too long. Save it as CSV, or split it, and bring it again."),
    "busy": gettext_lazy("Other files are being looked at just now. Bring %(file)s again in a minute."),
}


def _damage(code: str, figure: int, columns: Sequence[str]) -> str:
    if code == "line_break":
        column = columns[figure] if figure < len(columns) else ""
        return _("%(column)s: the cell has several lines. Is a quotation mark missing?") % {"column": column}
    return str(ROW_PROBLEMS[code]) % {"figure": f"{figure:,}"}


ROW_PROBLEMS = {
    "open_quote": gettext_lazy("A quotation mark is missing in this row (line %(figure)s of the file)."),
    "torn": gettext_lazy(
        "The row has fewer cells than the header (line %(figure)s of the file). Is a quotation mark missing?"
    ),
    "more_cells": gettext_lazy("The row has more cells than the header has columns. Is a quotation mark missing?"),
    "broken_sign": gettext_lazy("A sign of this row is broken and shown as “�”. Write the row's words again."),
    "long_cell": gettext_lazy("A cell is longer than %(figure)s characters."),
    "line_too_long": gettext_lazy("The row is too long to be read (line %(figure)s of the file)."),
}
