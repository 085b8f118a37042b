"""Preferred way and time of contact, of the own plan, stand on the page and in the file of the list."""

from __future__ import annotations

from datetime import time

import pytest
from django.urls import reverse

from followups import services
from followups.rhythm.shown import IN_THE_CUSTOMERS_FILE

pytestmark = pytest.mark.django_db


def plan(customer, by, **changes):
    services.rhythm_set(customer=customer, changes=changes, version=0, by=by)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"method": "wechat", "at_time": time(10)}, "best reached: WeChat · 10:00"),
        ({"at_time": time(19, 30)}, "best reached: 19:30"),
    ],
)
def test_it_stands_beside_the_name(cast, customer, sign_in, said, words):
    plan(customer, cast.wang, **said)
    assert words in sign_in(cast.wang).get(reverse("customer", args=[customer.pk])).content.decode()


def test_where_the_plan_says_neither_nothing_is_said(cast, customer, sign_in):
    page, client = reverse("customer", args=[customer.pk]), sign_in(cast.wang)
    assert "best reached" not in client.get(page).content.decode()
    plan(customer, cast.wang, every_days=10)
    assert "best reached" not in client.get(page).content.decode()


def test_the_file_has_it_of_whom_the_reader_may_see(cast, customer):
    plan(customer, cast.wang, method="call", at_time=time(9))
    load = IN_THE_CUSTOMERS_FILE.load
    row = load(cast.wang, [customer])[customer.pk]
    assert [str(column.value(row)) for column in IN_THE_CUSTOMERS_FILE.columns] == ["call", "09:00"]
    assert load(cast.outsider, [customer]) == {}
