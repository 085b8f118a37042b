"""Databases that tests make beside their own, taken away again, and the one that others are copied from."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing

import psycopg2
from django.conf import settings
from django.db import ProgrammingError

from runtime.kept import PREFIX, digest_of_migrations

TRIES = 100
BEGINS_WITH = "KEBEN_TEST_BEGINS_WITH"


def migrated() -> str:
    """The name of a database with empty tables as the migrations make them; the first of all workers makes it.

    Copying it takes a second, migrating takes fifteen to thirty; a run needs three databases and more. BEGINS_WITH
    names one that already has most of the tables, of a product that is otherwise the same.
    """
    name = f"{PREFIX}{digest_of_migrations()}_migrated"
    being_made = f"{name}_unready"
    with closing(connect("postgres")) as opened, opened.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])  # until the connection closes
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if not cursor.fetchone():
            cursor.execute(f'DROP DATABASE IF EXISTS "{being_made}"')
            begins_with = os.environ.get(BEGINS_WITH, "template1")
            cursor.execute(f'CREATE DATABASE "{being_made}" TEMPLATE "{begins_with}"')
            environment = os.environ | {"DATABASE_URL": address_of(being_made)}
            command = [sys.executable, "-W", "ignore", "manage.py", "migrate", "-v0"]
            subprocess.run(command, env=environment, cwd=settings.BASE_DIR, check=True)
            cursor.execute(f'ALTER DATABASE "{being_made}" RENAME TO "{name}"')
    return name


def connect(name: str) -> psycopg2.extensions.connection:
    """A connection of its own to a database of the tests' server, each statement a transaction."""
    opened = psycopg2.connect(address_of(name))
    opened.autocommit = True
    return opened


def address_of(name: str) -> str:
    """DATABASE_URL of a database of the tests' server."""
    database = settings.DATABASES["default"]
    sign_in = database["USER"] + (f":{database['PASSWORD']}" if database["PASSWORD"] else "")
    return f"postgres://{sign_in}@{database['HOST']}:{database['PORT']}/{name}"


def drop_database(execute: Callable[[str], object], name: str) -> None:
    """Drop it with whoever is connected. PostgreSQL's own workers, at vacuum in there, only a superuser may end: they
    are waited for, half a minute at most."""
    for more in reversed(range(TRIES)):
        try:
            execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        except (ProgrammingError, psycopg2.errors.InsufficientPrivilege):
            if not more:
                raise
            time.sleep(0.3)
        else:
            return


if __name__ == "__main__":  # before the suite asks for it: runtime/testing.py
    migrated()
