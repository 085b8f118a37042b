"""Lists of colleagues as firms paste them: name, mobile number, role, team in any order, with a header or without.

Nothing is stored here and nothing is guessed into place: what isn't understood comes along as `rest`, for a person to
put where it belongs.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from intake.guessing import words_of
from intake.spelling import bare, word
from intake.user_file import COLUMNS

FIELDS = tuple(column.name for column in COLUMNS)
_SEPARATORS = (r"\t", r"\|", r"[;；]", r"[,，]", r"、")  # the first that stands in a line parts it
_NUMBERED = re.compile(r"^\s*\(?\d{1,3}\s*[.、)）．]\s*")  # 1. 张三
_EMAIL = re.compile(r"[^\s,;，；、<>()（）]+@[^\s,;，；、<>()（）]+")
# A run that begins with a digit, with letters that slipped in: it is refused as a whole, never cut to a number.
_PHONE = re.compile(r"(?<![0-9A-Za-z])\+?\(?\d[0-9A-Za-z\-()]*(?: \d{2,4}(?![0-9A-Za-z]))*")
_LEAST_DIGITS = 5
_TEAM = re.compile(r".+(?:组|队|部|区|店|团队|中心|分公司|team|dept\.?|department)", re.IGNORECASE)
_HAN = re.compile(r"[㐀-鿿]")
_SIGNS = re.compile(r"[()（）【】\[\]<>:：/]+")
MOST_LINES = 1200  # more are no list of colleagues
LONGEST_CELL = 400  # more is no cell of one: it isn't searched, which would take long
NO_ROLE_OF_OURS = "?"  # a role may have been named, but by no name of ours
_HEADER_WITHIN = 5  # rows: a title may stand above


@dataclass
class Found:
    """What was understood of one line; a cell that is missing is empty."""

    line: int
    cells: dict[str, str] = field(default_factory=dict)
    rest: list[str] = field(default_factory=list)

    def take(self, name: str, text: str) -> None:
        """Put a cell into its field, or among what isn't understood when that is taken."""
        if not text:
            return
        if self.cells.get(name):
            self.rest.append(text)
        else:
            self.cells[name] = text


@dataclass(frozen=True)
class Words:
    """What a word may mean: roles by all their names, and the teams that there are."""

    roles: Mapping[str, str]  # word -> code of the role
    teams: frozenset[str]

    def role(self, text: str) -> str:
        """The code of the role, "" for no role."""
        return self.roles.get(word(text), "")


def read_text(text: str, words: Words) -> list[Found]:
    """The people of a pasted list; blank lines and header lines aren't people."""
    lines = [unicodedata.normalize("NFKC", line) for line in text.splitlines()]
    return read_rows([(number, _parted(line)) for number, line in enumerate(lines, start=1)], words)


def read_rows(rows: Iterable[tuple[int, Sequence[str]]], words: Words) -> list[Found]:
    """The people of (number of the line, cells), in the order of the lines."""
    filled = [(number, [_plain(cell) for cell in cells]) for number, cells in rows]
    filled = [(number, cells) for number, cells in filled if any(cells)][:MOST_LINES]
    start, header = 0, list[str]()
    for at, (_number, cells) in enumerate(filled[:_HEADER_WITHIN], start=1):
        if names := _header(cells):
            start, header = at, names
            break
    found = []
    for number, cells in filled[start:]:
        if _header(cells):
            continue  # lists that were put together have it several times
        person = Found(number, rest=[cell for cell in cells if len(cell) > LONGEST_CELL])
        cells = [cell if len(cell) <= LONGEST_CELL else "" for cell in cells]
        split = cells[0].split() if len(cells) == 1 else cells
        if header and (len(cells) > 1 or len(split) == len(header)):
            _by_header(person, header, split, words)
        else:
            _by_content(person, cells, words)
            if person.rest and not person.cells.get("role"):
                person.cells["role"] = NO_ROLE_OF_OURS
        found.append(person)
    return found


def _plain(cell: str) -> str:
    kept = "".join(sign for sign in unicodedata.normalize("NFKC", cell) if unicodedata.category(sign) != "Cf")
    return " ".join(kept.split()).strip("\"'“”")


def _parted(line: str) -> list[str]:
    line = _NUMBERED.sub("", line)
    for separator in _SEPARATORS:
        cells = re.split(separator, line)
        if len([cell for cell in cells if cell.strip()]) > 1:
            return cells
    return [line]


# --- with a header ---------------------------------------------------------------------------------------------------
def _header(cells: Sequence[str]) -> list[str]:
    """The field of each column, "" for one that we don't know; nothing when this is no header."""
    names = cells[0].split() if len(cells) == 1 else list(cells)
    known = {text: column.name for column in COLUMNS for text in words_of(column)}
    fields = [known.get(bare(name), "") for name in names]
    given = [name for name in fields if name]
    if not given or len(given) != len(set(given)) or any(re.search(r"[@\d]", name) for name in names):
        return []
    return fields if len(given) * 2 >= len([name for name in names if name]) else []


def _by_header(person: Found, header: Sequence[str], cells: Sequence[str], words: Words) -> None:
    for at, cell in enumerate(cells):
        name = header[at] if at < len(header) else ""
        if name == "role" and cell:
            _take_role(person, cell, words)
        elif name:
            person.take(name, cell)
        elif at >= len(header) and cell:
            person.rest.append(cell)


def _take_role(person: Found, text: str, words: Words) -> None:
    code = words.role(text)
    person.take("role", code)
    if not code:
        person.cells["role"] = NO_ROLE_OF_OURS
        person.rest.append(text)


# --- by what the cells look like -------------------------------------------------------------------------------------
def _by_content(person: Found, cells: Sequence[str], words: Words) -> None:
    if len(cells) == 1:
        cells = _of_free_text(person, cells[0], words)
    left = []
    for cell in cells:
        if _EMAIL.fullmatch(cell):
            person.take("email", cell)
        elif _is_phone(cell):
            person.take("mobile", cell)
        elif code := words.role(cell):
            person.take("role", code)
        elif word(cell) in words.teams or (("/" in cell or _TEAM.fullmatch(cell)) and not person.cells.get("team")):
            person.take("team", cell)
        elif cell and not cell.isdecimal():  # a running number says nothing
            left.append(cell)
    for cell in left:
        person.take("name", cell)


def _is_phone(cell: str) -> bool:
    return bool(_PHONE.fullmatch(cell)) and len(re.findall(r"\d", cell)) >= _LEAST_DIGITS


def _of_free_text(person: Found, text: str, words: Words) -> list[str]:
    """The parts of a line without separators: an address and numbers stand out, words are put together to roles."""
    for found in _EMAIL.findall(text):
        person.take("email", found)
    text = _EMAIL.sub("\t", text)
    for match in _PHONE.finditer(text):
        if _is_phone(match[0]):
            person.take("mobile", match[0].strip())
    text = _PHONE.sub(lambda match: "\t" if _is_phone(match[0]) else match[0], text)
    headers = {name for column in COLUMNS for name in words_of(column)}
    parts: list[str] = []
    for piece in text.split("\t"):
        tokens = [token for token in _words(piece) if bare(token) not in headers or words.role(token)]
        parts += _joined(tokens, words)
    return parts


def _words(piece: str) -> list[str]:
    """By blanks; brackets and colons count as blanks, a slash stays: it stands in the path of a team."""
    return [token for token in re.sub(r"[()（）【】\[\]<>:：]+", " ", piece).split() if _SIGNS.sub("", token)]


def _joined(tokens: Sequence[str], words: Words) -> list[str]:
    """Sales + rep is a role, Li + Na a name; 张三 and 总监 stay two."""
    parts: list[str] = []
    latin: list[str] = []
    at = 0
    while at < len(tokens):
        span = next(
            (n for n in range(min(3, len(tokens) - at), 0, -1) if words.role(" ".join(tokens[at : at + n]))),
            0,
        )
        plain = not span and not _HAN.search(tokens[at]) and "/" not in tokens[at]
        if plain and word(tokens[at]) not in words.teams:
            latin.append(tokens[at])
        else:
            parts += [" ".join(latin)] * bool(latin)
            latin = []
            parts.append(" ".join(tokens[at : at + max(span, 1)]))
        at += max(span, 1)
    return [*parts, *[" ".join(latin)] * bool(latin)]
