"""Which columns the customer list shows, in which order and how close, stands in its address; rights come first."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import MaskRule
from conftest import Cast
from customers.models import Channel, Customer
from workbench.customer_list.listing import CUSTOMERS

pytestmark = pytest.mark.django_db
LIST = "/customers/"
KEYS = [column.key for column in CUSTOMERS.columns if column.key]


def heads(page: Any) -> list[str]:
    return [str(head.label) for head in page.context["list"].heads]


@pytest.fixture
def filled(customer: Customer) -> Customer:
    """A customer with something in every column of the file."""
    Customer.objects.filter(pk=customer.pk).update(
        channel=Channel.objects.create(code="fair", name_en="Trade fair", name_zh="展会"),
        phone2="13912345679",
        wechat="hengyuan_wx",
        region="苏州",
    )
    return customer


def test_chosen_columns_stand_in_the_chosen_order(sign_in: Any, cast: Cast, filled: Customer) -> None:
    page = sign_in(cast.wang).get(LIST, {"columns": ["wechat", "tier", "channel"]}, headers={"Accept-Language": "en"})
    assert heads(page) == ["Customer", "WeChat", "Tier", "Source channel"]
    text = page.content.decode()
    assert text.index("hengyuan_wx") < text.index("Trade fair")


def test_unknown_and_repeated_columns_are_left_out(sign_in: Any, cast: Cast, filled: Customer) -> None:
    client = sign_in(cast.wang)
    page = client.get(LIST, {"columns": ["tier", "nonsense", "tier"]}, headers={"Accept-Language": "en"})
    assert heads(page) == ["Customer", "Tier"]
    assert heads(client.get(LIST, {"columns": "nonsense"})) == heads(client.get(LIST))


def test_all_columns_together_cost_no_query_more(sign_in: Any, cast: Cast, filled: Customer) -> None:
    client = sign_in(cast.manager)
    for asked in ({}, {"columns": KEYS}):  # what the process keeps in mind is asked for once
        client.get(LIST, asked)
    with CaptureQueriesContext(connection) as few:
        client.get(LIST)
    with CaptureQueriesContext(connection) as all_of_them:
        page = client.get(LIST, {"columns": KEYS, "view": "all"})
    assert page.status_code == 200
    assert len(all_of_them) == len(few)


def test_who_sees_no_scores_gets_no_column_of_them(sign_in: Any, cast: Cast, filled: Customer) -> None:
    cast.wang.role.grants.filter(permission__startswith="score.").delete()
    page = sign_in(cast.wang).get(LIST, {"columns": ["health", "warning", "rfm", "region"]})
    assert [column.key for column in page.context["list"].columns] == ["", "region"]
    chooser = sign_in(cast.wang).get(LIST, {"choose": "columns"})
    assert not {"health", "warning", "rfm"} & {offer.key for offer in chooser.context["choice"].offers}


@pytest.mark.parametrize("field", ["phone2", "wechat", "email", "address"])
def test_a_hidden_field_stays_hidden_in_its_column(sign_in: Any, cast: Cast, filled: Customer, field: str) -> None:
    filled.refresh_from_db()
    kept = getattr(filled, field)
    shown = sign_in(cast.wang).get(LIST, {"columns": field})
    assert kept in shown.content.decode()
    MaskRule.objects.filter(role=cast.wang.role).update(mode="hidden")
    hidden = sign_in(cast.wang).get(LIST, {"columns": field})
    assert kept not in hidden.content.decode()


def test_the_pool_shows_what_everybody_sees_whatever_is_chosen(sign_in: Any, cast: Cast) -> None:
    Customer.objects.create(number="P1", name="公海客户", kind="company", wechat="secret_wx", email="x@secret.example")
    page = sign_in(cast.wang).get(LIST, {"view": "pool", "columns": ["wechat", "email", "region"]})
    text = page.content.decode()
    assert "公海客户" in text
    assert "secret" not in text
    assert "region" in [column.key for column in page.context["list"].columns]


# --- the page on which they are chosen -------------------------------------------------------------------------------
def chosen(page: Any) -> list[str]:
    return [offer.key for offer in page.context["choice"].offers if offer.on]


def test_it_begins_with_the_columns_that_stand_there(sign_in: Any, cast: Cast, filled: Customer) -> None:
    client = sign_in(cast.wang)
    standing = [column.key for column in client.get(LIST).context["list"].columns if column.key]
    assert chosen(client.get(LIST, {"choose": "columns"})) == standing


def test_a_button_moves_a_column_and_the_rest_of_the_address_stays(sign_in: Any, cast: Cast, filled: Customer) -> None:
    client = sign_in(cast.wang)
    asked = {"columns": ["tier", "phone", "owner"], "q": "恒远", "sort": "-value", "view": "all"}
    page = client.get(LIST, asked | {"choose": "up.phone"})
    assert chosen(page) == ["phone", "tier", "owner"]
    assert chosen(client.get(LIST, asked | {"choose": "down.owner"})) == ["tier", "phone", "owner"]
    kept = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.content.decode()))
    assert kept | asked == kept | {"columns": asked["columns"]}
    assert "columns" not in kept


def test_close_rows_and_columns_outlive_tabs_and_cleared_filters(sign_in: Any, cast: Cast, filled: Customer) -> None:
    asked = {"columns": ["tier", "phone"], "density": "tight", "q": "恒远"}
    client = sign_in(cast.wang)
    assert "cards compact" in client.get(LIST, {"density": "tight"}).content.decode()
    shown = client.get(LIST, asked).context["list"]
    for address in (shown.clear, *(tab.url for tab in shown.tab_links)):
        assert "columns=tier&columns=phone&density=tight" in address
        assert "q=" not in address
    assert "density" not in shown.other_density


def test_sorting_stays_possible_by_a_column_that_is_left_out(sign_in: Any, cast: Cast, filled: Customer) -> None:
    page = sign_in(cast.wang).get(reverse("customer_list"), {"columns": "phone", "sort": "-value"})
    assert page.context["list"].sorted_by is not None
