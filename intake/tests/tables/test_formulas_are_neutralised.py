"""No cell that leaves the house is a formula to a spreadsheet; numbers stay numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.tables.cells import neutralise


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+cmd",
        "-cmd",
        "@SUM(A1)",
        "\t=1",
        "\rx",
        "\n=1",
        "  =1",
        "\u3000=1",
        "\u00a0@x",
        "\u2003=1",
        "\x01=1",
        "\x0b+x",
        "\u200e=1",
        "\u2028-x",
        "＝1+1",
        "＋1+1",
        "－x",
        "＠x",
    ],
)
def test_formulas_get_an_apostrophe(text):
    assert neutralise(text) == f"'{text}"


@pytest.mark.parametrize("value", ["plain", "-5", "+8613812345678", "-1,234.50", "12%", "a=b", "", None, 5, "x@y.com"])
def test_everything_else_stays(value):
    assert neutralise(value) == value


@given(st.text())
def test_no_text_ever_begins_like_a_formula(text):
    safe = str(neutralise(text)).lstrip(" \u3000\u00a0")
    assert safe[:1] not in ("=", "@", "＝", "＠", "\t", "\r")
