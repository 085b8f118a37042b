"""A refused line takes its order along, so that the corrected error file brings the order in as it is."""

import csv
import random
from collections import defaultdict
from pathlib import Path

import pytest

from sales.models import Order, OrderLine

HEADER = "order_no,customer_no,ordered_at,product,quantity,unit_price"
NAMES = HEADER.split(",")
MAP = ",".join(f"{name}={name}" for name in NAMES)


def corrected(result, mend, to):
    """The error file with some cells mended, as a person would save it."""
    with Path(result["error_file"]).open(encoding="utf-8", newline="") as source:
        rows = [mend(row) for row in csv.DictReader(source)]
    with to.open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return to


def test_the_corrected_error_file_brings_the_whole_order_in(run_import, table, refused, tmp_path):
    rows = ["A-1,C1,2026-03-01,tea,2,10", "A-1,C1,2026-03-01,pot,x,50", "A-2,C1,2026-03-01,cup,1,7"]
    result = run_import(table(HEADER, *rows), MAP)
    assert (result["rows"], result["orders"], result["errors"]) == (3, 1, 2)
    first, second = refused(result)
    assert (first["product"], first["reason"]) == ("tea", "Another line of this order was refused: row 3.")
    assert (second["product"], second["quantity"]) == ("pot", "x")
    assert "“x” is no number" in second["reason"]
    path = corrected(result, lambda row: row | {"quantity": row["quantity"].replace("x", "1")}, tmp_path / "again.csv")
    assert run_import(path, MAP)["orders"] == 1
    assert {order.number: order.total for order in Order.objects.all()} == {"A-1": 7000, "A-2": 700}


def test_what_is_stored_already_stays_as_it_is(run_import, table):
    run_import(table(HEADER, "A-1,C1,2026-03-01,tea,2,10", "A-1,C1,2026-03-01,pot,1,50"), MAP)
    result = run_import(table(HEADER, "A-1,C1,2026-03-01,tea,3,10", "A-1,C1,never,pot,1,50"), MAP)
    assert (result["updated"], result["errors"]) == (0, 2)
    assert Order.objects.get().total == 7000


def test_a_row_whose_order_number_can_not_be_read_is_refused_alone(run_import, table):
    rows = [f"{'9' * 81},C1,2026-03-01,tea,x,10", "A-1,C1,2026-03-01,pot,1,50", ",C1,never,pot,1,50"]
    result = run_import(table(HEADER, *rows, ",C1,2026-03-02,pot,1,5"), MAP)
    assert (result["orders"], result["errors"]) == (2, 2)


def test_rows_are_named_as_a_spreadsheet_numbers_them(run_import, table, refused):
    result = run_import(table(HEADER, "", "A-1,C1,never,tea,2,10", "", "A-1,C1,2026-03-01,pot,1,50"), MAP)
    assert refused(result)[1]["reason"].endswith("row 3.")


@pytest.mark.parametrize("seed", range(6))
def test_the_sum_stored_is_the_sum_of_whole_orders(run_import, table, tmp_path, seed):
    """Whatever is refused and however often corrected files come: rows = accepted + refused, and no order is torn."""
    dice = random.Random(seed)
    true, rows = defaultdict(int), []
    for number in range(12):
        for _line in range(dice.randint(1, 4)):
            quantity, price = dice.randint(1, 5), dice.randint(1, 90)
            true[f"N{number}"] += quantity * price * 100
            bad = dice.random() < 0.2
            told = f"?{quantity}" if bad else quantity
            rows.append(f"N{number},C{number % 5},2026-03-{number + 1:02d},p,{told},{price}")
    dice.shuffle(rows)
    torn = {row.split(",")[0] for row in rows if "?" in row}
    result = run_import(table(HEADER, *rows), MAP)
    assert result["rows"] == len(rows) == OrderLine.objects.count() + result["errors"]
    assert totals() == {number: total for number, total in true.items() if number not in torn}
    for keep in (0.7, 0.4, 0):
        if result["errors"]:
            path = corrected(result, lambda row, keep=keep: _mended(row, dice, keep), tmp_path / f"again-{keep}.csv")
            result = run_import(path, MAP)
            assert OrderLine.objects.count() + result["errors"] == len(rows)
            assert totals().items() <= true.items()
    assert totals() == true


def totals():
    return {order.number: order.total for order in Order.objects.all()}


def _mended(row, dice, keep):
    return row if dice.random() < keep else row | {"quantity": row["quantity"].lstrip("?")}
