"""Older code on tables that newer code has changed: bin/start and bin/manage stop before they write anything."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from core.version import VERSION
from runtime import prepare
from runtime.django_steps import StepProblem, not_newer
from runtime.layout import DataFolder
from runtime.managing import _make_tables
from runtime.problems import Problem


@pytest.fixture
def applied(transactional_db: None) -> Iterator[MigrationRecorder]:
    """The record of migrations; what a test adds goes again, because no table of a model holds it."""
    recorder = MigrationRecorder(connection)
    before = set(recorder.applied_migrations())
    yield recorder
    for app, name in set(recorder.applied_migrations()) - before:
        recorder.record_unapplied(app, name)


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The steps' own process on the database of the tests."""
    database = settings.DATABASES["default"]
    url = f"postgres://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}"
    given = {"DATABASE_URL": f"{url}/{connection.settings_dict['NAME']}", "KEBEN_DATA": str(tmp_path)}
    return {**os.environ, **given, "DJANGO_SETTINGS_MODULE": "crm.settings"}


def test_tables_of_this_version_pass(applied: MigrationRecorder) -> None:
    not_newer()


def test_before_anything_is_written_it_says_what_it_found_and_what_to_do(
    applied: MigrationRecorder, environment: dict[str, str], tmp_path: Path
) -> None:
    applied.record_applied("customers", "9998_of_tomorrow")
    folder = DataFolder(tmp_path).make()
    prepare.prepared_file(folder).write_text("0" * 64)
    with pytest.raises(Problem) as told:
        _make_tables(folder, environment)
    assert told.value.why.startswith(f"it was made by a newer version than {VERSION}")
    assert "customers 9998_of_tomorrow" in told.value.why
    assert "start the newer version again" in told.value.cure
    assert prepare.tables_of(folder) == "0" * 64  # the next call is refused too


def test_many_changes_are_counted(applied: MigrationRecorder) -> None:
    for number in range(9990, 9995):
        applied.record_applied("sales", f"{number}_of_tomorrow")
    with pytest.raises(StepProblem, match=r"9990_of_tomorrow, .* and 2 more\."):
        not_newer()


def test_what_a_package_that_is_gone_has_left_is_no_newer_version(applied: MigrationRecorder) -> None:
    applied.record_applied("authtoken", "0001_initial")
    not_newer()
