"""What one cell of a spreadsheet says: numbers that a spreadsheet has damaged."""

from __future__ import annotations

import re

# Excel writes 1.23457E+17; a plain 1E5 or 12E5 may be somebody's product number.
_SCIENTIFIC = re.compile(r"[+-]?\d(?:(?:[.,]\d+)?[eE]\+|[.,]\d+[eE])0*(\d+)")
_BEYOND_A_FLOAT = re.compile(r"[+-]?\d{16,}\.\d*")
LONG = 5  # exponent of the shortest number that a spreadsheet shortens


def damaged_number(text: str) -> bool:
    """Whether a spreadsheet has shortened a long number: 1.23457E+17, or digits that a float can't hold.

    As an amount it can still be read; as a number of an order, customer, product or phone it is lost.
    """
    found = _SCIENTIFIC.fullmatch(text)
    if found:
        return int(found[1]) >= LONG
    return bool(_BEYOND_A_FLOAT.fullmatch(text))
