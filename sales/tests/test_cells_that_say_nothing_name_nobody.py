"""-, 无, N/A and the like are empty cells, never a customer whom all such rows would share; #N/A is refused."""

import pytest

from customers.models import Customer
from sales.models import Order

HEADER = "order_no,customer_no,customer_name,phone,ordered_at,amount,owner_email"
MAP = ",".join(f"{name}={name}" for name in HEADER.split(","))
NOTHING = ("-", "--", "—", "/", "0", "无", "暂无", "N/A", "null", "NULL", "None", "nan", "(空)")


@pytest.mark.parametrize("nothing", NOTHING)
def test_two_people_without_number_stay_two(run_import, table, nothing):
    rows = [f"1,{nothing},王一,13800138000,2026-03-01,5,", f"2,{nothing},王二,13800138001,2026-03-01,6,"]
    result = run_import(table(HEADER, *rows), MAP)
    assert (result["orders"], result["customers_created"], result["errors"]) == (2, 2, 0)
    assert set(Order.objects.values_list("customer__name", flat=True)) == {"王一", "王二"}


@pytest.mark.parametrize("nothing", NOTHING)
def test_two_orders_without_number_stay_two(run_import, table, nothing):
    rows = [f"{nothing},C1,,,2026-03-01,5,-", f"{nothing},C1,,,2026-03-01,6,无"]
    assert run_import(table(HEADER, *rows), MAP)["orders"] == 2


def test_no_phone_is_no_reason_to_refuse_and_no_amount_is(run_import, table, refused):
    result = run_import(table(HEADER, "1,C1,王一,无,2026-03-01,5,", "2,C1,王一,,2026-03-01,-,"), MAP)
    assert (result["orders"], result["errors"]) == (1, 1)
    assert refused(result)[0]["reason"] == "amount: the value is missing."


@pytest.mark.parametrize("column", ["order_no", "customer_no", "customer_name", "amount"])
@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#DIV/0!"])
def test_the_error_of_a_formula_is_refused_with_its_field(run_import, table, refused, column, error):
    cells = dict(zip(HEADER.split(","), ["1", "C1", "王一", "", "2026-03-01", "5", ""], strict=True)) | {column: error}
    result = run_import(table(HEADER, "2,C2,王二,,2026-03-01,5,", ",".join(cells.values())), MAP)
    assert (result["orders"], result["errors"]) == (1, 1)
    assert refused(result)[0]["reason"].startswith(
        f"{column.replace('order_no', 'order number').replace('_no', ' number').replace('_', ' ')}: “{error}”"
    )


def test_customers_without_number_get_one_of_ours(run_import, table, refused):
    rows = [f"{nothing},客户{at},{nothing},{nothing}" for at, nothing in enumerate(NOTHING) if nothing != "0"]
    result = run_import(
        table("number,name,phone,email", "S1,王一,13800138000,a@b.cn", "0,王二,,", *rows, "#N/A,王三,,"),
        command="import_customers",
    )
    assert (result["customers_created"], result["errors"]) == (len(rows) + 2, 1)
    assert "error of a formula" in refused(result)[0]["reason"]
    assert Customer.objects.filter(number__startswith="K").count() == len(rows) + 1
