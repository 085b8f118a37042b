import os
import subprocess
from pathlib import Path

import pytest

from runtime.cli import split_data
from runtime.layout import ROOT, DataFolder
from runtime.prepare import needs_tables, schema_of_code
from runtime.problems import Problem


def _run(*command: object, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, **options)


@pytest.mark.parametrize("given", [["--data", "d", "rescore", "--json"], ["--data=d", "rescore", "--json"]])
def test_the_data_folder_stands_before_the_name(given: list[str]) -> None:
    assert split_data(given) == ("d", ["rescore", "--json"])


def test_what_follows_the_name_belongs_to_the_command() -> None:
    assert split_data(["import_orders", "--data", "x"]) == (None, ["import_orders", "--data", "x"])


def test_a_missing_folder_name_is_told() -> None:
    with pytest.raises(Problem, match="--data needs a folder"):
        split_data(["--data"])


@pytest.mark.parametrize("port", ["0", "70000", "eighty"])
def test_a_wrong_port_is_refused_in_words(port: str) -> None:
    answer = _run(ROOT / "bin" / "start", "--port", port)
    assert answer.returncode == 2
    assert "is no port" in answer.stderr


def test_it_works_from_anywhere(tmp_path: Path) -> None:
    answer = _run(ROOT / "bin" / "start", "--help", cwd=tmp_path)
    assert answer.returncode == 0
    assert "--empty" in answer.stdout


def test_an_old_python_gets_a_sentence(tmp_path: Path) -> None:
    for name in ("sh", "dirname"):
        (tmp_path / name).symlink_to(_run("which", name).stdout.strip())
    (tmp_path / "python3").write_text('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.9.2 && exit 0\nexit 1\n')
    (tmp_path / "python3").chmod(0o755)
    answer = _run(ROOT / "bin" / "start", env={**os.environ, "PATH": str(tmp_path)})
    assert answer.returncode == 1
    assert "needs Python 3.11 or newer; found here: Python 3.9.2" in answer.stderr
    assert "apt-get install python3" in answer.stderr


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    answer = _run(ROOT / "bin" / "start", "--data", tmp_path / "file" / "below")
    assert answer.returncode == 1
    assert "What to do: choose a folder you may write to" in answer.stderr


def test_only_commands_that_read_tables_need_them(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    assert needs_tables(folder, ["createsuperuser"])
    assert not needs_tables(folder, ["migrate"])
    assert not needs_tables(folder, ["rescore", "--help"])
    (tmp_path / "prepared").write_text(schema_of_code())
    assert not needs_tables(folder, ["createsuperuser"])


def test_modules_stay_compiled_for_the_next_process(tmp_path: Path) -> None:
    """Whatever the shell says of it: else each of many processes would compile all that it imports."""
    python = tmp_path / "python3"
    python.write_text('#!/bin/sh\n[ "$1" = -c ] || echo "${PYTHONDONTWRITEBYTECODE-not set}"\n')
    python.chmod(0o755)
    path = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONDONTWRITEBYTECODE": "1"}
    assert _run(ROOT / "bin" / "start", "--help", env=path).stdout == "not set\n"
