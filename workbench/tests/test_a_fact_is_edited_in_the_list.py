"""A value in a chosen column of the customer list is changed where it stands, by who may and reads it in full."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from conftest import Cast
from customers.models import Customer, Industry, OwnField

pytestmark = pytest.mark.django_db
LIST = reverse("customer_list")


@pytest.fixture
def book(cast: Cast) -> list[Customer]:
    """One of 小王's and one of 小李's."""
    owners = (cast.wang, cast.li)
    return [Customer.objects.create(number=f"E{n}", name=f"客户{n}", owner=owner) for n, owner in enumerate(owners)]


def links(client: Any, query: str) -> list[str]:
    """Where the values of the list lead."""
    page = client.get(f"{LIST}?{query}").content.decode()
    return re.findall(r'<a class="fact-value" href="([^"?]+)\?next=', page)


def form_of(customer: Customer, name: str) -> str:
    return reverse("customer_field", args=[customer.pk, name])


def test_a_value_becomes_its_form_and_the_form_the_new_value(sign_in: Any, cast: Cast, book: list[Customer]) -> None:
    client, food = sign_in(cast.wang), Industry.objects.get(code="food")
    assert links(client, "view=mine&columns=industry") == [form_of(book[0], "industry")]
    part = {"HX-Request": "true"}
    drawn = client.get(form_of(book[0], "industry"), headers=part)
    version = re.findall(r'name="(version|original)" value="([^"]*)"', drawn.content.decode())
    saved = client.post(form_of(book[0], "industry"), {**dict(version), "industry": food.pk}, headers=part)
    assert food.name_en in saved.content.decode()
    assert Customer.objects.get(pk=book[0].pk).industry == food


def test_without_a_script_the_page_leads_back_to_the_list(sign_in: Any, cast: Cast, book: list[Customer]) -> None:
    client = sign_in(cast.wang)
    page = client.get(f"{form_of(book[0], 'region')}?next=/customers/%3Fview%3Dmine").content.decode()
    assert 'name="next" value="/customers/?view=mine"' in page
    done = client.post(form_of(book[0], "region"), {"version": 1, "region": "苏州", "next": "/customers/?view=mine"})
    assert done["Location"] == "/customers/?view=mine"


def test_only_what_one_may_change_and_reads_leads_to_a_form(sign_in: Any, cast: Cast, book: list[Customer]) -> None:
    OwnField.objects.create(code="plan", kind="text", name_en="Plan", name_zh="计划", readers="confidential")
    asked = "view=all&columns=region&columns=number&columns=tier&columns=own_plan"
    assert links(sign_in(cast.lead), asked).count(form_of(book[1], "region")) == 1
    assert links(sign_in(cast.auditor), asked) == []
    agents = links(sign_in(cast.agent), asked)  # sees all customers and changes none of these
    assert agents == []


def test_the_list_as_it_is_has_no_link_in_each_cell(sign_in: Any, cast: Cast, book: list[Customer]) -> None:
    assert links(sign_in(cast.wang), "view=mine") == []


def test_in_the_pool_nothing_is_offered(sign_in: Any, cast: Cast, book: list[Customer]) -> None:
    Customer.objects.create(number="P1", name="公海客户")
    assert links(sign_in(cast.wang), "view=pool&columns=region&columns=stage") == []
