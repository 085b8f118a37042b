"""A number that anybody may have typed is read in core/digits.py: Python calls ² a digit and can't read it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from core.digits import MOST_DIGITS, whole_number

ROOT = Path(__file__).resolve().parents[2]
ASKS = {"isdigit", "isdecimal", "isnumeric"}
# What runs in a process of its own and imports nothing of ours looks at the length itself.
APART = ("core/digits.py", "runtime/", "intake/tables/")


@pytest.mark.parametrize("text", ["", "²", "①", "-1", "1.5", " 1", "1_0", "x", "9" * 19, "9" * 500, "9" * 4400])
def test_what_is_no_number_is_none(text: str) -> None:
    assert whole_number(text) is None


def test_numbers_are_read_up_to_the_most() -> None:
    assert (whole_number("0"), whole_number("007"), whole_number("\uff11\uff12")) == (0, 7, 12)
    assert whole_number("9" * MOST_DIGITS) == 10**MOST_DIGITS - 1
    assert (whole_number("100", 100), whole_number("101", 100), whole_number("0", -1)) == (100, None, None)


def called(function: ast.AST) -> set[str]:
    """The names that a function calls."""
    calls = [node.func for node in ast.walk(function) if isinstance(node, ast.Call)]
    return {getattr(one, "attr", getattr(one, "id", "")) for one in calls}


def test_no_function_looks_for_digits_and_reads_them_itself() -> None:
    wrong = []
    for path in sorted(ROOT.glob("*/**/*.py")):
        name = path.relative_to(ROOT).as_posix()
        text = path.read_text() if "/tests/" not in name and not name.startswith((".", "tests/", *APART)) else ""
        if not any(f".{ask}(" in text for ask in ASKS):
            continue
        functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]
        wrong += [f"{name}: {one.name}" for one in functions if called(one) & ASKS and "int" in called(one)]
        wrong += [f"{name}: .isdigit()"] if ".isdigit(" in text or ".isnumeric(" in text else []
    assert not wrong, "use core.digits.whole_number, and isdecimal where only the kind of a sign is asked"
