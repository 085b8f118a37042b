"""A follow-up at 15:00 says 15:00 wherever it stands before its day; a reminder about a customer stands on its page."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from django.urls import reverse

from core import clock
from followups.models import FollowUp
from followups.services import follow_up_create, reminder_create

pytestmark = pytest.mark.django_db


def test_page_list_and_toasts_say_the_time(make, cast, sign_in):
    customer = make()
    client = sign_in(cast.wang)
    data = {
        "due_on": "2026-12-02",
        "due_time": "15:00",
        "method": "visit",
        "purpose": "送样品",
        "assignee": cast.wang.pk,
    }
    page = client.post(
        f"{reverse('follow_up_new')}?customer={customer.pk}", {**data, "assignee": cast.wang.pk}, follow=True
    ).content.decode()
    assert "Planned for Wed 2 Dec 15:00." in page
    assert page.count("Wed 2 Dec 15:00") == 3  # the toast, the head and the card of the next step
    assert "Visit ·" in page
    assert "Wed 2 Dec 15:00" in client.get(reverse("follow_up_list")).content.decode()
    move = reverse("follow_up_move", args=[FollowUp.objects.get().pk])
    assert "15:00." in client.post(move, {"days": "3"}, follow=True).content.decode()


def test_a_reminder_stands_on_the_customers_page_for_whom_it_reminds(make, cast, sign_in):
    customer = make()
    reminder_create(
        user=cast.wang,
        by=cast.wang,
        customer=customer,
        due_at=clock.now() + timedelta(hours=3),
        text="带合同",
        channel="in_app",
    )
    follow_up_create(customer=customer, assignee=cast.wang, due_on=date(2026, 12, 2), due_time=time(9), by=cast.wang)
    address = reverse("customer", args=[customer.pk])
    mine = sign_in(cast.wang).get(address).content.decode()
    assert "带合同" in mine
    assert "24 Nov 13:00" in mine
    assert "带合同" not in sign_in(cast.lead).get(address).content.decode()
