"""A company that begins today has the tables, columns, indexes, constraints and triggers of one that went all the way.

The first takes `migrate` as the product calls it (core/migrating.py), the second the steps of Django alone.

`bin/test --heavy migrations`.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator

import psycopg2
import pytest
from django.db import connection

from runtime.layout import ROOT

pytestmark = pytest.mark.heavy

PARTS = {
    "columns": "SELECT table_name, column_name, udt_name, character_maximum_length, is_nullable, column_default,"
    " is_identity, collation_name FROM information_schema.columns WHERE table_schema = 'public'",
    "indexes": "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "constraints": "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE connamespace = 'public'::regnamespace",
    "triggers": "SELECT pg_get_triggerdef(t.oid), t.tgenabled, p.prosrc FROM pg_trigger t"
    " JOIN pg_proc p ON p.oid = t.tgfoid WHERE NOT t.tgisinternal",
    "sequences": "SELECT sequencename, data_type, start_value FROM pg_sequences WHERE schemaname = 'public'",
    "extensions": "SELECT extname FROM pg_extension",
}


@contextlib.contextmanager
def a_database(name: str) -> Iterator[str]:
    """The address of an empty one of its own on the server of the tests."""
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    try:
        yield os.environ["DATABASE_URL"].rpartition("/")[0] + f"/{name}"
    finally:
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name}")


def python(address: str, *arguments: str) -> str:
    """What a command says that works on the database at that address."""
    given = {**os.environ, "DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "crm.settings_test"}
    done = subprocess.run([sys.executable, *arguments], cwd=ROOT, env=given, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def found(address: str) -> dict[str, list[str]]:
    parts = {}
    with contextlib.closing(psycopg2.connect(address)) as database, database.cursor() as cursor:
        for part, sql in PARTS.items():
            cursor.execute(sql)
            parts[part] = sorted(map(str, cursor.fetchall()))
    return parts


@pytest.mark.django_db
def test_in_one_and_one_by_one() -> None:
    with a_database("keben_in_one") as in_one, a_database("keben_one_by_one") as one_by_one:
        python(in_one, "manage.py", "migrate", "-v0")
        python(one_by_one, "-m", "tests.heavy.long_way")
        new, old = found(in_one), found(one_by_one)
        # Who went one by one has nothing left to do: what stands for many counts as applied where each of them is.
        assert "No planned migration operations" in python(one_by_one, "manage.py", "migrate", "--plan")
    assert len(new["columns"]) > 1000
    for part in PARTS:
        assert new[part] == old[part], part
