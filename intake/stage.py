"""Tables that hold a file's rows while it is imported: one set for each job, unlogged, dropped at the end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection

from intake.models import ImportJob

# One writer at a time among imports: two files with the same orders or customers never meet half-way.
WRITE_LOCK = 7_310_001


def name(job: ImportJob, part: str = "") -> str:
    """The table's name; parts are fixed words, so that it may stand in SQL."""
    return f"import_stage_{int(job.pk)}{'_' + part if part else ''}"


def execute(sql: str, params: Sequence[Any] | dict[str, Any] | None = None) -> int:
    """Run one statement; returns how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.rowcount


def rows(sql: str, params: Sequence[Any] | dict[str, Any] | None = None) -> list[tuple]:
    """All rows of a query."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def value(sql: str, params: Sequence[Any] | dict[str, Any] | None = None) -> Any:
    """The first value of the first row."""
    return rows(sql, params)[0][0]


def exists(table: str) -> bool:
    """Whether the table is there."""
    return value("SELECT to_regclass(%s) IS NOT NULL", [table])


def create(table: str, columns: str) -> None:
    """An empty table; an older one of this name goes first."""
    drop(table)
    execute(f"CREATE UNLOGGED TABLE {table} ({columns})")


def drop(*tables: str) -> None:
    """Remove tables if they are there."""
    for table in tables:
        execute(f"DROP TABLE IF EXISTS {table}")


def errors(table: str, *, page: int = 5000) -> Iterator[tuple[int, str]]:
    """(row number, reason) of the refused rows in the file's order."""
    last = 0
    while exists(table):
        found = rows(
            f"SELECT row_no, error FROM {table} WHERE error IS NOT NULL AND row_no > %s ORDER BY row_no LIMIT %s",  # noqa: S608
            [last, page],
        )
        yield from found
        if len(found) < page:
            return
        last = found[-1][0]


def job_errors(job: ImportJob) -> Iterator[tuple[int, str]]:
    """The refused rows of a job whose rows stand in its first table."""
    return errors(name(job))


def is_whole(job: ImportJob) -> bool:
    """Whether all rows that were read still stand there: a crash of the database empties unlogged tables."""
    table = name(job)
    return exists(table) and value(f"SELECT count(*) FROM {table}") == job.next_row  # noqa: S608


def clear(job: ImportJob) -> None:
    """Drop the job's first table."""
    drop(name(job))


def write_alone() -> None:
    """Wait until no other import writes; released with the transaction."""
    execute("SELECT pg_advisory_xact_lock(%s)", [WRITE_LOCK])
