"""Classes are words that say what stands there; each of them is used."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STYLES = sorted((ROOT / "static/css").glob("*.css"))
APPS = (
    "ui",
    "workbench",
    "responsibility",
    "feedback",
    "followups",
    "segmentation",
    "sales",
    "customers",
    "intake",
    "accounts",
    "core",
)
CODE = [path for app in APPS for path in sorted((ROOT / app).rglob("*.py"))]
CODE = [path for path in CODE if not {"tests", "migrations"} & set(path.parts)]
TEMPLATES = sorted(path for path in ROOT.glob("**/templates/**/*.html") if ".venv" not in path.parts)
SCRIPTS = sorted((ROOT / "static/js").glob("*.js"))
# The words of three letters or fewer; a new one has to be a word too.
SHORT_WORDS = set(
    "act add alt app art at bad bar big box cut day dot end gap hit hot ink low map me new no off ok old pad "  # noqa: SIM905
    "pen pip pop row six sub sum tag top two up who why".split()
)
BUILT = re.compile(r"^(scope|mask|swatch|tone)-|-\d$")  # `wash-3`, `scope-team`: a value stands behind the word
GIVEN = re.compile(r"""\b(?:class|kind|css)(?:=\\?"|"(?:\]\s=|:)\sf?")((?:\{%.*?%\}|\{\{.*?\}\}|[^"\\])*)""")
DRAWN = re.compile(r"\{%.*?%\}|[\w-]*\{\{.*?\}\}|[\w-]*\{(?!%)[^}]*\}")


def styled_classes(css: str) -> set[str]:
    """The classes that the selectors of a stylesheet name."""
    text = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    heads = [head for head in re.findall(r"([^{};]+)\{", text) if not head.lstrip().startswith("@")]
    return {name for head in heads for name in re.findall(r"\.([A-Za-z][\w-]*)", head)}


def given_classes(source: str) -> set[str]:
    """The classes that HTML in a template or in Python gives, also as `kind` of a button or `css` of a part."""
    values = [DRAWN.sub(" ", value) for value in GIVEN.findall(source)]
    return {name for value in values for name in re.findall(r"(?<![\w-])[A-Za-z][\w-]*", value)}


def riddles(names: set[str]) -> set[str]:
    """Names of three letters or fewer, also in front of a number, that are no words."""
    return {
        name for name in names if re.sub(r"\d+$", "", name) not in SHORT_WORDS and re.match(r"[a-z]{1,3}\d*$", name)
    }


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_a_stylesheet_names_words(path: Path) -> None:
    found = riddles(styled_classes(path.read_text(encoding="utf-8")))
    assert not found, f"{path.name}: {sorted(found)} say nothing; name what stands there in words (docs/ui.md)"


def test_markup_gives_words() -> None:
    found = {
        str(path.relative_to(ROOT)): sorted(names)
        for path in [*TEMPLATES, *CODE]
        if (names := riddles(given_classes(path.read_text(encoding="utf-8"))))
    }
    assert not found, f"These are no classes of ours, static/css/ and docs/ui.md have them: {found}"


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_every_class_is_used(path: Path) -> None:
    written = "\n".join(source.read_text(encoding="utf-8") for source in [*TEMPLATES, *CODE, *SCRIPTS])
    words = set(re.findall(r"[A-Za-z][\w-]*", written))
    unused = {name for name in styled_classes(path.read_text(encoding="utf-8")) if not BUILT.search(name)} - words
    assert not unused, f"{path.name}: nothing has the classes {sorted(unused)}"


def test_riddles_are_seen() -> None:
    css = ".cd2 { & .q:hover, .row > .t1 {} } @media print { .wash-1 {} .pad {} }"
    assert riddles(styled_classes(css)) == {"cd2", "q", "t1"}
    html = '<a class="btn{% if x %} pri{% endif %} wash-{{ n }} row">{% button "x" kind="sm" %}</a>'
    assert riddles(given_classes(html)) == {"btn", "pri", "sm"}
