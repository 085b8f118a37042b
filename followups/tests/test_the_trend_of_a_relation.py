"""A customer's page says how the relation goes: conversations and answers of 90 days beside the 90 before."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import RoleGrant
from core import clock
from customers.models import Interaction

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(make, cast):
    """Talked to twice in the 90 days before last, and four times lately, with one attempt in vain."""
    found = make("甲")
    talks = [(100, "reached", "out"), (120, "no_answer", "out"), (130, "done", "in")]
    talks += [(days, "reached", "out") for days in (5, 20, 40)] + [(2, "done", "in"), (3, "no_answer", "out")]
    for days, result, direction in talks:
        values = {"kind": "call", "user": cast.wang, "result": result, "direction": direction}
        Interaction.objects.create(customer=found, occurred_at=clock.now() - timedelta(days=days), **values)
    return found


def page_of(customer, client) -> str:
    return client.get(f"/customers/{customer.pk}/").content.decode()


def test_the_last_90_days_stand_beside_the_90_before(customer, sign_in, cast):
    page = page_of(customer, sign_in(cast.wang))
    assert "Closer than before" in page
    assert "4 conversations in 90 days, 2 in the 90 before" in page
    assert "3 of 4 answered, before 1 of 2 answered" in page


def test_the_same_number_of_talks_is_as_before(customer, sign_in, cast):
    Interaction.objects.filter(occurred_at__gt=clock.now() - timedelta(days=10)).delete()
    page = page_of(customer, sign_in(cast.wang))
    assert "As before" in page
    assert "2 conversations in 90 days, 2 in the 90 before" in page


def test_notes_and_automatic_messages_are_no_conversations(make, sign_in, cast):
    customer = make("乙")
    now = {"customer": customer, "user": cast.wang, "occurred_at": clock.now() - timedelta(days=1)}
    Interaction.objects.create(kind="note", direction="internal", **now)
    Interaction.objects.create(kind="email", result="done", automatic=True, **now)
    assert "conversations in 90 days" not in page_of(customer, sign_in(cast.wang))


def test_who_may_not_read_the_log_sees_no_trend(customer, sign_in, cast):
    RoleGrant.objects.filter(role=cast.wang.role, permission="interaction.view").delete()
    assert "conversations in 90 days" not in page_of(customer, sign_in(cast.wang))
