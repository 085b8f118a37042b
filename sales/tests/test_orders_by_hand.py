"""Orders entered by hand: sums, returns, facts, double posts, conflicts and what is refused."""

import json
import re
import uuid
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.urls import reverse

from accounts.audit_details import fields_in_words
from accounts.models import AuditEntry
from core import clock
from customers.models import Channel, Customer
from customers.services import tokens_refresh
from demo.bench.http import Filled
from sales import services
from sales.models import Order, OrderLine, Product
from tests.races import at_once
from ui import drafts
from ui.conflicts import spelt

pytestmark = pytest.mark.django_db


@pytest.fixture
def lamp(defaults):
    return Product.objects.create(sku="A-1", name="台灯", unit_price=Decimal("12.5"))


@pytest.fixture
def page(sign_in, cast, customer, lamp):
    return sign_in(cast.wang)


def entries(*lines: tuple, **more) -> dict:
    """A posted form with these lines (product, quantity, price, discount)."""
    data = {
        "ordered_at": "2026-01-05T10:00",
        "state": "completed",
        "payment_method": "cash",
        "channel": "",
        "notes": "",
    }
    data |= {"idempotency_key": str(uuid.uuid4()), "lines-TOTAL_FORMS": len(lines), "lines-INITIAL_FORMS": 0}
    for index, line in enumerate(lines):
        names = ("product", "quantity", "unit_price", "discount")
        data |= {f"lines-{index}-{name}": value for name, value in zip(names, line, strict=False)}
    return data | more


def new(customer: Customer, kind: str = "") -> str:
    return f"{reverse('order_new')}?customer={customer.pk}" + (f"&kind={kind}" if kind else "")


def test_an_order_with_a_product_and_free_words(page, customer, lamp):
    answer = page.post(
        new(customer), entries(("A-1 · 台灯", "2", "", ""), ("安装费", "１", "￥1,000.005", "0.5"), ("", "", "", ""))
    )
    order = Order.objects.get()
    assert answer["Location"] == reverse("order", args=[order.pk])
    assert (order.total, order.kind, order.source, order.number[0]) == (102_451, "purchase", "manual", "M")
    assert list(order.lines.order_by("pk").values_list("product", "description")) == [
        (lamp.pk, "台灯"),
        (None, "安装费"),
    ]
    customer.refresh_from_db()
    assert (customer.facts.orders_total, str(customer.facts.last_order_on)) == (1, "2026-01-05")


def test_an_order_moves_the_stage(page, customer):
    page.post(new(customer), entries(("x", "1", "5")))
    customer.refresh_from_db()
    assert customer.stage in ("after_sale", "long_term")
    assert customer.version == 1, "no edit conflict for somebody who has the file open"


def test_a_sale_on_the_day_of_the_proposal_ends_the_proposal(cast, customer):
    Customer.objects.filter(pk=customer.pk).update(stage="proposal", stage_since=clock.business_date())
    line = services.Line(quantity=Decimal(1), unit_price=Decimal(10), description="x")
    services.order_create(customer=customer, by=cast.wang, ordered_at=clock.now(), lines=[line])
    customer.refresh_from_db()
    assert customer.stage == "after_sale"


def test_a_double_post_makes_one_order(page, customer):
    data = entries(("x", "1", "5"))
    answers = [page.post(new(customer), data) for _turn in range(3)]
    assert len({answer["Location"] for answer in answers}) == 1
    assert Order.objects.count() == 1
    other = page.post(new(customer), data | {"lines-0-unit_price": "6"})
    assert other.status_code == 422
    assert "sent before" in other.content.decode()


def test_a_return_is_entered_with_plain_quantities_and_stored_negative(page, customer):
    page.post(new(customer, "return"), entries(("x", "2", "5")))
    order = Order.objects.get()
    assert (order.kind, order.total, order.number[0]) == ("return", -1000, "R")
    assert order.lines.get().quantity == -2


def test_returning_an_order_starts_with_what_is_still_out(page, customer, lamp):
    page.post(new(customer), entries(("A-1", "3", "10"), ("gift", "1", "2")))
    order = Order.objects.get()
    address = reverse("order_return", args=[order.pk])
    shown = page.get(address).content.decode()
    assert "3 can come back" in shown
    assert 'name="lines-0-quantity" value="0"' in re.sub(r"\s+", " ", shown)
    assert page.post(address, entries(("A-1", "2", "10"))).status_code == 302
    back = Order.objects.get(kind="return")
    assert (back.return_of, back.total) == (order, -2000)
    too_much = page.post(address, entries(("A-1", "2", "10")))
    assert too_much.status_code == 422
    assert "More of “台灯” would come back" in too_much.content.decode()


def test_a_return_comes_out_of_the_bin_only_while_its_goods_are_still_out(page, customer):
    page.post(new(customer), entries(("x", "2", "10")))
    order = Order.objects.get()
    address = reverse("order_return", args=[order.pk])
    page.post(address, entries(("x", "2", "10")))
    first = Order.objects.get(kind="return")
    page.post(reverse("order_delete", args=[first.pk]))
    page.post(reverse("order_restore", args=[first.pk]))
    first.refresh_from_db()
    assert first.deleted_at is None, "the twin: nothing else came back meanwhile"
    page.post(reverse("order_delete", args=[first.pk]))
    page.post(address, entries(("x", "1", "10")))
    told = page.post(reverse("order_restore", args=[first.pk]), follow=True).content.decode()
    assert "would come back" in told
    first.refresh_from_db()
    assert first.deleted_at is not None
    assert OrderLine.objects.filter(order__return_of=order, order__deleted_at=None).get().quantity == -1


@pytest.mark.django_db(transaction=True)
def test_of_eight_returns_at_once_only_as_many_pass_as_were_bought(cast, customer):
    line = services.Line(quantity=Decimal(1), unit_price=Decimal(10), description="x")
    bought = [services.Line(quantity=Decimal(2), unit_price=Decimal(10), description="x")]
    values = {"by": cast.wang, "ordered_at": clock.now()}
    order = services.order_create(customer=customer, lines=bought, **values)

    def give_back(_turn: int) -> bool:
        try:
            return bool(services.order_return(order=order, lines=[line], **values))
        except ValidationError:
            return False

    assert sum(at_once(give_back, 8)) == 2
    assert -sum(OrderLine.objects.filter(order__return_of=order).values_list("quantity", flat=True)) == 2


def test_a_wholly_returned_order_is_no_purchase(page, customer):
    page.post(new(customer), entries(("x", "1", "10")))
    page.post(reverse("order_return", args=[Order.objects.get().pk]), entries(("x", "1", "10")))
    customer.refresh_from_db()
    assert (customer.facts.orders_total, customer.facts.last_order_on) == (0, None)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (("x", "0", "5"), "Enter a quantity above zero"),
        (("x", "-1", "5"), "Enter a quantity above zero"),
        (("x", "two", "5"), "“two” is no number"),
        (("x", "1", "-5"), "Enter zero or more"),
        (("x", "1", ""), "this product has none in the catalogue"),
        (("x", "1", "5", "6"), "The discount is larger than the line itself"),
        (("x", "1", "999999999999999999"), "too large"),
        (("x", "99999999999", "99999999999999"), "too large to be stored"),
        (("", "", ""), "Enter at least one line"),
    ],
)
def test_bad_lines_are_told_and_kept(page, customer, line, sentence):
    answer = page.post(new(customer), entries(line, notes="please keep me"))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in text
    assert "please keep me" in text
    assert not Order.objects.exists()


def test_a_ten_digit_amount_is_fine(page, customer):
    assert page.post(new(customer), entries(("x", "1", "9999999999.99"))).status_code == 302


@pytest.mark.parametrize(
    ("when", "sentence"), [("2126-01-01T00:00", "future"), ("nonsense", "date"), ("0020-01-01T00:00", "year")]
)
def test_bad_times(page, customer, when, sentence):
    answer = page.post(new(customer), entries(("x", "1", "5"), ordered_at=when))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_one_more_line_without_scripts(page, customer):
    data = entries(("x", "1", "5"), ("half", "", "oops"), add_line="1")
    answer = page.post(new(customer), data)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert 'name="lines-2-product"' in text
    assert 'value="oops"' in text
    assert "is no number" not in text
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("typed", "off"),
    [
        ("9折", 736),
        ("9 折", 736),
        ("八五折", 1104),
        ("85折", 1104),
        ("９.５折", 368),
        ("10%", 736),
        ("-5％", 368),
        ("7", 7),
    ],
)
def test_a_discount_is_an_amount_or_a_share_of_its_line(page, customer, typed, off):
    page.post(new(customer), entries(("x", "2", "3680", typed)))
    assert Order.objects.get().total == (7360 - off) * 100


@pytest.mark.parametrize("typed", ["折", "120折", "0.折.", "110%", "1.2.3%"])
def test_a_discount_that_is_none_is_told_what_to_write(page, customer, typed):
    answer = page.post(new(customer), entries(("x", "2", "3680", typed)))
    assert answer.status_code == 422
    assert typed in answer.content.decode()
    assert not Order.objects.exists()


def test_the_form_says_the_currency_and_adds_up_without_scripts(page, customer):
    shown = page.get(new(customer)).content.decode()
    assert "Discount in ¥" in shown
    typed = entries(("A-1", "2", "", "10%"), ("gift", "1", "3"), sums="1")
    answer = page.post(new(customer), typed).content.decode()
    assert 'value="12.5"' in answer, "the price of the catalogue"
    assert [f"<output>{sum_}</output>" in answer for sum_ in ("¥22.50", "¥3")] == [True, True]
    assert re.search(r"data-total>¥25.50<", answer)
    assert not Order.objects.exists()


def test_the_type_ahead_brings_the_price(page, lamp):
    assert 'data-price="12.5"' in page.get(reverse("product_suggest"), {"lines-0-product": "台"}).content.decode()


def test_a_return_leaves_out_what_stays_at_nothing_and_marks_the_line_of_too_much(page, customer):
    page.post(new(customer), entries(("pump", "10", "428", "20"), ("seal", "2", "5")))
    address = reverse("order_return", args=[Order.objects.get().pk])
    wrong = page.post(address, entries(("pump", "11", "428", "20"), ("seal", "0", "5")))
    assert wrong.status_code == 422
    assert wrong.context["form"].line_forms[0].errors["quantity"][0].endswith("at most 10.")
    page.post(address, entries(("pump", "4", "428", "20"), ("seal", "0", "5")))
    back = Order.objects.get(kind="return")
    assert (back.lines.count(), back.total) == (1, -(4 * 42800 - 800))
    nothing = page.post(address, entries(("pump", "0", "428", "12"), ("seal", "0", "5")))
    assert nothing.status_code == 422
    assert "Say of at least one line how many come back" in nothing.content.decode()


def test_more_lines_than_the_form_takes_are_refused_not_cut_off(page, customer):
    answer = page.post(new(customer), entries(*[("x", "1", "5")] * 151))
    assert answer.status_code == 422
    assert "at most 150 lines" in answer.content.decode()
    assert not Order.objects.exists()


def test_a_draft_brings_its_lines_back(page, cast, customer):
    typed = [["lines-0-product", "x"], ["lines-0-quantity", "1"], ["lines-4-product", "half"], ["notes", "mine"]]
    drafts.keep(cast.wang, f"order_new:{customer.pk}:purchase", json.dumps(typed))
    form = page.get(new(customer)).context["form"]
    assert [line["product"].value() for line in form.line_forms] == ["x", "half"]
    assert form["notes"].value() == "mine"


# --- two people at one order -----------------------------------------------------------------------------------------
@pytest.fixture
def order(page, customer):
    page.post(new(customer), entries(("x", "1", "5"), ("gift", "2", "3", "0.5")))
    return Order.objects.get()


def opened(page, order: Order) -> dict:
    """The form of the order as a browser sends it back untouched."""
    answer = page.get(reverse("order_edit", args=[order.pk]))
    form = answer.context["form"]
    chosen = {name: spelt(form.fields[name], form[name].value()) for name in ("payment_method", "channel", "state")}
    return Filled(answer.content.decode()).fields | chosen


def put(page, order: Order, data: dict, **changes) -> HttpResponse:
    return page.post(reverse("order_edit", args=[order.pk]), {**data, **changes})


def lines(order: Order) -> list[tuple[str, str]]:
    return [(line.description, f"{line.unit_price:.2f}") for line in order.lines.order_by("pk")]


def test_an_edit_replaces_the_lines(page, order):
    assert put(page, order, entries(("y", "2", "7")), version=1).status_code == 302
    order.refresh_from_db()
    assert (order.total, order.version, lines(order)) == (1400, 2, [("y", "7.00")])


def test_untouched_it_writes_nothing_not_even_the_lines(page, order):
    before = list(order.lines.values_list("pk", flat=True))
    assert put(page, order, opened(page, order)).status_code == 302
    order.refresh_from_db()
    assert (order.version, list(order.lines.values_list("pk", flat=True))) == (1, before)


def test_notes_of_one_and_lines_of_the_other_are_both_kept(page, order):
    mine = opened(page, order)
    put(page, order, opened(page, order), **{"lines-0-unit_price": "6"})
    answer = page.post(reverse("order_edit", args=[order.pk]), mine | {"notes": "mine"}, follow=True)
    order.refresh_from_db()
    assert (lines(order), order.notes, order.version) == ([("x", "6.00"), ("gift", "3.00")], "mine", 3)
    assert "Meanwhile somebody else changed: Lines" in answer.content.decode()


def test_lines_that_both_changed_are_shown_side_by_side_in_words(page, order):
    mine = opened(page, order) | {"lines-0-unit_price": "7", "notes": "mine"}
    put(
        page, order, opened(page, order), **{"lines-0-unit_price": "6", "lines-1-product": "", "lines-1-unit_price": ""}
    )
    page_of_both = put(page, order, mine, **{"lines-0-discount": "1"})
    assert page_of_both.status_code == 409
    (asked,) = page_of_both.context["fields"]
    assert asked.original == "x: 1 × ¥5<br>gift: 2 × ¥3 − ¥0.5<br>Total: ¥10.50"
    assert asked.mine[1] == "x: 1 × ¥7 − ¥1<br>gift: 2 × ¥3 − ¥0.5<br>Total: ¥11.50"
    assert asked.theirs[1] == "x: 1 × ¥6<br>Total: ¥6"
    assert lines(order)[0] == ("x", "6.00"), "nothing is written before the question is answered"


@pytest.mark.parametrize(("side", "price"), [("mine", "7.00"), ("theirs", "6.00")])
def test_the_chosen_lines_are_saved_with_everything_else_that_was_typed(page, order, side, price):
    mine = opened(page, order) | {"lines-0-unit_price": "7", "notes": "mine"}
    put(page, order, opened(page, order), **{"lines-0-unit_price": "6"})
    asked = put(page, order, mine)
    (question,) = asked.context["fields"]
    kept = dict(asked.context["kept"])
    assert not [name for name in kept if name.startswith("lines-")], "one answer, not two"
    assert put(page, order, kept, lines=getattr(question, side)[0]).status_code == 302
    order.refresh_from_db()
    assert (lines(order)[0], order.notes) == (("x", price), "mine")


def test_an_answer_that_is_no_text_of_lines_is_refused(page, order):
    for odd in ("x", "[1]", "{}", '[{"product": "x", "unit_price": {}}]'):
        assert put(page, order, opened(page, order), lines=odd).status_code == 422, odd


def test_the_audit_line_of_an_edit_names_what_was_changed(page, order):
    put(page, order, opened(page, order), **{"lines-0-unit_price": "6", "notes": "x"})
    entry = AuditEntry.objects.get(act="order.change")
    assert fields_in_words(entry, entry.details["fields"]) == "lines, notes"


def test_a_channel_that_was_switched_off_stays_with_its_order(page, order):
    gone = Channel.objects.create(code="fair", is_active=False)
    Order.objects.filter(pk=order.pk).update(channel=gone, payment_method="cheque")
    put(page, order, opened(page, order), notes="x")
    order.refresh_from_db()
    assert (order.channel, order.payment_method, order.notes) == (gone, "cheque", "x")


def test_an_imported_order_with_mixed_lines_is_not_edited_here(page, customer):
    order = Order.objects.create(
        source="import", number="1", customer=customer, ordered_at="2026-01-01T00:00Z", ordered_on="2026-01-01",
        currency="CNY", total=900, amount=900,
    )  # fmt: skip
    for quantity, amount in ((1, 10), (-1, -1)):
        OrderLine.objects.create(order=order, quantity=quantity, unit_price=abs(amount), amount=amount)
    assert page.get(reverse("order_edit", args=[order.pk])).status_code == 302
    assert "can't be edited here" in page.get(reverse("order", args=[order.pk])).content.decode()


def test_the_bin_and_back(page, customer):
    page.post(new(customer), entries(("x", "1", "5")))
    order = Order.objects.get()
    page.post(reverse("order_delete", args=[order.pk]))
    customer.refresh_from_db()
    assert customer.facts.orders_total == 0
    assert page.get(reverse("order", args=[order.pk])).status_code == 404
    page.post(reverse("order_restore", args=[order.pk]))
    customer.refresh_from_db()
    assert customer.facts.orders_total == 1


def test_others_customers_and_orders_are_not_known(sign_in, cast, customer, page):
    page.post(new(customer), entries(("x", "1", "5")))
    stranger = sign_in(cast.outsider)
    assert stranger.get(new(customer)).status_code == 404
    assert stranger.get(reverse("order", args=[Order.objects.get().pk])).status_code == 404
    assert stranger.post(new(customer), entries(("x", "1", "5"))).status_code == 404
    assert Order.objects.count() == 1


def test_the_customer_is_chosen_first(page, customer):
    tokens_refresh([customer.pk])
    text = page.get(reverse("order_new"), {"q": "恒远"}).content.decode()
    assert f"?customer={customer.pk}" in text


def test_products_are_offered_while_typing(page, lamp):
    text = page.get(reverse("product_suggest"), {"lines-0-product": "台"}).content.decode()
    assert "A-1 · 台灯" in text


def test_a_product_sent_twice_is_made_once(sign_in, cast, defaults):
    manager = sign_in(cast.manager)
    data = {"sku": "B-1", "name": "插座", "flag": "", "is_active": "on", "idempotency_key": str(uuid.uuid4())}
    assert [manager.post(reverse("product_new"), data).status_code for _turn in range(2)] == [302, 302]
    assert Product.objects.count() == 1


def test_of_two_people_at_one_product_nobody_is_overwritten(sign_in, cast, lamp):
    address = reverse("product_edit", args=[lamp.pk])
    pages = [sign_in(person) for person in (cast.manager, cast.admin)]
    first, second = (Filled(page.get(address).content.decode()).fields | {"flag": ""} for page in pages)
    assert pages[0].post(address, first | {"unit_price": "13"}).status_code == 302
    assert pages[1].post(address, second | {"name": "大台灯"}).status_code == 302
    lamp.refresh_from_db()
    assert (lamp.name, lamp.unit_price) == ("大台灯", Decimal("13"))
    asked = pages[1].post(address, second | {"unit_price": "14"})
    assert (asked.status_code, asked.context["fields"][0].theirs[1]) == (409, "13")


def test_the_catalogue_is_for_everybody_its_changes_for_managers(sign_in, cast, lamp):
    rep, manager = sign_in(cast.wang), sign_in(cast.manager)
    assert "台灯" in rep.get(reverse("product_list")).content.decode()
    assert rep.get(reverse("product_edit", args=[lamp.pk])).status_code == 403
    data = {"sku": "A-1", "name": "大台灯", "unit_price": "13.3333", "unit_cost": "", "flag": "", "is_active": "on"}
    address = reverse("product_edit", args=[lamp.pk])
    opened_form = Filled(manager.get(address).content.decode()).fields
    assert manager.post(address, opened_form | data).status_code == 302
    lamp.refresh_from_db()
    assert (lamp.name, lamp.unit_price) == ("大台灯", Decimal("13.3333"))
    again = manager.post(reverse("product_new"), data)
    assert again.status_code == 422
    assert "Another product has this number already" in again.content.decode()
