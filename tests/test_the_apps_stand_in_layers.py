"""The table of the apps and the layers of the import contract say the same, so that no folder goes unchecked."""

from __future__ import annotations

import tomllib
from pathlib import Path

from crm.wiring import APPS

PYPROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"


def test_every_app_has_its_place_in_the_import_contract():
    rules = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["tool"]["importlinter"]
    assert set(APPS) <= set(rules["root_packages"]), "an app that isn't a root package is never looked at"
    layers = [name.strip() for layer in rules["contracts"][0]["layers"] for name in layer.split("|")]
    assert [name for name in reversed(layers) if name in APPS] == list(APPS), "lowest first, as in crm/wiring.py"
