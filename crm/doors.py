"""What every program that serves asks before it does: bin/start, gunicorn, the workers and beat alike."""

from __future__ import annotations

from django.db import DatabaseError, connections

from core import checks


def refuse_blind_database() -> None:
    """End with a sentence where the database finds no Chinese name (locale C). One statement of some milliseconds.

    A database that is away is none of this: pages, /healthz and the health page say so.
    """
    try:
        if checks.cuts_chinese():
            return
    except DatabaseError:
        return
    finally:
        connections.close_all()  # no child may inherit the connection
    raise SystemExit(f"Keben doesn't start. {checks.BLIND} {checks.CURE}")
