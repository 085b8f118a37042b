"""How a table lies in its file: delimiter, and the row that holds the header."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Sequence

from intake.tables.csvfile import Dialect, Records, is_figure
from intake.tables.problems import Damage, FileProblem

DELIMITERS = ",;\t|，；"
HEAD_ROWS = 60
TOLD = re.compile(r"\ufeff?\"?sep=(.)\"?[\r\n]", re.IGNORECASE)  # Excel's first line
Found = tuple[int, list[str], Damage | None]  # row of the file from 1, cells, what is wrong


def trimmed(cells: Sequence[str]) -> list[str]:
    """Without the empty cells at the end."""
    cells = list(cells)
    while cells and not cells[-1].strip():
        cells.pop()
    return cells


def dialect_of(head: str, encoding: str, *, whole: bool) -> tuple[Dialect, list[Found]]:
    """The dialect by which the first rows fit together best, and these rows; `whole`: the head is all of the file."""
    told = TOLD.match(head)
    if told:
        dialect = Dialect(encoding, told[1])
        return dialect, first_rows(head, dialect, whole=whole)
    found = _best(head, encoding, wrapped=False, whole=whole) or _best(head, encoding, wrapped=True, whole=whole)
    if found:
        return found
    dialect = Dialect(encoding)
    rows = first_rows(head, dialect, whole=whole)
    if _another_delimiter([cells for _row, cells, _damage in rows]):
        raise FileProblem("one_column", header=_shortened(rows[0][1][0]))
    return dialect, rows


def first_rows(head: str, dialect: Dialect, *, whole: bool) -> list[Found]:
    """The rows of the head that aren't blank; one that the head's end may have cut off isn't among them."""
    found: list[Found] = []
    records = Records(io.StringIO(head, newline=""), dialect)
    for row, (cells, damage) in enumerate(records, start=1):
        if any(cell.strip(" \t\ufeff") for cell in cells) and not (row == 1 and TOLD.match(head)):
            found.append((row, [cell.strip(" \t\r\n\ufeff") for cell in cells], damage))
        if len(found) > HEAD_ROWS:
            break
    else:
        return found if whole or len(found) < 2 else found[:-1]
    return found[:-1]


def _best(head: str, encoding: str, *, wrapped: bool, whole: bool) -> tuple[Dialect, list[Found]] | None:
    best, chosen = 0.5 if wrapped else 0.0, None
    for delimiter in DELIMITERS:
        dialect = Dialect(encoding, delimiter, wrapped)
        rows = first_rows(head, dialect, whole=whole)
        fits = _fitness([cells for _row, cells, _damage in rows])
        if fits > best:
            best, chosen = fits, (dialect, rows)
    return chosen


def _fitness(rows: Sequence[Sequence[str]]) -> float:
    """How well rows fit to their header; more columns decide between equals."""
    if not rows:
        return 0.0
    at = header_index(rows)
    header, behind = trimmed(rows[at]), rows[at + 1 :]
    width = len(header)
    if width < 2:
        return 0.0
    worth = 0.0
    for cells in behind:
        length = len(trimmed(cells))
        worth += 1.0 if length == width or (length < width <= len(cells)) else 0.5 if 1 < length < width else 0.0
    share = worth / len(behind) if behind else 1.0
    named = sum(is_figure(cell) for cell in header) == 0
    return (share if named else share / 2) + min(width, 300) / 10_000


def header_index(rows: Sequence[Sequence[str]]) -> int:
    """Which of the rows holds the header: the first, unless titles stand above one that is wider.

    Titles are passed over only when the rows below differ from the header as data do: figures below words.
    """
    lengths = [len(trimmed(cells)) for cells in rows]
    usual = max(Counter(lengths).items(), key=lambda pair: (pair[1], pair[0]))[0]
    for index, cells in enumerate(rows[:20]):
        filled = sum(1 for cell in cells if cell.strip())
        if lengths[index] < usual and (filled == 1 or filled * 3 <= usual):
            continue
        return index if index and _heads(cells, rows[index + 1 :]) else 0
    return 0


def _heads(header: Sequence[str], below: Sequence[Sequence[str]]) -> bool:
    names = [cell for cell in header if cell.strip()]
    if len(names) < 2 or len(set(names)) < len(names) or any(is_figure(name) for name in names):
        return False
    if not below:
        return True
    for place in range(len(header)):
        cells = [cells[place] for cells in below if place < len(cells) and cells[place].strip()]
        if cells and sum(is_figure(cell) for cell in cells) * 2 > len(cells):
            return True
    return False


def _another_delimiter(rows: Sequence[Sequence[str]]) -> bool:
    """Whether a sign that we don't know, or several of one that we do, seems to part the cells."""
    texts = [cells[0] for cells in rows if cells]
    if len(texts) < 2 or any(len(trimmed(cells)) > 1 for cells in rows):
        return False
    signs = {sign for sign in texts[0] if not sign.isalnum() and sign not in " _-.()（）/:：&%#№'\"\n\r"}
    if any(all(sign in text for text in texts) for sign in signs):
        return True
    columns = re.compile(r"\S {2,}\S")
    return all(columns.search(text) for text in texts)


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else f"{text[:60]}…"
