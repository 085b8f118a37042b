from pathlib import Path

import pytest

from runtime import postgres
from runtime.problems import Problem


def _fake_programs(folder: Path, version: str) -> Path:
    folder.mkdir(parents=True)
    for name in ("postgres", "initdb", "psql"):
        (folder / name).write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n")
        (folder / name).chmod(0o755)
    return folder


@pytest.fixture(autouse=True)
def _nothing_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KEBEN_PGBIN", raising=False)


def test_the_pinned_wheel_comes_first() -> None:
    found = postgres.find_postgres()
    assert (found.origin, found.major) == ("the pinned wheel", 18)


def test_a_named_folder_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEBEN_PGBIN", str(_fake_programs(tmp_path / "bin", "16.2")))
    assert postgres.find_postgres().version == "16.2"


def test_an_old_one_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEBEN_PGBIN", str(_fake_programs(tmp_path / "bin", "14.9")))
    assert postgres.find_postgres().major == 18


def test_none_at_all_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "_candidates", lambda system: iter(()))
    with pytest.raises(Problem) as caught:
        postgres.find_postgres()
    assert "apt-get install postgresql" in caught.value.cure
    assert "DATABASE_URL" in caught.value.cure


def test_data_of_another_major_is_never_passed_over(tmp_path: Path) -> None:
    (tmp_path / "pg-12").mkdir()
    with pytest.raises(Problem, match="PostgreSQL 12 is neither"):
        postgres.postgres_for(tmp_path)


def test_a_fresh_folder_takes_the_newest_pins(tmp_path: Path) -> None:
    assert postgres.postgres_for(tmp_path).major == 18
