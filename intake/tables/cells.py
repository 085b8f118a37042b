"""What one cell of a spreadsheet says: numbers that it has damaged, and what it would take for a formula."""

from __future__ import annotations

import re
import unicodedata

# Excel writes 1.23457E+17; a plain 1E5 or 12E5 may be somebody's product number.
_SCIENTIFIC = re.compile(r"[+-]?\d(?:(?:[.,]\d+)?[eE]\+|[.,]\d+[eE])0*(\d+)")
_BEYOND_A_FLOAT = re.compile(r"[+-]?\d{16,}\.\d*")
LONG = 5  # exponent of the shortest number that a spreadsheet shortens


def damaged_number(text: str) -> bool:
    """Whether a spreadsheet has shortened a long number: 1.23457E+17, or digits that a float can't hold.

    As an amount it can still be read; as a number of an order, customer, product or phone it is lost.
    """
    text = text if text.isascii() else unicodedata.normalize("NFKC", text)
    found = _SCIENTIFIC.fullmatch(text)
    if found:
        return len(found[1]) > 4 or int(found[1]) >= LONG  # thousands of digits Python would refuse
    return bool(_BEYOND_A_FLOAT.fullmatch(text))


# --- formulas --------------------------------------------------------------------------------------------------------
_DANGEROUS = "=+-@"
_UNSEEN = "CZ"  # controls, marks of direction and all kinds of blanks
_NUMBER = re.compile(r"[+-]?\d[\d,]*(\.\d+)?([eE][+-]?\d+)?%?")
# Where lists are parted by `;` or TAB a spreadsheet begins a cell behind them, and a row behind a line break.
_INNER = re.compile(r"([;\t\r\n][ \u00a0\u3000\"']*)(?=[=+\-@＝＋－＠])")
_INNER_MARKED = re.compile(r"([;\t\r\n][ \u00a0\u3000\"']*)'(?=[=+\-@＝＋－＠])")
_AS_TEXT = re.compile(r'="([^"]*)"')  # ="00123": how programs write a number that Excel is to leave alone
MARKS = frozenset("'=")


# What a spreadsheet reads as a figure or a day and writes back as something else: 00123, 440307199001011234,
# 12E5, 3-4, 1/2. Eleven digits, a Chinese mobile, stay as they are.
_REWRITTEN = re.compile(r"0\d+|\+?\d{12,}|\d+[eE]\d+|\d{1,4}[-/]\d{1,2}([-/]\d{1,4})?")


def kept_as_text(text: str) -> str:
    """Text for a CSV file, so that no spreadsheet takes it for a formula, a figure or a day: an apostrophe before it.

    plain_cell() takes the apostrophe off again.
    """
    return f"'{text}" if _REWRITTEN.fullmatch(text) else str(neutralise(text))


def neutralise(text: object) -> object:
    """The value so that no spreadsheet takes it for a formula: an apostrophe before = + - @ TAB CR and the like.

    Also when blanks or characters that nobody sees stand before it, when it is written full-width, or behind a sign
    at which some spreadsheets begin a new cell. Numbers, dates and None stay as they are. plain_cell() takes exactly
    these apostrophes off again.
    """
    if not isinstance(text, str):
        return text
    begin = len(text) - len(text.lstrip())
    inner = text[:begin] + _INNER.sub(r"\1'", text[begin:])
    return f"'{inner}" if inner != text or _is_marked(text) or _begins_like_a_formula(text) else text


def _begins_like_a_formula(text: str) -> bool:
    if text[:1] in ("\t", "\r", "\n"):
        return True
    seen = next((char for char in text if unicodedata.category(char)[0] not in _UNSEEN), "")
    first = unicodedata.normalize("NFKC", seen)[:1]
    return bool(first) and first in _DANGEROUS and not _NUMBER.fullmatch(text)


def _is_marked(text: str) -> bool:
    """Whether the text begins with an apostrophe that plain_cell() would take off."""
    if not text.startswith("'"):
        return False
    rest = text.lstrip("'")
    return rest.removeprefix("+")[:1].isdecimal() or _begins_like_a_formula(rest) or bool(_INNER_MARKED.search(rest))


def plain_cell(text: str) -> str:
    """The cell without the signs that keep a spreadsheet from changing it: '=Best, '00123, ="00123"."""
    if text.startswith("="):
        found = _AS_TEXT.fullmatch(text)
        return found[1].strip() if found else text
    return _INNER_MARKED.sub(r"\1", text[1:]).strip() if _is_marked(text) else text
