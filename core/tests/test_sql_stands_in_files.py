"""SQL that is longer than a line stands in a file, and a file takes the words of choices from Python."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from core import sql

ROOT = Path(settings.BASE_DIR)
BY_HAND = ROOT / "accounts" / "sql" / "guard_audit_log.sql"  # run once by whoever operates the database
FILES = [path for path in sorted(ROOT.glob("*/**/sql/**/*.sql")) if ".venv" not in path.parts and path != BY_HAND]
STATEMENT = re.compile(r"\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH|CREATE|DROP|ALTER|TRUNCATE)\s")
LONGEST = 120
# Words that mean something else here than the choice of the same spelling.
OTHERWISE = {
    "followups/sql/situations.sql": {"days", "hours"},  # numbers of the reason, by their names
    "followups/sql/close.sql": {"days"},  # a number of the reason, by its name
    "followups/sql/differs.sql": {"days", "hours"},  # numbers of the reason, by their names
    "segmentation/sql/scores.sql": {"high", "low"},  # classes of frequency
    "segmentation/sql/shares.sql": {"high", "low"},  # bands of potential
    "demo/sql/night_floor.sql": {"off"},  # a setting of the server
    "demo/sql/foreign_keys_of.sql": {"f"},  # a kind of constraint
    # What moved a date, and numbers of the reason, by their names.
    "followups/sql/moved.sql": {"warning", "answer", "quarter", "days", "hours"},
    "followups/sql/crowded.sql": {"days"},  # a number of the reason, by its name
    "followups/sql/new.sql": {"days"},  # a number of the reason, by its name
    "segmentation/sql/cohort_new.sql": {"month"},  # parts of a date
    "segmentation/sql/shares_past.sql": {"month"},  # a part of a date
    "segmentation/sql/economics_judge.sql": {"month"},  # a part of a date
    "segmentation/sql/reasons.sql": {"open", "csat"},  # numbers of the reason, by their names
    "sales/sql/sold_add_up.sql": {"month"},  # a part of a date
    "sales/imports/sql": {"new"},  # what is to be done with an order of the file
}


def words() -> set[str]:
    """The stored values of all choices."""
    fields = [field for model in apps.get_models() for field in model._meta.concrete_fields if field.choices]
    return {value for field in fields for value, _label in field.flatchoices if isinstance(value, str) and value}


def literals(text: str) -> set[str]:
    return set(re.findall(r"'(\w+)'", re.sub(r"--[^\n]*", "", text)))


def modules() -> Iterator[Path]:
    own = {Path(config.path) for config in apps.get_app_configs()}
    for folder in sorted(folder for folder in own if ROOT in folder.parents and ".venv" not in folder.parts):
        yield from (path for path in folder.rglob("*.py") if not {"tests", "migrations"} & set(path.parts))


def long_statements(source: str) -> list[int]:
    """The lines at which SQL of more than a line begins."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr):
            parts = [part.value if isinstance(part, ast.Constant) else "{}" for part in node.values]
            text = "".join(str(part) for part in parts)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        else:
            continue
        is_trigger = "NEW." in text  # the body of a trigger belongs to its model
        if STATEMENT.match(text) and not is_trigger and (len(text) > LONGEST or "\n" in text.strip()):
            found.append(node.lineno)
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_names_no_choice(path):
    name = str(path.relative_to(ROOT))
    otherwise = set().union(*(kept for place, kept in OTHERWISE.items() if name.startswith(place)))
    named = literals(path.read_text(encoding="utf-8")) & words() - otherwise
    assert not named, "pass these as parameters, see core.sql.choices"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_is_run_by_its_app(path):
    app, name = str(path.relative_to(ROOT)).removesuffix(".sql").split("/sql/")
    sources = [file.read_text(encoding="utf-8") for file in (ROOT / app.split("/")[0]).rglob("*.py")]
    assert any(f'"{name}"' in source for source in sources), "nobody runs this file"


def test_long_statements_stand_in_files():
    found = {str(path.relative_to(ROOT)): long_statements(path.read_text(encoding="utf-8")) for path in modules()}
    assert not {path: lines for path, lines in found.items() if lines}


def test_the_guards_can_fail():
    assert literals("SELECT 1 -- 'open'\nWHERE state = 'closed'") == {"closed"}
    assert "won_back" in words()
    assert long_statements('x = """\nSELECT 1\nFROM y"""\nz = "SELECT 1"') == [1]


def test_braces_are_filled_and_others_left(monkeypatch):
    monkeypatch.setattr(sql, "_file", lambda app, name: "SELECT {f.facts}, {facts}, '^[0-9]{15}$' FROM {lines}")
    assert sql.text("any", "file", facts=("r", "m"), lines="stage_1") == (
        "SELECT f.r, f.m, r, m, '^[0-9]{15}$' FROM stage_1"
    )
