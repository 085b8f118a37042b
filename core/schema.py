"""Whether the database has all migrations of the code that runs."""

import math

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from core.memo import Memo


def _nothing_missing() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


_complete = Memo(_nothing_missing, seconds=math.inf)


def is_complete() -> bool:
    """Ask the database until nothing is missing; from then on this process doesn't ask again.

    Its code never changes, and migrations only grow. Raises DatabaseError when the database is away.
    """
    if not _complete():
        forget()
        return False
    return True


def forget() -> None:
    """Ask again at the next call."""
    _complete.forget()
