"""Lists of days as people write them: in each row a date, perhaps a word for working or off, and a name.

The order of the columns doesn't matter: a cell is what it can be read as. Nothing is guessed where two readings fit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from core.refusals import BadCellError
from core.workcalendar import Why, explained
from intake import values

MOST = 2000
LONGEST_NAME = 80
YEARS = range(2000, 2101)
_OFF = """
    off free holiday closed no false 0 休 休息 放假 假 假期 假日 节假日 法定节假日 公休 否 不上班 休假 day-off
"""
_WORKING = """
    on work working workday yes true 1 班 上班 工作 工作日 补班 调休 调休上班 是 working-day
"""
OFF, WORKING = frozenset(_OFF.split()) | {"day off"}, frozenset(_WORKING.split()) | {"working day"}
_WEEKDAY = re.compile(
    r"(星期|周|礼拜)[一二三四五六日天]|(mon|tues?|wed(nes)?|thu(rs)?|fri|sat(ur)?|sun)(day)?\.?", re.I
)


@dataclass(frozen=True)
class Entry:
    """A day as the list says it, and what the calendar says of it now."""

    date: date
    working: bool
    name: str

    @property
    def change(self) -> str:
        """new: the day becomes another; named: only the name is new; same: nothing to write.

        A holiday that is known keeps the name that it has in both languages.
        """
        now = explained(self.date)
        if now.working != self.working:
            return "new"
        known = now.why in (Why.HOLIDAY, Why.SWAPPED)
        return "same" if known or self.name in ("", now.name) else "named"


@dataclass(frozen=True)
class Refused:
    """A row that isn't taken, with the reason."""

    place: int
    text: str
    reason: str


def lines_of(text: str) -> list[list[str]]:
    """The cells of pasted lines: between tabs, else semicolons, commas or blanks."""
    return [_cells(line) for line in text.splitlines() if line.strip()]


def _cells(line: str) -> list[str]:
    for mark in ("\t", ";", "；", ",", "，", "、"):
        if mark in line:
            return [cell.strip().strip('"') for cell in line.split(mark)]
    return line.split()


def understood(rows: Iterable[list[str]], order: str) -> tuple[list[Entry], list[Refused]]:
    """What of the rows can be written, by date, and what not. A first row without a date is a header."""
    found: dict[date, Entry] = {}
    refused: list[Refused] = []
    for place, cells in enumerate(rows, start=1):
        text = "\t".join(cells).strip()
        if place == 1 and not any(character.isdecimal() for character in text):
            continue
        try:
            entry = _entry([cell.strip() for cell in cells if cell.strip()], order)
            if entry.date in found and found[entry.date] != entry:
                raise BadCellError(_("This day stands further up with other words."))
        except BadCellError as error:
            refused.append(Refused(place, text[:200], str(error)))
        else:
            found[entry.date] = entry
    return [found[day] for day in sorted(found)], refused


def _entry(cells: list[str], order: str) -> Entry:
    place, day = _date_among(cells, order)
    rest = [cell for index, cell in enumerate(cells) if index != place and not _WEEKDAY.fullmatch(cell)]
    said = [cell for cell in rest if cell.casefold() in OFF or cell.casefold() in WORKING]
    if len({cell.casefold() in WORKING for cell in said}) > 1:
        raise BadCellError(_("Both working and off are said of this day."))
    name = values.short(" ".join(cell for cell in rest if cell not in said), LONGEST_NAME)
    return Entry(day, bool(said) and said[0].casefold() in WORKING, name)


def _date_among(cells: list[str], order: str) -> tuple[int, date]:
    """(which cell, the day): the first cell that is a date; else why the likeliest one isn't."""
    problem: BadCellError | None = None
    for place, cell in enumerate(cells):
        try:
            day = values.day(cell, order)
        except BadCellError as error:
            if problem is None and any(character.isdecimal() for character in cell):
                problem = error
            continue
        if day.year not in YEARS:
            raise BadCellError(_("“%(value)s” lies outside the years 2000 to 2100.") % {"value": values.shown(cell)})
        return place, day
    raise problem or BadCellError(_("No date stands in this row. Write 2026-11-24."))


def written(entries: Iterable[Entry], refused: Iterable[Refused]) -> str:
    """The list in one spelling, to be sent again or corrected; what wasn't understood stands first, as it was."""
    bad = [row.text for row in refused]
    good = [f"{one.date.isoformat()}\t{'working' if one.working else 'off'}\t{one.name}" for one in entries]
    return "\n".join([*bad, *good])
