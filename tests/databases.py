"""Databases that tests make beside their own, taken away again."""

from __future__ import annotations

import time
from collections.abc import Callable

import psycopg2
from django.db import ProgrammingError

TRIES = 100


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
