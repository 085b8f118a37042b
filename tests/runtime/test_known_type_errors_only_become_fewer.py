"""mypy's errors are compared with a file: one more fails, one less fails until the file is written anew."""

import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest

from runtime import typecheck
from runtime.layout import ROOT
from runtime.problems import Problem

OLD = 'core/a.py:{line}: error: "Row" has no attribute "tone"  [attr-defined]'
OTHER = "core/b.py:3: error: Name is not defined  [name-defined]"
NOTE = "core/a.py:7: note: Left operand is of type date"


def _found(*lines: str) -> str:
    return "".join(f"{line}\n" for line in (*lines, f"Found {len(lines)} errors in 1 file (checked 9 source files)"))


@pytest.fixture
def baseline(tmp_path: Path) -> Path:
    path = tmp_path / "baseline.txt"
    path.write_text(OLD.format(line=0) + "\n")
    return path


def test_a_known_error_passes_on_whatever_line_it_is_now(baseline: Path) -> None:
    assert typecheck.compare(_found(OLD.format(line=7), NOTE), baseline) == 0
    assert typecheck.compare(_found(OLD.format(line=70)), baseline) == 0


@pytest.mark.parametrize("second", [OTHER, OLD.format(line=9)])
def test_one_error_more_fails_also_of_a_kind_that_is_known(
    baseline: Path, second: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert typecheck.compare(_found(OLD.format(line=7), second), baseline) != 0
    assert second in capfd.readouterr().out


def test_one_error_less_fails_until_the_file_is_written_anew(baseline: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert typecheck.compare(_found(), baseline) != 0
    assert "--sync" in capfd.readouterr().out
    assert typecheck.write(_found(), baseline) == 0
    assert typecheck.compare(_found(), baseline) == 0


def test_an_error_that_moved_with_its_file_may_be_written_down(baseline: Path) -> None:
    moved = OLD.format(line=7).replace("core/", "ui/")
    assert typecheck.compare(_found(moved), baseline) != 0
    assert typecheck.write(_found(moved), baseline) == 0
    assert typecheck.compare(_found(moved), baseline) == 0


def test_a_longer_file_is_not_written(baseline: Path) -> None:
    before = baseline.read_text()
    with pytest.raises(Problem, match="2 errors instead of 1"):
        typecheck.write(_found(OLD.format(line=7), OTHER), baseline)
    assert baseline.read_text() == before


# --- what everything stands on ---------------------------------------------------------------------------------------
def _strict() -> list[str]:
    """Names of the strict modules, as pyproject.toml has them."""
    overrides = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mypy"]["overrides"]
    return [name for entry in overrides if entry.get("disallow_untyped_defs") for name in entry["module"]]


def _in_strict(line: str) -> bool:
    module = line.partition(".py:")[0].replace("/", ".")
    return any(fnmatch(module, name) for name in _strict())


def test_no_known_error_is_in_a_strict_module() -> None:
    assert not [line for line in typecheck.BASELINE.read_text().splitlines() if _in_strict(line)]


def test_negative_control_a_line_of_a_strict_module_is_found() -> None:
    assert _in_strict(OLD.format(line=0))
    assert _in_strict(OLD.format(line=0).replace("core/a", "accounts/scope"))
    assert not _in_strict(OLD.format(line=0).replace("core/a", "accounts/scoped"))
