"""A migration that stands for many is taken by new companies only (docs/adr/0034-migrations-in-one.md)."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader

EVERY = MigrationLoader(None, ignore_no_migrations=True).disk_migrations
OURS = {key: one for key, one in EVERY.items() if (settings.BASE_DIR / key[0] / "migrations").is_dir()}
STANDING = [one for one in OURS.values() if one.replaces]


def begins_later(one: Migration) -> bool:
    """A company that stands just before it would take it too, and what changes its rows would never run."""
    first = min(name for app, name in OURS if app == one.app_label and not OURS[app, name].replaces)
    return (one.app_label, first) not in one.replaces


@pytest.mark.parametrize("one", STANDING, ids=lambda one: one.app_label)
def test_it_begins_with_the_first_of_its_app(one: Migration) -> None:
    assert not begins_later(one)


def test_the_guard_sees_one_that_begins_later() -> None:
    one = Migration("0002_squashed_0003", "sales")
    one.replaces = [("sales", "0002_order_numbers"), ("sales", "0003_month_index")]
    assert begins_later(one)


def test_later_migrations_follow_the_single_ones() -> None:
    """Whoever goes one by one has none of those that stand for many."""
    known = {(one.app_label, one.name) for one in STANDING}
    assert known
    found = {key: sorted(known & set(one.dependencies)) for key, one in OURS.items() if not one.replaces}
    assert not {key: names for key, names in found.items() if names}
