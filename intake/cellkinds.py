"""Kinds of cells: what the cells of a column look like, so that a header isn't believed against its own column."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.phones import checked_phones
from core.refusals import BadCellError
from intake import values

NOTHING = values.FILLERS | values.ZEROS | values.ERRORS  # cells that say nothing about their column


@dataclass(frozen=True)
class CellKind:
    """Whether a cell looks like it; `dated` cells are dates, of which the order of day and month may be asked."""

    is_like: Callable[[str], bool]
    dated: bool = False

    def fits(self, cells: Sequence[str]) -> bool:
        """Whether most of the filled cells look like it; an empty column may hold anything."""
        told = [cell for cell in cells if cell not in NOTHING]
        return 2 * sum(map(self.is_like, told)) >= len(told)


def reads(read: Callable[[str], object], text: str) -> bool:
    """Whether `read` understands the cell."""
    try:
        read(text)
    except BadCellError:
        return False
    return True


def _figure(text: str) -> Decimal | None:
    """The number, in whatever currency."""
    try:
        return values.number(text, values.ANY_CURRENCY)
    except BadCellError:
        return None


def _is_figure(text: str) -> bool:
    return _figure(text) is not None


def _is_sum(text: str) -> bool:
    """A discount in money: 0.15 is a rate."""
    figure = _figure(text)
    return figure is not None and abs(figure) >= 1


def _is_name(text: str) -> bool:
    """Neither a number nor a date, an address or a telephone number."""
    return not (_is_figure(text) or "@" in text or values.looks_like_date(text) or reads(checked_phones, text))


def _is_number(text: str) -> bool:
    """A number by which something is known: one word, no date."""
    return len(text.split()) == 1 and "@" not in text and (text.isdecimal() or not values.looks_like_date(text))


TEXT = CellKind(lambda text: True)
NAME = CellKind(_is_name)
NUMBER = CellKind(_is_number)
DATE = CellKind(values.looks_like_date, dated=True)
FIGURE = CellKind(_is_figure)
QUANTITY = CellKind(lambda text: reads(values.quantity, text))
SUM = CellKind(_is_sum)
PHONE = CellKind(lambda text: reads(checked_phones, text))
EMAIL = CellKind(lambda text: reads(values.email, text))
