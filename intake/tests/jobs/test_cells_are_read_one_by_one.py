"""Numbers, dates and words of daily life are read as they are meant, or refused: never guessed."""

import time
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from core.refusals import BadCellError
from intake import values

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("1,234.50", "1234.50"),
        ("1 234 567", "1234567"),
        ("1'234.5", "1234.5"),
        ("￥1234.5", "1234.5"),
        ("¥-12", "-12"),
        ("-¥12", "-12"),
        ("(12.00)", "-12"),
        ("12元", "12"),
        ("RMB 5", "5"),
        ("1.28万", "12800"),
        ("1.28万元", "12800"),
        ("2亿", "200000000"),
        ("－１２", "-12"),
        (".5", "0.5"),
        ("1e5", "100000"),
    ],
)
def test_figures_as_people_write_them(text, figure):
    assert values.number(text, "CNY") == Decimal(figure)


@pytest.mark.parametrize(
    "text",
    [
        "1,5",
        "1,2345",
        "1 2",
        "1,23,456",
        "1e999",
        "inf",
        "nan",
        "--5",
        "(-5)",
        "5%",
        "¥",
        "十",
        "1_000",
        "0x10",
        "10 pcs",
        "9,9,9",
    ],
)
def test_what_could_mean_something_else_is_no_number(text):
    with pytest.raises(BadCellError, match="is no number"):
        values.number(text, "CNY")


@pytest.mark.parametrize(
    "text", ["$10", "USD 10", "10 EUR", "₩10000", "US$10", "10 usd", "£1", "HK$5", "10円", "Rs.100", "1.5万美元"]
)
def test_another_currency_than_the_files_is_refused(text):
    with pytest.raises(BadCellError, match="isn't in CNY"):
        values.number(text, "CNY")


@pytest.mark.parametrize(
    ("text", "currency"),
    [("$10", "USD"), ("$10", "HKD"), ("¥10", "JPY"), ("10 EUR", "EUR"), ("10€", "EUR"), ("₩10", "KRW")],
)
def test_the_files_own_currency_may_stand_there(text, currency):
    assert values.number(text, currency) == 10


def test_a_quantity_may_name_what_it_counts():
    assert [values.quantity(text) for text in ("2盒", "2 pcs", "1.5kg", "3")] == [2, 2, Decimal("1.5"), 3]
    for text in ("2打", "x2", "¥2", "2 dozen"):
        with pytest.raises(BadCellError):
            values.quantity(text)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2026-3-5 下午2:30", (2026, 3, 5, 14, 30)),
        ("2026-3-5 上午12:30", (2026, 3, 5, 0, 30)),
        ("2026-3-5 中午12:30", (2026, 3, 5, 12, 30)),
        ("2026-3-5 晚上8点", (2026, 3, 5, 20)),
        ("2026年3月5日 14时30分", (2026, 3, 5, 14, 30)),
        ("2026年3月5日14:30", (2026, 3, 5, 14, 30)),
        ("2026-03-05 02:30:15 PM", (2026, 3, 5, 14, 30, 15)),
        ("2026-03-05 12:30 am", (2026, 3, 5, 0, 30)),
        ("Jan 15, 2024 10:30:15 AM", (2024, 1, 15, 10, 30, 15)),
        ("15-Sep-2024", (2024, 9, 15)),
        ("46353", (2026, 11, 27)),
        ("46353.604166667", (2026, 11, 27, 14, 30)),
        ("20261124143000", (2026, 11, 24, 14, 30)),
    ],
)
def test_dates_as_people_and_programs_write_them(text, wanted):
    assert values.wall_time(text) == (datetime(*wanted), None)


@pytest.mark.parametrize(
    ("text", "order", "wanted"),
    [
        ("26/3/5", "ymd", (2026, 3, 5)),
        ("5.3.26 9:30", "dmy", (2026, 3, 5, 9, 30)),
        ("65/3/5", "ymd", (1965, 3, 5)),
        ("11/8/2018", "mdy", (2018, 11, 8)),
        ("11/8/2018", "dmy", (2018, 8, 11)),
        ("2026-11-08", "mdy", (2026, 11, 8)),
    ],
)
def test_the_order_of_a_date_is_told_never_guessed(text, order, wanted, time_machine):
    time_machine.move_to(datetime(2026, 11, 28, tzinfo=UTC))
    assert values.wall_time(text, order)[0] == datetime(*wanted)
    if text[:4] != "2026":
        with pytest.raises(BadCellError, match="--date-format"):
            values.wall_time(text)


@pytest.mark.parametrize("text", ["2026-05-01 10:00+99:99", "2026-05-01 10:00+99:00", "2026-05-01 10:00-08:75"])
def test_a_zone_that_does_not_exist_is_a_bad_cell(text):
    with pytest.raises(BadCellError, match="no time zone"):
        values.moment(text, SHANGHAI)


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-30",
        "2026-05-01 25:00",
        "2026-05-01 13:00 AM",
        "1700000000",
        "2026-05-0110:00",
        "99999",
        "2026-05",
        "2026-05-01 x",
    ],
)
def test_impossible_moments_are_bad_cells(text):
    with pytest.raises(BadCellError):
        values.wall_time(text)


def test_offsets_are_kept():
    assert values.wall_time("2024-01-15 10:30:00 +0530")[1] == timezone(timedelta(hours=5, minutes=30))
    assert values.wall_time("2024-01-15T10:30:00Z")[1] == UTC


def test_tomorrow_is_the_latest_day(time_machine):
    time_machine.move_to(datetime(2026, 11, 28, 15, 0, tzinfo=UTC))  # 23:00 in Shanghai
    assert values.moment("2026-11-29 23:59", SHANGHAI) == datetime(2026, 11, 29, 15, 59, tzinfo=UTC)
    for text in ("2026-11-30", "2030-01-01", "9999-12-31"):
        with pytest.raises(BadCellError, match="in the future"):
            values.moment(text, SHANGHAI)


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("dmy", "dmy"),
        ("%m/%d/%y %H:%M", "mdy"),
        ("dd/MM/yyyy HH:mm", "dmy"),
        ("%d %b %Y", "dmy"),
        ("YYYY-MM-DD", "ymd"),
        ("", ""),
    ],
)
def test_a_pattern_says_the_order(text, order):
    assert values.date_order(text) == order


@pytest.mark.parametrize("text", ["banana", "%H:%M", "d/m", "dd"])
def test_a_pattern_without_the_three_parts_is_refused(text):
    with pytest.raises(ValueError, match="order"):
        values.date_order(text)


def test_words_keep_what_is_seen():
    assert values.short("A\u200bB\x00C", 9) == "AB C"
    assert values.short("می\u200cروم 👨\u200d👩", 20) == "می\u200cروم 👨\u200d👩", "joiners shape what they join"
    assert values.short("王\ue81d", 9) == "王\ue81d", "rare names have characters of their own"
    for nobody in ("\u200b\u200b", "\u3164", "\u2800 \u2060", "\u200d"):
        assert values.short(nobody, 9) == ""
    assert values.paragraphs("a\r\nb\x00c\ud800") == "a\nb c "


ATTACKS = ("1{} x", "1{}", "1,{}", "({}", "2026-05-01{} x", "¥{}", "1e{}", "{}\u200b", "2026-05-01 10:00{}", "﷽{}")


@pytest.mark.parametrize("pattern", ATTACKS)
@pytest.mark.parametrize("filler", [" ", "1", ",", "e", "\u3164", "-"])
def test_a_cell_takes_no_longer_than_its_length(pattern, filler):
    """A quadratic pattern would take hours for a million characters; all of these take well below a second."""
    text = pattern.format(filler * 1_000_000)
    began = time.process_time()
    for read in (lambda: values.number(text, "CNY"), lambda: values.quantity(text), lambda: values.wall_time(text)):
        with pytest.raises(BadCellError):
            read()
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize(
    ("text", "kept"), [("99.994", "99.99"), ("-99.994", "-99.99"), ("99.995", ""), ("-99.995", ""), ("1e99", "")]
)
def test_a_figure_that_rounding_makes_too_large_is_too_large(text, kept):
    if kept:
        assert values.bounded(values.number(text), decimals=2, whole=2, text=text) == Decimal(kept)
    else:
        with pytest.raises(BadCellError, match="2 digits"):
            values.bounded(values.number(text), decimals=2, whole=2, text=text)
