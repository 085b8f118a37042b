"""Days, spans and money read right in both languages and in the reader's zone."""

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone, translation

from ui import formatting as f

NOW = dt.datetime(2026, 11, 24, 4, 0, tzinfo=dt.UTC)  # noon in Shanghai, the evening before in Los Angeles


@pytest.fixture(autouse=True)
def noon_in_shanghai():
    with time_machine.travel(NOW, tick=False), timezone.override(ZoneInfo("Asia/Shanghai")), translation.override("en"):
        yield


def test_a_day_is_written_as_each_language_writes_it():
    saturday = dt.date(2026, 11, 21)
    assert f.day(saturday) == "21 Nov 2026"
    assert f.day_short(saturday) == "Sat 21 Nov"
    assert f.day_short(dt.date(2025, 11, 21)) == "21 Nov 2025"
    with translation.override("zh-hans"):
        assert f.day(saturday) == "2026-11-21 周六"
        assert f.day_short(saturday) == "11-21 周六"
        assert f.month(saturday) == "2026 年 11 月"


def test_a_moment_stands_on_the_readers_clock():
    assert f.moment(NOW) == "24 Nov 12:00"
    with timezone.override(ZoneInfo("America/Los_Angeles")):
        assert f.moment(NOW) == "23 Nov 20:00"
        assert f.due(dt.date(2026, 11, 23)) == ("today", "accent")


@pytest.mark.django_db  # days are those of the company's zone
@pytest.mark.parametrize(
    ("back", "words"),
    [
        (dt.timedelta(seconds=20), "just now"),
        (dt.timedelta(minutes=12), "12 min ago"),
        (dt.timedelta(hours=3), "3 h ago"),
        (dt.timedelta(hours=13), "yesterday"),
        (dt.timedelta(days=3), "3 days ago"),
        (dt.timedelta(days=100), "3 months ago"),
        (dt.timedelta(days=800), "2 years ago"),
    ],
)
def test_the_past_is_told_in_the_coarsest_unit_that_helps(back, words):
    assert f.ago(NOW - back) == words


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (dt.date(2026, 11, 21), ("3 days overdue", "danger")),
        (dt.date(2026, 11, 23), ("1 day overdue", "danger")),
        (dt.date(2026, 11, 24), ("today", "accent")),
        (dt.date(2026, 11, 25), ("tomorrow", "")),
        (None, ("no plan", "warn")),
    ],
)
def test_a_planned_day_says_how_late_it_is(day, expected):
    assert f.due(day) == expected


def test_a_planned_time_is_shown_on_the_day_and_before():
    assert f.due(dt.date(2026, 11, 24), dt.time(10, 30)) == ("today 10:30", "accent")
    assert f.due(dt.date(2026, 11, 25), dt.time(10, 30)) == ("tomorrow 10:30", "")


@pytest.mark.parametrize(
    ("minor", "currency", "full", "short"),
    [
        (1_234_500, "CNY", "¥12,345", "¥12.3k"),
        (1_234_550, "CNY", "¥12,345.50", "¥12.3k"),
        (-3_800, "CNY", "−¥38", "−¥38"),
        (128_600_000, "CNY", "¥1,286,000", "¥1.29M"),
        (1500, "JPY", "JP¥1,500", "JP¥1,500"),
        (1500, "KWD", "KWD 1.500", "KWD 2"),
        (None, "CNY", "—", "—"),
    ],
)
def test_money_is_exact_in_full_and_rounded_on_cards(minor, currency, full, short):
    assert f.money(minor, currency) == full
    assert f.money_short(minor, currency) == short


@pytest.mark.parametrize(
    ("minor", "words"),
    [(999_900, "¥9,999"), (128_600_000, "¥128.6 万"), (1_000_000, "¥1 万"), (84_200_000_000, "¥8.42 亿")],
)
def test_chinese_cards_count_in_wan(minor, words):
    with translation.override("zh-hans"):
        assert f.money_short(minor) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(12, "12 s"), (480, "8 min"), (11_520, "3 h 12 min"), (7200, "2 h"), (158_400, "1 d 20 h"), (86_400, "1 d")],
)
def test_a_span_keeps_its_two_largest_units(seconds, words):
    assert f.duration(seconds) == words
    assert f.duration(dt.timedelta(seconds=seconds)) == words


def test_shares_and_signs():
    assert f.percent(0.462, 1) == "46.2%"
    assert f.percent(-0.0001) == "0%"
    assert f.percent(1) == "100%"
    assert f.percent(493 / 494) == "99.7%", "one of 494 is missing"
    assert f.percent(Decimal("0.99999"), 1) == "99.99%"
    assert f.percent(-0.12) == "−12%"
    assert f.signed(-9) == "−9"
    assert f.signed(12) == "+12"
    assert f.number(None) == "—"


@pytest.mark.parametrize(("name", "letters"), [("林晓岚", "林"), ("Ada Lovelace", "AL"), ("acme", "A"), ("", "?")])
def test_an_avatar_shows_the_initial(name, letters):
    assert f.initials(name) == letters


@pytest.mark.parametrize(("language", "said"), [("en", "Saved. Next: Monday."), ("zh-hans", "已保存。下次：周一。")])
def test_no_space_stands_between_chinese_sentences(language, said):
    parts = {"en": ("Saved.", "", "Next: Monday."), "zh-hans": ("已保存。", "", "下次：周一。")}
    with translation.override(language):
        assert f.sentences(*parts[language]) == said
