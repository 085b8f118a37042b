"""The buying profile: favourites, cycle, next purchase, usual order, stated budget, payment; each opens its orders."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from core import clock
from customers.models import Customer, CustomerFacts
from sales.models import Order, OrderLine, Product
from segmentation.buying.profile import BuyingProfile, profile_of, read
from segmentation.models import BuyingRhythm
from segmentation.qualification.services import qualify

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop(cast: Any, customer: Customer) -> Any:
    """Makes orders of the customer: (days ago, lines of (product, quantity, major units))."""
    products = {name: Product.objects.create(sku=name, name=name) for name in ("tea", "cups")}
    products["post"] = Product.objects.create(sku="post", name="post", flag="fee")

    def order(days: int, *lines: tuple[str, int, int], **more: Any) -> Order:
        at, total = clock.now() - timedelta(days=days), sum(amount for _name, _quantity, amount in lines) * 100
        values = {"state": "completed", "currency": "CNY", "total": total, "amount": total, "payment_method": "wechat"}
        made = Order.objects.create(
            customer=customer,
            number=f"O{Order.objects.count()}",
            ordered_at=at,
            ordered_on=clock.business_date(at),
            **values | more,
        )
        for name, quantity, amount in lines:
            price = Decimal(amount)
            OrderLine.objects.create(
                order=made, product=products[name], quantity=quantity, unit_price=price, amount=price
            )
        return made

    return order


def profile(cast: Any, customer: Customer) -> BuyingProfile:
    rows = Customer.objects.select_related("facts", "qualification").annotate(found=read(cast.wang))
    row = rows.get(pk=customer.pk)
    return profile_of(cast.wang, row, row.found)


def test_favourites_count_units_and_money_without_fees_and_less_what_came_back(
    cast: Any, customer: Customer, shop: Any
) -> None:
    shop(10, ("tea", 2, 500), ("cups", 10, 100), ("post", 1, 20))
    bought = shop(5, ("tea", 3, 700))
    shop(2, ("tea", -1, -200), kind="return", return_of=bought)
    shop(400, ("cups", 99, 9900))
    shop(1, ("cups", 50, 5000), state="cancelled")
    liked = [(one.name, one.quantity, one.net) for one in profile(cast, customer).favourites]
    assert liked == [("cups", 10, 10_000), ("tea", 4, 100_000)]


def test_the_usual_order_is_the_middle_of_what_was_kept_of_each(cast: Any, customer: Customer, shop: Any) -> None:
    orders = [shop(n, ("tea", 1, amount)) for n, amount in enumerate((100, 200, 300, 400))]
    size = profile(cast, customer).size
    assert size is not None
    assert (size.orders, size.low, size.middle, size.high) == (4, 10_000, 20_000, 30_000)
    shop(0, ("tea", -1, -400), kind="return", return_of=orders[3])
    size = profile(cast, customer).size
    assert size is not None
    assert (size.orders, size.low, size.middle, size.high) == (3, None, 20_000, None)


def test_payment_is_the_one_used_most(cast: Any, customer: Customer, shop: Any) -> None:
    for method in ("cash", "wechat", "wechat", "", "", ""):
        shop(3, ("tea", 1, 10), payment_method=method)
    found = profile(cast, customer)
    assert (found.payment_method, found.payment_orders) == ("wechat", 2)


def test_cycle_and_next_purchase_are_those_of_the_night(cast: Any, customer: Customer, shop: Any) -> None:
    last = clock.business_date() - timedelta(days=20)
    shop(20, ("tea", 1, 10))
    BuyingRhythm.objects.create(customer=customer, days=5, last_on=last, low=25, middle=30, high=40)
    next_on = last + timedelta(days=30)
    CustomerFacts.objects.create(customer=customer, orders_total=5, next_order_on=next_on, next_order_by="own")
    found = profile(cast, customer)
    assert (found.cycle_days, found.next_on) == (30, next_on)
    assert (found.next_from, found.next_until) == (last + timedelta(days=25), last + timedelta(days=40))
    CustomerFacts.objects.update(next_order_by="tier")
    found = profile(cast, customer)
    assert (found.cycle_days, found.next_on, found.next_from) == (None, next_on, None)


def test_a_stated_budget_is_linked_to_where_it_was_noted(sign_in: Any, cast: Any, customer: Customer) -> None:
    qualify(customer=customer, changes={"budget": 2, "budget_note": "一年三十万"}, version=0, by=cast.wang)
    found = profile(cast, customer)
    assert found.stated is not None
    assert (found.stated.code, found.stated.value, found.stated.note) == ("budget", 2, "一年三十万")
    page = sign_in(cast.wang).get(f"/customers/{customer.pk}/").content.decode()
    assert f'href="{found.stated_url}"' in page
    assert "no data yet" in page


def test_every_figure_opens_the_orders_behind_it(sign_in: Any, cast: Any, customer: Customer, shop: Any) -> None:
    shop(3, ("tea", 2, 500))
    shop(4, ("cups", 1, 20), payment_method="cash")
    shop(5, ("tea", 2, 500))
    page, found = sign_in(cast.wang), profile(cast, customer)
    opened = {
        "tea": (found.favourites[0].url, {"O0", "O2"}),
        "size": (found.size_url, {"O0", "O1", "O2"}),
        "paid": (found.payment_url, {"O0", "O2"}),
    }
    shown = page.get(f"/customers/{customer.pk}/").content.decode().replace("&amp;", "&")
    for name, (url, numbers) in opened.items():
        listed = page.get(url).content.decode()
        assert {number for number in ("O0", "O1", "O2") if f">{number}<" in listed} == numbers, name
        assert url in shown, name


def test_who_never_bought_has_none(sign_in: Any, cast: Any, customer: Customer) -> None:
    assert "Buying profile" not in sign_in(cast.wang).get(f"/customers/{customer.pk}/").content.decode()


def test_the_api_tells_it_to_who_may_see_the_orders(sign_in: Any, cast: Any, customer: Customer, shop: Any) -> None:
    shop(3, ("tea", 2, 500))
    url = f"/api/v1/scores/buying/?customer={customer.pk}"
    told = sign_in(cast.wang).get(url).json()
    assert told["favourites"][0]["net"] == 50_000
    assert told["size"] == {"orders": 1, "middle": 50_000, "low": None, "high": None}
    assert (told["next_on"], told["stated"], told["payment_method"]) == (None, None, "wechat")
    assert sign_in(cast.outsider).get(url).status_code == 404
