"""`bin/manage` after an update: the tables come along first, and never beneath an installation of the old code."""

from pathlib import Path
from typing import Any

import pytest

from runtime import managing, prepare
from runtime.layout import DataFolder
from runtime.locks import Lock
from runtime.problems import Problem


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the steps that were run, without a database."""
    run: list[str] = []

    def record(_folder: Any, _environment: Any, *names: str) -> dict[str, object]:
        run.extend(names)
        return {}

    monkeypatch.setattr(prepare, "run_steps", record)
    return run


@pytest.mark.parametrize("before", ["", "0" * 64])  # as older versions left it, or with other migrations
def test_an_older_folder_is_migrated_once(tmp_path: Path, steps: list[str], before: str) -> None:
    folder = DataFolder(tmp_path)
    prepare.prepared_file(folder).write_text(before)
    assert prepare.needs_tables(folder, ["import_orders"])
    managing._make_tables(folder, {})
    assert "migrate" in steps
    assert not prepare.needs_tables(folder, ["import_orders"])


def test_beside_a_running_installation_it_says_what_to_do(tmp_path: Path, steps: list[str]) -> None:
    folder = DataFolder(tmp_path)
    prepare.prepared_file(folder).write_text("0" * 64)
    with Lock(tmp_path / "run.lock") as running:
        running.try_alone()
        with pytest.raises(Problem) as told:
            managing._make_tables(folder, {})
    assert "stop that bin/start and start it again" in told.value.cure
    assert steps == []


def test_a_new_migration_makes_tables_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    migrations = tmp_path / "core" / "migrations"
    migrations.mkdir(parents=True)
    (tmp_path / "requirements.txt").write_text("Django==5.2.19\n")
    (migrations / "0001_first.py").touch()
    monkeypatch.setattr(prepare, "ROOT", tmp_path)
    before = prepare.schema_of_code()
    assert prepare.schema_of_code() == before
    (migrations / "0002_second.py").touch()
    assert prepare.schema_of_code() != before
