"""Icons that stand in every row are drawn by the stylesheet: each has its rule and its file, with Lucide's drawing."""

import re
from pathlib import Path

import pytest

from ui import icons

ROOT = Path(__file__).resolve().parents[2]
CSS = (ROOT / "static/css/base.css").read_text(encoding="utf-8")
RULES = dict(re.findall(r"""\[data-icon=([a-z0-9-]+)\] \{ --icon: url\("\.\./icons/([a-z0-9-]+)\.svg"\); \}""", CSS))
SOURCES = [*ROOT.glob("*/templates/**/*.html"), *ROOT.glob("templates/**/*.html"), *ROOT.glob("[a-z]*/**/*.py")]
HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="#000" stroke-width="1.75"'
    ' stroke-linecap="round" stroke-linejoin="round">'
)


def used() -> set[str]:
    texts = (path.read_text(encoding="utf-8") for path in SOURCES if "tests" not in path.parts)
    return {name for text in texts for name in re.findall(r"""data-icon="([a-z0-9-]+)\"""", text)}


@pytest.mark.parametrize("name", sorted(RULES))
def test_the_file_holds_lucides_drawing(name):
    assert RULES[name] == name
    assert (ROOT / f"static/icons/{name}.svg").read_text(encoding="utf-8") == f"{HEAD}{icons.drawing(name)}</svg>\n"


def test_every_icon_that_markup_asks_for_has_a_rule():
    assert "triangle-alert" in used()
    assert not used() - set(RULES)
