"""Whether the database has all migrations of the code that runs."""

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

_known = False


def is_complete() -> bool:
    """Ask the database until nothing is missing; from then on this process doesn't ask again.

    Its code never changes, and migrations only grow. Raises DatabaseError when the database is away.
    """
    global _known
    if not _known:
        executor = MigrationExecutor(connection)
        _known = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _known


def forget() -> None:
    """Ask again at the next call."""
    global _known
    _known = False
