"""On a phone each row of Today and of both lists reaches its customer with one tap, for who reads its number."""

from __future__ import annotations

import re

import pytest

from accounts.models import MaskRule
from core import clock
from customers.models import Customer, CustomerFacts
from followups.services import follow_up_create

pytestmark = pytest.mark.django_db
CALL, COPY, MAP = 'href="tel:+86-138-0013-8015"', 'data-copy="wx_keben"', "https://uri.amap.com/search?"
WAYS = {"phone": "13800138015", "wechat": "wx_keben", "address": "常州市北江路 488 号", "region": "江苏"}


@pytest.fixture
def plan(cast, customer):
    """A call for today with somebody whose ways are all known."""
    Customer.objects.filter(pk=customer.pk).update(**WAYS)
    CustomerFacts.objects.get_or_create(pk=customer.pk)
    return follow_up_create(customer=customer, assignee=cast.wang, due_on=clock.business_date(), by=cast.wang)


def ways(client, path):
    """The buttons of the page's rows that lead to a customer."""
    page = client.get(path).content.decode()
    return re.findall(r'<(?:a|button) class="[^"]*to-customer[^>]*>', page)


def leads(found):
    return [[way for way in (CALL, COPY, MAP) if way in one] for one in found]


def test_a_row_of_today_calls_copies_the_wechat_id_and_shows_the_map(plan, cast, sign_in):
    found = ways(sign_in(cast.wang), "/")
    assert leads(found) == [[MAP], [COPY], [CALL]]
    assert all(f"{plan.customer.name}" in one for one in found), "said to who hears it"


def test_a_row_of_the_customer_list_calls(plan, cast, sign_in):
    assert leads(ways(sign_in(cast.wang), "/customers/")) == [[CALL]]


@pytest.mark.parametrize(
    ("method", "way"), [("call", CALL), ("wechat", COPY), ("visit", MAP), ("meeting", MAP), ("email", CALL)]
)
def test_a_row_of_the_follow_ups_leads_the_way_that_was_planned(plan, cast, sign_in, method, way):
    type(plan).objects.filter(pk=plan.pk).update(method=method)
    assert leads(ways(sign_in(cast.wang), "/follow-ups/")) == [[way]]


def test_where_the_planned_way_is_unknown_it_calls(plan, cast, sign_in):
    Customer.objects.filter(pk=plan.customer_id).update(wechat="", address="")
    type(plan).objects.filter(pk=plan.pk).update(method="visit")
    client = sign_in(cast.wang)
    for path in ("/", "/customers/", "/follow-ups/"):
        assert leads(ways(client, path)) == [[CALL]], path


def test_who_reads_them_masked_is_offered_none(plan, cast, sign_in):
    MaskRule.objects.filter(role=cast.wang.role, field_class__in=["phone", "address"]).update(mode="mask")
    client = sign_in(cast.wang)
    for path in ("/", "/customers/", "/follow-ups/"):
        page = client.get(path).content.decode()
        assert ways(client, path) == [], path
        assert not [way for way in (CALL, COPY, MAP, '8015"') if way in page], path
