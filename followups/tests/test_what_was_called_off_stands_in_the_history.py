"""Who calls a follow-up off stands in the customer's history with their reason; what only gave way doesn't."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.urls import reverse

from customers import services as customers
from customers.models import CustomerFacts
from followups.models import FollowUp
from followups.services import follow_up_cancel, follow_up_create, follow_up_reopen

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _tuesday():
    with time_machine.travel(datetime(2026, 11, 24, 2, 0, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def planned(customer, cast):
    CustomerFacts.objects.get_or_create(pk=customer.pk)
    return follow_up_create(
        customer=customer, assignee=cast.wang, due_on=date(2026, 12, 1), method="visit", purpose="带样品", by=cast.wang
    )


def history(client, customer) -> str:
    page = client.get(reverse("customer", args=[customer.pk])).content.decode()
    return " ".join(page.split('id="timeline"')[1].split("</ol>")[0].split())


def test_who_called_it_off_and_why(planned, customer, cast, sign_in):
    client = sign_in(cast.lead)
    client.post(reverse("follow_up_cancel", args=[planned.pk]), {"why": "对方出差，年后再约"})
    text = history(client, customer)
    assert "Follow-up · cancelled" in text
    assert "planned for Tue 1 Dec, visit" in text
    assert "对方出差，年后再约" in text
    assert cast.lead.name in text.split("cancelled")[1].split("</li>")[0]


def test_taken_back_it_is_open_again_and_the_history_forgets_it(planned, customer, cast, sign_in):
    follow_up_cancel(follow_up=planned, by=cast.wang, why="错了")
    follow_up_reopen(follow_up=planned, by=cast.wang)
    planned.refresh_from_db()
    assert (planned.state, planned.reason) == ("open", {})
    assert "cancelled" not in history(sign_in(cast.wang), customer)


def test_a_pause_says_that_it_ended_it(planned, customer, cast, sign_in):
    customers.customer_pause(customer=customer, until=date(2027, 3, 1), reason="no_need", by=cast.wang)
    text = history(sign_in(cast.wang), customer)
    assert "The pause ended it." in text
    assert "planned for Tue 1 Dec, visit" in text


def test_what_went_with_an_entry_that_was_taken_back_says_nothing(customer, cast, sign_in):
    CustomerFacts.objects.get_or_create(pk=customer.pk)
    entry = customers.interaction_log(customer=customer, by=cast.wang, kind="call", result="reached", next_step="7")
    customers.interaction_undo(interaction=entry, by=cast.wang)
    assert FollowUp.objects.filter(customer=customer, state="cancelled").exists()
    assert "Follow-up · cancelled" not in history(sign_in(cast.wang), customer)
