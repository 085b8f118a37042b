"""One page says what to know before a contact: whom, what is planned, what is open, what to ask; all within reach."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.models import MaskRule
from core import clock
from customers.models import Contact, CustomerFacts
from customers.services import interaction_log
from feedback.models import Complaint
from feedback.services import complaint_create
from followups.services import follow_up_create

pytestmark = pytest.mark.django_db
TUESDAY = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _tuesday():
    with time_machine.travel(TUESDAY, tick=False):
        yield


@pytest.fixture
def page(customer, cast):
    """The address, of a customer with something of everything."""
    CustomerFacts.objects.update_or_create(pk=customer.pk, defaults={"tier": "A", "tier_rank": 2})
    Contact.objects.create(customer=customer, name="赵经理", phone="13911112222", position="采购")
    interaction_log(
        customer=customer,
        kind="visit",
        result="interested",
        by=cast.wang,
        summary="看了样品",
        needs_found="要小包装",
        objection="运费高",
        next_step="none",
    )
    complaint_create(
        customer=customer,
        by=cast.wang,
        owner=cast.wang,
        category=Complaint.Category.values[0],
        severity="high",
        text="机器漏油",
        channel="phone",
    )
    follow_up_create(
        customer=customer,
        assignee=cast.wang,
        due_on=date(2026, 11, 26),
        due_time=time(10),
        method="visit",
        purpose="谈小包装报价",
        by=cast.wang,
    )
    return reverse("customer_briefing", args=[customer.pk])


def test_it_says_whom_why_what_is_open_and_what_to_ask(page, cast, sign_in):
    shown = sign_in(cast.wang).get(page).content.decode()
    for words in ("赵经理", "谈小包装报价", "要小包装", "运费高", "机器漏油", "看了样品", "What to ask"):
        assert words in shown


def test_who_has_no_reach_gets_nothing(page, cast, sign_in):
    assert sign_in(cast.outsider).get(page).status_code == 404


def test_numbers_are_masked_as_everywhere(page, cast, sign_in):
    assert "139 1111 2222" in sign_in(cast.wang).get(page).content.decode()
    assert "139 1111 2222" not in sign_in(cast.auditor).get(page).content.decode()
    assert MaskRule.objects.exists()


@pytest.mark.parametrize(
    ("birthday", "lunar", "near"),
    [("1980-12-05", False, date(2026, 12, 5)), ("1980-03-05", False, None), ("10-28", True, date(2026, 12, 6))],
)
def test_a_birthday_that_is_near_is_told(page, customer, cast, sign_in, birthday, lunar, near):
    customer.birthday, customer.birthday_is_lunar = birthday, lunar
    customer.save()
    brief = sign_in(cast.wang).get(page).context["brief"]
    assert brief.birthday_on == near
    assert near is None or near - clock.business_date() <= timedelta(days=21)


def test_today_the_calendar_and_the_page_lead_to_it(page, customer, cast, sign_in):
    client = sign_in(cast.wang)
    for place in (reverse("follow_up_calendar"), reverse("customer", args=[customer.pk])):
        assert page in client.get(place).content.decode()
