"""Takes out of what is logged whatever may be somebody's: values of rows, e-mails, phones, hashes, tokens, queries."""

from __future__ import annotations

import re
import traceback

import psycopg2
from django.db.utils import Error as DjangoDbError

PATTERNS = (
    # What PostgreSQL says beside its first line quotes rows and statements.
    (re.compile(r"(?:DETAIL|CONTEXT|STATEMENT|QUERY|LINE \d+):.*"), "<left out>"),
    (re.compile(r"(invalid (?:input syntax|value)[^:\n]*): .*"), r"\1: <left out>"),
    # Whoever opens one of these addresses is let in.
    (re.compile(r"(/(?:password/reset|invitation)/)[^\s?\"']+"), r"\1<token>"),
    (re.compile(r"\?[^\s\"']*=[^\s\"']*"), "?<query>"),
    (re.compile(r"\b(?:argon2|pbkdf2|bcrypt|scrypt)\w*\$+\S+"), "<hash>"),
    (re.compile(r"[^\s@<>\"'(),:;=/]+(?:@|%40)[^\s@<>\"'(),:;=/]+\.[^\s@<>\"'(),:;=/]+"), "<e-mail>"),
    # Eight digits and more, however they are grouped, but no date.
    (re.compile(r"(?<!\d)(?!\d{4}-\d\d-\d\d)\+?\d(?:[ -]?\d){7,}"), "<digits>"),
)


def scrubbed(text: str) -> str:
    """The text without anything that looks like data of a person."""
    for pattern, replacement in PATTERNS:
        text = pattern.sub(replacement, text)
    return text


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
