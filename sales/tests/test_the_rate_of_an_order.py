"""An order in another currency says at which rate it counts, without needless zeros."""

from decimal import Decimal

import pytest

from sales.models import Order

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("rate", "shown"), [("7.1", "7.1"), ("100", "100"), ("0.00512345", "0.00512345")])
def test_the_rate_is_written_as_it_was_given(cast, customer, sign_in, rate, shown):
    values = {"ordered_at": "2026-11-20T10:00+08:00", "ordered_on": "2026-11-20", "currency": "USD", "total": 10_000}
    amount = int(10_000 * Decimal(rate))
    made = Order.objects.create(customer=customer, number="U1", rate=Decimal(rate), amount=amount, **values)
    assert f"× {shown}</span>" in sign_in(cast.wang).get(f"/orders/{made.pk}/").content.decode()
