"""A long number that a spreadsheet has shortened is known as such; other texts and numbers are not."""

import openpyxl
import pytest

from intake.tables.cells import damaged_number
from intake.tabular import open_table


@pytest.mark.parametrize(
    "text",
    [
        "1.23457E+17",
        "1.38001e+10",
        "1,23457E+17",
        "1E+05",
        "-4.5E+8",
        "1.5E12",
        "1234567890123456789.0",
        "１.2345Ｅ+17",
    ],
)
def test_scientific_notation_and_floats_beyond_fifteen_digits(text):
    assert damaged_number(text)


@pytest.mark.parametrize(
    "text", ["", "1234567890123456789", "1E5", "12E5", "5E10", "A1.2E+17", "2.5", "1.2E-5", "1.5E+3", "13800138015.0"]
)
def test_what_may_be_a_number_of_something_is_left(text):
    assert not damaged_number(text)


def test_two_long_numbers_of_a_workbook_never_become_one_plain_number(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["order", "amount"])
    book.active.append([123456789012345678, 999_999_999_999_999])
    book.active.append([123456789012345679, 12.5])
    book.save(tmp_path / "orders.xlsx")
    first, second = (cells for _number, cells in open_table(tmp_path / "orders.xlsx").rows())
    assert damaged_number(first[0])
    assert damaged_number(second[0])
    assert (first[1], second[1]) == ("999999999999999", "12.5")
