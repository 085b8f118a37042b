"""On A4 the menu and buttons are left out, nothing that scrolls is cut, and tables aren't made cards of."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STYLES = sorted((ROOT / "static/css").glob("*.css"))
DASHBOARDS = [
    ROOT / "templates/segmentation" / name
    for name in (
        "tier_dashboard.html",
        "potential_grid.html",
        "cohorts/page.html",
        "cohorts/trend.html",
        "cohorts/concentration.html",
    )
]


def media_rules(css: str) -> list[tuple[str, str]]:
    """(condition, body) of each @media of a stylesheet."""
    found = []
    for begin in re.finditer(r"@media ([^{]+)\{", css):
        depth, at = 1, begin.end()
        while depth:
            depth += {"{": 1, "}": -1}.get(css[at], 0)
            at += 1
        found.append((begin[1].strip(), css[begin.end() : at - 1]))
    return found


def on_paper() -> str:
    """What the stylesheet of every page says of paper, without spaces."""
    base = (ROOT / "static/css/base.css").read_text()
    return "".join(body for condition, body in media_rules(base) if condition == "print").replace(" ", "")


def test_what_is_no_use_on_paper_is_left_out() -> None:
    hidden = re.search(r"([^{}]+)\{display:none!important;\}", on_paper())
    assert hidden
    assert {".side", ".top", ".tabbar", ".button", ".bulk"} <= set(hidden[1].strip().split(","))


def test_what_scrolls_is_whole_and_numbers_of_charts_stand_open() -> None:
    rules = on_paper()
    assert ".scroll{overflow:visible;}" in rules
    assert ".twin::details-content{content-visibility:visible;" in rules
    assert "tr{break-inside:avoid;}" in rules


def test_a_narrow_sheet_is_no_phone() -> None:
    """A4 is narrower than 48rem: what makes cards of the tables of dashboards there must be of screens."""
    rules = [rule for path in STYLES for rule in media_rules(path.read_text())]
    cards = [condition for condition, body in rules if ".table.rows" in body and "thead { display: none; }" in body]
    assert cards
    assert all(condition.startswith("screen and ") for condition in cards)
    assert not any(".matrix" in body and "thead { display: none; }" in body for _condition, body in rules)


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.stem)
def test_each_table_of_a_dashboard_stands_where_it_is_made_whole(path: Path) -> None:
    text = path.read_text()
    assert re.search(r'<table class="(table rows|matrix)', text)
    assert text.count("<table") == text.count("{% scroll") == text.count("{% endscroll %}") > 0
