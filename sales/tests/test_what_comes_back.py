"""Returns: never more goods nor more money than the purchase had, and never a return without its purchase."""

from decimal import ROUND_UP, Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localtime
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import clock, company
from sales import services
from sales.models import Order
from sales.services import Line

pytestmark = pytest.mark.django_db
PUMPS = Line(Decimal(10), Decimal(428), description="泵", discount=Decimal(20))
SEALS = Line(Decimal(2), Decimal("1280.5"), description="密封")


@pytest.fixture
def bought(cast, customer):
    """Ten pumps with a discount of 20 and two seals: 6,821.00."""
    return services.order_create(customer=customer, by=cast.wang, ordered_at=clock.now(), lines=[PUMPS, SEALS])


@pytest.fixture
def give_back(cast, bought):
    """`give_back(line, ...)` enters a return of these."""

    def enter(*lines: Line, **fields) -> Order:
        return services.order_return(order=bought, by=cast.wang, ordered_at=clock.now(), lines=lines, **fields)

    return enter


def pumps(quantity: int, price: int = 428, discount: str = "0") -> Line:
    return Line(Decimal(quantity), Decimal(price), description="泵", discount=Decimal(discount))


def test_what_the_form_offers_is_what_was_paid(cast, bought, sign_in):
    assert bought.total == 682_100
    form = sign_in(cast.wang).get(reverse("order_return", args=[bought.pk])).context["form"]
    assert [line.initial["discount"] for line in form.line_forms] == [Decimal(20), None]
    services.order_return(order=bought, by=cast.wang, ordered_at=clock.now(), lines=services.return_lines(bought))
    assert sum(Order.objects.values_list("total", flat=True)) == 0


def test_a_line_without_a_quantity_doesnt_come_back(bought, cast, sign_in):
    client, url = sign_in(cast.wang), reverse("order_return", args=[bought.pk])
    lines = {
        f"lines-{n}-{name}": value
        for n, values in enumerate((("泵", "1", "428"), ("密封", "", "1280.5")))
        for name, value in zip(("product", "quantity", "unit_price"), values, strict=True)
    }
    moment = localtime(clock.now(), company.zone()).strftime("%Y-%m-%dT%H:%M:%S")
    answer = client.post(url, {**lines, "ordered_at": moment, "state": "completed"})
    assert answer.status_code == 302, answer.context["form"].errors
    back = Order.objects.get(kind="return")
    assert [(line.description, line.quantity) for line in back.lines.all()] == [("泵", Decimal(-1))]


def test_a_discount_comes_back_by_its_share(bought, give_back):
    give_back(pumps(4, discount="8"))
    assert services.return_lines(bought)[0] == pumps(6, discount="12")


def test_no_more_money_comes_back_than_was_paid(bought, give_back):
    with pytest.raises(ValidationError, match=r"¥6,841 would be paid back, but order .* cost ¥6,821"):
        give_back(pumps(10), SEALS)
    give_back(pumps(10, discount="20"), SEALS)


@given(
    parts=st.lists(st.integers(1, 9), min_size=1, max_size=6),
    price=st.decimals(1, 999, places=4),
    off=st.decimals(0, 1, places=4),
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_bit_by_bit_all_of_it_comes_back_and_nothing_more(cast, customer, parts, price, off):
    line = Line(Decimal(sum(parts)), price, description="泵", discount=off)
    values = {"by": cast.wang, "ordered_at": clock.now()}
    order = services.order_create(customer=customer, lines=[line], **values)
    for part in parts:
        [left] = services.return_lines(order)
        share = (left.discount * part / left.quantity).quantize(Decimal("0.0001"), ROUND_UP)
        services.order_return(
            order=order, lines=[Line(Decimal(part), price, description="泵", discount=share)], **values
        )
    assert services.return_lines(order) == []
    with pytest.raises(ValidationError):
        services.order_return(order=order, lines=[Line(Decimal(1), Decimal(0), description="泵")], **values)


def test_a_cancelled_return_gives_the_goods_free_again(cast, bought, give_back):
    back = give_back(pumps(10, discount="20"))
    with pytest.raises(ValidationError, match="would come back"):
        give_back(pumps(1, discount="2"))
    services.order_update(order=back, changes={"state": "cancelled"}, version=1, by=cast.wang)
    give_back(pumps(10, discount="20"))
    back.refresh_from_db()
    with pytest.raises(ValidationError, match="would come back"):
        services.order_update(order=back, changes={"state": "completed"}, version=2, by=cast.wang)


def test_a_purchase_stays_while_its_return_counts(cast, bought, give_back, sign_in):
    back = give_back(pumps(1, discount="2"))
    shrunk = [pumps(10, price=0), SEALS]
    for changes, lines in (({"state": "cancelled"}, None), ({"state": "open"}, None), ({}, [SEALS]), ({}, shrunk[:1])):
        with pytest.raises(ValidationError):
            services.order_update(order=bought, changes=changes, lines=lines, version=1, by=cast.wang)
    told = sign_in(cast.wang).post(reverse("order_delete", args=[bought.pk]), follow=True).content.decode()
    assert f"({back.number}). Cancel or delete that return first" in told
    services.order_update(order=bought, changes={"notes": "x"}, lines=[PUMPS, SEALS, SEALS], version=1, by=cast.wang)
    services.order_delete(order=back, by=cast.wang)
    services.order_delete(order=bought, by=cast.wang)


def test_only_a_completed_order_is_returned(cast, customer):
    values = {"by": cast.wang, "ordered_at": clock.now()}
    order = services.order_create(customer=customer, lines=[PUMPS], state="open", **values)
    with pytest.raises(ValidationError, match="completed order"):
        services.order_return(order=order, lines=[pumps(1)], **values)


def test_a_discount_above_its_line_is_refused(cast, customer):
    with pytest.raises(ValidationError, match="larger than the line"):
        services.order_create(
            customer=customer, by=cast.wang, ordered_at=clock.now(), lines=[pumps(1, price=10, discount="100")]
        )


def test_the_page_of_an_order_asks_no_more_for_many_returns(cast, bought, give_back, sign_in):
    client, address = sign_in(cast.wang), reverse("order", args=[bought.pk])

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(address).status_code == 200
        return len(found)

    give_back(pumps(1, discount="2"))
    queries()
    few = queries()
    for _turn in range(5):
        give_back(pumps(1, discount="2"))
    assert queries() == few
