"""CSV as a stream of records; a quotation mark that is missing costs its own row and never the rows behind it."""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from intake.tables.problems import Damage, FileProblem

LONGEST_LINE = 1 << 20
MOST_LINES = 200  # that one record may have: a note, an address
READ_AGAIN = 200_000  # lines, before a file with so many missing quotation marks is given back
PROFILED = 200  # rows from which the columns' shapes are learnt
SEEN_FULL = 20  # whole rows in turn, before a short one is doubted
BLOCK = 1 << 17  # characters that are parsed at once where every line is a record
csv.field_size_limit(2 * LONGEST_LINE)
_FIGURE = re.compile(r"(?=.*\d)[\s\d.,:/+\-()¥￥$€£%年月日时分秒TZ]+", re.DOTALL)


@dataclass(frozen=True)
class Dialect:
    """How the file is written."""

    encoding: str = "utf-8"
    delimiter: str = ","
    wrapped: bool = False  # each whole line stands in quotation marks


def is_figure(cell: str) -> bool:
    """Whether the cell looks like a number, a date or a phone number."""
    return len(cell) <= 40 and bool(_FIGURE.fullmatch(cell))


def open_bytes(path: str, *, packed: bool) -> gzip.GzipFile | io.BufferedReader:
    """The unpacked bytes."""
    return gzip.open(path) if packed else open(path, "rb")


def open_text(path: str, *, packed: bool, encoding: str, damaged: bool = False) -> io.TextIOWrapper:
    """The file's text; line ends stay as they are. Of a damaged file U+FFFD stands for what can't be read."""
    errors = "replace" if damaged else "strict"
    return io.TextIOWrapper(open_bytes(path, packed=packed), encoding=encoding, errors=errors, newline="")


class _TooLongError(Exception):
    """The record under way is longer than any record may be."""


class _Lines:
    """The lines of a file; those of the record under way are kept, so that they can be read once more."""

    def __init__(self, source: io.TextIOBase, instead_of_nul: str) -> None:
        self._source = source
        self._instead_of_nul = instead_of_nul
        self._again: deque[str] = deque()
        self._ahead: deque[str] = deque()
        self.number = 0  # of the line given last
        self.begin()

    def begin(self) -> None:
        """A new record."""
        self.taken: list[str] = []
        self.size = 0
        self.read_again = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self.taken and (len(self.taken) >= MOST_LINES or self.size > LONGEST_LINE):
            raise _TooLongError
        if self._again:
            line = self._again.popleft()
            self.read_again = True
        elif self._ahead:
            line = self._ahead.popleft()
        else:
            line = self._source.readline(LONGEST_LINE).replace("\0", self._instead_of_nul)
            if not line:
                raise StopIteration
        self.number += 1
        self.size += len(line)
        self.taken.append(line)
        return line

    def block(self) -> str:
        """Some whole lines at once; "" where lines are left that must be read one by one, and at the end."""
        if self._again or self._ahead:
            return ""
        text = self._source.read(BLOCK) + self._source.readline(LONGEST_LINE)
        return text.replace("\0", self._instead_of_nul)

    def one_by_one(self, text: str) -> None:
        """The lines of a block are wanted singly after all."""
        self._ahead.extend(io.StringIO(text, newline=""))

    def put_back(self, lines: Sequence[str]) -> None:
        """These lines come again, as the beginning of records of their own."""
        self._again.extendleft(reversed(lines))
        self.number -= len(lines)

    def pass_over_rest(self) -> bool:
        """Whether the line given last was cut off; what is left of it is passed over."""
        line = self.taken[-1]
        if len(line) < LONGEST_LINE or line.endswith(("\n", "\r")):
            return False
        while (line := self._source.readline(LONGEST_LINE)) and not line.endswith(("\n", "\r")):
            pass
        return True


class Records:
    """Iterates over (cells, what is wrong with them) of every record, blank ones too.

    Set `width` once the header is known: then records that have swallowed others are taken apart. The one that begins
    with the open quotation mark is damaged; the lines behind it are read as records of their own. The cells of the
    columns `single` can't have several lines.
    """

    def __init__(self, source: io.TextIOBase, dialect: Dialect) -> None:
        self.width = 0
        self.single: frozenset[int] = frozenset()
        self._dialect = dialect
        # Some programs fill up with NUL bytes; as a character of UTF-16 the reader of the cell must see it.
        self._lines = _Lines(source, "\0" if dialect.encoding.startswith("utf-16") else " ")
        self._reader = csv.reader(self._lines, delimiter=dialect.delimiter, strict=True)
        self._read_again = 0
        self._full = 0  # whole rows in turn
        self._profile: list[list[str]] = []
        self._stream = self._all()

    def __iter__(self) -> Iterator[tuple[list[str], Damage | None]]:
        return self._stream

    def __next__(self) -> tuple[list[str], Damage | None]:
        return next(self._stream)

    def _all(self) -> Iterator[tuple[list[str], Damage | None]]:
        while True:
            if self.width and not self._dialect.wrapped and (block := self._lines.block()):
                found = _single_lines(block, self._dialect.delimiter)
                if found is not None:
                    yield from self._told(found)
                    continue
                self._lines.one_by_one(block)
            try:
                yield self._next()
            except StopIteration:
                return

    def _told(self, found: Sequence[list[str]]) -> Iterator[tuple[list[str], Damage | None]]:
        """Records of one line each, of which only short ones can be wrong."""
        lines, width = self._lines, self.width
        lines.begin()
        for cells in found:
            lines.number += 1
            if len(cells) >= width and len(self._profile) >= PROFILED:
                self._full += 1
                yield cells, None
            else:
                yield cells, self._doubt(cells) if cells else None

    def _next(self) -> tuple[list[str], Damage | None]:
        lines = self._lines
        lines.begin()
        try:
            cells = next(self._reader)
        except (csv.Error, _TooLongError):
            cells, damage = self._mended()
        else:
            damage = None
            if len(lines.taken) > 1 and self.width and self._has_swallowed(lines.taken):
                cells, damage = self._taken_apart()
            elif lines.size >= LONGEST_LINE and lines.pass_over_rest():
                cells, damage = [cell[:200] for cell in cells[:1]], Damage("line_too_long", lines.number)
        if self._dialect.wrapped and damage is None and cells:
            cells = _loosely(cells[0], self._dialect.delimiter)[0]
        if damage is None and self.width and cells:
            damage = self._doubt(cells)
        return cells, damage

    def _mended(self) -> tuple[list[str], Damage | None]:
        """A record that is no proper CSV."""
        lines = self._lines
        if len(lines.taken) > 1:
            return self._taken_apart()
        if lines.size >= LONGEST_LINE and lines.pass_over_rest():
            return [lines.taken[0][:200]], Damage("line_too_long", lines.number)
        # Signs behind a closing quotation mark are read as everybody does: "5" pot" is 5 pot".
        cells, still_open = _loosely(lines.taken[0], self._dialect.delimiter)
        return cells, Damage("open_quote", lines.number) if still_open else None

    def _taken_apart(self) -> tuple[list[str], Damage]:
        lines = self._lines
        behind = lines.taken[1:]
        lines.put_back(behind)
        self._read_again += len(behind)
        if self._read_again > READ_AGAIN:
            raise FileProblem("too_many_quotes", line=lines.number)
        return _loosely(lines.taken[0], self._dialect.delimiter)[0], Damage("open_quote", lines.number)

    def _has_swallowed(self, taken: Sequence[str]) -> bool:
        """Whether lines inside of a record look like records: as many cells, figures where others have figures."""
        begun, *behind = [_loosely(line, self._dialect.delimiter)[0] for line in taken]
        whole = [cells for cells in behind if len(cells) == self.width]
        known = self._profile or [begun]
        figures = [
            place
            for place in range(self.width)
            if _mostly([is_figure(cells[place]) for cells in known if place < len(cells) and cells[place].strip()])
        ]
        if not figures:
            return self.width > 2 and len(whole) > 1
        return any(_fits(cells, figures) for cells in whole)

    def _doubt(self, cells: Sequence[str]) -> Damage | None:
        """What is wrong with a record that is proper CSV by itself."""
        lines, width = self._lines, self.width
        if len(cells) < width:
            if not any(cell.strip() for cell in cells):
                return None
            torn = lines.read_again or any('"' in cell for cell in cells)
            if torn or (self._full >= SEEN_FULL and len(cells) * 2 <= width):
                return Damage("torn", lines.number)
            self._full = 0
        else:
            self._full += 1
            if len(self._profile) < PROFILED:
                self._profile.append(list(cells))
        if len(lines.taken) > 1:
            for place in self.single:
                if place < len(cells) and ("\n" in cells[place].strip() or "\r" in cells[place].strip()):
                    return Damage("line_break", place)
        return None


def _single_lines(text: str, delimiter: str) -> list[list[str]] | None:
    """The records of a text in which each line is a proper one; None when one isn't, or is too long."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        found = list(reader)
    except csv.Error:
        return None
    whole = len(found) == reader.line_num and (len(text) < LONGEST_LINE or text.endswith(("\n", "\r")))
    return found if whole else None


def _loosely(line: str, delimiter: str) -> tuple[list[str], bool]:
    """(cells of one line, whether a quotation mark is still open at its end)."""
    still_open = False

    def feed() -> Iterator[str]:
        nonlocal still_open
        yield line
        still_open = True  # a reader asks for more only inside of quotation marks

    return next(csv.reader(feed(), delimiter=delimiter), []), still_open


def _mostly(found: Sequence[bool]) -> bool:
    return bool(found) and sum(found) >= 0.8 * len(found)


def _fits(cells: Sequence[str], figures: Sequence[int]) -> bool:
    held = [cells[place].strip('"\r\n ') for place in figures]
    return any(held) and all(is_figure(cell) for cell in held if cell)
