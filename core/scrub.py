"""Takes out of what is logged whatever may be somebody's: values of rows, e-mails, phones, hashes, tokens, queries."""

from __future__ import annotations

import re
import traceback

import psycopg2
from django.db.utils import Error as DjangoDbError

# Eight digits and more, however they are grouped, but no date.
PHONE = re.compile(r"(?<!\d)(?!\d{4}-\d\d-\d\d)\+?\d(?:[ -]?\d){7,}")
PATTERNS = (
    # What PostgreSQL says beside its first line quotes rows and statements.
    (re.compile(r"(?:DETAIL|CONTEXT|STATEMENT|QUERY|LINE \d+):.*"), "<left out>"),
    (re.compile(r"(invalid (?:input syntax|value)[^:\n]*): .*"), r"\1: <left out>"),
    # Whoever opens one of these addresses is let in, or answers for somebody.
    (re.compile(r"(/(?:password/reset|invitation|calendar|appointment|u)/)[^\s?\"']+"), r"\1<token>"),
    (re.compile(r"\?[^\s\"']*=[^\s\"']*"), "?<query>"),
    (re.compile(r"\b(?:argon2|pbkdf2|bcrypt|scrypt)\w*\$+\S+"), "<hash>"),
    (re.compile(r"[^\s@<>\"'(),:;=/]+(?:@|%40)[^\s@<>\"'(),:;=/]+\.[^\s@<>\"'(),:;=/]+"), "<e-mail>"),
    (PHONE, "<digits>"),
)


def scrubbed(text: str) -> str:
    """The text without anything that looks like data of a person."""
    for pattern, replacement in PATTERNS:
        text = pattern.sub(replacement, text)
    return text


def without_phones(text: str) -> str:
    """The text without numbers that could be somebody's phone."""
    return PHONE.sub("•••", text)


def without_address(text: str, address: str) -> str:
    """What a server said of a message, without where it went: servers like to repeat it, whole or before the @."""
    name, at, _host = address.partition("@")
    kept = re.sub(rf"(?<![\w.+-]){re.escape(name)}(?![\w.+-])", "<e-mail>", text, flags=re.IGNORECASE) if at else text
    return scrubbed(kept)


def words_of(error: BaseException) -> str:
    """The error's name and what it says; of a refused row only which rule refused it."""
    name = f"{type(error).__module__}.{type(error).__qualname__}"
    if isinstance(error, DjangoDbError | psycopg2.Error):
        cause = error if isinstance(error, psycopg2.Error) else error.__cause__
        code = getattr(cause, "pgcode", None) or ""
        if code and not code.startswith(("08", "57")):  # connection trouble and shutdowns quote no rows
            diag = cause.diag  # type: ignore[union-attr]
            place = diag.constraint_name or ".".join(filter(None, (diag.table_name, diag.column_name)))
            return f"{name}: {code} {place}".rstrip()
    return f"{name}: {scrubbed(str(error))}"


def trace(error: BaseException) -> str:
    """The whole traceback, causes first."""
    parts: list[str] = []
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        parts.append("".join(traceback.format_tb(one.__traceback__)) + words_of(one))
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
    return "\n\nfrom that:\n".join(reversed(parts))
