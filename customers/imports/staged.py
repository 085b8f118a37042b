"""The rows of a customer file while it is imported: read, put aside, and given their reason when they are refused."""

from __future__ import annotations

import json

from customers.imports.rows import Match, Row
from intake import stage
from intake.kinds import Run

BATCH = 1_000
STAGED = ("row_no", "place", "error", "data", "read")
STAGED_TYPES = "row_no integer PRIMARY KEY, place integer, error text, data jsonb, read boolean"


def staged_batch(run: Run, after: int) -> list[Row]:
    """The next rows behind `after` that could be read."""
    found = stage.rows(
        f"SELECT row_no, place, data FROM {stage.name(run.job)} WHERE read AND row_no > %s ORDER BY row_no LIMIT %s",  # noqa: S608
        [after, BATCH],
    )
    return [Row(row_no, place, data if isinstance(data, dict) else json.loads(data)) for row_no, place, data in found]


def note(run: Run, match: Match) -> None:
    """Write the reason into the stage, or take an earlier one back."""
    stage.execute(
        f"UPDATE {stage.name(run.job)} SET error = %s WHERE row_no = %s AND error IS DISTINCT FROM %s",  # noqa: S608
        [match.reason or None, match.row_no, match.reason or None],
    )
