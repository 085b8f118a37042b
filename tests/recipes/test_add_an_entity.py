"""The recipe `docs/recipes/add-an-entity.md` works as it is written: a folder and one line make an entity.

In a copy of the product the blocks of the recipe become files and its line joins crm/wiring.py. Then a process of its
own, with a database of its own, writes the migration and drives what came of it (drive_samples.py).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.databases import BEGINS_WITH, migrated

ROOT = Path(__file__).resolve().parents[2]
RECIPE = ROOT / "docs" / "recipes" / "add-an-entity.md"
DRIVE = Path(__file__).with_name("drive_samples.py")
LEFT_OUT = shutil.ignore_patterns(".*", "node_modules", "__pycache__", "shots", "data", "samples")
BLOCK = re.compile(r"^```(?:python\n# |django\n\{# )([\w./]+)(?: #\})?\n(.*?)^```$", re.M | re.S)


def blocks() -> dict[str, str]:
    """{path: text} of the recipe's code."""
    found = BLOCK.findall(RECIPE.read_text(encoding="utf-8"))
    assert len(found) == len({path for path, _text in found}), "each file stands in one block"
    return dict(found)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The product with the recipe's folder and its line; nothing else differs."""
    target = tmp_path / "product"
    shutil.copytree(ROOT, target, ignore=LEFT_OUT, symlinks=True)
    files = blocks()
    wiring = target / "crm" / "wiring.py"
    line, text = files.pop("crm/wiring.py"), wiring.read_text(encoding="utf-8")
    wiring.write_text(text.replace('    "workbench",\n', f'{line}    "workbench",\n'), encoding="utf-8")
    assert set(files) == {path for path in files if path.startswith("samples/")}, "one folder"
    for path, body in files.items():
        file = target / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(body, encoding="utf-8")
    for package in ("samples", "samples/migrations", "samples/tests"):
        (target / package).mkdir(exist_ok=True)
        (target / package / "__init__.py").touch()
    shutil.copy(DRIVE, target / "samples" / "tests" / "test_samples.py")
    return target


def run(where: Path, *command: str) -> subprocess.CompletedProcess[str]:
    env = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
    env["KEBEN_TEST_DB"] = f"test_recipe_{os.getpid()}"  # a database of its own, gone with the process
    env[BEGINS_WITH] = migrated()  # all but the samples' tables are there
    return subprocess.run(
        [sys.executable, *command], cwd=where, env=env, capture_output=True, text=True, timeout=600, check=False
    )


def test_a_folder_and_one_line_make_an_entity(copy: Path) -> None:
    made = run(copy, "manage.py", "makemigrations", "samples")
    assert made.returncode == 0, made.stderr
    assert (copy / "samples" / "migrations" / "0001_initial.py").exists()
    compiled = run(copy, "manage.py", "compile_translations")
    assert compiled.returncode == 0, compiled.stderr
    driven = run(copy, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "--create-db", "samples/tests")
    assert driven.returncode == 0, driven.stdout + driven.stderr
    assert " passed" in driven.stdout
