"""One chooser for every page that needs a customer: who is in reach, masked, by pinyin, twenty at most."""

import pytest
from django.urls import reverse

from customers import services
from customers.models import Customer, CustomerFacts

CHOOSERS = ["follow_up_new", "interaction_new", "order_new", "complaint_new", "original_new", "need_new"]


@pytest.fixture(params=CHOOSERS)
def url(request):
    return reverse(request.param)


@pytest.fixture
def hengyuan(cast):
    return services.customer_create(by=cast.wang, owner=cast.wang, name="恒远机械", phone="13812345678")


def offered(page):
    return [choice.name for choice, _href in page.context["choices"]]


def test_the_choice_leads_back_to_the_page_with_everything_else(url, cast, hengyuan, sign_in):
    page = sign_in(cast.wang).get(url, {"q": "恒远", "next": "/inbox/"})
    assert [href for _choice, href in page.context["choices"]] == [f"?next=%2Finbox%2F&customer={hengyuan.pk}"]


def test_found_by_pinyin_as_the_hint_says(url, cast, sign_in):
    services.customer_create(by=cast.wang, owner=cast.wang, name="苏州精密", phone="13800000001")
    page = sign_in(cast.wang).get(url, {"q": "szjm"})
    assert offered(page) == ["苏州精密"]
    assert "Name, initials, phone tail, contact" in page.content.decode()


def test_strangers_customers_are_neither_offered_nor_taken(url, cast, hengyuan, sign_in):
    stranger = sign_in(cast.outsider)
    assert offered(stranger.get(url, {"q": "恒远"})) == []
    assert stranger.get(url, {"customer": hengyuan.pk}).status_code == 404


def test_at_most_twenty_are_offered_and_a_long_search_is_cut(url, cast, sign_in):
    rows = Customer.objects.bulk_create(
        Customer(number=f"N{n:02d}", name=f"客户{n}", owner=cast.wang, search_tokens=["n:客户"]) for n in range(25)
    )
    CustomerFacts.objects.bulk_create(CustomerFacts(customer=row) for row in rows)
    page = sign_in(cast.wang).get(url, {"q": "客户"})
    assert len(offered(page)) == 20
    assert len(sign_in(cast.wang).get(url, {"q": "客" * 300}).context["q"]) == 100


def test_nobody_found_says_what_to_try(url, cast, hengyuan, sign_in):
    assert "Nothing found" in sign_in(cast.wang).get(url, {"q": "zzzz"}).content.decode()


def test_without_names_the_number_of_queries_stays_the_same(url, cast, sign_in, django_assert_max_num_queries):
    def make(count):
        Customer.objects.bulk_create(
            Customer(number=f"{count}N{n}", name=f"客户{n}", owner=cast.wang, search_tokens=["n:客户"])
            for n in range(count)
        )

    client = sign_in(cast.wang)
    make(2)
    with django_assert_max_num_queries(20) as few:
        client.get(url, {"q": "客户"})
    make(18)
    with django_assert_max_num_queries(len(few)):
        client.get(url, {"q": "客户"})


def test_whose_a_customer_is_stands_there_for_others_only(cast, hengyuan, sign_in):
    def small(who):
        page = sign_in(who).get(reverse("interaction_new"), {"q": "恒远"})
        return [choice.small for choice, _href in page.context["choices"]]

    assert small(cast.wang) == [[hengyuan.number]]
    assert small(cast.lead) == [[hengyuan.number, cast.wang.name]]
