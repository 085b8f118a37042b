"""Lines are exact, an order's total is rounded once, half away from zero, in Python as in SQL."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sales import money

quantities = st.decimals(min_value=-10_000, max_value=10_000, places=3)
prices = st.decimals(min_value=0, max_value=10_000, places=4)
lines = st.lists(st.tuples(quantities, prices), min_size=1, max_size=12)


@given(lines)
def test_the_total_is_never_further_off_than_half_a_cent(found):
    exact = sum((quantity * price for quantity, price in found), Decimal(0))
    total = money.total([money.line_amount(q, p) for q, p in found], "CNY")
    assert abs(Decimal(total) / 100 - exact) <= Decimal("0.005")


@given(lines)
def test_a_return_is_the_purchase_turned_round(found):
    amounts = [money.line_amount(q, p) for q, p in found]
    assert money.total([-amount for amount in amounts], "CNY") == -money.total(amounts, "CNY")


def test_rounding_each_line_would_lose_money():
    """The twin: three lines of 0.4 cents are 1.2 cents, not 0."""
    amounts = [Decimal("0.004")] * 3
    assert money.total(amounts, "CNY") == 1
    assert sum(money.total([amount], "CNY") for amount in amounts) == 0


@pytest.mark.django_db
@given(st.lists(st.decimals(min_value=-(10**9), max_value=10**9, places=7), min_size=1, max_size=8))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_the_database_rounds_in_the_same_way(amounts):
    with connection.cursor() as cursor:
        cursor.execute("SELECT round(sum(v) * 10::numeric ^ 2)::bigint FROM unnest(%s::numeric[]) v", [amounts])
        assert cursor.fetchone()[0] == money.total(amounts, "CNY")


def test_currencies_without_or_with_three_decimals():
    assert money.total([Decimal("100.5")], "JPY") == 101
    assert money.total([Decimal("1.0005")], "KWD") == 1001
    assert money.converted(10_000, Decimal("0.05"), currency="JPY", into="CNY") == 50_000


@given(st.integers(-(10**12), 10**12), st.decimals(min_value="0.0001", max_value=1000, places=8))
def test_conversion_rounds_half_up(minor, rate):
    expected = (Decimal(minor) * rate).quantize(Decimal(1), ROUND_HALF_UP)
    assert money.converted(minor, rate, currency="USD", into="CNY") == expected


def test_a_discount_makes_a_returned_line_smaller_too():
    assert money.line_amount(Decimal(2), Decimal(10), Decimal(5)) == 15
    assert money.line_amount(Decimal(-2), Decimal(10), Decimal(5)) == -15


def test_too_much_for_the_database():
    with pytest.raises(money.AmountTooLargeError):
        money.total([Decimal(10) ** 17], "CNY")
