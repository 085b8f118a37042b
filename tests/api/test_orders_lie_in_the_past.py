"""No order of the future and no return before or above its purchase, by API and form; nothing is quietly ignored."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from core import clock
from customers.models import Customer
from sales.models import Order

pytestmark = pytest.mark.django_db
LINE = {"description": "轴承", "quantity": "2", "unit_price": "12.50"}


@pytest.fixture
def customer(cast):
    return Customer.objects.create(number="C1", name="恒远", owner=cast.wang)


@pytest.fixture
def post(api, cast, customer):
    """`post(**fields)` enters an order by API."""
    client = api(cast.wang)

    def send(**fields):
        body = {"customer": customer.pk, "ordered_at": ago(minutes=1), "lines": [LINE]}
        return client.post("orders/", body | fields)

    return send


def ago(**span) -> str:
    return (clock.now() - timedelta(**span)).isoformat()


@pytest.mark.parametrize("span", [{"days": -400}, {"days": -1}, {"minutes": -30}])
def test_no_order_of_the_future(post, api, cast, span):
    answer = post(ordered_at=ago(**span))
    assert answer.status_code == 400
    assert "future" in answer.json()["errors"]["ordered_at"][0]
    row = post(ordered_at=ago(minutes=1)).json()
    path = f"orders/{row['id']}/"
    assert api(cast.wang).patch(path, {"ordered_at": ago(**span)}, If_Match='"1"').status_code == 400


def test_a_return_lies_behind_its_purchase(post, api, cast):
    bought = post(ordered_at=ago(days=5)).json()
    back = {"kind": "return", "return_of": bought["id"]}
    assert "ordered_at" in post(**back, ordered_at=ago(days=6)).json()["errors"]
    assert post(**back, ordered_at=ago(days=4)).status_code == 201
    moved = api(cast.wang).patch(f"orders/{bought['id']}/", {"ordered_at": ago(days=3)}, If_Match='"1"')
    assert moved.status_code == 400, "nor does the purchase move behind it"


def test_a_return_without_purchase_is_no_larger_than_any_sale(post):
    huge = [LINE | {"quantity": "1000000", "unit_price": "50000"}]
    post()
    assert post(kind="return", lines=huge).status_code == 400
    assert post(kind="return").status_code == 201, "the twin: what could have been bought"


def test_another_currency_is_not_quietly_ignored(post, api, cast):
    answer = post(currency="USD")
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["currency"]
    assert not Order.objects.exists()
    path = f"orders/{post(currency='CNY').json()['id']}/"
    for fields in ({"currency": "USD"}, {"total": 1}, {"number": "X1"}, {"source": "shop"}, {"rate": "2"}):
        answer = api(cast.wang).patch(path, fields, If_Match='"1"')
        assert (answer.status_code, list(answer.json()["errors"])) == (400, list(fields))


@pytest.mark.parametrize("name", ["total", "amount", "rate"])
def test_a_new_order_with_other_sums_than_its_lines_is_refused(post, name):
    shown = post().json()
    assert post(**{name: shown[name]}).status_code == 201
    answer = post(**{name: 7})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [name])
    assert Order.objects.count() == 2


def test_an_object_may_be_sent_back_as_it_was_shown(post, api, cast, customer):
    shown = post(currency="CNY").json()
    client, path = api(cast.wang), f"orders/{shown['id']}/"
    assert client.put(path, shown | {"notes": "加急"}, If_Match='"1"').status_code == 200
    assert client.patch(path, {"customer": shown["customer"], "kind": "return"}, If_Match='"2"').status_code == 400
    file = client.get(f"customers/{customer.pk}/").json()
    assert client.put(f"customers/{customer.pk}/", file, If_Match=f'"{file["version"]}"').status_code == 200
    assert client.patch(f"customers/{customer.pk}/", {"number": "Z"}, If_Match='"2"').status_code == 400


def test_the_form_says_the_same(sign_in, cast, customer, post):
    bought = post(ordered_at=ago(days=5)).json()
    day = timezone.localtime(clock.now() - timedelta(days=9)).strftime("%Y-%m-%dT%H:%M")
    data = {"ordered_at": day, "state": "completed", "lines-TOTAL_FORMS": "1", "lines-INITIAL_FORMS": "0"}
    data |= {"lines-0-product": "轴承", "lines-0-quantity": "1", "lines-0-unit_price": "12.5"}
    answer = sign_in(cast.wang).post(reverse("order_return", args=[bought["id"]]), data)
    assert answer.status_code == 422
    assert "lies before its purchase" in answer.content.decode()
