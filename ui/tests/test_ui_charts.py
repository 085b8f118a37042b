"""Every chart is well-formed SVG without styles, escapes what it is given and survives empty data."""

import itertools
from xml.etree import ElementTree

import pytest

from ui import charts

EVIL = "<script>alert(1)</script>"
MANY = {
    "columns": lambda word: charts.columns([word, "b"], [3, 5], word, hot=(1,), reference=(4, word)),
    "stack": lambda word: charts.stack([word, "b"], [[3, 5], [0, 0]], (1, 2), [word, "y"], word),
    "sankey": lambda word: charts.sankey([[5, 1], [0, 3]], (1, 2), [word, "y"], word, heads=(word, word)),
    "lines": lambda word: charts.lines([(word, "", [1, None, 3]), ("b", "l2", [2, 2, None])], ["1", "2", word], word),
    "month_bars": lambda word: charts.month_bars([0, 3, 1]),
    "month_ink": lambda word: charts.month_ink(),
    "segments": lambda word: charts.segments([("fill-ok", 3, word), ("fill-none", 0, word)]),
    "limits": lambda word: charts.limits([charts.Limit(word, 1, 60), charts.Limit("b", 2, 70)], word),
    "spark": lambda word: charts.spark([1, 2, 3]),
    "bar": lambda word: charts.bar(140, mark=67),
    "countdown": lambda word: charts.countdown(0.3, "hot"),
}


@pytest.mark.parametrize("name", MANY)
def test_a_chart_is_well_formed_and_unstyled(name):
    drawn = MANY[name]("words")
    ElementTree.fromstring(drawn)
    assert "style=" not in drawn


@pytest.mark.parametrize("name", MANY)
def test_a_chart_escapes_what_people_typed(name):
    drawn = MANY[name](EVIL)
    assert "<script" not in drawn
    ElementTree.fromstring(drawn)


@pytest.mark.parametrize(
    "drawn",
    [
        lambda: charts.columns([], [], "none"),
        lambda: charts.columns(["a"], [0], "none"),
        lambda: charts.stack([], [], (), (), "none"),
        lambda: charts.sankey([[0, 0], [0, 0]], (1, 2), ("a", "b"), "none"),
        lambda: charts.lines([("a", "", [None])], ["1"], "none"),
        lambda: charts.spark([1]),
        lambda: charts.spark([0, 0, 0]),
        lambda: charts.month_bars([]),
        lambda: charts.segments([]),
        lambda: charts.limits([], "none"),
    ],
)
def test_a_chart_of_nothing_is_drawn_without_failing(drawn):
    assert isinstance(drawn(), str)


def _heights(drawn: str, css: str) -> list[float]:
    return [
        float(rect.get("height")) for rect in ElementTree.fromstring(drawn).iter("rect") if rect.get("class") == css
    ]


def test_columns_start_at_zero_and_keep_their_proportions():
    low, high = _heights(charts.columns(["a", "b"], [20, 40], "x"), "pillar")
    assert high / low == pytest.approx(2, rel=0.01)


def test_a_stack_fills_its_column_whatever_the_counts():
    drawn = charts.stack(["a"], [[30, 10]], (1, 2), ["x", "y"], "label")
    first, second = _heights(drawn, "fill-1")[0], _heights(drawn, "fill-2")[0]
    assert (first + 1.5) / (second + 1.5) == pytest.approx(3, rel=0.01)


def test_sankey_paints_upgrades_and_downgrades_differently():
    drawn = charts.sankey([[5, 2], [1, 3]], (1, 2), ("A", "B"), "x")
    assert drawn.count('class="ribbon down"') == 1
    assert drawn.count('class="ribbon up"') == 1
    assert drawn.index("ribbon same") < drawn.index("ribbon up")


@pytest.mark.parametrize(("share", "wash"), [(0, 1), (0.01, 2), (0.05, 3), (0.2, 4), (0.9, 5)])
def test_a_heat_cell_gets_darker_with_its_share(share, wash):
    assert charts.wash(share) == wash


def test_labels_of_a_sankey_never_cover_each_other():
    places = charts._apart([10, 12, 90, 99], height=170)
    assert all(after - before >= 34 for before, after in itertools.pairwise(places))
    assert places[-1] <= 155


def test_a_span_that_ends_before_it_begins_is_a_mark():
    def drawn(*rows: charts.Span) -> tuple[int, int]:
        tree = ElementTree.fromstring(charts.spans(rows, "f", low=1, high=6, marks=[(2, 3)], gaps=[(5, 6)]))
        found = [one.get("class", "") for one in tree.iter() if one.tag in ("rect", "line")]
        return sum(css.startswith("fill") for css in found), found.count("clash")

    assert drawn(charts.Span("a", 1, 1, 3), charts.Span("b", 2, 2, 6)) == (2, 0)
    assert drawn(charts.Span("a", 1, 3, 3), charts.Span("b", 2, 2, 6)) == (1, 1)


def test_a_part_without_room_is_a_mark_on_the_number_line():
    def drawn(*lows: float | None) -> tuple[int, int]:
        parts = [charts.Limit(name, 1, low) for name, low in zip("abc", lows, strict=True)]
        tree = ElementTree.fromstring(charts.limits(parts, "tiers"))
        return len(list(tree.iter("rect"))), len(list(tree.iter("line")))

    assert drawn(80, 40, None) == (3, 0)
    assert drawn(80, 80, None) == (2, 1)
    assert drawn(40, 80, None) == (2, 1)
