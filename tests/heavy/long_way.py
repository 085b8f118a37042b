"""Migrations one by one, as a company has gone that was begun long ago: without those that stand for many.

`-m tests.heavy.long_way` takes DATABASE_URL to the end.
"""

from __future__ import annotations

from typing import Any

import django
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader


class OneByOne(MigrationLoader):
    """The single migrations only."""

    def load_disk(self) -> None:
        super().load_disk()
        self.disk_migrations = {key: one for key, one in self.disk_migrations.items() if not one.replaces}


def executor(connection: Any) -> MigrationExecutor:
    """Goes to any migration, forth and back."""
    made = MigrationExecutor(connection)
    made.loader = OneByOne(connection)
    return made


def to_the_end(connection: Any) -> None:
    """All that are missing."""
    made = executor(connection)
    made.migrate(made.loader.graph.leaf_nodes())


if __name__ == "__main__":  # in a process of its own: some migrations write to the default database only
    django.setup()
    to_the_end(connections["default"])
