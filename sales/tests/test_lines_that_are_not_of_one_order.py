"""Numbers that a spreadsheet has damaged, and lines that can't be of one order, are refused and never merged."""

import openpyxl
import pytest

from customers.models import Customer
from sales.models import Order

HEADER = "order_no,customer_no,ordered_at,product,quantity,unit_price"
MAP = ",".join(f"{name}={name}" for name in HEADER.split(","))
DAMAGED = "was damaged by a spreadsheet; export the column as text."


def test_scientific_notation_makes_no_order(run_import, table, refused):
    rows = [f"1.23457E+17,T{n},2026-03-0{n},tea,1,{n}0" for n in (1, 2, 3)]
    result = run_import(table(HEADER, *rows), MAP)
    assert (result["orders"], result["customers_created"], result["errors"]) == (0, 0, 3)
    assert all(DAMAGED in row["reason"] for row in refused(result))


def test_numeric_cells_beyond_fifteen_digits_make_no_order(run_import, tmp_path):
    book = openpyxl.Workbook()
    book.active.append(HEADER.split(","))
    for number in (123456789012345678, 1234567890123456, 123456789012345):
        book.active.append([number, "T1", "2026-03-01", "tea", 1, 10])
    book.save(tmp_path / "orders.xlsx")
    result = run_import(tmp_path / "orders.xlsx", MAP)
    assert (result["orders"], result["errors"]) == (1, 2)
    assert Order.objects.get().number == "123456789012345"


@pytest.mark.parametrize("field", ["order_no", "customer_no", "sku", "phone"])
@pytest.mark.parametrize("value", ["1.38001E+10", "1E+17", "1.2e17", "123456789012345000", "1234567890123456.0"])
def test_every_identifier_is_looked_at(run_import, table, refused, field, value):
    header = "order_no,customer_no,ordered_at,sku,phone,amount"
    cells = dict.fromkeys(header.split(","), "") | {"order_no": "1", "ordered_at": "2026-03-01", "amount": "5"}
    result = run_import(table(header, ",".join((cells | {field: value}).values())), ",".join(f"{n}={n}" for n in cells))
    assert result["errors"] == 1
    reason = refused(result)[0]["reason"]
    assert DAMAGED in reason or "too many digits" in reason


def test_a_long_number_that_ends_in_zeros_by_chance_stays(run_import, table):
    """A marketplace counts up by one: one in a thousand of its numbers looks like a rounded one."""
    rows = [f"{123456789012345998 + n},T{n},2026-03-01,tea,1,10" for n in range(5)]
    assert run_import(table(HEADER, *rows), MAP)["errors"] == 0


@pytest.mark.parametrize("number", ["79E05", "8E5", "SO-1.5", "20260301000000000001", "1234567890123456789", "007"])
def test_words_and_long_numbers_as_text_are_no_damage(run_import, table, number):
    assert run_import(table(HEADER, f"{number},T1,2026-03-01,tea,1,10"), MAP)["errors"] == 0
    assert Order.objects.get().number == number


def test_an_order_of_two_customers_is_refused(run_import, table, refused):
    rows = ["MX1,MXA,2026-03-01,tea,1,10", "MX1,MXB,2026-03-01,pot,1,50", "MX2,MXA,2026-03-01,cup,1,7"]
    result = run_import(table(HEADER, *rows), MAP)
    assert (result["orders"], result["errors"]) == (1, 2)
    assert {row["reason"] for row in refused(result)} == {"Order MX1 names two customers: MXA, MXB."}
    assert list(Customer.objects.values_list("number", flat=True)) == ["MXA"]


def test_a_line_without_customer_number_belongs_to_the_customer_of_its_order(run_import, table):
    run_import(table(HEADER, "1,C1,2026-03-01,tea,1,10", "1,,2026-03-02,pot,1,50"), MAP)
    assert (Order.objects.get().total, Order.objects.get().customer.number) == (6000, "C1")


def test_a_wrong_column_as_order_number_is_found_out(run_import, table, refused):
    rows = ["1,C1,2026-03-01,tea,1,10", "1,C1,2026-03-09,pot,1,50"]
    result = run_import(table(HEADER, *rows), MAP)
    assert (result["orders"], result["errors"]) == (0, 2)
    assert "lie days apart: 2026-03-01, 2026-03-09" in refused(result)[0]["reason"]
