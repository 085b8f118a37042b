"""Days since something are one number on every page: those of the company's calendar, never "0 days ago"."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from core import clock
from customers.models import Customer, CustomerFacts
from followups import reasons
from segmentation.models import ChurnCase, ChurnReason
from segmentation.wording import reason_text
from ui import formatting

pytestmark = pytest.mark.django_db


@pytest.fixture
def silent(cast):
    """Bought 119 days ago; the night, which looks at the day before, counted 118 and says so in its reasons."""
    today = clock.business_date()
    made = Customer.objects.create(number="N1", name="禾达纺织", owner=cast.wang, team=cast.wang.team)
    CustomerFacts.objects.create(
        customer=made,
        tier="A",
        warning="red",
        lifecycle="repeat",
        r=1,
        f=2,
        m=2,
        frequency=2,
        monetary=5000,
        first_order_on=today - timedelta(days=300),
        last_order_on=today - timedelta(days=119),
        last_contact_at=clock.now(),
    )
    case = ChurnCase.objects.create(customer=made, level="red", opened_on=today, level_since=today, value_at_risk=9)
    since = (today - timedelta(days=118)).isoformat()
    numbers = {"SILENT_VS_CYCLE": {"median": 20, "since": since}, "LONG_SILENT": {"since": since}}
    for n, (code, said) in enumerate(numbers.items()):
        ChurnReason.objects.create(case=case, code=code, position=n, numbers=said)
    return made


@pytest.mark.parametrize("page", ["customer", "today", "warning_list"])
def test_every_page_counts_the_same_days_since_the_last_purchase(silent, cast, sign_in, page):
    address = reverse(page, args=[silent.pk] if page == "customer" else [])
    said = sign_in(cast.wang).get(address).content.decode()
    assert "119" in said
    assert not re.search(r"\b118\b", said), "the number of the night is a day old"


def test_a_silence_that_has_ended_is_not_claimed(silent):
    facts = silent.facts
    facts.last_order_on = clock.business_date()
    then = clock.business_date() - timedelta(days=118)
    numbers = {"since": then.isoformat()}
    assert reason_text("LONG_SILENT", numbers, facts) == "Bought today, after the night that warned"
    assert reason_text("LONG_SILENT", numbers) == "No purchase for 118 days"
    closed_on = then + timedelta(days=100)
    assert reason_text("LONG_SILENT", numbers, closed_on=closed_on) == "No purchase for 100 days", "as it was then"
    assert reason_text("LONG_SILENT", {"silent": 97}) == "No purchase for 97 days", "as it was stored in 2026"


def test_the_company_calendar_counts_and_not_the_readers(settings):
    late = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)  # half past midnight of the 21st in Shanghai
    with clock.standing_at(datetime(2026, 11, 21, 17, tzinfo=UTC)), timezone.override("America/New_York"):
        assert clock.days_since(late) == 1
        assert formatting.ago(late) == "yesterday"


def test_no_sentence_says_zero_days():
    today = clock.business_date()
    tier = {"every_days": 30, "since": today.isoformat()}
    numbers = {
        reasons.TIER_PLAN: (tier, tier | {"basis": "order"}),
        reasons.NEXT_STEP: ({"days": 1},),
        reasons.WARNING: ({"level": "red", "opened_on": today.isoformat()},),
    }
    for code, given in numbers.items():
        for one in given:
            for contact in (today, None):
                said = reasons.describe(code, one, last_contact_on=contact, today=today)
                assert not re.search(r"\b0 days?\b", said), said
                assert contact is None or "today" in said
