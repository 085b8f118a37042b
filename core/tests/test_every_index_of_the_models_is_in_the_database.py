"""Each index and constraint that a model names stands in the migrated database under that name: a migration that takes
an index of a column away can take another one of the same column along, and nothing tells."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection

pytestmark = pytest.mark.django_db


def missing() -> list[str]:
    """table: name, of what models name and the database doesn't have."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename, indexname FROM pg_indexes WHERE schemaname = 'public'"
            " UNION SELECT conrelid::regclass::text, conname FROM pg_constraint"
        )
        there = set(cursor.fetchall())
    named = [
        (model._meta.db_table, part.name)
        for model in apps.get_models()
        if model._meta.managed and not model._meta.proxy
        for part in (*model._meta.indexes, *model._meta.constraints)
    ]
    return [f"{table}: {name}" for table, name in named if (table, name) not in there]


def test_each_index_and_constraint_of_a_model_is_there() -> None:
    assert missing() == []


def test_one_that_was_dropped_is_missed() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX one_open_interval")
    assert missing() == ["segmentation_scoreinterval: one_open_interval"]
