"""While a new customer is typed, each field that is left says whether somebody has that customer already."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AuditEntry
from core import numbers
from customers import selectors, services
from customers.models import Customer

pytestmark = pytest.mark.django_db
URL = "/customers/new/known/"


@pytest.fixture
def known(cast):
    more = {"credit_code": "91310000775785552L", "email": "office@hengyuan.example.com"}
    return services.customer_create(by=cast.wang, owner=cast.wang, name="恒远机械", phone="13812345678", **more)


@pytest.mark.parametrize(
    "typed",
    [
        {"name": "恒远 机械"},
        {"phone": "138 1234 5678"},
        {"email": "Office@hengyuan.example.com"},
        {"credit_code": "91310000775785552l"},
    ],
)
def test_one_field_is_enough_and_leads_to_the_customer(cast, known, sign_in, typed):
    answer = sign_in(cast.wang).post(URL, typed)
    assert "恒远机械" in answer.content.decode()
    assert reverse("customer", args=[known.pk]) in answer.content.decode()


def test_of_a_customer_out_of_reach_only_the_owner_is_named_and_counted_once(cast, known, sign_in):
    client = sign_in(cast.outsider)
    for typed in ({"name": "恒远机械"}, {"phone": "13812345678"}, {"credit_code": "91310000775785552L"}):
        text = client.post(URL, typed).content.decode()
        assert "小王" in text
        assert "恒远机械" not in text
        assert known.number not in text
    assert AuditEntry.objects.filter(act=selectors.HINT_ACT, by=cast.outsider).count() == 1


def test_new_ones_end_after_twenty_a_day(cast, sign_in):
    client = sign_in(cast.outsider)
    most = numbers.number("hints_a_day")
    for number in range(most + 1):
        services.customer_create(by=cast.wang, owner=cast.wang, name=f"恒远{number}")
    told = [bool(client.post(URL, {"name": f"恒远{number}"}).content) for number in range(most + 1)]
    assert told == [True] * most + [False]
    assert client.post(URL, {"name": "恒远0"}).content, "whom one was told of is said again"


def test_nothing_known_is_nothing_said(cast, known, sign_in):
    client = sign_in(cast.wang)
    for typed in ({"name": "别家"}, {}, {"name": "x" * 500}):
        answer = client.post(URL, typed)
        assert (answer.status_code, answer.content) == (200, b"")
    assert client.get(URL).status_code == 405
    assert sign_in(cast.auditor).post(URL, {"name": "恒远机械"}).status_code == 403


def test_the_number_of_known_customers_costs_no_queries(cast, sign_in):
    client = sign_in(cast.wang)

    def counted():
        with CaptureQueriesContext(connection) as queries:
            client.post(URL, {"name": "恒远机械"})
        return len(queries)

    Customer.objects.create(number="N1", name="恒远机械", name_sort="hengyuanjixie", owner=cast.wang)
    counted()
    few = counted()
    for number in range(2, 8):
        Customer.objects.create(number=f"N{number}", name="恒远机械", name_sort="hengyuanjixie", owner=cast.wang)
    assert counted() <= few


def test_the_form_asks_when_a_field_is_left(cast, sign_in):
    page = sign_in(cast.wang).get(reverse("customer_new")).content.decode()
    for name in ("name", "phone", "email"):
        assert f'hx-target="#known-{name}"' in page
        assert f'id="known-{name}"' in page
