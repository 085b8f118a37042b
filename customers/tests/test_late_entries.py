"""The 24-hour rule: visits and meetings entered later are late entries, whatever zone the person is in."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from core import clock
from customers import services
from customers.models import Interaction
from customers.services import is_late

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
DAY = timedelta(hours=24)
SECOND = timedelta(seconds=1)

pytestmark = pytest.mark.django_db  # the hours are the company's


@pytest.mark.parametrize(
    ("kind", "ago", "late"),
    [
        ("visit", DAY, False),
        ("visit", DAY + SECOND, True),
        ("meeting", DAY + SECOND, True),
        ("call", 30 * DAY, False),
        ("note", 30 * DAY, False),
    ],
)
def test_more_than_24_hours_after_a_visit_is_late(kind, ago, late):
    assert is_late(kind, occurred_at=NOW - ago, captured_at=None, received_at=NOW) is late


@pytest.mark.parametrize(
    ("captured", "late"),
    [
        (NOW - 2 * DAY, False),  # written on the spot, sent two days later
        (NOW - 7 * DAY, False),
        (NOW - 7 * DAY - SECOND, True),  # too old to be believed
        (NOW + SECOND, True),  # a clock that runs ahead
    ],
)
def test_the_device_time_counts_within_seven_days_and_before_arrival(captured, late):
    happened = min(captured, NOW - 2 * DAY) - timedelta(hours=1)
    assert is_late("visit", occurred_at=happened, captured_at=captured, received_at=NOW) is late


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/Los_Angeles", "Europe/Paris"])
def test_the_form_reads_the_time_in_the_persons_zone(zone, cast, customer, sign_in, monkeypatch):
    """23:30 on the wall is the same instant for the rule, wherever the wall is."""
    cast.wang.time_zone = zone
    cast.wang.save(update_fields=["time_zone"])
    wall = (clock.now().astimezone(clock.user_zone(cast.wang)) - timedelta(hours=25)).strftime("%Y-%m-%dT%H:%M")
    sign_in(cast.wang).post(
        f"{reverse('interaction_new')}?customer={customer.pk}",
        {
            "idempotency_key": "b3b7f0a5-45d4-4e1b-a6a8-0e6b2f1e7a11",
            "kind": "visit",
            "result": "reached",
            "occurred_at": wall,
            "late_reason": "路上没有网络",
        },
    )
    entry = Interaction.objects.get()
    assert entry.late
    assert entry.late_reason == "路上没有网络"
    assert timedelta(hours=25) <= clock.now() - entry.occurred_at < timedelta(hours=25, minutes=2)


def test_a_contact_in_the_future_is_refused(cast, customer):
    with pytest.raises(ValidationError):
        services.interaction_log(
            customer=customer, by=cast.wang, kind="call", result="reached", occurred_at=clock.now() + timedelta(hours=1)
        )
    assert not Interaction.objects.exists()


def test_the_form_says_so_and_keeps_what_was_typed(cast, customer, sign_in):
    answer = sign_in(cast.wang).post(
        f"{reverse('interaction_new')}?customer={customer.pk}",
        {
            "idempotency_key": "b3b7f0a5-45d4-4e1b-a6a8-0e6b2f1e7a11",
            "kind": "call",
            "result": "reached",
            "occurred_at": "2099-01-01T10:00",
            "summary": "交期",
        },
    )
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "future" in text
    assert "交期" in text
