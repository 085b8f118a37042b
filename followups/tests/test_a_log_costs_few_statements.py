"""What is written with each contact stays cheap: the statements of one POST of the log form are counted."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock
from customers import services
from customers.rules import contact_rules
from followups.hours.days import own_days
from followups.models import FollowUp

pytestmark = pytest.mark.django_db
# An automatic follow-up that is due is closed, and the tier's plan sets the next one.
BY_FORM = 21
BY_SERVICE = 11


@pytest.fixture
def customer(make):
    made = make(tier="A", last_contact=40)
    FollowUp.objects.create(
        customer=made, assignee=made.owner, due_on=clock.business_date() - timedelta(days=1), source="cadence"
    )
    own_days()
    contact_rules()  # both in the memory of the process, as after any request
    return made


def test_by_form(customer, sign_in):
    client = sign_in(customer.owner)
    address = f"/interactions/new/?customer={customer.pk}"
    client.get(address)  # fills the process memory: company, rights of the role, working days
    data = {
        "idempotency_key": str(uuid.uuid4()),
        "kind": "call",
        "result": "reached",
        "next_step": "plan",
        "occurred_at": clock.now().astimezone(clock.user_zone(None)).strftime("%Y-%m-%dT%H:%M"),
    }
    with CaptureQueriesContext(connection) as captured:
        assert client.post(address, data).status_code == 302
    assert [row.state for row in FollowUp.objects.order_by("id")] == ["done", "open"]
    assert len(captured) <= BY_FORM, "\n".join(query["sql"][:300] for query in captured)


def test_by_service(customer):
    with CaptureQueriesContext(connection) as captured:
        services.interaction_log(customer=customer, by=customer.owner, kind="call", result="reached")
    assert [row.state for row in FollowUp.objects.order_by("id")] == ["done", "open"]
    assert len(captured) <= BY_SERVICE, "\n".join(query["sql"][:300] for query in captured)
