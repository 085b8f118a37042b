"""Cells of imported files as numbers, moments and words. Pure of the database; errors are sentences for people."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

OLDEST = 1900
_SIGNS = str.maketrans({"−": "-", "\u2010": "-", "\u2011": "-", "\u2013": "-", "，": ",", "．": ".", "：": ":"})
_CURRENCY = re.compile(
    r"^(-?)\s*(?:[¥￥$€£₩₹]|CNY|RMB|USD|EUR|GBP|HK\$|US\$|JPY)\s*|\s*(?:元|CNY|RMB|USD|EUR|GBP)$", re.IGNORECASE
)
_GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d*)?")
_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?")
_MOMENT = re.compile(
    r"(\d{4})(?:[-/.]|年\s*)(\d{1,2})(?:[-/.]|月\s*)(\d{1,2})日?"
    r"(?:[T\s]*(\d{1,2})[:时](\d{1,2})(?:[:分](\d{1,2})(?:\.\d+)?)?[秒分]?)?"
    r"\s*(Z|[+-]\d{2}:?\d{2})?"
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:[T\s]?(\d{2}):?(\d{2}):?(\d{2})?)?()")


class BadCellError(ValueError):
    """A cell that can't be understood; the text says why and what to write instead."""


def plain(text: str) -> str:
    """Full-width digits and signs as their usual forms, without blanks around."""
    return unicodedata.normalize("NFKC", text).translate(_SIGNS).strip()


def number(text: str) -> Decimal:
    """1234.5 from `1,234.50`, `¥1234.5`, `(12)` = -12, full-width digits; never guesses a decimal comma."""
    bare = plain(text)
    if bare.startswith("(") and bare.endswith(")"):
        bare = f"-{bare[1:-1]}"
    bare = _CURRENCY.sub(r"\1", bare).replace(" ", "")
    if _GROUPED.fullmatch(bare):
        bare = bare.replace(",", "")
    if not _PLAIN.fullmatch(bare):
        raise BadCellError(_("“%(value)s” is no number. Write it like 1234.50.") % {"value": text[:60]})
    try:
        return Decimal(bare)
    except InvalidOperation as error:  # pragma: no cover - the pattern lets only numbers through
        raise BadCellError(_("“%(value)s” is no number. Write it like 1234.50.") % {"value": text[:60]}) from error


def bounded(value: Decimal, *, decimals: int, whole: int, text: str) -> Decimal:
    """`value` rounded half up to `decimals`; BadCellError when it has more than `whole` digits before the point."""
    if abs(value) >= Decimal(10) ** whole:
        raise BadCellError(
            _("“%(value)s” is too large: at most %(digits)s digits before the decimal point.")
            % {"value": text[:60], "digits": whole}
        )
    return value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def wall_time(text: str) -> tuple[datetime, timezone | None]:
    """(date and time as written, its offset if one is written) from 2026-11-24 14:30, 2026/11/24, 2026年11月24日..."""
    bare = plain(text)
    found = _MOMENT.fullmatch(bare) or _COMPACT.fullmatch(bare)
    if not found:
        raise BadCellError(
            _("“%(value)s” can't be read as a date without guessing. Write 2026-11-24 or 2026-11-24 14:30.")
            % {"value": text[:60]}
        )
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    try:
        written = datetime(year, month, day, hour, minute, second)
    except ValueError as error:
        raise BadCellError(_("“%(value)s”: there is no such day or time.") % {"value": text[:60]}) from error
    return written, _offset(found.group(7))


def _offset(text: str | None) -> timezone | None:
    if not text:
        return None
    if text == "Z":
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


def moment(text: str, zone: ZoneInfo) -> datetime:
    """The instant in UTC; times without an offset are wall-clock times of `zone`."""
    written, offset = wall_time(text)
    latest = datetime.now(UTC).year + 1
    if not OLDEST <= written.year <= latest:
        raise BadCellError(
            _("“%(value)s” lies outside the years %(first)s to %(last)s.")
            % {"value": text[:60], "first": OLDEST, "last": latest}
        )
    return written.replace(tzinfo=offset or zone).astimezone(UTC)


def day(text: str) -> date:
    """A plain calendar date."""
    return wall_time(text)[0].date()


def short(text: str, limit: int) -> str:
    """The text without control characters; BadCellError when it is longer than `limit`."""
    if not text.isprintable():
        text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if len(text) > limit:
        raise BadCellError(
            _("“%(value)s…” is too long: at most %(limit)s characters.") % {"value": text[:30], "limit": limit}
        )
    return text


def yes_no(text: str) -> bool:
    """是, yes, true, 1... as True; empty as False."""
    return plain(text).lower() in ("1", "y", "yes", "true", "是", "有", "√", "x")
