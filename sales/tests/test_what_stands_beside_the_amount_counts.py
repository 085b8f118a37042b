"""Currency, cancellation, two minus signs and missing order numbers are looked at, never passed over."""

import io

import pytest
from django.core.management import call_command

from sales.models import Order

HEADER = "order_no,customer_no,ordered_at,quantity,unit_price"


@pytest.mark.parametrize("header", ["Currency", "币种", "Currency code"])
def test_an_amount_of_another_currency_isnt_taken_for_the_files_own(run_import, table, refused, header):
    rows = ["1,C,2026-03-01,1,60,CNY", "2,C,2026-03-01,1,60,USD", "3,C,2026-03-01,1,60,美元", "4,C,2026-03-01,1,60,"]
    result = run_import(table(f"{HEADER},{header}", *rows, "5,C,2026-03-01,1,60,人民币"))
    assert (result["orders"], result["errors"]) == (3, 2)
    assert "isn't in CNY" in refused(result)[0]["reason"]


def test_the_export_of_a_shop_in_dollars_isnt_taken_for_yuan(run_import, table):
    head = "Name,Email,Financial Status,Currency,Created at,Lineitem quantity,Lineitem name,Lineitem price,Cancelled at"
    rows = [
        "#1,a@x.com,paid,CNY,2026-03-01 10:00:00 +0800,2,Tea,30,",
        "#1,a@x.com,,,2026-03-01 10:00:00 +0800,1,Cup,10,",
        "#2,b@x.com,paid,USD,2026-03-01 10:00:00 +0800,2,Tea,30,",
        "#3,c@x.com,paid,CNY,2026-03-01 10:00:00 +0800,2,Tea,30,2026-03-02 10:00:00 +0800",
        "#3,c@x.com,,,2026-03-01 10:00:00 +0800,1,Cup,10,",
    ]
    result = run_import(table(head, *rows))
    assert (result["orders"], result["errors"]) == (2, 1)
    states = dict(Order.objects.values_list("number", "state"))
    assert states == {"#1": "completed", "#3": "cancelled"}


def test_a_cancelled_order_of_a_file_without_status_doesnt_count(run_import, table):
    path = table(f"{HEADER},取消时间", "1,C,2026-03-01,1,60,2026-03-02 10:00", "2,C,2026-03-01,1,60,-")
    assert run_import(path)["orders"] == 2
    assert dict(Order.objects.values_list("number", "state")) == {"1": "cancelled", "2": "completed"}


def test_two_minus_signs_make_no_sale(run_import, table, refused):
    rows = ["1,C,2026-03-01,-1,-10,10", "2,C,2026-03-01,-1,-10,", "3,C,2026-03-01,-1,10,-10", "4,C,2026-03-01,1,10,10"]
    result = run_import(table(f"{HEADER},amount", *rows))
    assert (result["orders"], result["returns"], result["errors"]) == (1, 1, 2)
    assert "both below zero" in refused(result)[0]["reason"]


def test_lines_without_number_among_numbered_ones_are_told_of(run_import, table):
    out = io.StringIO()
    path = table(HEADER, "#1,C,2026-03-01,1,10", ",C,2026-03-01,2,5", "A2,C,2026-03-02,1,10")
    call_command("import_orders", str(path), dry_run=True, stdout=out)
    assert "! 1 row has no order number" in out.getvalue()
    assert "(rows 3)" in out.getvalue()


def test_nothing_is_told_where_no_row_can_have_a_number(run_import, table):
    out = io.StringIO()
    call_command(
        "import_orders", str(table("customer_no,ordered_at,amount", "C,2026-03-01,10")), dry_run=True, stdout=out
    )
    assert "order number" not in out.getvalue()
