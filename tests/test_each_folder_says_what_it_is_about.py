"""Somebody new finds a feature by the first lines of the folders."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from crm.wiring import APPS

ROOT = Path(__file__).resolve().parents[1]
KNOWN = {"tests", "migrations", "management", "commands", "templatetags"}  # their names say it


def folders() -> list[str]:
    files = [file for app in (*APPS, "crm", "demo", "ui") for file in (ROOT / app).rglob("__init__.py")]
    found = [file.parent.relative_to(ROOT) for file in files]
    return sorted(str(folder) for folder in found if not KNOWN & set(folder.parts))


@pytest.mark.parametrize("folder", folders())
def test_its_first_line_says_it(folder: str) -> None:
    assert ast.get_docstring(ast.parse((ROOT / folder / "__init__.py").read_text())), folder


def test_no_two_decisions_have_one_number() -> None:
    numbers = [file.name[:4] for file in (ROOT / "docs" / "adr").glob("*.md")]
    assert len(numbers) == len(set(numbers)), sorted(numbers)
