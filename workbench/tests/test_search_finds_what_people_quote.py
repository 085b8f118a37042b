"""The search of palette and top bar: order and complaint numbers, products, contacts, colleagues; nothing beyond reach.

A customer on the phone quotes a number. Each kind is found by who may see it and by nobody else.
"""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from accounts.models import Role
from core.contributions import registry
from customers import services
from customers.models import Customer
from feedback.models import Complaint
from sales import selectors
from sales.models import Order, Product

pytestmark = pytest.mark.django_db
AT = "2026-11-20T02:00:00Z"


def an_order(customer: Customer | None, number: str, **more: Any) -> Order:
    row = {"kind": "purchase", "currency": "CNY", "total": 320000, "amount": 320000, **more}
    return Order.objects.create(customer=customer, number=number, ordered_at=AT, ordered_on="2026-11-20", **row)


@pytest.fixture
def there(cast: Any) -> Any:
    """A company of 小王's with everything that somebody may ask for."""
    company = services.customer_create(
        by=cast.wang, owner=cast.wang, kind="company", name="无锡禾达", phone="13812345678"
    )
    services.contact_add(customer=company, by=cast.wang, name="陈国强", phone="13955554321")
    order = an_order(company, "SO-014625")
    case = Complaint.objects.create(
        **{"number": "TS-2611-0088", "customer": company, "category": "product", "text": "漏水", "owner": cast.wang},
        **{"received_at": AT, "first_response_due_at": AT},
    )
    product = Product.objects.create(sku="TEA-101", name="明前龙井", unit_price=128)
    return SimpleNamespace(company=company, order=order, case=case, product=product)


def found(client: Client, text: str, *, page: bool = False) -> list[str]:
    """The addresses that the search answers with, the lists behind the groups left out."""
    headers = {} if page else {"HX-Request": "true"}
    answer = client.get(reverse("search"), {"q": text}, headers=headers)
    assert answer.status_code == 200
    main = answer.content.decode()
    main = main[main.index('<main class="page"') : main.index("</main>")] if page else main
    return [url for url in re.findall(r'href="([^"#]+)"', main) if "?q=" not in url]


def of(row: Any) -> str:
    page = {Order: "order", Complaint: "complaint", Customer: "customer"}[type(row)]
    return reverse(page, args=[row.pk])


@pytest.mark.parametrize("page", [False, True])
@pytest.mark.parametrize(
    "typed", ["SO-014625", "so-014625", "ＳＯ－014625", "SO-0146", "14625", "014625", " SO-014625 "]
)
def test_an_order_by_its_number_or_the_digits_at_its_end(typed, page, there, cast, sign_in):
    an_order(there.company, "SO-077777")
    if typed == "ＳＯ－014625":
        typed = "ＳＯ-014625"  # the full-width dash of a Chinese keyboard is another sign
    assert found(sign_in(cast.wang), typed, page=page) == [of(there.order)]


def test_the_number_itself_stands_before_those_that_begin_like_it(there, cast, sign_in):
    for n in range(12):
        an_order(there.company, f"SO-014625-{n:02}")
    hits = found(sign_in(cast.wang), "so-014625")
    assert hits[0] == of(there.order)
    assert len(hits) == 5
    answer = sign_in(cast.wang).get(reverse("search"), {"q": "so-014625"}, headers={"HX-Request": "true"})
    more = f"{reverse('order_list')}?q=so-014625"
    assert more in answer.content.decode()
    assert of(there.order) in sign_in(cast.wang).get(more).content.decode()


def test_the_list_behind_the_group_finds_the_same(there, cast, sign_in):
    """By the digits at the end as well, which the search page had found."""
    assert of(there.order) in sign_in(cast.wang).get(reverse("order_list"), {"q": "14625"}).content.decode()
    assert of(there.case) in sign_in(cast.wang).get(reverse("complaint_list"), {"q": "0088"}).content.decode()


def test_a_closed_complaint_is_one_tap_from_the_list_of_open_ones(there, cast, sign_in):
    Complaint.objects.update(state="closed", result="换新", csat=5, closed_at=AT)
    page = sign_in(cast.wang).get(reverse("complaint_list"), {"q": "0088"}).content.decode()
    assert of(there.case) not in page
    closed = re.findall(r'href="(\?[^"]+)"', page[: page.index("Look among the closed ones")])[-1]
    there_is = sign_in(cast.wang).get(reverse("complaint_list") + closed.replace("&amp;", "&")).content.decode()
    assert of(there.case) in there_is


@pytest.mark.parametrize("typed", ["TS-2611-0088", "ts-2611-0088", "2611-0088", "0088"])
def test_a_complaint_by_its_number(typed, there, cast, sign_in):
    assert of(there.case) in found(sign_in(cast.wang), typed)


@pytest.mark.parametrize("typed", ["tea-101", "TEA", "龙井", "明前龙井"])
def test_a_product_by_number_and_name(typed, there, cast, sign_in):
    """It leads to the product's page for who may change it, to its line in the list for others."""
    assert found(sign_in(cast.admin), typed) == [reverse("product_edit", args=[there.product.pk])]
    answer = sign_in(cast.wang).get(reverse("search"), {"q": typed}, headers={"HX-Request": "true"})
    assert f'href="{reverse("product_list")}?q=TEA-101"' in answer.content.decode()


@pytest.mark.parametrize("typed", ["陈国强", "国强", "cgq", "chenguoqiang", "4321", "139 5555 4321"])
def test_a_contact_by_name_pinyin_initials_and_phone(typed, there, cast, sign_in):
    answer = sign_in(cast.wang).get(reverse("search"), {"q": typed}, headers={"HX-Request": "true"})
    assert "陈国强" in answer.content.decode()
    assert found(sign_in(cast.outsider), typed) == []


@pytest.mark.parametrize("typed", ["小李", "xiaoli", "xl"])
def test_a_colleague_by_name_and_pinyin_leads_where_the_person_may_go(typed, there, cast, sign_in):
    theirs = f"{reverse('customer_list')}?view=all&amp;owner={cast.li.pk}"
    assert found(sign_in(cast.lead), typed) == [theirs]
    assert found(sign_in(cast.admin), typed) == [reverse("user_edit", args=[cast.li.pk])]
    assert found(sign_in(cast.outsider), typed) == []  # sees the people of the own team


def test_the_list_of_people_finds_them_as_they_are_spoken_too(cast, sign_in):
    """The search leads there, where it finds more of them than it shows."""
    page = sign_in(cast.admin).get(reverse("user_list"), {"q": "xiaoli"}).content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    assert "小李" in main
    assert "小王" not in main


def test_who_does_not_see_sign_in_names_finds_nobody_by_them(cast, sign_in):
    assert found(sign_in(cast.admin), "li@example") == [reverse("user_edit", args=[cast.li.pk])]
    assert found(sign_in(cast.lead), "li@example") == []


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        *(("wang", True), ("lead", True), ("manager", True), ("agent", True), ("auditor", True), ("admin", True)),
        *(("li", False), ("outsider", False)),
    ],
)
def test_orders_and_complaints_are_found_by_who_may_see_them(who, sees, there, cast, sign_in):
    client = sign_in(getattr(cast, who))
    for row, number in ((there.order, "SO-014625"), (there.case, "TS-2611-0088")):
        assert (of(row) in found(client, number)) is sees
        assert client.get(of(row)).status_code == (200 if sees else 404)


def test_without_the_right_to_a_kind_it_is_not_found_and_its_amount_not_told(there, cast, sign_in):
    Role.objects.get(code="service_agent").grants.filter(permission="order.view").delete()
    Role.objects.get(code="service_agent").save()
    answer = sign_in(cast.agent).get(reverse("search"), {"q": "SO-014625"}, headers={"HX-Request": "true"})
    words = answer.content.decode()
    assert of(there.order) not in words
    assert "3,200" not in words
    assert "Orders" not in words  # nor that they are looked for
    assert "3,200" in sign_in(cast.auditor).get(reverse("search"), {"q": "SO-014625"}).content.decode()


def test_a_masked_phone_of_a_contact_is_shown_masked_and_not_found_whole(there, cast, sign_in):
    """A service agent reads the phones of others masked: the tail is shown and found, the whole number isn't asked."""
    client = sign_in(cast.agent)
    for typed, is_found in (("4321", True), ("13955554321", False)):
        words = client.get(reverse("search"), {"q": typed}, headers={"HX-Request": "true"}).content.decode()
        assert ("陈国强" in words) is is_found
        assert "139 5555 4321" not in words
        assert "13955554321" not in words.replace(typed, "")


def test_what_lies_in_the_recycle_bin_is_not_found(there, cast, sign_in):
    Order.objects.update(deleted_at=AT)
    Complaint.objects.update(deleted_at=AT)
    assert found(sign_in(cast.wang), "SO-014625") == []
    assert found(sign_in(cast.wang), "TS-2611-0088") == []


def test_what_was_asked_for_exactly_comes_first(there, cast, sign_in):
    """A product whose number is also the tail of a customer's phone."""
    Product.objects.create(sku="5678", name="红茶")
    hits = found(sign_in(cast.admin), "5678")
    assert hits[0].startswith("/products/")
    assert of(there.company) in hits


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("page", [False, True])
def test_nothing_found_says_what_was_looked_for_and_what_to_try(page, language, there, cast, sign_in):
    cast.wang.language = language
    cast.wang.save()
    headers = {} if page else {"HX-Request": "true"}
    answer = sign_in(cast.wang).get(reverse("search"), {"q": "<b>nix"}, headers=headers).content.decode()
    assert "&lt;b&gt;nix" in answer
    assert "<b>nix" not in answer
    with translation.override(language):
        for source in registry().search.values():
            assert f"{source.title}" in answer
            assert f"{source.by}" in answer


def test_it_costs_the_same_however_much_there_is(there, cast, sign_in):
    """One query a kind, but for customers, whose few hits are looked up first; those that it can't be cost none."""
    client = sign_in(cast.wang)

    def cost(text: str) -> int:
        client.get(reverse("search"), {"q": text}, headers={"HX-Request": "true"})
        with CaptureQueriesContext(connection) as caught:
            client.get(reverse("search"), {"q": text}, headers={"HX-Request": "true"})
        return len(caught)

    before = {text: cost(text) for text in ("禾达", "SO-0146")}
    assert before["SO-0146"] - before["禾达"] <= 2  # orders and complaints
    for n in range(30):
        an_order(there.company, f"SO-0146{n:02}X")
        company = services.customer_create(by=cast.wang, owner=cast.wang, kind="company", name=f"禾达 {n}")
        services.contact_add(customer=company, by=cast.wang, name=f"禾达 {n}", phone="")
    assert {text: cost(text) for text in before} == before


def test_numbers_are_looked_up_by_an_index(there, cast):
    Order.objects.bulk_create(
        Order(source="file", number=f"A-{n:04}", currency="CNY", total=1, amount=1, ordered_at=AT, ordered_on=AT[:10])
        for n in range(2000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE sales_order")
        cursor.execute("SET LOCAL enable_seqscan = off")  # of complaints there is one
    rows, _begins, ends = selectors.numbered(Order.objects.for_user(cast.auditor), "14625")
    assert "order_by_number_tail" in rows.filter(ends).explain()
    assert "complaint_number_trgm" in Complaint.all_objects.filter(number__ilike="%0088%").explain()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_bitmapscan = off")  # for a single row it may fetch and sort instead
    plan = rows.filter(selectors.numbered(rows, "SO-0146")[1]).order_by("number_key").explain()
    assert "order_by_number" in plan
    assert "Sort" not in plan  # walks the index in order and stops
