"""Without customer number the customer is found or made by phone, else by e-mail, and a fitting name."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Contact, Customer
from customers.services import numbers_next, tokens_refresh
from intake import stage
from intake.models import ImportJob
from sales.models import Order

HEADER = "订单编号,姓名,手机,邮箱,下单时间,金额"
MAP = "order_no=订单编号,customer_name=姓名,phone=手机,email=邮箱,ordered_at=下单时间,amount=金额"


@pytest.fixture
def known(db, defaults):
    """`known(number, name, **fields)` is a stored customer with search words."""

    def make(number: str, name: str, contact: str = "", **fields) -> Customer:
        row = Customer.objects.create(number=number, name=name, **({} if contact else fields))
        if contact:
            Contact.objects.create(customer=row, name=contact, **fields)
        tokens_refresh([row.pk])
        return row

    return make


def buyers():
    return dict(Order.objects.values_list("number", "customer__name"))


def test_new_people_are_made_once_and_found_again(run_import, table):
    rows = (
        "1,王芳,13800138101,,2026-01-05,10",
        "2,王芳,+86 138 0013 8101,w@x.cn,2026-01-06,5",
        "3,李雷,,Li@X.cn,2026-01-06,7",
    )
    result = run_import(table(HEADER, *rows), MAP)
    assert (result["customers_created"], result["errors"], result["rows_without_customer"]) == (2, 0, 0)
    assert buyers() == {"1": "王芳", "2": "王芳", "3": "李雷"}
    made = Customer.objects.get(name="王芳")
    assert made.number.startswith("K")
    assert (made.phone, made.facts.orders_total) == ("13800138101", 2)
    again = run_import(table(HEADER, *rows), MAP)
    assert [again[name] for name in ("orders", "updated", "customers_created", "errors")] == [0, 0, 0, 0]
    later = run_import(table(HEADER, "4,李雷,,li@x.cn,2026-02-06,1"), MAP)
    assert (later["customers_created"], buyers()["4"]) == (0, "李雷")


def test_the_stored_customer_is_found_however_it_is_written(run_import, table, known):
    known("C7", "恒远机械有限公司", phone="0512 6578 1234")
    known("C8", "Em One", email="Em.One@Example.com")
    known("C9", "大客户", contact="顾海明", phone="13900139000")
    rows = (
        "1,恒远机械,0512-65781234,,2026-01-05,10",
        "2,em one,,em.one@example.com,2026-01-05,10",
        "3,顾海明,013900139000,,2026-01-05,10",
    )
    assert run_import(table(HEADER, *rows), MAP)["customers_created"] == 0
    assert set(Order.objects.values_list("customer__number", flat=True)) == {"C7", "C8", "C9"}


def test_another_name_under_the_same_phone_is_asked(run_import, table, known, refused):
    known("C7", "Dad", phone="13800138703")
    rows = ["1,Mum,13800138703,,2026-01-05,10", "2,Dad,13800138703,,2026-01-05,10", "3,甲,13700137000,,2026-01-05,1"]
    result = run_import(table(HEADER, *rows, "4,乙,13700137000,,2026-01-05,1"), MAP)
    assert buyers() == {"2": "Dad", "3": "甲"}
    assert [row["订单编号"] for row in refused(result)] == ["1", "4"]
    assert "a customer of another name" in refused(result)[0]["reason"]
    assert Customer.objects.get(number="C7").name == "Dad"


def test_several_customers_of_one_phone_and_name_are_asked(run_import, table, known, refused):
    known("C7", "王芳", phone="13800138703")
    known("C8", "王芳", phone="13800138703")
    result = run_import(table(HEADER, "1,王芳,13800138703,,2026-01-05,10"), MAP)
    assert "Several customers" in refused(result)[0]["reason"]


def test_two_phones_in_one_order_are_two_customers(run_import, table, refused):
    rows = ["1,王芳,13800138101,,2026-01-05,10", "1,王芳,13800138102,,2026-01-05,10"]
    result = run_import(table(HEADER, *rows), MAP)
    assert "names two customers: 13800138101, 13800138102" in refused(result)[0]["reason"]


@pytest.mark.parametrize(
    ("phone", "email", "reason"),
    [
        ("abc", "", "phone: "),
        ("13800138015.0", "", "phone: "),
        ("1.38001E+10", "", "damaged"),
        ("", "no-mail", "e-mail: "),
    ],
)
def test_what_calls_nobody_is_refused(run_import, table, refused, phone, email, reason):
    result = run_import(table(HEADER, f"1,王芳,{phone},{email},2026-01-05,10"), MAP)
    assert reason in refused(result)[0]["reason"]


def test_a_phone_hidden_by_the_shop_names_nobody(run_import, table):
    result = run_import(table(HEADER, "1,王**,138****1234,,2026-01-05,10"), MAP)
    assert (result["orders"], result["customers_created"], result["rows_without_customer"]) == (1, 0, 1)


def test_a_customer_number_goes_before_the_phone(run_import, table, known):
    known("C7", "王芳", phone="13800138703")
    header, mapping = f"{HEADER},卡号", f"{MAP},customer_no=卡号"
    run_import(table(header, "1,王芳,13800138703,,2026-01-05,10,C7", "2,王芳,13800138703,,2026-01-05,10,"), mapping)
    assert set(Order.objects.values_list("customer__number", flat=True)) == {"C7"}


def test_a_new_number_beside_a_known_phone_is_asked_about(run_import, table, known):
    known("C7", "王芳", phone="13800138703")
    header, mapping = f"{HEADER},卡号", f"{MAP},customer_no=卡号"
    run_import(table(header, "1,王芳,13800138703,,2026-01-05,10,C9", "2,甲,13800138704,,2026-01-05,10,C8"), mapping)
    asked = {row["code"]: (row["rows"], row["names"]) for row in ImportJob.objects.latest("pk").counts["questions"]}
    assert asked["possible_duplicates"] == ([2], ["C9"])


def test_orders_that_came_without_customer_get_theirs(run_import, table):
    bare = MAP.replace(",phone=手机", "").replace(",email=邮箱", "")
    path = table(HEADER, "1,王芳,13800138101,,2026-01-05,10")
    run_import(path, bare)
    assert buyers() == {"1": None}
    assert run_import(path, MAP)["updated"] == 1
    assert buyers() == {"1": "王芳"}


def test_the_number_of_queries_is_that_of_batches(run_import, table):
    def queries(count: int, first: int) -> int:
        rows = [f"{first + n},甲{first + n},139{first + n:08d},,2026-01-05,1" for n in range(count)]
        with CaptureQueriesContext(connection) as seen:
            assert run_import(table(HEADER, *rows), MAP)["customers_created"] == count
        return len(seen)

    few = queries(40, 1000)
    assert queries(400, 2000) <= few + 2, "caches aside"
    assert not stage.rows("SELECT relname FROM pg_class WHERE relname LIKE 'import_stage%%'", [])


def test_a_number_of_ours_that_the_file_gives_to_somebody_is_not_drawn_for_another(run_import, table):
    drawn = numbers_next()[0]
    ahead = f"K{int(drawn[1:]) + 1:07d}"
    rows = ("1,,王芳,13800138101,2026-01-05,10", f"2,{ahead},李雷,,2026-01-06,7")
    mapping = "order_no=单号,customer_no=客户编号,customer_name=姓名,phone=手机,ordered_at=时间,amount=金额"
    result = run_import(table("单号,客户编号,姓名,手机,时间,金额", *rows), mapping)
    assert (result["customers_created"], result["errors"]) == (2, 0)
    assert buyers() == {"1": "王芳", "2": "李雷"}
    assert Customer.objects.get(name="李雷").number == ahead


def test_addresses_and_numbers_of_other_widths_are_the_same(run_import, table, known):
    known("C-001", "王芳")
    known("C-002", "李雷", email="li@x.cn")
    by_number = "order_no=no,customer_no=customer,ordered_at=date,amount=amount"
    run_import(table("no,customer,date,amount", "1,Ｃ-００１,2026-01-05,10"), by_number)
    run_import(table(HEADER, "2,李雷,,ｌｉ＠x.cn,2026-01-05,10"), MAP)
    assert buyers() == {"1": "王芳", "2": "李雷"}
