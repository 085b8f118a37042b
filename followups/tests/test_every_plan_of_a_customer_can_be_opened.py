"""A customer's page leads to each follow-up that it names: to move it, call it off, or invite people."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from core import clock
from followups.services import follow_up_create

pytestmark = pytest.mark.django_db


@pytest.fixture
def plans(make, cast):
    customer, today = make(), clock.business_date()
    return [
        follow_up_create(
            customer=customer,
            assignee=cast.wang,
            due_on=today + timedelta(days=days),
            method="visit",
            purpose=f"第{days}次",
            by=cast.wang,
        )
        for days in (1, 5, 9)
    ]


def addresses(plan):
    return [reverse(name, args=[plan.pk]) for name in ("follow_up_edit", "appointment")]


def test_each_leads_to_its_form_and_to_its_invitations(plans, cast, sign_in):
    client = sign_in(cast.wang)
    page = client.get(reverse("customer", args=[plans[0].customer_id])).content.decode()
    for plan in plans:
        for address in addresses(plan):
            assert f'href="{address}' in page
            assert client.get(address).status_code == 200


def test_who_may_only_read_is_led_nowhere(plans, cast, sign_in):
    page = sign_in(cast.auditor).get(reverse("customer", args=[plans[0].customer_id])).content.decode()
    assert "第9次" in page
    assert not [address for plan in plans for address in addresses(plan) if address in page]
