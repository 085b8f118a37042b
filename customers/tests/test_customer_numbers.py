"""Generated numbers: K and seven digits, never twice, whatever imports brought along."""

import re

import pytest

from customers.models import Customer
from customers.services import customer_create, numbers_next
from tests.races import at_once


def test_a_generated_number_is_k_and_seven_digits(cast):
    assert re.fullmatch(r"K\d{7}", customer_create(by=cast.wang, name="新客户", owner=cast.wang).number)


def test_numbers_that_an_import_brought_are_skipped(cast):
    coming = int(numbers_next()[0][1:]) + 1
    Customer.objects.create(number=f"K{coming:07d}", name="导入的")
    assert numbers_next() == [f"K{coming + 1:07d}"]


@pytest.mark.django_db(transaction=True)
def test_forty_numbers_drawn_at_once_are_forty(defaults):
    drawn = [number for numbers in at_once(lambda _turn: numbers_next(5), 8) for number in numbers]
    assert len(set(drawn)) == 40
