"""Templates can be read and compared line by line."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = [path for path in sorted(ROOT.glob("**/templates/**/*.html")) if ".venv" not in path.parts]
LONGEST = 120


def long_lines(text: str) -> list[int]:
    """Numbers of the lines that are longer than a screen is wide."""
    return [number for number, line in enumerate(text.splitlines(), start=1) if len(line) > LONGEST]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_line_of_a_template_is_too_long(path: Path) -> None:
    found = long_lines(path.read_text(encoding="utf-8"))
    assert not found, (
        f"{path.relative_to(ROOT)}: lines {found} are longer than {LONGEST} characters. Give every element a line of "
        "its own, indented by nesting; docs/ui.md says where a line may break and what to do with a long text."
    )


def test_a_long_line_is_seen() -> None:
    assert long_lines(f"{'x' * 120}\n{'x' * 121}\n") == [2]
