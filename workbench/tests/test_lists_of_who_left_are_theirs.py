"""A figure beside somebody who left opens the rows of that person, never everybody's; who can't be read is named."""

import pytest

from customers.models import Customer
from sales.models import Order

pytestmark = pytest.mark.django_db


@pytest.fixture
def left(cast, customer):
    """小王 has left and still holds 恒远机械; 小李 holds another one."""
    Customer.objects.create(number="K0000002", kind="company", name="乙公司", owner=cast.li, team=cast.shanghai)
    cast.wang.is_active = False
    cast.wang.save()
    return cast.wang


def test_customers(left, cast, sign_in):
    page = sign_in(cast.manager).get("/customers/", {"view": "all", "owner": left.pk})
    assert [row.name for row in page.context["page"].rows] == ["恒远机械"]
    assert not page.context["list"].ignored


def test_the_filter_offers_and_marks_them(left, cast, sign_in):
    sheet = sign_in(cast.manager).get("/customers/filters/").content.decode()
    assert "小王 · left" in sheet
    assert "小李 · left" not in sheet


def test_who_left_nothing_behind_is_not_offered(left, cast, sign_in):
    Customer.objects.filter(owner=left).update(owner=cast.li)
    client = sign_in(cast.manager)
    assert "小王" not in client.get("/customers/filters/").content.decode()
    assert "left out: Owner" in client.get("/customers/", {"owner": left.pk}).content.decode()


def test_orders(left, cast, sign_in):
    values = {"currency": "CNY", "total": 100, "amount": 100, "ordered_on": "2026-11-20"}
    for customer in Customer.objects.all():
        at = "2026-11-20T10:00+08:00"
        Order.objects.create(customer=customer, number=f"S{customer.pk}", ordered_at=at, **values)
    page = sign_in(cast.manager).get("/orders/", {"owner": left.pk})
    assert [row.customer.name for row in page.context["page"].rows] == ["恒远机械"]


@pytest.mark.parametrize(
    ("address", "named"),
    [
        ("/follow-ups/?assignee=nobody", "Who"),
        ("/follow-ups/?team=99999&source=moon", "Team, Planned by"),
        ("/follow-ups/effect/activities/?person=x&tier=Z", "Who, Tier"),
        ("/follow-ups/review/?assignee=x", "Who"),
        ("/orders/?owner=99999", "owner"),
        ("/segmentation/warnings/?team=99999", "Team"),
    ],
)
def test_a_list_that_shows_everything_says_that_it_could_not_read_a_filter(address, named, cast, sign_in):
    page = sign_in(cast.manager).get(address)
    assert page.status_code == 200
    assert f"left out: {named}." in page.content.decode()
