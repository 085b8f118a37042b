"""import_orders does what the import rules say, and the same file twice adds nothing."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.management import CommandError

from customers.models import Customer
from intake.guessing import guessed
from intake.kinds import kind_of
from intake.models import ImportJob
from sales.models import ExchangeRate, Order, OrderLine, Product

MAP = "order_no=no,ordered_at=at,customer_no=customer,sku=sku,product=product,quantity=qty,unit_price=price"
HEADER = "no,at,customer,sku,product,qty,price"
FILE = (
    "1001,2026-01-05 10:00,0007,A,Lamp,2,3.335",
    "1001,2026-01-05 10:00,0007,A,Lamp,2,3.335",
    "1002,2026/1/6 9:30,0008,B,Chair,1,\"1,250.00\"",
    "C1002,2026-01-07,0008,B,Chair,-1,1250",
    "",
    "1003,2026-01-08,,A,Lamp,1,3",
)  # fmt: skip


def test_counts_and_what_is_stored(run_import, table):
    result = run_import(table(HEADER, *FILE), MAP)
    wanted = {"rows": 5, "orders": 3, "returns": 1, "customers_created": 2, "rows_without_customer": 1}
    assert {name: result[name] for name in wanted} == wanted
    assert (result["updated"], result["errors"], result["error_file"]) == (0, 0, None)
    order = Order.objects.get(number="1001")
    assert (order.total, order.amount, order.source, order.customer.number) == (1334, 1334, "import", "0007")
    assert OrderLine.objects.filter(order=order).count() == 2, "identical lines of one order are real"
    assert OrderLine.objects.filter(order=order).first().unit_price == Decimal("3.3350")
    assert Order.objects.get(number="1003").customer is None


def test_a_return_is_negative_and_linked_when_it_names_its_purchase(run_import, table):
    run_import(table(HEADER, *FILE), MAP)
    back = Order.objects.get(number="C1002")
    assert (back.kind, back.total, back.return_of.number) == ("return", -125_000, "1002")
    facts = Customer.objects.get(number="0008").facts
    assert (facts.orders_total, facts.last_order_on) == (0, None), "what came back as a whole is no purchase"


def test_the_same_file_twice_adds_nothing(run_import, table):
    path = table(HEADER, *FILE)
    run_import(path, MAP)
    before = sorted(Order.objects.values_list("pk", "version", "updated_at"))
    lines = sorted(OrderLine.objects.values_list("pk", flat=True))
    result = run_import(path, MAP)
    assert [result[name] for name in ("orders", "returns", "customers_created", "updated")] == [0, 0, 0, 0]
    assert sorted(Order.objects.values_list("pk", "version", "updated_at")) == before
    assert sorted(OrderLine.objects.values_list("pk", flat=True)) == lines


def test_an_order_that_comes_again_is_replaced_as_a_whole(run_import, table):
    run_import(table(HEADER, *FILE), MAP)
    result = run_import(table(HEADER, "1001,2026-01-05 10:00,0007,A,Lamp,1,5", *FILE[2:]), MAP)
    assert (result["orders"], result["updated"]) == (0, 1)
    order = Order.objects.get(number="1001")
    assert (order.total, order.lines.count(), order.version) == (500, 1, 2)
    assert Customer.objects.get(number="0007").facts.orders_total == 1


def test_another_source_is_another_order(run_import, table):
    run_import(table(HEADER, *FILE), MAP)
    assert run_import(table(HEADER, *FILE), MAP, source="shop-2")["orders"] == 3


def test_a_dry_run_counts_the_same_and_writes_nothing(run_import, table):
    path = table(HEADER, *FILE)
    dry = run_import(path, MAP, dry_run=True)
    assert not Order.objects.exists()
    assert not Customer.objects.exists()
    assert not Product.objects.exists()
    done = run_import(path, MAP)
    assert {**dry, "seconds": 0} == {**done, "seconds": 0}


def test_rows_without_order_number_are_orders_by_content_and_occurrence(run_import, table):
    header, mapping = "at,customer,amount", "ordered_at=at,customer_no=customer,amount=amount"
    rows = ["2026-01-05,7,10", "2026-01-05,7,10", "2026-01-06,7,-4"]
    first, again = run_import(table(header, *rows), mapping), run_import(table(header, *rows), mapping)
    assert (first["orders"], first["returns"], again["orders"], again["returns"]) == (2, 1, 0, 0)
    assert run_import(table(header, *rows, "2026-01-05,7,10.00"), mapping)["orders"] == 1, "a third of the same"


def test_customers_get_kind_name_contact_and_stage(run_import, table):
    header = "at,customer,name,kind,company,tel,mail,amount"
    mapping = "ordered_at=at,customer_no=customer,customer_name=name,customer_kind=kind,company=company,phone=tel"
    mapping += ",email=mail,amount=amount"
    rows = [
        "2020-01-05,007,王芳,个人,,138-1234-5678,a@b.com,10",
        "2020-01-05,008,李雷,,恒远机械,13900000000,c@d.com,10",
        "2020-01-05,009,,,,,,10",
    ]
    run_import(table(header, *rows), mapping)
    person, firm, bare = Customer.objects.order_by("number")
    assert (person.kind, person.name, person.phone, person.stage) == ("person", "王芳", "13812345678", "long_term")
    assert (firm.kind, firm.name, firm.phone) == ("company", "恒远机械", "")
    assert list(firm.contacts.values_list("name", "phone", "is_primary")) == [("李雷", "13900000000", True)]
    assert (bare.kind, bare.name, bare.number) == ("unknown", "009", "009")
    assert "n:王" in person.search_tokens
    assert person.facts.first_order_on == date(2020, 1, 5)


def test_a_fresh_order_moves_the_customer_to_after_sale(run_import, table, time_machine):
    time_machine.move_to(datetime(2026, 3, 1, 4, tzinfo=UTC))
    run_import(table("at,customer,amount", "2026-02-20,7,10"), "ordered_at=at,customer_no=customer,amount=amount")
    customer = Customer.objects.get(number="7")
    assert (customer.stage, customer.stage_since) == ("after_sale", date(2026, 2, 20))


def test_times_are_read_in_the_zone_given_and_days_are_the_companys(run_import, table):
    """17:30 in London is half past midnight of the next day in Shanghai."""
    mapping = "order_no=no,ordered_at=at,amount=amount"
    run_import(table("no,at,amount", "1,2026-01-05 17:30,1"), mapping, timezone="Europe/London")
    order = Order.objects.get()
    assert order.ordered_at == datetime(2026, 1, 5, 17, 30, tzinfo=UTC)
    assert order.ordered_on == date(2026, 1, 6)
    run_import(table("no,at,amount", "2,2026-01-05 17:30,1"), mapping)
    assert Order.objects.get(number="2").ordered_on == date(2026, 1, 5), "the twin: the company's own zone"


def test_the_command_is_told_the_order_of_dates(run_import, table):
    path = table("no,at,amount", "1,11/8/2018,1", "2,2018-11-09,1")
    for told, day in (("dmy", date(2018, 8, 11)), ("%m/%d/%Y", date(2018, 11, 8))):
        run_import(path, "order_no=no,ordered_at=at,amount=amount", date_format=told, source=told[-1:])
        found = Order.objects.filter(source=told[-1:]).order_by("number").values_list("ordered_on", flat=True)
        assert list(found) == [day, date(2018, 11, 9)]


def test_another_currency_needs_a_rate_of_that_day(run_import, table, refused):
    ExchangeRate.objects.create(code="USD", date=date(2026, 1, 5), rate=Decimal("7.1"))
    rows = ["1,2026-01-05,10.01", "2,2026-01-06,10"]
    result = run_import(table("no,at,amount", *rows), "order_no=no,ordered_at=at,amount=amount", currency="usd")
    assert (result["orders"], result["errors"]) == (1, 1)
    order = Order.objects.get()
    assert (order.currency, order.total, order.amount, order.rate) == ("USD", 1001, 7107, Decimal("7.1"))
    assert "exchange rate of USD for 2026-01-06" in refused(result)[0]["reason"]


BAD = {
    "x,2026-02-30,7,1,1": "no such day",
    "x,1/2/2026,7,1,1": "can't be read as a date without guessing",
    "x,,7,1,1": "the date is missing",
    "x,2206-01-01,7,1,1": "lies in the future",
    "x,1899-01-01,7,1,1": "before the year 1900",
    "x,2026-01-01,7,one,1": "“one” is no number",
    'x,2026-01-01,7,"1,5",1': "is no number",
    "x,2026-01-01,7,,1": "quantity: the value is missing",
    "x,2026-01-01,7,1,999999999999999999": "too large",
    "x,2026-01-01,7,10000000000,10000000": "too large",
    f"x,2026-01-01,{'7' * 41},1,1": "too long",
    "x,2026-01-01,7,1,1,more": "more cells than the header",
}


@pytest.mark.parametrize("row", BAD)
def test_bad_rows_go_to_the_error_file_and_stop_nothing(run_import, table, refused, row):
    good = "y,2026-01-01,7,0,5"
    mapping = "order_no=no,ordered_at=at,customer_no=customer,quantity=qty,unit_price=price"
    result = run_import(table("no,at,customer,qty,price", row, good), mapping)
    assert (result["rows"], result["orders"], result["errors"]) == (2, 1, 1)
    assert BAD[row] in refused(result)[0]["reason"]
    assert Order.objects.get().total == 0, "a zero amount is no error"


def test_a_ten_digit_amount_is_stored(run_import, table):
    run_import(table("no,at,amount", "1,2026-01-01,9999999999.99"), "order_no=no,ordered_at=at,amount=amount")
    assert Order.objects.get().total == 999_999_999_999


def test_the_error_file_has_no_formulas(run_import, table, refused):
    result = run_import(table("no,at,amount", "=HYPERLINK(1),never,5"), "order_no=no,ordered_at=at,amount=amount")
    assert refused(result)[0]["no"] == "'=HYPERLINK(1)"


def test_new_customers_go_round_the_reps_in_email_order(run_import, table, cast):
    rows = [f"2026-01-01,{number},1" for number in ("003", "001", "002")]
    path = table("at,customer,amount", *rows)
    run_import(path, "ordered_at=at,customer_no=customer,amount=amount", owner="round-robin:East/Shanghai")
    owners = dict(Customer.objects.values_list("number", "owner__name"))
    assert owners == {"003": "小李", "001": "小王", "002": "小李"}, "li@ before wang@, in the order of the file"
    assert set(Customer.objects.values_list("team__name", flat=True)) == {"Shanghai"}


def test_owners_are_named_by_e_mail_mobile_or_name_that_only_one_person_has(run_import, table, cast, refused):
    header, mapping = "at,customer,amount,who", "ordered_at=at,customer_no=customer,amount=amount,owner_email=who"
    cast.li.mobile, cast.outsider.name = "+8613800138002", "小王"
    cast.li.save()
    cast.outsider.save()
    rows = [
        "2026-01-01,1,1,组长",
        "2026-01-01,2,1,138-0013-8002",
        "2026-01-01,3,1,小王",
        "2026-01-01,4,1,wang@example.com",
    ]
    result = run_import(table(header, *rows), mapping)
    assert dict(Customer.objects.values_list("number", "owner__name")) == {"1": "组长", "2": "小李", "4": "小王"}
    assert "several people" in refused(result)[0]["reason"]


def test_a_column_of_names_is_offered_as_owners():
    guess = guessed(kind_of("orders"), ["日期", "金额", "业务员"], [["2026-01-01", "1", "小王"]] * 4)
    assert guess.maybe.get("owner_email") == "业务员"


def test_a_word_that_is_no_kind_of_customer_refuses_its_row(run_import, table, refused):
    rows = ["2026-01-01,1,1,個體戶", "2026-01-01,2,1,企业客户", "2026-01-01,3,1,unknown", "2026-01-01,4,1,"]
    mapping = "ordered_at=at,customer_no=customer,amount=amount,customer_kind=kind"
    result = run_import(table("at,customer,amount,kind", *rows), mapping)
    assert dict(Customer.objects.values_list("number", "kind")) == {"2": "company", "3": "unknown", "4": "unknown"}
    assert "個體戶" in refused(result)[0]["reason"]


def test_one_owner_or_a_column_of_owners(run_import, table, cast, refused):
    header, mapping = "at,customer,amount,who", "ordered_at=at,customer_no=customer,amount=amount,owner_email=who"
    rows = ["2026-01-01,1,1,", "2026-01-01,2,1,LI@example.com", "2026-01-01,3,1,nobody@example.com"]
    result = run_import(table(header, *rows), mapping, owner="wang@example.com")
    assert dict(Customer.objects.values_list("number", "owner__name")) == {"1": "小王", "2": "小李"}
    assert "nobody@example.com" in refused(result)[0]["reason"]


@pytest.mark.parametrize(
    ("mapping", "options", "sentence"),
    [
        ("ordered_at=at,amount=nope", {}, r"no column nope\. Its columns are: no, at, amount\."),
        ("order_no=no,amount=amount", {}, "date of the order"),
        ("ordered_at=at", {}, "amount"),
        ("ordered_at=at,amount=amount,colour=no", {}, "Unknown fields: colour"),
        ("ordered_at", {}, "field=column"),
        ("ordered_at=at,amount=amount", {"timezone": "Mars/Base"}, "no time zone"),
        ("ordered_at=at,amount=amount", {"currency": "YUAN"}, "no currency code"),
        ("ordered_at=at,amount=amount", {"date_format": "daily"}, "in which order"),
        ("ordered_at=at,amount=amount", {"owner": "round-robin:Nowhere"}, "There is no team Nowhere"),
        ("ordered_at=at,amount=amount", {"owner": "ghost@example.com"}, "no active person"),
        ("ordered_at=at,amount=amount", {"source": "manual"}, "--source"),
    ],
)
def test_what_can_not_begin_says_why_and_leaves_no_job(run_import, table, mapping, options, sentence):
    with pytest.raises(CommandError, match=sentence):
        run_import(table("no,at,amount", "1,2026-01-01,1"), mapping, **options)
    assert not ImportJob.objects.exists()


def test_gbk_with_chinese_headers_needs_no_map(run_import, table):
    path = table("订单号,下单时间,客户编号,商品名称,数量,单价", "1,2026年1月5日,7,台灯,２,￥3.50", encoding="gbk")
    assert run_import(path)["orders"] == 1
    assert Order.objects.get().total == 700


def test_products_get_their_commonest_name_and_keep_what_people_changed(run_import, table):
    rows = [f"{n},2026-01-0{n},7,A,{name},1,{n}" for n, name in ((1, "lamp"), (2, "lamp"), (3, "?"))]
    run_import(table(HEADER, *rows, "4,2026-01-04,7,POST,POSTAGE,1,18"), MAP)
    lamp = Product.objects.get(sku="A")
    assert (lamp.name, lamp.unit_price, Product.objects.get(sku="POST").flag) == ("lamp", 3, "fee")
    Product.objects.filter(sku="A").update(name="Desk lamp")
    run_import(table(HEADER, "9,2026-01-09,7,A,lamp,1,9"), MAP)
    assert Product.objects.get(sku="A").name == "Desk lamp"


def test_what_lies_in_the_bin_takes_no_orders(run_import, table, refused):
    header, mapping = "no,at,customer,amount", "order_no=no,ordered_at=at,customer_no=customer,amount=amount"
    run_import(table(header, "1,2026-01-01,K1,10", "2,2026-01-01,K2,20"), mapping)
    Customer.objects.filter(number="K1").update(deleted_at="2026-02-01T00:00Z")
    Order.objects.filter(number="2").update(deleted_at="2026-02-01T00:00Z")
    result = run_import(table(header, "2,2026-01-01,K2,25", "3,2026-01-02,K1,30", "4,2026-01-03,K2,40"), mapping)
    assert (result["orders"], result["updated"], result["errors"]) == (1, 0, 2)
    assert {row["reason"] for row in refused(result)} == {
        "The customer or the order lies in the recycle bin. Restore it first."
    }
    again = run_import(table(header, "1,2026-01-01,K1,10", "2,2026-01-01,K2,20"), mapping)
    assert (again["orders"], again["updated"], again["errors"]) == (0, 0, 0), "what is the same already refuses nothing"
