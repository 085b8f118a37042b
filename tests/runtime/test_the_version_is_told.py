"""One version, in core/version.py: the commands, the health page and the list of changes tell the same."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from core.version import VERSION
from runtime.layout import ROOT


@pytest.mark.parametrize("name", ["start", "manage", "dev"])
def test_commands_tell_it_and_make_nothing(tmp_path: Path, name: str) -> None:
    command = [str(ROOT / "bin" / name), "--version"]
    answer = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert (answer.returncode, answer.stdout) == (0, f"Keben {VERSION}\n")


def test_manage_tells_it_of_any_folder_and_leaves_it_alone(tmp_path: Path) -> None:
    command = [str(ROOT / "bin" / "manage"), "--data", str(tmp_path / "no"), "--version"]
    assert subprocess.run(command, capture_output=True, text=True).stdout == f"Keben {VERSION}\n"
    assert list(tmp_path.iterdir()) == []


def test_the_newest_changes_are_those_of_this_version() -> None:
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (.+)$", changes, re.M)[0] == VERSION


@pytest.mark.django_db
def test_the_health_page_tells_it(cast: Any, sign_in: Any) -> None:
    page = sign_in(cast.admin).get("/settings/health/").content.decode()
    assert re.search(rf"客本\s+{re.escape(VERSION)}|Keben\s+{re.escape(VERSION)}", page)
