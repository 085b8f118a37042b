"""Sums that a program writes among order lines are no orders; the orders around them come in."""

import pytest

from sales.models import Order

HEADER = "order_no,customer_no,customer_name,phone,ordered_at,product,quantity,unit_price,amount"
LINE = "1,C1,王一,,2026-03-01,茶,2,10,20"


@pytest.mark.parametrize(
    "row",
    [
        "合计,,,,,,2,,20",
        "总计,,,,2026-03-02,,2,10,20",
        "1 Total,C1,王一,,2026-03-01,,2,10,20",
        ",合计,,,2026-03-02,,2,10,20",
        ",C1 汇总,,,2026-03-02,,2,10,20",
        ",,小计,,2026-03-02,,2,10,20",
        ",C1,王一,,2026-03-02,小计,2,10,20",
        ",C1,王一,,2026-03-02,Grand Total:,2,10,20",
    ],
)
def test_a_sum_in_any_column_is_refused_in_words(run_import, table, refused, row):
    path = table(HEADER, LINE, row)
    for dry in (True, False):
        result = run_import(path, dry_run=dry)
        assert (result["orders"], result["customers_created"], result["errors"]) == (1, 1, 1)
    assert "is a sum or a remark" in refused(result)[0]["reason"]
    assert list(Order.objects.values_list("number", "total")) == [("1", 2000)]


def test_a_sum_of_nobody_whose_word_stands_in_no_column_that_is_read(run_import, table):
    path = table("结算,ordered_at,customer_no,amount", "现金,2026-03-01,C1,20", "合计,2026-03-02,,20")
    assert (run_import(path)["orders"], Order.objects.count()) == (1, 1)


def test_names_that_begin_alike_are_sold(run_import, table):
    path = table(
        HEADER, "1,C1,Total Energies,,2026-03-01,Total 5W-40,1,10,10", "2,C2,王一,,2026-03-01,合计时器,1,10,10"
    )
    assert (run_import(path)["orders"], Order.objects.count()) == (2, 2)
