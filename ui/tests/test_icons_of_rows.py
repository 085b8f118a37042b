"""Icons that stand in every row are drawn by the stylesheet: each has its rule and its file, with Lucide's drawing."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from lucide import IconDoesNotExist

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


def filled(source: str, trees: list[ast.Module]) -> set[str]:
    """Icons that functions of this source fill into the markup of a row: those that are handed to them as `icon`, or,
    without such an argument, those that they name themselves."""
    makers, own = {}, set[str]()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and 'data-icon="{}"' in ast.unparse(node).replace("\\'", "'"):
            names = [argument.arg for argument in (*node.args.args, *node.args.kwonlyargs)]
            if "icon" in names:
                makers[node.name] = names.index("icon")
            else:
                own |= {text for text in _texts(node) if is_icon(text)}
    assert makers or own, "which icons these are can't be read"
    return own | {icon for tree in trees for call in ast.walk(tree) for icon in _handed(call, makers)}


def is_icon(text: str) -> bool:
    try:
        return bool(re.fullmatch("[a-z0-9-]+", text) and icons.drawing(text))
    except IconDoesNotExist:
        return False


def _texts(node: ast.AST) -> set[str]:
    return {str(one.value) for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str)}


def _handed(call: ast.AST, makers: dict[str, int]) -> Iterator[str]:
    if not isinstance(call, ast.Call):
        return
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    if name in makers:
        named = [keyword.value for keyword in call.keywords if keyword.arg == "icon"]
        for value in (*call.args[makers[name] : makers[name] + 1], *named):
            assert isinstance(value, ast.Constant), f"{name} takes an icon by its name: {ast.unparse(call)}"
            yield str(value.value)


@pytest.mark.parametrize("name", sorted(RULES))
def test_the_file_holds_lucides_drawing(name):
    assert RULES[name] == name
    assert (ROOT / f"static/icons/{name}.svg").read_text(encoding="utf-8") == f"{HEAD}{icons.drawing(name)}</svg>\n"


def test_every_icon_that_markup_asks_for_has_a_rule():
    assert "triangle-alert" in used()
    assert not used() - set(RULES)


def test_every_icon_that_a_function_puts_into_a_row_has_a_rule():
    """`data-icon="{}"` names none: the calls do."""
    modules = [path for path in SOURCES if path.suffix == ".py" and "tests" not in path.parts]
    texts = {path: path.read_text(encoding="utf-8") for path in modules}
    makers = [text for text in texts.values() if 'data-icon="{}"' in text]
    trees = [ast.parse(text) for text in texts.values() if re.search(r"\b(_icon|row_menu)\(", text)]
    found = set[str]().union(*(filled(text, trees) for text in makers))
    assert {"phone", "ellipsis", "calendar-clock"} <= found
    assert not found - set(RULES)


def test_every_icon_of_what_is_done_with_rows_has_a_rule():
    sources = (path for path in SOURCES if path.suffix == ".py" and "tests" not in path.parts)
    modules = [path.read_text(encoding="utf-8") for path in sources]
    trees = [ast.parse(text) for text in modules if "Bulk(" in text]
    found = {icon for tree in trees for call in ast.walk(tree) for icon in _handed(call, {"Bulk": 2})}
    assert "arrow-left-right" in found
    assert not found - set(RULES)


def test_an_icon_without_a_rule_is_found():
    source = """
def _icon(url, icon): return format_html('<a data-icon="{}"></a>', icon)
_icon("/", "rocket")
row.shown._icon("/", icon="anchor")
"""
    assert filled(source, [ast.parse(source)]) == {"rocket", "anchor"}
    acts = "def acts(row): return [f('<a data-icon=\"{}\"></a>', icon) for icon in ('sun', 'none of them')]"
    assert filled(acts, []) == {"sun"}
