"""Runs the SQL files of segmentation/sql with named parameters.

`{i.values}` in a file stands for the stored columns of an interval with the alias `i`, `{values}` for the bare names.
"""

import re
from functools import cache
from pathlib import Path
from typing import Any

from django.db.backends.utils import CursorWrapper

FOLDER = Path(__file__).parent / "sql"
# What an interval stores: a new one begins only when one of these moved.
VALUES = (
    "first_on",
    "last_order_on",
    "x",
    "last_on",
    "frequency",
    "purchase_days",
    "monetary",
    "r",
    "f",
    "m",
    "segment8",
    "group5",
    "grade4",
    "segment11",
    "tier_scheme",
    "rated_tier",
    "tier",
    "lifecycle",
    "warning",
)


@cache
def text(name: str) -> str:
    """The SQL of `name` with the column lists filled in."""
    raw = (FOLDER / f"{name}.sql").read_text(encoding="utf-8")
    return re.sub(r"\{(?:(\w+)\.)?values\}", lambda found: _columns(found[1]), raw)


def _columns(alias: str | None) -> str:
    return ", ".join(f"{alias}.{name}" if alias else name for name in VALUES)


def run_sql(cursor: CursorWrapper, name: str, **params: Any) -> CursorWrapper:
    """Execute one file; returns the cursor, so that rows can be read from it."""
    cursor.execute(text(name), params)
    return cursor
