"""Which days a span has, what it is compared with, and which runs' sales add up to its own."""

from datetime import date

import pytest

from segmentation.models import ScoreRun
from segmentation.pages import spans
from segmentation.pages.spans import Kind, Span

NIGHTS = [date(2026, 10, 15), date(2026, 9, 30), date(2026, 8, 31), date(2026, 8, 9), date(2026, 7, 31)]
RUNS = [ScoreRun(pk=n, as_of=day) for n, day in enumerate(NIGHTS)]


def asked(**given):
    return spans.read(given, RUNS)


def test_the_worked_example_of_the_definitions():
    span = Span(Kind.OWN, date(2026, 8, 10), date(2026, 10, 15))
    assert span.sums() == [
        (date(2026, 8, 31), 1),
        (date(2026, 9, 30), 1),
        (date(2026, 10, 15), 1),
        (date(2026, 8, 9), -1),
    ]
    assert [(run.as_of, sign) for run, sign in spans.runs_of(span, RUNS)] == span.sums()


def test_sales_are_not_said_where_a_month_of_them_was_never_counted():
    assert spans.runs_of(Span(Kind.OWN, date(2026, 6, 1), date(2026, 7, 31)), RUNS) is None
    assert spans.runs_of(Span(Kind.OWN, date(2026, 8, 11), date(2026, 8, 31)), RUNS) is None


@pytest.mark.parametrize(
    ("kind", "first", "last", "before"),
    [
        # Half of one is compared with the same half.
        ("month", (2026, 10, 1), (2026, 10, 15), ((2026, 9, 1), (2026, 9, 15))),
        ("quarter", (2026, 10, 1), (2026, 11, 28), ((2026, 7, 1), (2026, 8, 28))),
        ("year", (2026, 1, 1), (2026, 10, 15), ((2025, 1, 1), (2025, 10, 15))),
        # A whole one with the whole one, however many days it has.
        ("month", (2026, 2, 1), (2026, 2, 28), ((2026, 1, 1), (2026, 1, 31))),
        ("quarter", (2026, 7, 1), (2026, 9, 30), ((2026, 4, 1), (2026, 6, 30))),
        ("year", (2025, 1, 1), (2025, 12, 31), ((2024, 1, 1), (2024, 12, 31))),
        # A day that the month before doesn't have is its last one.
        ("month", (2026, 3, 1), (2026, 3, 30), ((2026, 2, 1), (2026, 2, 28))),
        ("own", (2026, 8, 10), (2026, 8, 19), ((2026, 7, 31), (2026, 8, 9))),
    ],
)
def test_what_a_span_is_compared_with(kind, first, last, before):
    earlier = Span(Kind(kind), date(*first), date(*last)).earlier()
    assert (earlier.first, earlier.last) == (date(*before[0]), date(*before[1]))


def test_the_address_says_which_days():
    assert (asked().span.first, asked().run.as_of) == (date(2026, 10, 1), date(2026, 10, 15))
    assert asked(span="quarter", run="2026-09-30").span == Span(Kind.QUARTER, date(2026, 7, 1), date(2026, 9, 30))
    own = asked(**{"span": "own", "from": "2026-08-10", "to": "2026-10-14"})
    assert (own.span, own.problem) == (Span(Kind.OWN, date(2026, 8, 10), date(2026, 9, 30)), "")


def test_a_span_begins_no_earlier_than_what_the_nights_know():
    assert asked(span="year").span.first == date(2026, 7, 1)
    assert asked(**{"span": "own", "from": "0001-01-01", "to": "2026-09-30"}).span.first == date(2026, 7, 1)


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("2026-02-30", "2026-09-30", "year-month-day"),
        ("2026-08-01", "yesterday", "year-month-day"),
        ("2026-09-30", "2026-08-01", "comes after"),
        ("2020-01-01", "2020-12-31", "Known are days from 31 Jul 2026 to 15 Oct 2026"),
        ("2027-01-01", "2027-12-31", "No night has counted these days"),
    ],
)
def test_days_that_cannot_be_are_refused_in_words(first, last, said, settings):
    found = asked(**{"span": "own", "from": first, "to": last})
    assert said in found.problem
    assert (found.first, found.last) == (first, last)
    assert found.span.first == date(2026, 10, 1)  # the page shows the month meanwhile
