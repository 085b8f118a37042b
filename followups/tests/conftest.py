"""A chosen Tuesday, and short ways to make customers, facts and log entries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from core import clock
from customers.models import Customer, CustomerFacts
from customers.services import interaction_log

TUESDAY = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai


@pytest.fixture(autouse=True)
def _tuesday():
    with time_machine.travel(TUESDAY, tick=False):
        yield


@pytest.fixture
def make(cast):
    """`make(name, owner=..., tier="A", last_contact=45)`: a long-term customer with facts; days are days ago."""

    def make_customer(name: str = "客户", **more: Any) -> Customer:
        owner = more.pop("owner", cast.wang)
        days = {key: more.pop(key, None) for key in ("last_contact", "first_order", "on_file")}
        own = ("kind", "stage", "stage_since", "paused_until", "pause_reason", "do_not_contact")
        fields = {"stage": "long_term"} | {key: more.pop(key) for key in own if key in more}
        number = f"T{Customer.all_objects.count():06d}"
        team = owner.team if owner else None
        customer = Customer.objects.create(number=number, name=name, owner=owner, team=team, **fields)
        if days["on_file"]:
            Customer.objects.filter(pk=customer.pk).update(created_at=clock.now() - timedelta(days=days["on_file"]))
        facts = {"tier": "A", "tier_rank": 2, "lifecycle": "repeat", **more}
        if days["last_contact"] is not None:
            facts["last_contact_at"] = facts["last_attempt_at"] = clock.now() - timedelta(days=days["last_contact"])
        if days["first_order"] is not None:
            bought = clock.business_date() - timedelta(days=days["first_order"])
            facts |= {"first_order_on": bought, "last_order_on": bought, "revisits_from": bought}
        CustomerFacts.objects.update_or_create(pk=customer.pk, defaults=facts)
        return Customer.objects.select_related("facts", "owner", "rhythm").get(pk=customer.pk)

    return make_customer


@pytest.fixture
def log_contact(cast):
    """`log_contact(customer, next_step="7")` writes down a call that reached the customer."""

    def log(customer: Customer, next_step: str | None = None, **more: Any) -> Any:
        values = {"kind": "call", "result": "reached", "by": cast.wang, **more}
        return interaction_log(customer=customer, next_step=next_step, **values)

    return log
