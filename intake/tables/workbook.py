"""XLSX as a stream: the sheet's XML is read piece by piece, so that no file can ask for more memory than its words."""

from __future__ import annotations

import datetime as dt
import re
import xml.parsers.expat
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import IO, Any

from intake.tables.problems import FileProblem

Handler = Callable[..., Any]  # of the XML parser
CHUNK = 1 << 18
MOST_ROWS = 1_048_576
DIGITS_KEPT = 1e15
# Number formats that Excel knows by number and that show days and times.
DATES = frozenset([*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)])
DURATIONS = frozenset([46])
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_COLUMN_OF = re.compile(r"[A-Z]{1,3}")


@dataclass
class Workbook:
    """An opened workbook: where its sheets lie, its words and how its numbers are shown."""

    archive: zipfile.ZipFile
    files: dict[str, zipfile.ZipInfo]
    sheets: list[str]  # files of the sheets, visible ones if there are any
    epoch_1904: bool
    words: list[str] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)  # per cell style: "" number, date, duration, or 0000

    def open(self, name: str) -> IO[bytes]:
        """One file of the archive."""
        return self.archive.open(self.files[name])


def open_workbook(source: Any, *, limit: int, ratio: int) -> Workbook:
    """Check the archive before anything is unpacked, and read what all sheets share."""
    archive = zipfile.ZipFile(source)
    files = {entry.filename.replace("\\", "/").lstrip("/").lower(): entry for entry in archive.infolist()}
    unpacked = sum(entry.file_size for entry in files.values())
    packed = sum(entry.compress_size for entry in files.values()) or 1
    if unpacked > limit:
        raise FileProblem("too_large", limit=limit)
    if unpacked > 50 * 1024 * 1024 and unpacked > ratio * packed:
        raise FileProblem("bomb")
    if not any(name.startswith("xl/") for name in files):
        raise FileProblem("archive")
    if "xl/workbook.xml" not in files:
        raise FileProblem("other_workbook" if "xl/workbook.bin" in files else "unreadable")
    book = Workbook(archive, files, [], epoch_1904=False)
    _read_sheets(book)
    if not book.sheets:
        raise FileProblem("no_sheet")
    _read_styles(book)
    _read_words(book)
    return book


def _parse(source: IO[bytes], start: Handler, end: Handler | None = None, text: Handler | None = None) -> None:
    parser = _parser(start, end, text)
    while chunk := source.read(CHUNK):
        parser.Parse(chunk)
    parser.Parse(b"", True)


def _parser(start: Handler, end: Handler | None, text: Handler | None) -> Any:
    parser = xml.parsers.expat.ParserCreate()
    parser.buffer_text = True
    parser.ordered_attributes = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    return parser


def _refuse_doctype(*_args: object) -> None:
    """No workbook has one; entities that grow or reach for other files begin with it."""
    raise FileProblem("unreadable")


def _pairs(attributes: list[str]) -> dict[str, str]:
    return dict(zip(attributes[::2], attributes[1::2], strict=True))


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _read_sheets(book: Workbook) -> None:
    found: list[tuple[str, bool]] = []
    targets: dict[str, str] = {}

    def of_book(name: str, attributes: list[str]) -> None:
        given = {_local(key): value for key, value in _pairs(attributes).items()}
        if _local(name) == "workbookPr":
            book.epoch_1904 = given.get("date1904", "") in ("1", "true")
        elif _local(name) == "sheet":
            ids = [value for key, value in _pairs(attributes).items() if key.endswith(":id")]
            found.append((ids[0] if ids else "", given.get("state", "visible") == "visible"))

    def of_links(name: str, attributes: list[str]) -> None:
        given = _pairs(attributes)
        if _local(name) == "Relationship" and given.get("Type", "").endswith("/worksheet"):
            targets[given.get("Id", "")] = given.get("Target", "")

    with book.open("xl/workbook.xml") as source:
        _parse(source, of_book)
    if "xl/_rels/workbook.xml.rels" in book.files:
        with book.open("xl/_rels/workbook.xml.rels") as source:
            _parse(source, of_links)
    visible = [link for link, shown in found if shown] or [link for link, _shown in found]
    paths = [_path(targets[link]) for link in visible if link in targets]
    book.sheets = [path for path in paths if path in book.files]


def _path(target: str) -> str:
    target = target.replace("\\", "/").lower()
    return target.lstrip("/") if target.startswith("/") else f"xl/{target.removeprefix('./')}"


def _read_styles(book: Workbook) -> None:
    if "xl/styles.xml" not in book.files:
        return
    formats: dict[int, str] = {}
    inside: list[str] = []

    def start(name: str, attributes: list[str]) -> None:
        name = _local(name)
        inside.append(name)
        given = _pairs(attributes) if name in ("numFmt", "xf") else {}
        if name == "numFmt":
            formats[_whole(given.get("numFmtId", ""))] = given.get("formatCode", "")
        elif name == "xf" and inside[-2:-1] == ["cellXfs"]:
            book.shown.append(_way_shown(_whole(given.get("numFmtId", "")), formats))

    with book.open("xl/styles.xml") as source:
        _parse(source, start, lambda _name: inside.pop())


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _way_shown(number: int, formats: dict[int, str]) -> str:
    if number not in formats:
        return "duration" if number in DURATIONS else "date" if number in DATES else ""
    code = formats[number].split(";")[0][:200]
    if re.fullmatch(r"0{2,}", code):
        return code
    bare = re.sub(r'"[^"]*"|\\.|_.|\*.', "", code)
    if re.search(r"\[(h+|m+|s+)\]", bare, re.IGNORECASE):
        return "duration"
    bare = re.sub(r"\[[^\]]*\]|general|e[+-]", "", bare, flags=re.IGNORECASE)
    return "date" if re.search(r"[ymdhs]", bare, re.IGNORECASE) else ""


def _read_words(book: Workbook) -> None:
    """The shared texts; hints how to pronounce them (rPh) are no part of them."""
    if "xl/sharedstrings.xml" not in book.files:
        return
    parts: list[str] = []
    state = {"text": False, "hint": 0}

    def start(name: str, _attributes: list[str]) -> None:
        name = _local(name)
        if name == "t":
            state["text"] = not state["hint"]
        elif name == "rPh":
            state["hint"] += 1

    def end(name: str) -> None:
        name = _local(name)
        if name == "t":
            state["text"] = False
        elif name == "rPh":
            state["hint"] -= 1
        elif name == "si":
            book.words.append(plain_text("".join(parts)))
            parts.clear()

    def text(data: str) -> None:
        if state["text"]:
            parts.append(data)

    with book.open("xl/sharedstrings.xml") as source:
        _parse(source, start, end, text)


def plain_text(text: str) -> str:
    """A text of the file: control signs are written _x000D_ there, and NUL can't be stored."""
    if "_x" in text:
        text = _ESCAPED.sub(_unescaped, text)
    return text.replace("\0", " ").strip()


def _unescaped(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    return found[0] if 0xD800 <= code <= 0xDFFF else chr(code)


# --- rows ------------------------------------------------------------------------------------------------------------
def rows(book: Workbook, name: str, *, columns: int) -> Iterator[tuple[int, list[str]]]:
    """(row of the sheet from 1, cells) of the rows that hold anything; cells behind `columns` become one more."""
    reader = _Rows(book, columns)
    parser = _parser(reader.start, reader.end, None)
    reader.parser = parser
    with book.open(name) as source:
        while chunk := source.read(CHUNK):
            parser.Parse(chunk)
            yield from reader.taken()
        parser.Parse(b"", True)
        yield from reader.taken()


class _Rows:
    """Handlers of the XML parser that gather rows; text is listened to inside of values only."""

    def __init__(self, book: Workbook, columns: int) -> None:
        self.parser: Any = None
        self._book, self._columns = book, columns
        self._words, self._shown = book.words, book.shown
        self._ready: list[tuple[int, list[str]]] = []
        self._cells: list[str] = []
        self._parts: list[str] = []
        self._row, self._column = 0, 0
        self._type, self._style, self._hint = "", 0, 0
        self._columns_of: dict[str, int] = {}

    def taken(self) -> list[tuple[int, list[str]]]:
        ready, self._ready = self._ready, []
        return ready

    def start(self, name: str, attributes: list[str]) -> None:
        if ":" in name:
            name = _local(name)
        if name == "c":
            self._type, self._style, place = "", 0, ""
            for index in range(0, len(attributes), 2):
                key = attributes[index]
                if key == "r":
                    place = attributes[index + 1]
                elif key == "t":
                    self._type = attributes[index + 1]
                elif key == "s":
                    self._style = _whole(attributes[index + 1])
            self._column = self._place(place) if place else self._column + 1
        elif name == "v" or name == "t":
            if not self._hint:
                self.parser.CharacterDataHandler = self._parts.append
        elif name == "row":
            given = _pairs(attributes).get("r", "")
            self._row = _whole(given) if given else self._row + 1
            self._column = 0
            if self._row > MOST_ROWS:
                raise FileProblem("too_many_rows", limit=MOST_ROWS)
        elif name == "rPh":
            self._hint += 1

    def end(self, name: str) -> None:
        if ":" in name:
            name = _local(name)
        if name == "v" or name == "t":
            self.parser.CharacterDataHandler = None
        elif name == "c":
            if self._parts:
                self._put(self._text("".join(self._parts)))
                self._parts.clear()
        elif name == "row":
            if self._cells:
                self._ready.append((self._row, self._cells))
                self._cells = []
        elif name == "rPh":
            self._hint -= 1

    def _place(self, text: str) -> int:
        letters = text.rstrip("0123456789")
        column = self._columns_of.get(letters)
        if column is None:
            if not _COLUMN_OF.fullmatch(letters):
                raise FileProblem("unreadable")
            column = 0
            for letter in letters:
                column = column * 26 + ord(letter) - 64
            self._columns_of[letters] = column
        return column

    def _put(self, text: str) -> None:
        if not text:
            return
        cells, column = self._cells, min(self._column, self._columns + 1)
        missing = column - len(cells)
        if missing > 0:
            cells.extend([""] * missing)
        cells[column - 1] = text

    def _text(self, value: str) -> str:
        kind = self._type
        if kind == "s":
            index = _whole(value)
            return self._words[index] if index < len(self._words) else ""
        if kind == "" or kind == "n":
            shown = self._shown[self._style] if self._style < len(self._shown) else ""
            return number_text(value, shown, epoch_1904=self._book.epoch_1904)
        if kind == "d":
            return value.strip().replace("T", " ").removesuffix(" 00:00:00")
        return plain_text(value)


def number_text(value: str, shown: str, *, epoch_1904: bool = False) -> str:
    """A number as a person would have typed it: 17850, 2.5, 2026-11-24 14:30:00, 00123.

    Digits that a spreadsheet has lost stay in scientific notation, so that damaged_number() knows them.
    """
    if value.isascii() and value.isdecimal() and len(value) <= 15 and not shown and value[0] != "0":
        return value
    try:
        figure = float(value)
    except ValueError:
        return value.strip()
    if shown in ("date", "duration"):
        return _moment(figure, shown, epoch_1904=epoch_1904)
    if not abs(figure) < DIGITS_KEPT:
        return f"{figure:.14E}"
    if figure.is_integer():
        return str(int(figure)).zfill(len(shown)) if figure >= 0 else str(int(figure))
    return repr(figure)


def _moment(figure: float, shown: str, *, epoch_1904: bool) -> str:
    if not abs(figure) < 3_000_000:  # somebody has typed 20261124 where a day is shown
        return number_text(repr(figure), "")
    seconds = round(figure * 86_400)
    if shown == "duration" or seconds < 0:
        sign, seconds = "-" if seconds < 0 else "", abs(seconds)
        return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    if seconds < 86_400 and not epoch_1904:
        return (dt.datetime.min + dt.timedelta(seconds=seconds)).time().isoformat()
    # Excel believes that 1900 was a leap year: its days before March 1900 are one later.
    first = dt.datetime(1904, 1, 1) if epoch_1904 else dt.datetime(1899, 12, 30 if figure >= 60 else 31)
    try:
        moment = first + dt.timedelta(seconds=seconds)
    except OverflowError:
        return number_text(repr(figure), "")
    return moment.date().isoformat() if seconds % 86_400 == 0 else moment.isoformat(sep=" ")


# --- size ------------------------------------------------------------------------------------------------------------
_ROW = re.compile(rb"<(?:\w+:)?row[ />]")


def measure(book: Workbook, name: str, *, columns: int, cells: int) -> int:
    """How many rows the sheet may have; FileProblem when it is wider or holds more cells than we read.

    Looks at bytes, not at XML: an upper bound is enough, and this is several times faster.
    """
    wide = _beyond(columns)
    rows_seen, cells_seen, rest = 0, 0, b""
    with book.open(name) as source:
        while chunk := source.read(CHUNK * 4):
            # A tag may lie across two pieces: what stands behind the last `<` is looked at with the next one.
            data = rest + chunk
            cut = data.rfind(b"<")
            data, rest = (data[:cut], data[cut:]) if 0 <= len(data) - cut < 4096 else (data, b"")
            rows_seen += data.count(b"<row") if b":row" not in data else len(_ROW.findall(data))
            cells_seen += data.count(b"<c ") + data.count(b"<c>") + data.count(b":c ")
            if rows_seen > MOST_ROWS:
                raise FileProblem("too_many_rows", limit=MOST_ROWS)
            if cells_seen > cells:
                raise FileProblem("too_many_cells", limit=cells)
            found = wide.search(data)
            if found:
                raise FileProblem("too_many_columns", count=_number_of(found[1].decode()), limit=columns)
    return rows_seen


def _beyond(columns: int) -> re.Pattern[bytes]:
    """Finds a cell that holds something in a column behind the first `columns` (at least 26, at most 702)."""
    high, low = divmod(columns - 1, 26)
    first, second = chr(64 + high), chr(65 + low)
    names = ["[A-Z]{3}", f"[{chr(ord(first) + 1)}-Z][A-Z]"] if first < "Z" else ["[A-Z]{3}"]
    if second < "Z":
        names.append(f"{first}[{chr(ord(second) + 1)}-Z]")
    # Begins with plain letters, by which the search is quick; an empty cell (styled only) doesn't count.
    pattern = rf'r="({"|".join(names)})\d+"[^<>]*(?<!/)>(?!</)'
    return re.compile(pattern.encode())


def _number_of(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
