"""pg_dump and pg_restore against the database of this installation, or against a scratch one beside it."""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext_noop as _

from core import scrub, sql
from core.backup.archive import BLOCK, Archive
from core.backup.errors import BackupError
from core.backup.programs import Programs

# Whoever holds a session's key is signed in: after a restore everybody signs in anew instead.
WITHOUT_ROWS = ("django_session",)
HEAD = 64 * 1024
# What libpq's programs call the parameters that Django gives to the driver.
VARIABLES = {
    "dbname": "PGDATABASE", "user": "PGUSER", "password": "PGPASSWORD", "host": "PGHOST", "port": "PGPORT",
    "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY",
    "passfile": "PGPASSFILE", "service": "PGSERVICE", "gssencmode": "PGGSSENCMODE",
    "channel_binding": "PGCHANNELBINDING", "target_session_attrs": "PGTARGETSESSIONATTRS",
}  # fmt: skip


def server_version() -> int:
    """PostgreSQL's own number: 180003 for 18.3."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        return int(cursor.fetchone()[0])


def server_major() -> int:
    """18 for 18.3."""
    return server_version() // 10_000


def _environment(database: str = "") -> dict[str, str]:
    """That of a program which speaks to our server; a password never stands in its arguments."""
    given = connection.get_connection_params()
    found = {variable: str(given[name]) for name, variable in VARIABLES.items() if given.get(name)}
    if database:
        found["PGDATABASE"] = database
    return {**os.environ, **found, "PGCONNECT_TIMEOUT": "10"}


# --- dumping
@dataclass(frozen=True)
class Snapshot:
    """The database as it is at one moment: its name for pg_dump, and the rows of each table then."""

    name: str
    rows: dict[str, int]


@contextlib.contextmanager
def snapshot() -> Iterator[Snapshot]:
    """Hold one moment of the database, so that the counted rows are those that are dumped."""
    holder = connections.create_connection("default")
    holder.settings_dict["NAME"] = connection.settings_dict["NAME"]
    try:
        with holder.cursor() as cursor:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute("SELECT pg_export_snapshot()")
            (name,) = cursor.fetchone()
            rows = {table: 0 if table in WITHOUT_ROWS else _count(holder, table) for table in tables_of(holder)}
            yield Snapshot(name, rows)
    finally:
        holder.close()


def tables_of(holder: BaseDatabaseWrapper) -> list[str]:
    """The tables of the database behind this connection, by name."""
    with holder.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
        return sorted(name for (name,) in cursor.fetchall())


def _count(holder: BaseDatabaseWrapper, table: str) -> int:
    with holder.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {holder.ops.quote_name(table)}")  # noqa: S608 - of the catalogue
        return int(cursor.fetchone()[0])


@contextlib.contextmanager
def dumping(programs: Programs, moment: Snapshot) -> Iterator[IO[bytes]]:
    """What pg_dump writes; BackupError at the end when it failed."""
    command: list[str | Path] = [
        programs / "pg_dump", "--format=custom", "--compress=6", "--no-owner", "--no-privileges", "--no-comments",
        "--no-password", f"--snapshot={moment.name}", *(f"--exclude-table-data=public.{name}" for name in WITHOUT_ROWS),
    ]  # fmt: skip
    with tempfile.TemporaryFile() as words:
        child = subprocess.Popen(  # noqa: S603 - a program of PostgreSQL
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=words, env=_environment()
        )
        try:
            yield child.stdout  # type: ignore[misc]
            child.stdout.close()  # type: ignore[union-attr]
            if child.wait():
                raise BackupError(_("pg_dump failed: %(why)s"), why=_last_words(words))
        finally:
            _end(child)


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        child.kill()
    child.wait()
    for pipe in (child.stdin, child.stdout):
        if pipe:
            with contextlib.suppress(OSError):  # what nobody took any more
                pipe.close()


def _last_words(words: IO[bytes]) -> str:
    """What a program complained about, without anything of the rows."""
    words.seek(0)
    lines = [line for line in words.read(HEAD).decode("utf-8", "replace").splitlines() if line.strip()]
    return scrub.scrubbed("; ".join(lines[-2:])) or "?"


# --- restoring
def fill(archive: Archive, programs: Programs, *, database: str = "", replace: bool = False) -> None:
    """Put the dump into a database, all or nothing, and compare the rows of every table before it is kept.

    `replace` drops what lies in the schema `public` in the same transaction. BackupError when it fails.
    """
    head = sql.text("core", "backup_empty_schema") if replace else ""
    tail = _comparison(archive.manifest["rows"])
    version = server_version()
    with tempfile.TemporaryFile() as words, contextlib.ExitStack() as ending:
        restore = subprocess.Popen(  # noqa: S603 - a program of PostgreSQL
            [programs / "pg_restore", "--no-owner", "--no-privileges", "--no-comments", "--file=-"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=words,
        )
        ending.callback(_end, restore)
        psql = subprocess.Popen(  # noqa: S603 - a program of PostgreSQL
            [programs / "psql", "-XqAt", "-w", "-v", "ON_ERROR_STOP=1", "-v", "VERBOSITY=terse"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=words,
            env=_environment(database),
        )
        ending.callback(_end, psql)
        sql_from, sql_to = cast("IO[bytes]", restore.stdout), cast("IO[bytes]", psql.stdin)
        feeder = threading.Thread(target=_feed, args=(archive, restore), daemon=True)
        feeder.start()
        try:
            sql_to.write(f"BEGIN;\n{head}\n".encode())
            _pour(sql_from, sql_to, version)
            read_all = restore.wait() == 0
            # Without COMMIT nothing of what was poured stays.
            sql_to.write(f"{tail}\nCOMMIT;\n".encode() if read_all else b"ROLLBACK;\n")
            sql_to.close()
        except BrokenPipeError:
            read_all = False
        if psql.wait() or not read_all:
            raise BackupError(_("The database refused the backup: %(why)s"), why=_last_words(words))
        feeder.join()


def _feed(archive: Archive, restore: subprocess.Popen[bytes]) -> None:
    target = cast("IO[bytes]", restore.stdin)
    with contextlib.suppress(BrokenPipeError):  # its exit code tells
        archive.copy_dump(target.write)
    with contextlib.suppress(BrokenPipeError):
        target.close()


def _pour(source: IO[bytes], target: IO[bytes], version: int) -> None:
    """Pass the SQL on. The first lines may hold two that a server refuses: one that it doesn't know yet, and one for
    a schema that is there."""
    unwanted = [b"CREATE SCHEMA public;"]
    if version < 170_000:
        unwanted.append(b"SET transaction_timeout = 0;")
    head = source.read(HEAD)
    target.write(b"\n".join(line for line in head.split(b"\n") if line not in unwanted))
    while block := source.read(BLOCK):
        target.write(block)


def _comparison(rows: Mapping[str, int]) -> str:
    """SQL that fails when a table hasn't as many rows as when it was dumped."""
    quote = connection.ops.quote_name
    tests = "\n".join(
        f"IF (SELECT count(*) FROM public.{quote(table)}) <> {int(count)} THEN"  # noqa: S608 - looked at in archive.read
        f" RAISE EXCEPTION 'the table {table} has not the {int(count)} rows that it had'; END IF;"
        for table, count in rows.items()
    )
    return f"DO $rows$ BEGIN\n{tests}\nEND $rows$;"


# --- a scratch database
@contextlib.contextmanager
def scratch() -> Iterator[str]:
    """A new database beside ours, gone afterwards; the name of it. BackupError where the role may make none."""
    name = f"{connection.settings_dict['NAME']}_drill"[:63]
    quoted = connection.ops.quote_name(name)
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user")
        if not cursor.fetchone()[0]:
            raise BackupError(
                _(
                    "A drill restores into a database of its own, and this role may make none. Allow it once:"
                    " ALTER ROLE %(role)s CREATEDB;"
                ),
                role=connection.settings_dict["USER"] or "keben",
            )
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = %s", [name])
        if cursor.fetchone()[0]:
            raise BackupError(_("Another drill is under way in the database %(name)s."), name=name)
        cursor.execute("SELECT datcollate, datctype FROM pg_database WHERE datname = current_database()")
        collate, ctype = cursor.fetchone()
        cursor.execute(f"DROP DATABASE IF EXISTS {quoted}")  # of a drill that was killed
        cursor.execute(
            f"CREATE DATABASE {quoted} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE %s LC_CTYPE %s", [collate, ctype]
        )
    try:
        yield name
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {quoted}")


@contextlib.contextmanager
def looking_into(name: str) -> Iterator[BaseDatabaseWrapper]:
    """A connection to another database of our server."""
    holder = connections.create_connection("default")
    holder.settings_dict = {**holder.settings_dict, "NAME": name}
    try:
        yield holder
    finally:
        holder.close()


def constraints(holder: BaseDatabaseWrapper) -> dict[str, Any]:
    """How many rules, triggers and indexes there are, and the names of those that don't hold."""
    with holder.cursor() as cursor:
        [found] = sql.run(cursor, "core", "backup_constraints").fetchall()
    return dict(zip(("constraints", "indexes", "triggers", "broken"), found, strict=True))


def others() -> int:
    """How many other connections use our database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return int(cursor.fetchone()[0])


def free_bytes(folder: Path) -> int:
    """What the disk of this folder still takes; the folder itself may not be there yet."""
    place = next(path for path in (folder, *folder.parents) if path.exists())
    found = os.statvfs(place)
    return found.f_bavail * found.f_frsize
