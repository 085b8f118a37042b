"""Spans of days by their words."""

from datetime import date

import pytest

from sales.periods import SPANS


@pytest.mark.parametrize(
    ("word", "day", "first", "last"),
    [
        ("week", date(2026, 12, 1), date(2026, 11, 30), date(2026, 12, 6)),
        ("last_week", date(2026, 11, 30), date(2026, 11, 23), date(2026, 11, 29)),
        ("month", date(2026, 12, 31), date(2026, 12, 1), date(2026, 12, 31)),
        ("last_month", date(2026, 1, 15), date(2025, 12, 1), date(2025, 12, 31)),
        ("quarter", date(2026, 5, 31), date(2026, 4, 1), date(2026, 6, 30)),
        ("last_quarter", date(2026, 2, 1), date(2025, 10, 1), date(2025, 12, 31)),
        ("year", date(2028, 2, 29), date(2028, 1, 1), date(2028, 12, 31)),
        ("last_year", date(2026, 12, 1), date(2025, 1, 1), date(2025, 12, 31)),
    ],
)
def test_a_span_holds_whole_weeks_months_quarters_and_years(word: str, day: date, first: date, last: date) -> None:
    assert SPANS[word](day) == (first, last)
