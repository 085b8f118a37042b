"""Reminders about a customer stand in the card of the next step, where there is a step and where there is none."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from core import clock
from followups.models import Reminder

pytestmark = pytest.mark.django_db


def remind(user, customer, text, ahead):
    due = clock.now() + ahead
    return Reminder.objects.create(user=user, customer=customer, text=text, due_at=due, created_by=user)


def test_those_to_come_stand_in_its_card_and_only_ones_own(cast, customer, sign_in):
    late = timedelta(days=2)
    mine = remind(cast.wang, customer, "带样品册", late)
    remind(cast.wang, customer, "昨天的", -late)
    remind(cast.lead, customer, "组长自己的", late)
    page = sign_in(cast.wang).get(reverse("customer", args=[customer.pk])).content.decode()
    card = page.partition('class="card todo"')[2].partition("</section>")[0]
    assert "带样品册" in card
    assert reverse("reminder_cancel", args=[mine.pk]) in card
    assert "昨天的" not in page
    assert "组长自己的" not in page
    assert page.count("带样品册") == card.count("带样品册")  # no card of their own
