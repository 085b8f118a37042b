"""The log form names what the customer waits for: a tap says that it was offered or met, and goes with the entry."""

from typing import Any

import pytest

from core import clock
from customers.models import Customer, Interaction
from sales.needs.models import Need
from sales.needs.services import need_add

pytestmark = pytest.mark.django_db


@pytest.fixture
def need(cast: Any, customer: Customer) -> Need:
    return need_add(customer=customer, text="第二条产线", by=cast.wang)


def sent(customer: Customer, **more: Any) -> dict[str, Any]:
    at = clock.now().strftime("%Y-%m-%dT%H:%M")
    return {"kind": "call", "result": "reached", "occurred_at": at, "next_step": "none", **more}


def state(need: Need) -> str:
    need.refresh_from_db()
    return need.state


def test_it_is_named_and_moved_with_the_entry(sign_in: Any, cast: Any, customer: Customer, need: Need) -> None:
    page, url = sign_in(cast.wang), f"/interactions/new/?customer={customer.pk}"
    assert f'value="{need.pk}:met"' in page.get(url).content.decode()
    both = [f"{need.pk}:met", f"{need.pk}:offered"]
    assert page.post(url, sent(customer, needs_moved=both)).status_code == 302
    entry = Interaction.objects.get()
    assert state(need) == "met"
    assert need.steps.order_by("-pk")[0].interaction == entry
    page.post(f"/interactions/{entry.pk}/undo/")
    assert state(need) == "open"


def test_only_needs_of_this_customer_are_moved(sign_in: Any, cast: Any, customer: Customer, need: Need) -> None:
    other = Customer.objects.create(number="K2", name="别家", kind="company", owner=cast.wang, team=cast.shanghai)
    url = f"/interactions/new/?customer={other.pk}"
    page = sign_in(cast.wang)
    assert need.text not in page.get(url).content.decode()
    assert page.post(url, sent(other, needs_moved=[f"{need.pk}:met"])).status_code == 422
    assert state(need) == "open"


def test_who_may_not_move_needs_logs_all_the_same(sign_in: Any, cast: Any, customer: Customer, need: Need) -> None:
    url = f"/interactions/new/?customer={customer.pk}"
    page = sign_in(cast.agent)
    assert "needs_moved" not in page.get(url).content.decode()
    assert page.post(url, sent(customer)).status_code == 302
