"""What shops and CRMs export goes in by itself, with the right orders, sums and customers; near words are only offered.

`shops/` holds two orders, or a company and a person, in the columns of each program.
"""

import shlex
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from customers.models import Customer
from intake import guessing
from intake.kinds import kind_of
from sales.models import Order

FILES = Path(__file__).parent / "shops"
SUMS = {
    "shopify": {"#1001": 11000, "#1002": 3000},
    "woocommerce_lines": {"501": 11000, "502": 3000},
    "woocommerce_orders": {"TC1": 10000, "TC2": 20000},
    "magento": {"000000101": 12000, "000000102": 3500},
    "taobao": {"180677000001": 12000, "180677000002": 3500},
    "tmall_items": {"1800": 11000, "1900": 3000},
    "jd": {"27700001": 11000, "27700002": 3000},
    "douyin": {"6917000001": 11000, "6917000003": 3000},
    "youzan": {"E2026050101": 12000, "E2026050102": 3500},
    "fxiaoke_orders": {"20260501-000001": 12000, "20260502-000001": 3500},
}
BUYERS = {
    "shopify": {"Ann Smith", "Bob Ray"},
    "woocommerce_lines": {"Ann Smith", "王小明"},
    "woocommerce_orders": {"C"},  # a number alone
    "magento": {"Ann Smith", "Bob Ray"},
    "tmall_items": set(),  # it names no buyers
    "fxiaoke_orders": {"恒远机械", "华东电子"},
}


@pytest.mark.parametrize("shop", SUMS)
def test_the_orders_of_each_shop_have_their_sums(run_import, shop):
    result = run_import(FILES / f"{shop}.csv")
    assert (result["orders"], result["errors"]) == (2, 0)
    assert dict(Order.objects.values_list("number", "total")) == SUMS[shop]
    assert set(Order.objects.values_list("state", flat=True)) == {"completed"}
    assert set(Customer.objects.values_list("name", flat=True)) == BUYERS.get(shop, {"王芳", "李雷"})


def offered(text: str, kind: str = "orders") -> guessing.Guess:
    header, *rows = (line.split(",") for line in text.splitlines())
    return guessing.guessed(kind_of(kind), header, rows)


@pytest.mark.parametrize(
    "header",
    [
        *("退款金额", "订单退款金额", "优惠总金额", "运费金额", "Order Refund Amount", "Total Refunded"),
        *("Tax Amount", "Shipping Total", "Discount Amount (total)", "Balance Due Amount"),
    ],
)
def test_money_of_another_kind_is_not_even_offered_as_the_amount(header):
    guess = offered(f"订单编号,下单时间,{header}\n1,2026-05-01,10")
    assert "amount" not in guess.proposal


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("物流公司\n顺丰", "company"),
        ("Customer Note\nK1", "customer_no"),
        ("Courier Company\nDHL", "company"),
        ("商品单价\n10", "product"),
        ("客户名称\n120.50\n1\n2", "customer_name"),
        ("手机\n138****8001\n138****8002\n138****8003", "phone"),
        ("下单时间\nno\nnot yet\nnever", "ordered_at"),
        ("Order Status\nopen", "order_no"),
        ("Discount\n0.15\n0\n0.2", "discount"),
    ],
)
def test_what_only_sounds_like_it_or_looks_otherwise_is_not_taken(text, field):
    assert field not in offered(text).mapping


def test_near_words_are_offered_in_the_order_of_the_file():
    guess = offered("单号,成交日期,付款时间,Sales Amount,Net Amount\n1,2026-05-01,2026-05-01,10,9")
    assert guess.mapping == {"order_no": "单号"}
    assert (guess.maybe["ordered_at"], guess.maybe["amount"]) == ("成交日期", "Sales Amount")


def test_two_columns_that_both_say_amount_are_asked_for():
    guess = offered("订单号,下单时间,订单金额,实付金额\n1,2026-05-01,10,9")
    assert "amount" not in guess.mapping
    assert guess.maybe["amount"] in ("订单金额", "实付金额")


def test_a_hint_that_is_not_needed_is_left_out_and_told(run_import, table, capsys):
    path = table("客户编号,客户名称,Phone 1", "1,A,13800138001")
    call_command("import_customers", str(path))
    assert "phone=Phone 1" in capsys.readouterr().out
    assert Customer.objects.get().phone == ""


def test_the_first_of_two_equal_headers_counts():
    assert offered("订单号,日期,金额,金额 (2)\n1,2026-05-01,10,99").mapping["amount"] == "金额"


def test_the_command_asks_for_what_was_only_guessed(run_import, table):
    path = table("订单编号,成交日期,客户应付合计,退款金额", "1,2026-05-01,100,30", "2,2026-05-02,200,0")
    with pytest.raises(CommandError) as told:
        run_import(path)
    assert "ordered_at" in str(told.value)
    assert not Order.objects.exists()


def test_a_column_that_is_not_what_its_name_says_is_asked_for(run_import, table):
    """Neither rows refused by the thousand nor telephone numbers left out in silence."""
    rows = ("1,A,138****8001", "2,B,138****8002", "3,C,138****8003")
    path = table("客户编号,客户名称,手机", *rows)
    with pytest.raises(CommandError, match="手机") as told:
        run_import(path, command="import_customers")
    assert not Customer.objects.exists()
    option = shlex.split(str(told.value).partition("--map ")[2])[0]
    assert option == "number=客户编号,name=客户名称"
    assert run_import(path, option, command="import_customers")["customers_created"] == 3


def test_the_proposal_can_be_copied_as_it_is(run_import, table):
    path = table('订单编号,下单时间,"Sales Amount, net"', "1,2026-05-01,100")
    with pytest.raises(CommandError) as told:
        call_command("import_orders", str(path))
    option = shlex.split(str(told.value).partition("--map ")[2])[0]
    assert run_import(path, option)["orders"] == 1
    assert Order.objects.get().total == 10000


@pytest.mark.parametrize("crm", ["salesforce", "hubspot", "zoho"])
def test_a_crms_contacts_become_companies_with_people_and_persons(run_import, crm):
    result = run_import(FILES / f"{crm}.csv", command="import_customers")
    assert (result["customers_created"], result["errors"]) == (2, 0)
    firm, person = Customer.objects.get(name="Acme Ltd"), Customer.objects.exclude(name="Acme Ltd").get()
    assert (firm.kind, person.kind) == ("company", "person")
    assert person.name in ("Bob Ray", "王小明")
    assert person.phone
    assert person.email
    assert list(firm.contacts.values_list("name", "position", "email")) == [("Ann Smith", "Buyer", "ann@acme.example")]
    assert firm.number.startswith("K"), "another program's record number isn't the company's customer number"


def test_fxiaokes_customers(run_import):
    result = run_import(FILES / "fxiaoke_customers.csv", command="import_customers")
    assert (result["customers_created"], result["errors"]) == (1, 0)
    firm = Customer.objects.get()
    assert (firm.number, firm.name, firm.region, firm.email) == ("F1", "恒远机械", "江苏省", "a@b.example")


def test_first_and_last_name_are_one_name(run_import, table):
    rows = ("1,Ann,Smith", "2,小明,王", "3,,Lee", "4,길동,홍")
    run_import(table("number,First Name,Last Name", *rows), command="import_customers")
    assert dict(Customer.objects.values_list("number", "name")) == {
        "1": "Ann Smith",
        "2": "王小明",
        "3": "Lee",
        "4": "홍길동",
    }
    run_import(table("number,Company,First Name,Last Name", "7,Acme Ltd,Ann,Smith"), command="import_customers")
    assert list(Customer.objects.get(number="7").contacts.values_list("name", flat=True)) == ["Ann Smith"]
    run_import(table("customer id,First Name,Last Name,date,amount", "9,Eva,Berg,2026-05-01,10"))
    assert Customer.objects.get(number="9").name == "Eva Berg"


def test_an_empty_column_does_not_take_the_place_of_a_filled_one():
    for header, cells in (("收货人电话,收货人手机", ",13800138001"), ("收货人手机,收货人电话", ",13800138001")):
        guess = offered("\n".join([f"订单号,日期,金额,{header}", *[f"{n},2026-05-01,10,{cells}" for n in range(4)]]))
        assert guess.mapping["phone"] == header.split(",")[1]
