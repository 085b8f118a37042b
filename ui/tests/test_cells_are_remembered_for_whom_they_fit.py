"""Cells are drawn once per value, and for each language, day and time zone anew."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.utils import timezone, translation

from ui import cells, charts

AT = datetime(2026, 11, 1, 20, 30, tzinfo=UTC)


@pytest.mark.django_db
@time_machine.travel(datetime(2026, 11, 5, 4, 0, tzinfo=UTC), tick=False)
def test_a_moment_is_told_in_the_readers_zone_and_language():
    told = {}
    for zone in ("Asia/Shanghai", "America/Los_Angeles"):
        for language in ("en", "zh-hans"):
            with timezone.override(zone), translation.override(language):
                cell = cells.since_cell(AT, date(2026, 11, 5))
                told[zone, language] = (cell.content, cell.attributes)
    assert len(set(told.values())) == 4
    assert "04:30" in told["Asia/Shanghai", "en"][1]
    assert "12:30" in told["America/Los_Angeles", "en"][1]


@pytest.mark.django_db
@time_machine.travel(datetime(2026, 12, 10, 4, 0, tzinfo=UTC), tick=False)
def test_a_long_silence_is_ochre_only_where_it_is_asked_for():
    today = date(2026, 12, 10)
    assert "tone-down" in cells.since_cell(AT, today, 30).css
    assert "tone-down" not in cells.since_cell(AT, today, 60).css
    assert "tone-down" not in cells.since_cell(AT, today).css


def test_what_is_typed_is_escaped():
    assert cells.person_cell("<b>").content == "&lt;b&gt;"
    assert "<b>" not in cells.person_cell("<b>").attributes


def test_twelve_months_are_one_path_with_a_column_for_each_that_has_sales():
    bars = charts.month_bars([0, 5, 0, 0, 0, 0, 0, 0, 0, 0, -3, 10])
    assert bars.count("<path") == 1
    assert bars.count("M") == 2
    assert 'fill="url(#month-ink)"' in bars
    assert 'id="month-ink"' in charts.month_ink()
